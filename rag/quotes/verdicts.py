"""What the search for the words alone comes to, before anybody asks who said them."""

from __future__ import annotations

from dataclasses import dataclass

from rag.quotes.compare import Run
from rag.quotes.types import Difference, Verdict

# Verdicts that say the words are real.
WHOLE = ("exact", "normalized", "elided")


@dataclass(frozen=True)
class Found:
    """Places best first, each with the runs that were laid there; `occurrences` counts all places with these words."""

    verdict: Verdict
    places: tuple[tuple[Run, ...], ...] = ()
    differences: tuple[Difference, ...] = ()
    names: tuple[str, ...] = ()
    occurrences: int = 0
