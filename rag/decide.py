"""The decision room: from sentences that were read to what is said, and whether anything is.

Everything that speaks for or against an answer comes together here and nowhere else: the evidence model's readings, the
retrieval score, the dates. Three states: answered; partial ("check this": something near was found); not in the corpus.
No word list decides. What is compared by form is whether two answers are the same words and figures.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, NamedTuple

from llama_index.core.schema import NodeWithScore

from rag.lexical import content_tokens
from rag.models import Support
from rag.particulars import figures
from rag.types import Status

MOST_SENTENCES = 4
MOST_WORDS = 120

# Log-odds that a question is answered, from the best sentence's readings: a logistic regression fitted by
# train/calibrate.py on questions of several corpora that no training saw (figures: train/README.md).
_BIAS, _ANSWERS, _WINDOW, _CERTAIN, _RETRIEVED = 0.0, 0.3, 0.5, 0.08, 0.08
# A passage that is retrieved with less than this is about something else: each point below takes this much from the log-odds.
# Answerable questions lie above 13, also those in another language than the text; "How do I reverse a list in Python?" at 12.3.
_ABOUT_IT, _OFF = 13.0, 1.0
# Below the first nothing is said, up to the second it is said to be checked.
REFUSED_BELOW, CHECK_BELOW = 0.33, 0.5
# A sentence joins the best one if its score is no further below it than this, and it answers rather than not.
_KEEP, _ANSWERS_ITSELF = 2.0, -3.0
# Two sentences that share this much of the shorter one's content say the same thing.
_SAME = 0.75
# A heading, a note or a caption is no answer of its own.
NO_TEXT = ("heading", "note", "caption")
# Answers from two documents differ if one contradicts the other this surely (0 to 1).
_CONTRADICTED = 0.5
# Figures that tell when, not how many.
_DATES, _YEARS = ("day", "month", "decade"), range(1000, 2101)
# Words of an answer in one line.
_SHORT = 12

Judge = Callable[[Sequence[tuple[str, "Sentence"]]], Sequence[Support]]
"""What the passages of sentences say to statements: for each (statement, sentence) whether the sentence supports it."""


class Sentence(NamedTuple):
    """A sentence that was read. Readings are log-odds (see `EvidencePostprocessor`); `words` is a range of `text` or None."""

    document: str
    ordinal: int
    char_start: int
    char_end: int
    role: str
    text: str
    date: str | None
    passage: int | None
    answers: float
    window: float
    certain: float
    retrieved: float
    words: tuple[int, int] | None
    score: float

    @property
    def said(self) -> str:
        """The words that answer, "" if they stand in another sentence."""
        return self.text[self.words[0] : self.words[1]].strip() if self.words else ""


class Difference(NamedTuple):
    """Sentences of different documents that answer one question with different words, newest first."""

    about: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True)
class Decision:
    """What is to be said: sentences, best first, and the probability (0 to 1) that the first of them answers."""

    status: Status
    sentences: tuple[Sentence, ...]
    confidence: float
    differences: tuple[Difference, ...] = ()
    repeats: tuple[tuple[Sentence, Sentence], ...] = ()
    """Sentences word for word like one that is said: (said, repeated)."""


def of_nodes(nodes: Sequence[NodeWithScore]) -> list[Sentence]:
    """The sentences among the nodes, best first; nodes that were not read are passed over."""
    found = []
    for item in nodes:
        meta: dict[str, Any] = item.node.metadata
        if "answers" not in meta:
            continue
        words = meta["words"]
        found.append(
            Sentence(
                meta["document"], meta["ordinal"], meta["char_start"], meta["char_end"], meta["role"], item.node.get_content(),
                meta["date"], meta["passage"], meta["answers"], meta["window"], meta["certain"], meta["retrieved"],
                (words[0], words[1]) if words else None, item.score or 0.0,
            )
        )  # fmt: skip
    return found


def confidence(best: Sentence) -> float:
    """The probability (0 to 1) that the question is answered, `best` being the sentence that scores highest."""
    odds = _BIAS + _ANSWERS * best.answers + _WINDOW * best.window + _CERTAIN * best.certain + _RETRIEVED * best.retrieved
    odds -= _OFF * max(0.0, _ABOUT_IT - best.retrieved)
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))


def decide(question: str, read: Sequence[Sentence], judge: Judge | None = None) -> Decision:
    """What is said to `question`. `judge` compares answers of different documents; without it none is said to differ."""
    ranked = [one for one in read if one.role not in NO_TEXT]
    if not ranked:
        return Decision("not_in_corpus", (), 0.0)
    sure = confidence(ranked[0])
    if sure < REFUSED_BELOW:
        return Decision("not_in_corpus", (), sure)
    differ = _differences(question, ranked, judge) if judge is not None else ()
    sides = list(dict.fromkeys(one for difference in differ for one in difference.sentences))
    chosen: list[Sentence] = sides or [ranked[0]]
    repeats: list[tuple[Sentence, Sentence]] = []
    words = sum(len(one.text.split()) for one in chosen)
    for one in ranked[:40]:
        same = next((other for other in chosen if _same(one, other)), None)
        if same is not None:
            if same.text == one.text and same != one:
                repeats.append((same, one))
            continue
        length = len(one.text.split())
        near = one.score >= ranked[0].score - _KEEP and one.answers >= _ANSWERS_ITSELF
        if near and len(chosen) < MOST_SENTENCES and words + length <= MOST_WORDS:
            chosen.append(one)
            words += length
    status: Status = "answered" if sure >= CHECK_BELOW else "partial"
    return Decision(status, tuple(chosen), sure, differ, tuple(repeats))


def _same(one: Sentence, other: Sentence) -> bool:
    first, second = set(content_tokens(one.text)), set(content_tokens(other.text))
    return len(first & second) >= _SAME * max(1, min(len(first), len(second)))


def _differences(question: str, ranked: Sequence[Sentence], judge: Judge) -> tuple[Difference, ...]:
    """Two documents that both answer, with other numbers, or with other words of which one contradicts the other; at most one."""
    near = [one for one in ranked[:20] if one.words and one.certain > 0 and one.score >= ranked[0].score - 2 * _KEEP]
    pairs = [
        (one, other)
        for one, other in combinations(near, 2)
        if one.document != other.document and _other_words(one.said, other.said)
    ][:6]
    if not pairs:
        return ()
    asked = [(one.text, other) for one, other in pairs] + [(other.text, one) for one, other in pairs]
    said = judge(asked)
    found = []
    for number, pair in enumerate(pairs):
        against = max(said[number].contradicted, said[number + len(pairs)].contradicted)
        if against >= _CONTRADICTED or _other_numbers(*pair):
            found.append((against, pair))
    if not found:
        return ()
    _, best = max(found, key=lambda item: item[0])
    newest = sorted(best, key=lambda one: one.date or "", reverse=True)
    return (Difference(question.rstrip("?？ "), tuple(newest)),)


def _other_words(one: str, other: str) -> bool:
    """Whether two answers are different words: neither has all of the other's."""
    first, second = set(content_tokens(one)), set(content_tokens(other))
    return bool(first) and bool(second) and not first <= second and not second <= first


def _other_numbers(one: Sentence, other: Sentence) -> bool:
    """Whether both answers count or rank, with the same unit and no number in common: a matter of form, not of words.

    Answers with a date or a year do not: they tell when, and two events have two dates.
    """
    first, second = (figures(side.said) for side in (one, other))
    if any(f.kind in _DATES or (not f.kind and f.value in _YEARS) for f in (*first, *second)):
        return False
    ours, theirs = ({(f.kind, f.value) for f in found} for found in (first, second))
    return {kind for kind, _ in ours} == {kind for kind, _ in theirs} and bool(ours) and not ours & theirs


def key_of(decision: Decision) -> tuple[str, tuple[Sentence, ...]] | None:
    """The answer in one line and the sentences it stands in, where the words that answer are few."""
    if decision.status == "not_in_corpus":
        return None
    if decision.differences:
        sides = decision.differences[0].sentences
        if all(0 < len(one.said.split()) <= _SHORT for one in sides):
            return "; ".join(f"{one.said} ({one.date or 'undated'})" for one in sides), sides
        return None
    best = decision.sentences[0]
    if best.certain > 0 and 0 < len(best.said.split()) <= _SHORT:
        return best.said, (best,)
    return None
