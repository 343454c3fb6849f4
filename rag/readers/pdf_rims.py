"""What stands around the text of a page and is no part of it: running heads and feet, page numbers, line numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple

from rag.readers.pdf_layout import is_prose
from rag.readers.pdf_lines import Line, leading, lines_of
from rag.readers.pdf_words import Word

# How many lines at the top and at the bottom of a page may be heads and feet, and on how near a page they come again:
# left and right pages often have different ones.
_DEEPEST, _NEAREST = 4, 2
# Points by which the same head's place may differ; the outer part of a page in which no text stands.
_SHIFT, _MARGIN = 8.0, 0.07
_NUMBER = re.compile(r"[\divxlcIVXLC]*\d[\d\W]*|\W*[ivxlc]+\W*")
_FEWEST_NUMBERED, _MOSTLY = 10, 0.7


class _Rim(NamedTuple):
    key: str
    depth: float
    words: list[Word]
    apart: bool


class Rims(NamedTuple):
    """The lines at the top and at the bottom of one page, outermost first."""

    top: list[_Rim]
    bottom: list[_Rim]


def rims_of(words: list[Word], height: float) -> Rims:
    """The lines of a page that may be heads and feet; `height` of the page in points."""
    lines = lines_of([word for word in words if not word.turned])
    step = leading(lines)
    top = [_rim(line, height - line.y, lines[at + 1 : at + 2], step, height) for at, line in enumerate(lines[:_DEEPEST])]
    backwards = lines[::-1]
    return Rims(
        top, [_rim(line, line.y, backwards[at + 1 : at + 2], step, height) for at, line in enumerate(backwards[:_DEEPEST])]
    )


def _rim(line: Line, depth: float, inner: list[Line], step: float, height: float) -> _Rim:
    # The order of the parts changes from left to right pages, the numbers from page to page.
    key = " ".join(sorted("#" if _NUMBER.fullmatch(word.text) else re.sub(r"\d+", "#", word.text) for word in line.words))
    far = not inner or abs(line.y - inner[0].y) > 1.25 * step or abs(line.size - inner[0].size) > 0.1 * line.size
    return _Rim(key, depth, line.words, far or depth < _MARGIN * height)


def running(pages: Mapping[int, Rims], at: int) -> list[list[Word]]:
    """The heads and feet of page `at`, outermost first, each as its words: lines in the same place on a page near it.

    The head of the first page is none: it stands before the text, and names the document.
    """
    page = pages[at]
    near = [pages[other] for other in range(at - _NEAREST, at + _NEAREST + 1) if other != at and other in pages]
    sides = [(page.bottom, [other.bottom for other in near])]
    if at:
        sides.append((page.top, [other.top for other in near]))
    found: list[list[Word]] = []
    for own, others in sides:
        running_to = 0
        for number, rim in enumerate(own, start=1):
            again = any(rim.key == one.key and abs(rim.depth - one.depth) < _SHIFT for other in others for one in other)
            # A page's number may follow its last line wherever that stands.
            is_number = rim.key == "#" and number == 1 and any(other and other[0].key == "#" for other in others)
            if not again and not is_number:
                break
            if rim.apart:
                running_to = number
        found += [rim.words for rim in own[:running_to]]
    return found


def line_numbers(words: list[Word]) -> list[Word]:
    """The printed numbers of a page's lines: a column of figures left of running text that counts them."""
    lines = lines_of([word for word in words if not word.turned])
    first = [line.words[0] for line in lines if re.fullmatch(r"\d{1,3}", line.words[0].text)]
    if len(first) < _FEWEST_NUMBERED or len(first) < _MOSTLY * len(lines):
        return []
    marks = {id(word) for word in first}
    rest = [word for word in words if id(word) not in marks]
    edge = max(word.x1 for word in first)
    counted = sum(int(after.text) - int(before.text) == 1 for before, after in pairwise(first))
    if not rest or counted < _MOSTLY * (len(first) - 1) or sum(word.x0 < edge for word in rest) > 0.05 * len(rest):
        return []
    return first if is_prose(lines_of(rest)) else []
