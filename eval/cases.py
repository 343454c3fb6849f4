"""The vocabulary of the cases: what is asked, and what a right answer stands on.

A case belongs to the `tune` half, which may be looked at while building, or to the `report` half, which may not. How
cases are written down and checked is `eval.casefile`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from eval.places import Place

SPLITS = ("tune", "report")


def half(text: str) -> str:
    """The half that a case without one belongs to: by its words, so that adding a case moves no other."""
    return SPLITS[hashlib.sha256(text.encode()).digest()[0] % 2]


SUITES = ("questions", "unanswerable", "conversations", "conflicts", "decoys")


@dataclass(frozen=True)
class Gold:
    """A place that holds what a right answer needs. Spans of one `group` are alternatives; every group is needed."""

    place: Place
    text: str
    group: int


@dataclass(frozen=True)
class Question:
    """An answerable question. Each of `facts` is a tuple of spellings, any of which says that fact."""

    id: str
    split: str
    kind: str
    question: str
    gold: tuple[Gold, ...]
    facts: tuple[tuple[str, ...], ...]

    @property
    def groups(self) -> list[tuple[Gold, ...]]:
        numbers = sorted({gold.group for gold in self.gold})
        return [tuple(gold for gold in self.gold if gold.group == number) for number in numbers]


class Decoy(Question):
    """A question that makes no sense, with gold that nobody could find by it: who finds it has seen the cases."""


@dataclass(frozen=True)
class Unanswerable:
    """A question the corpus cannot answer, and `why` not."""

    id: str
    split: str
    kind: str
    question: str
    why: str


@dataclass(frozen=True)
class Conversation:
    """Turns asked one after the other. `standalone` is each turn as it would be asked without the others."""

    id: str
    split: str
    turns: tuple[Question | Unanswerable, ...]
    standalone: tuple[str, ...]


@dataclass(frozen=True)
class ConflictCase:
    """A matter on which the corpus says different things (`conflict`), or only seems to (`non_conflict`)."""

    id: str
    split: str
    kind: str
    question: str
    about: str
    sides: tuple[Place, ...]
    why: str


@dataclass(frozen=True)
class Probe:
    """A question asked in several ways: as it is, once more, and with changes that mean nothing."""

    base: Question
    ways: tuple[str, ...]

    @property
    def id(self) -> str:
        return f"{self.base.id}~"

    @property
    def split(self) -> str:
        return self.base.split

    @property
    def kind(self) -> str:
        return "probe"

    @property
    def question(self) -> str:
        return self.base.question


def probe(question: Question) -> Probe:
    """As typed into a search box, and as typed to a person. Who knows the cases by heart knows only the first two."""
    bare = question.question.rstrip("?？ ")
    return Probe(question, (question.question, question.question, bare.lower(), f"Please tell me: {question.question}"))


@dataclass(frozen=True)
class Cases:
    questions: tuple[Question, ...] = ()
    unanswerable: tuple[Unanswerable, ...] = ()
    conversations: tuple[Conversation, ...] = ()
    conflicts: tuple[ConflictCase, ...] = ()
    decoys: tuple[Decoy, ...] = ()
    fingerprint: str = ""

    def __len__(self) -> int:
        return sum(len(getattr(self, suite)) for suite in SUITES)
