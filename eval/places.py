"""Arithmetic of places: ranges of documents' texts of record, by document.

Everything about overlap counts characters that are not white space: whether a citation takes the line break after a
sentence with it says nothing about its quality.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from rag.reading import ReadingText, reading_of
from rag.types import SourceDoc


@dataclass(frozen=True, order=True)
class Place:
    """Half-open range [start, end) of the text of record of `document`."""

    document: str
    start: int
    end: int


@dataclass(frozen=True)
class Source:
    """A document as the evaluation needs it: read independently of the index that is being judged."""

    doc: SourceDoc

    @property
    def text(self) -> str:
        return self.doc.text

    @cached_property
    def reading(self) -> ReadingText:
        return reading_of(self.doc)

    @cached_property
    def _ink_before(self) -> list[int]:
        counts, total = [0], 0
        for character in self.doc.text:
            total += not character.isspace()
            counts.append(total)
        return counts

    def ink(self, start: int, end: int) -> int:
        """Characters in [start, end) that are not white space; what lies outside the text counts nothing."""
        size = len(self.doc.text)
        start, end = min(max(start, 0), size), min(max(end, 0), size)
        return self._ink_before[end] - self._ink_before[start] if end > start else 0


Library = Mapping[str, Source]


def ink(place: Place, library: Library) -> int:
    """Characters of `place` that are not white space; 0 for a document the library does not hold."""
    source = library.get(place.document)
    return source.ink(place.start, place.end) if source else 0


def union(places: Iterable[Place]) -> list[Place]:
    """The same characters as sorted ranges that neither overlap nor touch."""
    merged: list[Place] = []
    for place in sorted(places):
        last = merged[-1] if merged else None
        if last and last.document == place.document and place.start <= last.end:
            merged[-1] = Place(last.document, last.start, max(last.end, place.end))
        else:
            merged.append(place)
    return merged


def common(one: Iterable[Place], other: Iterable[Place], library: Library) -> int:
    """Characters that lie in both, each counted once."""
    total = 0
    others = union(other)
    for place in union(one):
        for match in others:
            if match.document == place.document and match.start < place.end and place.start < match.end:
                total += ink(Place(place.document, max(place.start, match.start), min(place.end, match.end)), library)
    return total


def covered(place: Place, by: Iterable[Place], library: Library) -> float:
    """Which share of `place` lies in `by`, 0 to 1."""
    size = ink(place, library)
    return common([place], by, library) / size if size else 0.0


def same(one: Place, other: Place, library: Library) -> bool:
    """Whether two places are about the same words: at least half of the shorter lies in the longer.

    The overlap coefficient (Szymkiewicz-Simpson) at 0.5: a sentence out of a gold paragraph and a paragraph around a
    gold sentence both count, a neighbour that only touches does not.
    """
    if one.document != other.document:
        return False
    shorter = min(ink(one, library), ink(other, library))
    return shorter > 0 and common([one], [other], library) >= 0.5 * shorter
