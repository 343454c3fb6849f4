"""Where the words of evidence stand in a document as the project reads it.

Offsets are taken as they are where the text of record has the words there. A PDF's or a page's text of record is the reader's own,
so there the words are looked for: letters and digits alone, without case, in the reading text, where page breaks, notes and
running heads are gone; on the page named, if one is; in one piece, or nearly so.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from functools import cache

from rapidfuzz.fuzz import partial_ratio_alignment

from eval.places import Library, Place, Source
from eval.strangers.cases import Evidence

# Per cent of letters alike: a lost ligature or a footnote number inside is let through, another sentence is not.
_NEARLY = 85.0

Letters = tuple[str, tuple[int, ...]]
"""The letters and digits of a reading text, folded, and the offset in it of each."""


class Locator:
    """Finds evidence in the documents of a library."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._letters = cache(lambda document: folded(library[document].reading.text))

    def place(self, one: Evidence) -> Place | None:
        """Its place; an empty one in a document that could not be read, which no passage covers; None for words not found."""
        source = self._library.get(one.document)
        if source is None:
            return Place(one.document, 0, 0)
        if one.span and source.text[one.span[0] : one.span[1]] == one.readings[0]:
            return Place(one.document, *one.span)
        letters, offsets = self._letters(one.document)
        first, last = _range(one, source, offsets)
        for words in one.readings:
            wanted = folded(words)[0]
            found = _find(wanted, letters[first:last])
            if found is not None:
                start, end = source.reading.to_record(offsets[first + found[0]], offsets[first + found[1] - 1] + 1)
                return Place(one.document, start, end)
        return None


def folded(text: str) -> Letters:
    """The letters and digits of `text`: compatibility forms and case levelled, all else left out."""
    letters, offsets = [], []
    for at, character in enumerate(text):
        for part in unicodedata.normalize("NFKC", character).casefold():
            if part.isalnum():
                letters.append(part)
                offsets.append(at)
    return "".join(letters), tuple(offsets)


def _range(one: Evidence, source: Source, offsets: tuple[int, ...]) -> tuple[int, int]:
    """The numbers of the first letter on the pages of `one` and of the first behind them; all letters without pages."""
    starts = source.doc.page_starts
    if not one.pages or one.pages[0] > len(starts):
        return 0, len(offsets)
    ends = (*starts[1:], len(source.text))
    span = source.reading.from_record(starts[one.pages[0] - 1], ends[min(one.pages[1], len(starts)) - 1])
    return bisect_left(offsets, span.start), bisect_left(offsets, span.end)


def _find(wanted: str, letters: str) -> tuple[int, int] | None:
    """The range of `letters` that `wanted` is, in one piece or nearly so."""
    at = letters.find(wanted)
    if not wanted or at >= 0:
        return (at, at + len(wanted)) if wanted else None
    if len(wanted) > len(letters):
        return None
    near = partial_ratio_alignment(wanted, letters, score_cutoff=_NEARLY)
    return (near.dest_start, near.dest_end) if near else None
