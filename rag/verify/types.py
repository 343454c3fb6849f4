"""What goes into the verification of a sentence and what comes out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rag.types import Entry

FindingKind = Literal[
    "number", "name", "quotation", "negation", "hedge", "condition", "attribution", "cause", "scope", "opposite", "order",
    "words", "support",
]  # fmt: skip


@dataclass(frozen=True)
class Evidence:
    """A cited passage: its sentences in order, as a person reads them, and the document they are of."""

    sentences: tuple[str, ...]
    entry: Entry


@dataclass(frozen=True)
class Finding:
    """A reason not to show a statement: its kind, and what a person reads."""

    kind: FindingKind
    text: str


@dataclass(frozen=True)
class Window:
    """The neighbouring sentences [first, end) of one passage (`evidence` is its place in the list) that carry a statement."""

    evidence: int
    first: int
    end: int


@dataclass(frozen=True)
class Verified:
    """The outcome: `findings` is empty when the statement may be shown, with `window` as its citation.

    `window` is None when nothing in the passages comes near. `probability` is the support model's (0 to 1), None when the
    rules had already decided.
    """

    window: Window | None
    findings: tuple[Finding, ...]
    probability: float | None = None

    @property
    def supported(self) -> bool:
        return not self.findings
