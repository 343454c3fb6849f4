"""The reading order of a page: columns one after the other, tables row by row, paragraphs apart, notes at their foot."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from rag.readers.pdf_drawn import Rule
from rag.readers.pdf_lines import Line, gaps, is_marker, leading, lines_of
from rag.readers.pdf_paragraphs import Block, paragraphs, runs_on
from rag.readers.pdf_tables import table_rows
from rag.readers.pdf_words import Word

# The narrowest strip between two columns, in ems, by the number of lines that stand on both sides of it.
_GUTTERS = ((2, 2.0), (3, 1.0), (5, 0.7))
# More lines than any page of text has: a drawing with labels, for which the search for columns would take too long.
_MOST_LINES = 400
# Of the gutters found, so many are tried for columns.
_CANDIDATES = 6
_DASHES = re.compile(r"[-–—_=\s]+")  # a line over the notes, made of dashes


@dataclass
class _Gutter:
    first: int
    last: int
    left: float
    right: float
    both: int


def blocks_of(words: list[Word], body: float, rules: list[Rule]) -> list[Block]:
    """The blocks of a page's words in reading order; `body` is the size of the document's running text in points.

    `rules` are the horizontal lines drawn on the page, which part the rows of tables.

    Text that stands on its side comes last, as notes do, but where most of the page does.
    """
    turned = Counter(word.turned for word in words for _ in word.text).most_common()
    blocks: list[Block] = []
    for number, (angle, _) in enumerate(turned):
        found = _arranged([word for word in words if word.turned == angle], body, [] if angle else rules)
        blocks += found if not number else [Block(block.lines, "note") for block in found]
    return [block for block in blocks if not _DASHES.fullmatch("".join(block.lines))]


def _arranged(words: list[Word], body: float, rules: list[Rule]) -> list[Block]:
    if not words:
        return []
    # The lines of two columns need not stand on one baseline: for the search, near ones are taken together.
    lines = lines_of(words, 0.6)
    gutter = _gutter(lines, rules) if 2 <= len(lines) <= _MOST_LINES else None
    if gutter is None:
        return paragraphs(lines_of(words), body)
    region = lines[gutter.first : gutter.last + 1]
    above = [word for line in lines[: gutter.first] for word in line.words]
    below = [word for line in lines[gutter.last + 1 :] for word in line.words]
    left, right = _sides(region, gutter)
    if _are_columns(left, right, rules):
        inner = _joined(_arranged(left, body, rules), _arranged(right, body, rules), at_break=True)
    else:
        inner = [Block([row], "table") for row in table_rows(lines_of(left + right), rules)]
    return _joined(_joined(_arranged(above, body, rules), inner), _arranged(below, body, rules))


def _joined(blocks: list[Block], following: list[Block], at_break: bool = False) -> list[Block]:
    """Both, with a sentence that runs on from one part of the page to the next in one block."""
    place = next((at for at in range(len(blocks) - 1, -1, -1) if blocks[at].kind != "note"), None)
    if place is None or not following:
        return blocks + following
    last, first = blocks[place], following[0]
    if not runs_on(last, first, at_break):
        return blocks + following
    merged = Block([*last.lines[:-1], last.lines[-1] + " ", *first.lines], "text", last.size)
    return [*blocks[:place], merged, *blocks[place + 1 :], *following[1:]]


def _sides(region: list[Line], gutter: _Gutter) -> tuple[list[Word], list[Word]]:
    words = [word for line in region for word in line.words]
    return [word for word in words if word.x0 < gutter.right - 0.1], [word for word in words if word.x0 >= gutter.right - 0.1]


def _gutter(lines: list[Line], rules: list[Rule]) -> _Gutter | None:
    """The strip without words that parts most lines into a left and a right side, if any; one between columns first."""
    found: list[_Gutter] = []
    open_strips = [gaps(line, _GUTTERS[-1][1] * line.size) for line in lines]
    for place in range(len(lines)):
        for left, right in open_strips[place][1:-1]:
            if any(one.first <= place <= one.last and min(one.right, right) > max(one.left, left) for one in found):
                continue
            grown = _grown(lines, open_strips, place, left, right)
            if grown is not None and not _is_list(_sides(lines[grown.first : grown.last + 1], grown)[0]):
                found.append(grown)
    found.sort(key=lambda one: (one.both, one.right - one.left), reverse=True)
    columns = [
        one
        for one in found[:_CANDIDATES]
        if one.both >= 0.4 * found[0].both and _are_columns(*_sides(lines[one.first : one.last + 1], one), rules)
    ]
    # A gutter of the whole page comes before one within a column.
    return max(columns, key=lambda one: one.last - one.first) if columns else found[0] if found else None


def _is_list(left: list[Word]) -> bool:
    return all(is_marker(word.text) for word in left)


def _grown(
    lines: list[Line], open_strips: list[list[tuple[float, float]]], place: int, left: float, right: float
) -> _Gutter | None:
    """The gutter that the strip between `left` and `right` in line `place` is part of, over the lines that leave it open."""
    first = last = place
    least = _GUTTERS[-1][1] * lines[place].size
    for step in (1, -1):
        at = place + step
        while 0 <= at < len(lines):
            shared = max(((max(left, a), min(right, b)) for a, b in open_strips[at]), key=lambda strip: strip[1] - strip[0])
            if shared[1] - shared[0] < least:
                break
            left, right = shared
            first, last = min(first, at), max(last, at)
            at += step
    both = [lines[at].x0 < left and lines[at].x1 > right for at in range(first, last + 1)]
    sides = sum(both)
    ems = (right - left) / lines[place].size
    if not any(sides >= count and ems >= width for count, width in _GUTTERS):
        return None
    first, last = _trimmed(lines, first, last, left, right)
    return _Gutter(first, last, left, right, sides)


def _trimmed(lines: list[Line], first: int, last: int, left: float, right: float) -> tuple[int, int]:
    """Without lines at the top and bottom that stand on the left side only and apart from the column: headings, last lines."""
    step = leading(lines[first : last + 1])

    def both(at: int) -> bool:
        return lines[at].x0 < left and lines[at].x1 > right

    top = next(at for at in range(first, last + 1) if both(at))
    start = top
    while start > first and (lines[start - 1].x0 >= right or lines[start - 1].y - lines[start].y < 1.4 * step):
        start -= 1
    bottom = next(at for at in range(last, first - 1, -1) if both(at))
    end = bottom
    # Where the page goes on in full width, a heading over it belongs there; else the longer column goes on.
    goes_on = last + 1 < len(lines)
    while end < last and (not goes_on or lines[end + 1].x0 >= right or lines[end].y - lines[end + 1].y < 1.4 * step):
        end += 1
    return start, end


def _are_columns(left: list[Word], right: list[Word], rules: list[Rule]) -> bool:
    """Whether the two sides of a gutter are columns of running text, not cells of rows."""
    top, bottom = max(word.y for word in left + right), min(word.y for word in left + right)
    inner, outer = max(word.x1 for word in left), min(word.x0 for word in right)
    across = [rule for rule in rules if bottom < rule.y < top and rule.x0 < inner and rule.x1 > outer]
    if len({round(rule.y / 3) for rule in across}) >= 2:
        return False
    sides = lines_of(left), lines_of(right)
    prose = [is_prose(side) for side in sides]
    if all(prose):
        return True
    if any(prose):
        few = min(sides, key=len)
        many = sides[1] if few is sides[0] else sides[0]
        beside = sum(any(abs(line.y - other.y) < 0.08 * line.size for other in many) for line in few)
        return beside < 0.5 * len(few)
    return False


def is_prose(lines: list[Line]) -> bool:
    """Whether these lines are running text: mostly words, mostly filled from side to side."""
    width = max(line.x1 for line in lines) - min(line.x0 for line in lines)
    fill = median((line.x1 - line.x0 - _open_space(line)) / (width or 1) for line in lines)
    text = "".join(word.text for line in lines for word in line.words)
    # Chinese and Japanese have no spaces: four characters count as a word.
    wide = sum(char >= "\u2e80" for char in text)
    words = median(len(line.words) for line in lines) + wide / len(lines) / 4
    letters = sum(char.isalpha() for char in text)
    return fill >= 0.6 and words >= 3 and letters >= 0.6 * len(text)


def _open_space(line: Line) -> float:
    return sum(max(after.x0 - before.x1 - 0.6 * line.size, 0.0) for before, after in pairwise(line.words))
