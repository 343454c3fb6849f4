"""Footnote numbers in running text: found as a sequence, so that figures are not eaten.

A number glued to the end of a word or a closing mark (`since 2016.1`, `partner,25`, `warfare,”30`) or set apart after
it (`third-largest. 52 Japan`) is only a *candidate*. Footnotes count upwards by one; figures (`4.9 million`,
`Track 1.5`, `+3.1%`) do not. The longest upward chain through the candidates is taken for the footnotes. Outside a
chain, only a number glued to a comma or a closing quotation mark after a letter is one beyond doubt.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from rag.reading.mapping import Edit

# What may follow a footnote number: space, the end, a closing or joining mark; never a digit, letter, % or decimal.
_AFTER = r"(?=[\s)\]”’\"—;:]|[.,](?:\s|$)|$)"
# A pattern that begins with its digit, and looks back from there, is several times faster than one that begins looking back.
_GLUED = re.compile(r"\d(?<=[A-Za-zÀ-ž)\]”’\"'][.,;:!?]\d)\d{0,2}" + _AFTER)  # word.12  States),26
_AFTER_QUOTE = re.compile(r"\d(?<=[.,;:!?…\w][”’\"]\d)\d{0,2}" + _AFTER)  # hostility.”3
_AFTER_PAREN = re.compile(r"\d(?<=\)\d)\d{0,2}" + _AFTER)  # Taiwan)31
_AFTER_FIGURE = re.compile(r"\d(?<=\d[.,;]\d)\d{0,2}" + _AFTER)  # since 2016.1 — or the decimal of 4.9
_APART = re.compile(r" (?<=[.,;:!?”’\")] ) ?\d{1,3}(?= {1,2}[A-Z“‘\"(\d])")  # third-largest. 52 Japan
_AFTER_WORD = re.compile(r"\d(?<=[a-zß-ž]{3}\d)\d{0,2}(?=[\s.,;:)”]|$)")  # squeeze12
_SUPERSCRIPT = re.compile(r"(?<=\S)[\u00b9\u00b2\u00b3\u2070\u2074-\u2079]{1,3}(?=\W|$)")
_BRACKETED = re.compile(r" ?\[(\d{1,3})\](?!\()")
_ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Za-z]|No|Nos|Vol|vol|no|pp|Fig|fig|Art|art|Sec|sec|Ch|ch|Eq|eq|cf|ca|Ver|ver|Rev|St))\.$"
)

# Three in a row is the shortest chain that a text is unlikely to count up by chance.
_SHORTEST_CHAIN = 3
# A text may lose a note or two (a page left out, a number the printer damaged).
_LARGEST_GAP = 3


class _Candidate(NamedTuple):
    start: int
    end: int
    number: int
    certain: bool


def _candidates(record: str) -> list[_Candidate]:
    found: dict[int, _Candidate] = {}
    for pattern, certain in (
        (_GLUED, True),
        (_AFTER_QUOTE, True),
        (_AFTER_PAREN, False),
        (_AFTER_FIGURE, False),
        (_APART, False),
        (_AFTER_WORD, False),
    ):
        for match in pattern.finditer(record):
            start, end = match.span()
            before = record[max(0, start - 6) : start]
            if certain and (_ABBREVIATION.search(before) or before[-1:] == "." or before[-1:] == ":"):
                certain_here = not _ABBREVIATION.search(before) and before[-1:] != ":"
            else:
                certain_here = certain
            number = int(match.group())
            if number and not match.group().strip().startswith("0"):
                found.setdefault(end, _Candidate(start, end, number, certain_here))
    return sorted(found.values())


def _chain(candidates: list[_Candidate]) -> list[_Candidate]:
    """The upward chain with the most members; a step of more than one costs its gap."""
    by_number: dict[int, list[int]] = {}
    score = [1.0] * len(candidates)
    previous: list[int | None] = [None] * len(candidates)
    for index, candidate in enumerate(candidates):
        for gap in range(1, _LARGEST_GAP + 1):
            earlier = by_number.get(candidate.number - gap)
            if not earlier:
                continue
            before = earlier[bisect_left(earlier, index) - 1]
            value = score[before] + 1 - 0.6 * (gap - 1)
            if value > score[index]:
                score[index], previous[index] = value, before
        by_number.setdefault(candidate.number, []).append(index)
    if not candidates:
        return []
    at: int | None = max(range(len(candidates)), key=lambda i: (score[i], -i))
    chain = []
    while at is not None:
        chain.append(candidates[at])
        at = previous[at]
    return chain[::-1]


def edits(record: str) -> Iterator[Edit]:
    """Edits that take footnote numbers out of the text."""
    candidates = _candidates(record)
    chain = _chain(candidates)
    taken = set(chain) if len(chain) >= _SHORTEST_CHAIN and any(c.certain for c in chain) else set()
    taken |= {c for c in candidates if c.certain}
    found = [Edit(c.start, c.end, "", "footnote number") for c in taken]
    found += [
        Edit(m.start(), m.end(), "", "footnote number")
        for m in _SUPERSCRIPT.finditer(record)
        if not re.search(r"\b(?:k?m|cm|mm|ft|mi)$", record[max(0, m.start() - 3) : m.start()])
    ]
    # "[2]" is a note's mark where the text also lists its notes: the number then stands at the start of a line.
    listed = {int(n) for n in re.findall(r"(?m)^\s*\[?(\d{1,3})[\].]\s", record)}
    found += [
        Edit(m.start(), m.end(), "", "footnote number")
        for m in _BRACKETED.finditer(record)
        if int(m.group(1)) in listed and record[: m.start()].rstrip(" ")[-1:] not in ("", "\n")
    ]
    yield from sorted(found)
