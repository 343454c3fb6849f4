"""A reading text and its exact map back to the text of record.

A reading text is made by *edits*: each replaces a half-open range of the text of record by a (mostly shorter) string
and carries the name of what it undoes ("line-break hyphen", "footnote number", ...). Between edits the two texts are
the same characters. So the map is a short list of segments, both directions are a binary search, and the names of
the edits inside a range say what a printer did there.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from rag.reading.turns import Turn, turns
from rag.types import Span


class Edit(NamedTuple):
    """Replace text_of_record[start:end] by `text`; `kind` names what is undone."""

    start: int
    end: int
    text: str
    kind: str


class Block(NamedTuple):
    """A paragraph, heading or list item: offsets in the reading text, and its role there."""

    start: int
    end: int
    role: str


def merge(*layers: Iterable[Edit]) -> list[Edit]:
    """All edits in order; where two overlap, the one of the earlier layer stays."""
    kept: list[Edit] = []
    starts: list[int] = []
    for layer in layers:
        fresh: list[Edit] = []
        for edit in layer:
            at = bisect_right(starts, edit.start)
            if at and kept[at - 1].end > edit.start:
                continue
            if at < len(kept) and kept[at].start < edit.end:
                continue
            fresh.append(edit)
        kept = sorted([*kept, *fresh])
        starts = [edit.start for edit in kept]
    return kept


@dataclass(frozen=True)
class ReadingText:
    """`text` is what a person reads; `record_length` the length of the text of record; `edits` in order."""

    text: str
    record_length: int
    edits: tuple[Edit, ...]
    blocks: tuple[Block, ...]

    @cached_property
    def turns(self) -> tuple[Turn, ...]:
        """Who speaks where, if the text is a transcript: in order, not overlapping; empty otherwise."""
        return turns(self.text, [(block.start, block.end) for block in self.blocks])

    def turn_at(self, start: int, end: int) -> Turn | None:
        """The turn whose words hold reading characters [start, end), None where no label says whose they are."""
        at = bisect_right(self.turns, start, key=lambda turn: turn.start) - 1
        return self.turns[at] if at >= 0 and self.turns[at].words <= start and end <= self.turns[at].end else None

    @cached_property
    def _edit_reading_starts(self) -> list[int]:
        starts, shift = [], 0
        for edit in self.edits:
            starts.append(edit.start + shift)
            shift += len(edit.text) - (edit.end - edit.start)
        return starts

    @cached_property
    def _edit_record_starts(self) -> list[int]:
        return [edit.start for edit in self.edits]

    def _record_of(self, position: int, *, end: bool) -> int:
        """The record offset where reading character `position` begins (or, with `end`, where it ends)."""
        at = bisect_right(self._edit_reading_starts, position) - 1
        if at < 0:
            return position + end
        edit, start = self.edits[at], self._edit_reading_starts[at]
        inside = position - start
        if inside < len(edit.text):
            if len(edit.text) == edit.end - edit.start:  # one for one: keep the finer place
                return edit.start + inside + end
            return edit.end if end else edit.start
        return edit.end + inside - len(edit.text) + end

    def to_record(self, start: int, end: int) -> Span:
        """The range of the text of record that reading characters [start, end) stand for.

        Edits at the rim that leave nothing behind (a footnote number after the last word) are not included.
        Raises ValueError for an empty or impossible range.
        """
        if not 0 <= start < end <= len(self.text):
            raise ValueError(f"no such range of the reading text: {start}-{end}")
        return Span(self._record_of(start, end=False), self._record_of(end - 1, end=True))

    def from_record(self, start: int, end: int) -> Span:
        """The smallest range of the reading text that holds what is left of record characters [start, end)."""
        return Span(self._reading_of(start), self._reading_of(end))

    def _reading_of(self, char: int) -> int:
        at = bisect_right(self._edit_record_starts, char) - 1
        if at < 0:
            return char
        edit, start = self.edits[at], self._edit_reading_starts[at]
        if char < edit.end:
            return start + min(char - edit.start, len(edit.text))
        return start + len(edit.text) + char - edit.end

    def kinds_within(self, char_start: int, char_end: int) -> tuple[str, ...]:
        """Names of the edits inside record range [char_start, char_end), each once, in order of appearance."""
        first = bisect_left(self._edit_record_starts, char_start)
        last = bisect_left(self._edit_record_starts, char_end)
        return tuple(dict.fromkeys(edit.kind for edit in self.edits[first:last] if edit.end <= char_end))


def apply(record: str, edits: Iterable[Edit]) -> tuple[str, tuple[Edit, ...]]:
    """The reading text that `edits` (in order, not overlapping) make of `record`, and the edits that change it."""
    parts, position, real = [], 0, []
    for edit in edits:
        if record[edit.start : edit.end] == edit.text:
            continue
        parts += [record[position : edit.start], edit.text]
        position = edit.end
        real.append(edit)
    parts.append(record[position:])
    return "".join(parts), tuple(real)
