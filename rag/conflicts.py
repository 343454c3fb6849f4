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
from typing import NamedTuple

from rag.lexical import content_tokens
from rag.questions import Question
from rag.retrieve import Candidate

# How far below the leader a sentence may stand (in score) and still speak to the question.
_NEAR = 4.0
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
_OPPOSITES: tuple[tuple[str, str], ...] = (
    (
        r"\b(?:ban(?:s|ned|ning)?|cut off|prohibit\w*|forb[ia]d\w*|impos\w+|restrict(?:s|ed)?\b)",
        r"\b(?:lift(?:s|ed|ing)?|eas(?:es|ed|ing)|end(?:s|ed|ing) (?:its|the|a) ban|repeal\w*|allow(?:s|ed)?)\b",
    ),
    (
        r"\b(?:stall(?:s|ed)|yet to|not yet|has not|have not|never|suspend\w*|broken off|halted)\b",
        r"\b(?:start(?:s|ed)|launch(?:es|ed)|began|begun|has (?:been )?held|resumed|under way|underway)\b",
    ),
    (
        r"\b(?:oppos(?:es|ed|ing)|reject(?:s|ed)?|refus(?:es|ed)|declin(?:es|ed))\b",
        r"\b(?:support(?:s|ed)?|endors(?:es|ed)|back(?:s|ed)|welcom(?:es|ed)|accept(?:s|ed)?|agreed)\b",
    ),
    (
        r"\b(?:rose|risen|increas(?:es|ed)|grew|grown|surged?)\b",
        r"\b(?:fell|fallen|decreas(?:es|ed)|shrank|shrunk|dropped|declined)\b",
    ),
    (r"\b(?:open(?:ed|s)?|reopened)\b", r"\b(?:clos(?:ed|es)|shut)\b"),
    (r"\b(?:true|confirmed|confirms)\b", r"\b(?:false|denied|denies)\b"),
    (r"\b(?:alive|survived)\b", r"\b(?:dead|died|killed)\b"),
    (r"\b(?:won|victory)\b", r"\b(?:lost|defeat(?:ed)?)\b"),
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
    """The question itself, when the sentences are alike but for the figures in them."""
    first, second = (set(content_tokens(c.unit.text)) for c in (one, other))
    figures = [{f.strip(".,").replace(",", "") for f in _FIGURE.findall(c.unit.text)} for c in (one, other)]
    words = [{t for t in stems if not t[0].isdigit()} for stems in (first, second)]
    alike = len(words[0] & words[1]) >= _ALIKE * min(len(words[0]), len(words[1]))
    if alike and min(map(len, words)) >= 3 and figures[0] - figures[1] and figures[1] - figures[0]:
        yield question.text.rstrip("?")


def _states(question: Question, one: Candidate, other: Candidate) -> Iterator[str]:
    """The question itself, when the sentences give what it asks about opposite states."""
    if not _YES_OR_NO.match(question.text):  # "when was it opened" is answered, not contradicted, by when it was closed
        return
    asked = set(question.terms)
    shared = asked & set(content_tokens(one.unit.text)) & set(content_tokens(other.unit.text))
    if len(shared) < max(2, 0.5 * len(asked)):
        return
    for left, right in _OPPOSITES:
        sides = [(bool(re.search(left, c.unit.text, re.I)), bool(re.search(right, c.unit.text, re.I))) for c in (one, other)]
        if sides[0] != sides[1] and {sides[0], sides[1]} == {(True, False), (False, True)}:
            yield question.text.rstrip("?")
