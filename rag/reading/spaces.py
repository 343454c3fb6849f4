"""Spaces a printer scattered inside words, and doubled ones.

`unification w ith t he PRC o n B eijing’s t erms`: such damage comes in runs. A single letter followed by a space is
joined to what follows when together they are a word and the piece alone is not one, or when the neighbourhood shows
that the letters are falling apart. Two halves that are no words but are one together (`unifi cation`) are joined as
well, and so is a hyphen left in mid-line from an older wrap (`impor-tance`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.reading.mapping import Edit
from rag.reading.words import Vocabulary

_DOUBLE = re.compile(r"(?<=\S)[ \t\u00a0]{2,}(?=\S)")
_SINGLE = re.compile(r"(?<![^\s“‘(])([A-Za-z]) +([a-z]+)(?![\w.])")
# The second half is only looked at: it may be the first of the next pair.
_HALVES = re.compile(r"(?<![\w-])([A-Za-z]{2,}) (?=([a-z]{2,})(?![\w-]))")
_STRAY_HYPHEN = re.compile(r"(?<![\w-])([A-Za-z]{2,})-(?=([a-z]{2,})(?![\w-]))")

# How far, in characters, one piece of certain damage speaks for its neighbours.
_NEIGHBOURHOOD = 80


def edits(record: str, vocabulary: Vocabulary) -> Iterator[Edit]:
    """Edits that close stray spaces inside words and reduce doubled spaces to one."""
    found = [Edit(m.start(), m.end(), " ", "stray space") for m in _DOUBLE.finditer(record)]
    found += list(_split_letters(record, vocabulary))
    repeated = vocabulary.repeated
    for pattern, kind in ((_HALVES, "stray space"), (_STRAY_HYPHEN, "line-break hyphen")):
        for match in pattern.finditer(record):
            left, right = match.groups()
            # Nearly every pair has a common word: the look-ups below are rarely reached.
            if right in repeated or left.lower() in repeated:
                continue
            if not vocabulary.english(left) and not vocabulary.english(right) and vocabulary.english(left + right):
                found.append(Edit(match.end(1), match.start(2), "", kind))
    yield from sorted(set(found))


def _split_letters(record: str, vocabulary: Vocabulary) -> Iterator[Edit]:
    certain: list[int] = []
    possible: list[tuple[int, int]] = []
    position = 0
    while match := _SINGLE.search(record, position):
        letter, rest = match.groups()
        position = match.end(1) + 1
        joined = letter + rest
        if not (vocabulary.english(joined) or vocabulary.written(joined) > 1):
            continue
        if vocabulary.english(rest) < 1 and not vocabulary.written(rest) > 1:
            certain.append(match.start())
            possible.append((match.end(1), match.start(2)))
        elif letter not in "aAIO" or vocabulary.english(rest) * 20 < vocabulary.english(joined):
            possible.append((match.end(1), match.start(2)))
    # One broken word may be a list's letter or an initial; two near each other are damage.
    for end, start in possible:
        near = sum(abs(place - end) <= _NEIGHBOURHOOD for place in certain)
        if near >= 2 or (near == 1 and len(possible) == 1 and record[end - 1] not in "aAIO"):
            yield Edit(end, start, "", "stray space")
