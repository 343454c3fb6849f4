"""Lines back into paragraphs: hard wraps, line-end hyphens, page breaks, bullets.

A text is taken for hard-wrapped when the lines that have a neighbour are short and alike; elsewhere every line end is
a paragraph's end. In a wrapped text a line runs on into the next when the next line's first word would not have
fitted, when a hyphen or slash holds it open, when it ends without a stop and the next begins in lower case, or when a
page break cuts it off in mid-sentence.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import NamedTuple

from rag.reading.mapping import Edit
from rag.reading.turns import labels
from rag.reading.words import Vocabulary

_HYPHENS = "-\u2010\u2011\u00ad"
_BULLET = re.compile(r"\s*(?:[●•▪◦‣»*–·■□○]\s|[-]\s|\(?\d{1,2}[.)]\s|\[\d{1,3}\]\s|[a-z]\)\s|#{1,6}\s|>\s|\|)")
_FINAL = re.compile(r"[.!?。！？][\"'”’)\]»]*(?:\d{1,3})?[\"'”’)\]]*$")
_OPEN_WORD = re.compile(
    r"(?:^|\s)(?:a|an|the|of|and|or|for|to|in|on|at|by|with|from|as|into|its|their|that|is|are|was|were)$", re.IGNORECASE
)
_CJK = r"\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f"
_CJK_END, _CJK_START = re.compile(f"[{_CJK}]$"), re.compile(f"^[{_CJK}]")

# A line's printed number, and how long such a count is at least, and how much of a text has it.
_LINE_NUMBER = re.compile(r"(\d{1,2})(?:\s+|$)")
_NUMBERED_LINES, _MOSTLY_NUMBERED = 10, 0.6

# No typesetter of running text goes beyond this many characters a line; longer lines are paragraphs.
_WIDEST_LINE = 130


class Line(NamedTuple):
    """One line of the text of record: its offsets without the line end, and its stripped text."""

    start: int
    end: int
    text: str


def split(record: str) -> list[Line]:
    """The lines of `record`; form feeds end a line too. Printed line numbers are no part of a line."""
    found, start = [], 0
    for match in re.finditer(r"\r\n|[\n\r\f\v\u2028\u2029]", record):
        found.append(Line(start, match.start(), record[start : match.start()].strip()))
        start = match.end()
    found.append(Line(start, len(record), record[start:].strip()))
    return _unnumbered(record, found)


def _unnumbered(record: str, lines: list[Line]) -> list[Line]:
    """The lines of a text with numbered lines (court transcripts) without their numbers and without the blank lines between.

    The numbers count from 1 on every page. A line that has a number and nothing else stays: it parts two paragraphs.
    """
    filled = [index for index, line in enumerate(lines) if line.text]
    numbers = {index: int(match[1]) for index in filled if (match := _LINE_NUMBER.match(lines[index].text))}
    runs: list[list[int]] = []
    for index in filled:
        number = numbers.get(index)
        if number is not None and runs and runs[-1] and number == numbers[runs[-1][-1]] + 1:
            runs[-1].append(index)
        elif number == 1:
            runs.append([index])
    counted = {index for run in runs if len(run) >= _NUMBERED_LINES for index in run}
    if len(counted) < _MOSTLY_NUMBERED * len(filled):
        return lines
    found = []
    for index, line in enumerate(lines):
        if index in counted:
            start = record.index(line.text, line.start) + _LINE_NUMBER.match(line.text).end()  # type: ignore[union-attr]
            found.append(Line(start, line.end, record[start : line.end].strip()))
        elif line.text:
            found.append(line)
    return found


def wrap_width(lines: list[Line], paged: bool) -> int:
    """The width to which the text was wrapped, in characters; 0 when it was not. A `paged` text always was."""
    neighbours = [len(a.text) for a, b in itertools.pairwise(lines) if a.text and b.text]
    if len(neighbours) < 3:
        return 0
    neighbours.sort()
    width = neighbours[int(len(neighbours) * 0.9)]
    if paged:
        return max(width, 40)
    near = sum(0.75 * width <= n <= width * 1.1 for n in neighbours)
    # Verse, address lines and lists have short lines too, but not mostly full ones.
    return width if 30 <= width <= _WIDEST_LINE and near >= 0.5 * len(neighbours) else 0


def _runs_on(line: Line, after: Line, width: int, record: str) -> bool:
    if not width or len(line.text) > 1.5 * max(width, _WIDEST_LINE):
        return False
    if _BULLET.match(after.text):
        return False
    if _held_open(line.text) or line.text[-1] in "/—–":
        return True
    first = after.text.split(maxsplit=1)[0]
    full = len(line.text) + 1 + len(first) > 0.95 * width
    new_page = record[after.start : after.start + 1] == " " and len(line.text) > 0.4 * width
    if _FINAL.search(line.text):
        return full and not new_page
    if full or after.text[0].islower() or _OPEN_WORD.search(line.text) or len(line.text) > 0.6 * width:
        return True
    # Some printers leave the space between two words at the line's end: then it is a witness.
    return new_page or (line.end > line.start and record[line.end - 1] == " ")


def _held_open(text: str) -> bool:
    """Whether a line's last mark is a hyphen that belongs to a word (`re-`, `U.S.-`), not a dash."""
    return len(text) > 1 and text[-1] in _HYPHENS and (text[-2].isalnum() or text[-2] in ".)’”")


def _hyphen_stays(left: str, right: str, vocabulary: Vocabulary) -> bool:
    """Whether `left-` at a line's end and `right` on the next are a compound (Japan-/Taiwan), not one cut word."""
    if not right or not right[0].islower() or not left or not left[-1].isalpha():
        return True
    if left.isupper() and len(left) > 1:
        return True
    compound, joined = vocabulary.written(f"{left}-{right}"), vocabulary.written(left + right)
    if compound or joined:
        return compound > joined
    if vocabulary.english(left + right):
        return False
    return len(left) > 1 and vocabulary.knows(left) and vocabulary.knows(right)


def edits(record: str, lines: list[Line], dropped: set[int], vocabulary: Vocabulary, paged: bool = False) -> Iterator[Edit]:
    """Edits for every stretch between two lines: joined, or made a blank line between two paragraphs.

    `dropped` holds indices of lines that another layer removes; the lines around them are treated as neighbours. A line
    with a speaker's label begins a paragraph.
    """
    speaks = {line.start for line, label in zip(lines, labels([line.text for line in lines]), strict=True) if label}
    width = wrap_width(lines, paged)
    kept = [line for index, line in enumerate(lines) if line.text and index not in dropped]
    if not kept:
        return
    position = {line.start: index for index, line in enumerate(lines)}
    lead = len(record[kept[0].start :]) - len(record[kept[0].start :].lstrip())
    if kept[0].start + lead:
        yield Edit(0, kept[0].start + lead, "", "line break")
    for line, after in itertools.pairwise(kept):
        end = line.start + len(record[line.start : line.end].rstrip())
        start = after.start + len(record[after.start : after.end]) - len(record[after.start : after.end].lstrip())
        between = range(position[line.start] + 1, position[after.start])
        page_break = "\f" in record[end:start] or record[after.start : after.start + 1] == " "
        adjacent = not between or (page_break and not _FINAL.search(line.text)) or any(i in dropped for i in between)
        if after.start in speaks or not (adjacent and _runs_on(line, after, width, record)):
            if any(i in dropped for i in between):
                yield from _around_dropped(record, end, start, lines, between, dropped, "\n\n", "line break")
            else:
                yield Edit(end, start, "\n\n", "line break")
            continue
        kind = "page break" if page_break else "line break"
        glue = " "
        if _held_open(line.text):
            left = re.split(r"[^\w'’]", line.text[:-1])[-1]
            right = re.match(r"[^\W\d_]*", after.text)
            glue = ""
            if line.text[-1] == "\u00ad" or not _hyphen_stays(left, right.group() if right else "", vocabulary):
                end -= 1
                kind = "line-break hyphen"
        elif line.text[-1] in "/—–" or after.text[0] == "—" or (_CJK_END.search(line.text) and _CJK_START.search(after.text)):
            glue = ""
        if any(i in dropped for i in between):
            yield from _around_dropped(record, end, start, lines, between, dropped, glue, kind)
        else:
            yield Edit(end, start, glue, kind)
    last = kept[-1].start + len(record[kept[-1].start : kept[-1].end].rstrip())
    if last < len(record):
        yield Edit(last, len(record), "", "line break")


def _around_dropped(
    record: str, end: int, start: int, lines: list[Line], between: range, dropped: set[int], glue: str, kind: str
) -> Iterator[Edit]:
    """The join across removed lines, with the removed stretch under its own name."""
    first, last = lines[min(i for i in between if i in dropped)], lines[max(i for i in between if i in dropped)]
    yield Edit(end, first.start, glue, kind)
    yield Edit(first.start, last.end, "", "site furniture")
    yield Edit(last.end, start, "", kind)
