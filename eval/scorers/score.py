"""A score: a value and the reason for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Score:
    """`value` is None where the measure does not apply to the case, and `reason` says why; it is never NaN."""

    value: float | None
    reason: str


Scores = Mapping[str, Score]


def share(part: int, whole: int, what: str) -> Score:
    """`part` of `whole`, in words "2 of 3 …"; not applicable when there is nothing to take a share of."""
    return Score(part / whole, f"{part} of {whole} {what}") if whole else Score(None, f"no {what}")


def yes(value: bool, reason: str) -> Score:
    return Score(float(value), reason)
