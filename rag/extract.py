"""The extractive answer: which sentences of the sources, word for word, answer together, or that none does.

The best sentence leads. Another joins it when it is nearly as good and says something new, up to four and about 120
words. A sentence that leans on the one before it ("This was the first such contact") brings it along. Whether anything
is said at all is decided from the raw signals of the best candidates, never from a rank.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rag.conflicts import Difference, differences
from rag.lexical import content_tokens
from rag.questions import STRICT, Question, offers
from rag.reading import leans
from rag.retrieve import Candidate, Searched

# The least probability of an answer at which anything is said.
THRESHOLD = 0.5
MOST_SENTENCES = 4
MOST_WORDS = 120

# Scores, on the scale of rag.retrieve.WEIGHTS; chosen on the tune half, where half of all answerable questions lead with
# more than 11. Below the first the best sentence is more often wrong than right. A name that no document mentions, or
# a date, figure or sum asked for that none of the best sentences holds, asks for a much better sentence.
_ANSWERS = 2.0
_UNKNOWN_NAME, _NOT_OFFERED = 6.0, 9.0
# How fast confidence grows with the score above that.
_STEEP = 0.5
# A sentence this far below the leader adds more noise than facts: with 2.5 the tune answers hold 80% of the facts at 68%
# citation precision; with 4, 83% at 62%.
_KEEP = 2.5
# Two sentences that share this much of the shorter one's content say the same thing.
_SAME = 0.75


@dataclass(frozen=True)
class Statement:
    """Neighbouring sentences of one document that are shown as one claim; `places` also names where else the same words stand."""

    document: str
    char_start: int
    char_end: int
    candidate: Candidate
    places: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Draft:
    """What is to be said: statements in reading order, and the odds (0 to 1) that the first of them answers."""

    statements: tuple[Statement, ...]
    confidence: float
    differences: tuple[Difference, ...] = ()


def confidence(searched: Searched, best: Candidate) -> float:
    """The probability (0 to 1, rough) that `best`, the leading candidate, answers the question."""
    asked = searched.question
    needed = _ANSWERS
    if searched.unknown:
        needed += _UNKNOWN_NAME
    if asked.kind in STRICT and not any(_offers(c, asked) for c in searched.candidates[:3]):
        needed += _NOT_OFFERED
    return 1 / (1 + math.exp(-_STEEP * (best.score - needed)))


def _offers(candidate: Candidate, asked: Question) -> bool:
    around = (candidate.previous, candidate.unit, candidate.following)
    return any(offers(unit.text, asked) for unit in around if unit is not None)


def choose(searched: Searched, threshold: float) -> Draft:
    """The statements that answer; none when the confidence in the best candidate stays below `threshold`."""
    ranked = [c for c in searched.candidates if c.unit.role != "heading" or c.signals.share > 0.5]
    if not ranked:
        return Draft((), 0.0)
    best = confidence(searched, ranked[0])
    if best < threshold:
        return Draft((), best)
    chosen: list[Candidate] = []
    repeats: dict[str, list[Candidate]] = {}
    words = 0
    for candidate in ranked[:30]:
        same = next((c for c in chosen if _same(c, candidate)), None)
        if same is not None:
            if same.unit.text == candidate.unit.text:
                repeats.setdefault(same.unit.id, []).append(candidate)
            continue
        length = len(candidate.unit.text.split())
        if chosen and (
            candidate.score < chosen[0].score - _KEEP or len(chosen) == MOST_SENTENCES or words + length > MOST_WORDS
        ):
            continue
        chosen.append(candidate)
        words += length
    differ = tuple(differences(searched.question, ranked))
    if differ:  # where documents differ, all sides are shown: before anything else that could be said
        sides = {c.unit.id: c for difference in differ for c in difference.candidates}
        chosen = [*sides.values(), *(c for c in chosen if c.unit.id not in sides)]
        while len(chosen) > len(sides) and sum(len(c.unit.text.split()) for c in chosen) > MOST_WORDS:
            chosen.pop()
        words = sum(len(c.unit.text.split()) for c in chosen)
    return Draft(tuple(_statements(chosen, repeats, MOST_WORDS - words)), best, differ)


def _same(one: Candidate, other: Candidate) -> bool:
    first, second = set(content_tokens(one.unit.text)), set(content_tokens(other.unit.text))
    return len(first & second) >= _SAME * max(1, min(len(first), len(second)))


def _statements(chosen: Sequence[Candidate], repeats: dict[str, list[Candidate]], room: int) -> list[Statement]:
    """Chosen sentences as statements: with what they lean on, neighbours joined, the leader's document first."""
    found: list[tuple[int, Statement]] = []
    taken = {(c.unit.path, c.unit.ordinal) for c in chosen}
    for rank, candidate in enumerate(chosen):
        unit = candidate.unit
        start = unit.char_start
        before = candidate.previous
        if leans(unit.text) and before is not None and before.role != "heading" and (before.path, before.ordinal) not in taken:
            length = len(before.text.split())
            if length <= room:
                start, room = before.char_start, room - length
                taken.add((before.path, before.ordinal))
        places = tuple((c.unit.path, c.unit.char_start, c.unit.char_end) for c in repeats.get(unit.id, ()))
        found.append((rank, Statement(unit.path, start, unit.char_end, candidate, places)))
    order = {path: i for i, path in enumerate(dict.fromkeys(s.document for _, s in found))}
    leader = found[0][1] if found else None
    return [
        statement
        for _, statement in sorted(found, key=lambda item: (item[1] is not leader, order[item[1].document], item[1].char_start))
    ]
