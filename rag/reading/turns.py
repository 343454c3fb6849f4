"""Turns of a transcript, read off its layout: labels that name who speaks stand at the start of lines.

A label is a short run of words with capitals before a colon, a dash or a tab ("MS. ORDOÑEZ:", "**Sir Wyn Williams**:",
"[Jodi Nudelman:]", "記者："), a name whose last word is in capitals before a full stop ("Mr. GREGG. Mr. President, …"), or "Q" and
"A". Single lines of that kind stand in any text ("Note: …"); it is a transcript if labels come back. No language is asked for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

_WORD = r"(?:[^\W\d_a-z][\w.'’&/-]*|[a-z]{1,4}(?=\s))"  # with a capital, or a small word between such ("of", "von")
_NAME = rf"(?P<name>[^\W\d_a-z][\w.'’&/-]*(?:,?\s{_WORD}){{0,5}}(?:\s\([^()\n]{{1,60}}\))?)"
_MARKUP = r"[*_\[\s>]{0,6}"
_COLON = re.compile(rf"{_MARKUP}{_NAME}[*_\s]{{0,4}}[:：]\]?[*_]{{0,3}}(?:\s+|(?<=：)|$)")
_DASH = re.compile(rf"{_MARKUP}{_NAME}[*_]{{0,3}}(?:\t+|\s+[–—]{{1,2}}\s+|\s+--\s+)")
_STOP = re.compile(
    r"(?P<name>(?:(?:[^\W\d_a-z][\w'’-]*\.?|of|the)\s+){0,4}[^\W\d_a-z][A-Z'’-]*[^\W\d_a-z]{2}[A-Z'’-]*(?:\s+of\s+[^\W\d_a-z]\w+)?)\.\s+(?=[^\W_a-z])"
)
_QUESTION_ANSWER = re.compile(r"(?P<name>[QA])(?:[.:]\s*|\s{2,}|\t+)(?=\S)")
# A label is taken for one if it stands this often; with fewer, only what is plainly a name in capitals.
_OFTEN = 2
# Of a chat's lines, how many have a label, and how many words follow it on average.
_CHAT, _CHAT_WORDS = 0.4, 4
# Small words within a name: "The Minister of State for X" has two.
_MOST_SMALL = 2
# How many lines of a text may be labels that stand only once before it is a list of fields, not a talk.
_MOST_SINGLE = 0.5


class Turn(NamedTuple):
    """What one person says: a range of the reading text, where the words begin behind the label, and the label."""

    start: int
    words: int
    end: int
    speaker: str


class Label(NamedTuple):
    """A label at the start of a line: the name as printed, how many characters of the line it takes, and its form."""

    name: str
    length: int
    form: int


def labels(lines: Sequence[str]) -> list[Label | None]:
    """The label at the start of each line, None where there is none; all None where the text is no transcript."""
    found = [_label(line) for line in lines]
    # One transcript has one form of labels (and "Q", "A" beside it): "So I --" is no label where others have a colon.
    forms = Counter(label.form for label in found if label and label.form)
    form = max(forms, key=lambda one: (forms[one], -one)) if forms else 0
    found = [label if label and label.form in (0, form) else None for label in found]
    count = Counter(label.name for label in found if label)
    again = sum(times for times in count.values() if times >= _OFTEN)
    single = sum(times for times in count.values() if times < _OFTEN)
    several = sum(times >= _OFTEN for times in count.values())
    shouted = [name for name in count if " " in name and name == name.upper()]
    if not _names(found, lines, count):
        return [None] * len(lines)
    if several >= 1 and len(count) >= 2 and again >= 3 and single <= max(2, _MOST_SINGLE * (again + single)):
        shout = all(name == name.upper() for name, times in count.items() if times >= _OFTEN)
        keep = {name for name, times in count.items() if times >= _OFTEN or not shout or name == name.upper()}
    elif len(shouted) >= 2 and len(shouted) == len(count):
        keep = set(shouted)
    else:
        return [None] * len(lines)
    return [label if label and label.name in keep else None for label in found]


def _names(found: Sequence[Label | None], lines: Sequence[str], count: Counter[str]) -> bool:
    """Whether labels that come back may be names: "Source:" and "Note:" under every table, or the heads of letters, are none.

    A name of one word that is not in capitals counts only where most of a text is such talk, as in a chat.
    """
    back = [name for name, times in count.items() if times >= _OFTEN]
    if not back or any(" " in name or name == name.upper() for name in back):
        return True
    talk = [len(line[label.length :].split()) for label, line in zip(found, lines, strict=True) if label]
    return len(talk) >= _CHAT * sum(bool(line.strip()) for line in lines) and sum(talk) >= _CHAT_WORDS * len(talk)


def _label(line: str) -> Label | None:
    for form, pattern in enumerate((_QUESTION_ANSWER, _COLON, _STOP, _DASH)):
        match = pattern.match(line)
        if match:
            words = re.sub(r"\s*\([^()]*\)$", "", match["name"]).split()
            small = [word for word in words if word[0].islower()]
            if len(small) <= _MOST_SMALL and not words[-1][0].islower():
                return Label(" ".join(match["name"].split()).strip("*_"), match.end(), form)
    return None


def turns(text: str, blocks: Sequence[tuple[int, int]]) -> tuple[Turn, ...]:
    """The turns of a reading text whose paragraphs are `blocks`; what stands before the first label is nobody's turn."""
    found: list[Turn] = []
    for (start, end), label in zip(blocks, labels([text[a:b] for a, b in blocks]), strict=True):
        if label:
            found.append(Turn(start, start + label.length, end, label.name))
        elif found:
            found[-1] = found[-1]._replace(end=end)
    return tuple(found)
