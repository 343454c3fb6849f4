"""Is what an answer says what its citations hold? Its sentences and its key, by the kind of support that each claims."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.errors import InputError
from rag.export.folder import Folder
from rag.export.standing import Standing
from rag.types import Citation


def verbatim(text: str, cited: Sequence[Citation]) -> bool:
    """Whether `text` is whole words and numbers of one of the citations as they read."""
    for reading in (_line(one.reading_text) for one in cited):
        for found in re.finditer(re.escape(_line(text)), reading):
            if not _cuts(reading, found.start()) and not _cuts(reading, found.end()):
                return True
    return False


def beside(text: str, cited: Sequence[Citation]) -> bool:
    """Whether `text` is words of each citation with its date behind them, "third (2016); fourth (2021)", in their order."""
    sides = "; ".join(rf"(.+) \({re.escape(one.date or 'undated')}\)" for one in cited)
    found = re.fullmatch(sides, _line(text))
    return found is not None and all(verbatim(words, [one]) for words, one in zip(found.groups(), cited, strict=True))


def shortened(text: str, cited: Sequence[Standing], folder: Folder) -> bool:
    """Whether `text` is words of one of the citations with others left out, fairly and marked, where these stand now.

    True where none of them stands: that is said of the citations themselves.
    """
    places = [one.now for one in cited if one.stands and one.now is not None]
    return not places or any(_elides(text, place, folder) for place in places)


def _elides(text: str, place: Citation, folder: Folder) -> bool:
    try:
        verdict = folder.compare(place.document, text)
    except InputError:  # no words
        return False
    inside = {
        match.fragment
        for match in verdict.matches
        if place.char_start <= match.citation.char_start and match.citation.char_end <= place.char_end
    }
    return verdict.verdict in ("exact", "normalized", "elided") and inside == {match.fragment for match in verdict.matches}


def _cuts(text: str, at: int) -> bool:
    """Whether a number, or a word of a script with spaces (one that has capitals), goes on across a place."""
    before, after = text[max(0, at - 1) : at], text[at : at + 1]
    return (before.isdigit() and after.isdigit()) or (before.lower() != before.upper() and after.lower() != after.upper())


def _line(text: str) -> str:
    return " ".join(text.split())
