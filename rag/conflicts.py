"""Where documents differ on what was asked: other values for the same thing, or opposite states of it.

Three plain signs are looked for among the sentences that answer, and nothing is guessed beyond them:

- a counted or ranked thing with two values ("Japan's third largest trading partner", "Japan's fourth-largest …"),
- two sentences that say the same but for a figure or a year,
- on a yes-or-no question, words that cannot both be the case (ban / lift, stalled / started, oppose / support).

Whether two sentences that differ contradict each other, or speak of different times, is for the reader: both are shown,
with dates and names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Literal, NamedTuple

from rag.lexical import content_tokens
from rag.questions import Question
from rag.retrieve import Candidate

# How far below the leader a sentence may stand (in score) and still speak to the question.
_NEAR = 6.0
# Share of the shorter sentence's content that two sentences must have in common to be "the same but for a figure".
_ALIKE = 0.65

_ORDINALS = {
    word: n
    for n, word in enumerate(
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"], start=1
    )
}
_CARDINALS = {
    word: n
    for n, word in enumerate(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], start=1
    )
}
_VALUE = re.compile(
    r"(?:(?P<owner>[A-Z][\w]*)[’']s\s+(?:[a-z]+\s+){0,2}?)?"
    r"(?P<value>\d[\d.,]*\d|\d|"
    + "|".join([*_ORDINALS, *_CARDINALS])
    + r")(?P<scale>\s+(?:million|billion|trillion|thousand|percent|per cent))?"
    r"[\s-]+(?P<thing>(?:largest|biggest|smallest|most|highest|longest|oldest)?\s*(?:[A-Za-z-]+\s+)?[A-Za-z-]{3,})"
)
_FIGURE = re.compile(r"\d[\d.,]*\d|\d")
_YES_OR_NO = re.compile(
    r"^\W*(?:and |but |so )?(?:is|are|was|were|does|do|did|has|have|had|can|could|will|would|may)\b", re.IGNORECASE
)
_NOT_A_THING = re.compile(
    r"^(?:percent|per|million|billion|year|month|day|week|hour|term|time|and|or|of|to|in)\b", re.IGNORECASE
)
# Two states that exclude each other, and which of them holds where a sentence names both ("the ban was lifted" is lifted,
# "has yet to start" has not).
_OPPOSITES: tuple[tuple[str, str, Literal["first", "second"]], ...] = (
    (
        r"\b(?:ban(?:s|ned|ning)?|cut off|prohibit\w*|forb[ia]d\w*|imposed|restrict(?:s|ed|ions?))\b",
        r"\b(?:lift(?:s|ed|ing)?|eas(?:es|ed|ing)|repeal\w*|allow(?:s|ed)?)\b",
        "second",
    ),
    (
        r"\b(?:stall(?:s|ed)|yet to|not yet|has not|have not|never|suspended|broken off|halted)\b",
        r"\b(?:started|launched|began|begun|has been held|resumed|under way|underway)\b",
        "first",
    ),
    (
        r"\b(?:oppos(?:es|ed|ing)|reject(?:s|ed)?|refus(?:es|ed))\b",
        r"\b(?:support(?:s|ed)|endors(?:es|ed)|backs|backed|welcom(?:es|ed)|agreed)\b",
        "first",
    ),
    (
        r"\b(?:rose|risen|increas(?:es|ed)|grew|grown)\b",
        r"\b(?:fell|fallen|decreas(?:es|ed)|shrank|shrunk|declined)\b",
        "first",
    ),
    (r"\b(?:closed|shut)\b", r"\b(?:is open|reopened)\b", "second"),
)


class Difference(NamedTuple):
    """Candidates that differ, in the order of their score, and what about."""

    about: str
    candidates: tuple[Candidate, ...]


def differences(question: Question, ranked: Sequence[Candidate]) -> list[Difference]:
    """Differences among the best candidates of different documents; at most one for each thing."""
    if not ranked:
        return []
    near = [c for c in ranked[:15] if c.score >= ranked[0].score - _NEAR and c.unit.role not in ("heading", "note")]
    found: dict[str, Difference] = {}
    for one, other in combinations(near, 2):
        if one.unit.path != other.unit.path:
            abouts = (*_values(question, one, other), *_figures(question, one, other), *_states(question, one, other))
            for about in abouts[:1]:
                found.setdefault(about, Difference(about, (one, other)))
    return list(found.values())


def _values(question: Question, one: Candidate, other: Candidate) -> Iterator[str]:
    """Things that both sentences count or rank, with different values."""
    first, second = _counted(one.unit.text), _counted(other.unit.text)
    for key in first.keys() & second.keys():
        if first[key][0] != second[key][0] and set(key[1]) & set(question.terms):
            yield first[key][1]


def _counted(text: str) -> dict[tuple[str, tuple[str, ...]], tuple[float, str]]:
    """What a sentence counts or ranks: (owner, stems of the thing) → (value, the words)."""
    found: dict[tuple[str, tuple[str, ...]], tuple[float, str]] = {}
    for match in _VALUE.finditer(text):
        thing = match["thing"].strip()
        if _NOT_A_THING.match(thing):
            continue
        stems = tuple(content_tokens(thing))
        value = _number(match["value"], match["scale"])
        if len(stems) >= 2 and value is not None:
            found.setdefault((match["owner"] or "", stems), (value, thing))
    return found


def _number(value: str, scale: str | None) -> float | None:
    word = value.lower()
    if word in _ORDINALS or word in _CARDINALS:
        return float(_ORDINALS.get(word) or _CARDINALS[word])
    try:
        number = float(value.replace(",", ""))
    except ValueError:
        return None
    return number * {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}.get((scale or "").strip(), 1.0)


def _figures(question: Question, one: Candidate, other: Candidate) -> Iterator[str]:
    """The question itself, when the sentences are alike but for the years, or but for the other figures, in them."""
    words, years, figures = [], [], []
    for text in (one.unit.text, other.unit.text):
        found = {figure.replace(",", "") for figure in _FIGURE.findall(text)}
        words.append({token for token in content_tokens(text) if not token[0].isdigit()})
        years.append({figure for figure in found if re.fullmatch(r"(?:1\d|20)\d\d", figure)})
        figures.append({figure for figure in found if not re.fullmatch(r"(?:1\d|20)\d\d", figure)})
    if min(map(len, words)) < 3 or len(words[0] & words[1]) < _ALIKE * min(map(len, words)):
        return
    if any(pair[0] - pair[1] and pair[1] - pair[0] for pair in (years, figures)):
        yield question.text.rstrip("?")


def _states(question: Question, one: Candidate, other: Candidate) -> Iterator[str]:
    """The question itself, when the sentences give what it asks about opposite states."""
    if not _YES_OR_NO.match(question.text):  # "when was it opened" is answered, not contradicted, by when it was closed
        return
    asked = set(question.terms)
    shared = asked & set(content_tokens(one.unit.text)) & set(content_tokens(other.unit.text))
    if len(shared) < max(2, 0.5 * len(asked)):
        return
    for first, second, stronger in _OPPOSITES:
        sides = [
            stronger if re.search(first, text, re.I) and re.search(second, text, re.I)
            else "first" if re.search(first, text, re.I)
            else "second" if re.search(second, text, re.I)
            else None
            for text in (one.unit.text, other.unit.text)
        ]  # fmt: skip
        if None not in sides and sides[0] != sides[1]:
            yield question.text.rstrip("?")
