"""The decision room: from sentences that were read to what is said, and whether anything is.

Everything that speaks for or against an answer comes together here and nowhere else: the evidence model's readings, the
retrieval score, the dates. Three states: answered; partial ("check this": something near was found); not in the corpus.
No word list decides. What is compared by form is whether two answers are the same words and figures.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, NamedTuple

from llama_index.core.schema import NodeWithScore

from rag.lexical import content_tokens, tokenize
from rag.models import SURVEYS, Kind, Support
from rag.particulars import figures
from rag.types import Status, titled


class _Shape(NamedTuple):
    """How much is said, by the kind of answer that is wanted.

    `sentences` and `words` at most, no more than `each` sentences of one document. A sentence joins the best one if its score is
    no further below it than `keep`, and its log-odds that it answers are at least `answers`. Below the probability `refused`
    nothing is said, up to `check` it is said to be checked.
    """

    sentences: int
    words: int
    each: int
    keep: float
    answers: float
    refused: float
    check: float


# 120 words are a plain answer's; some are kept for the sentence before one that leans on it.
_FACT = _Shape(sentences=4, words=95, each=4, keep=2.5, answers=-2.0, refused=0.21, check=0.5)
_LIST = _FACT._replace(sentences=8, words=240, each=8, keep=4.5, answers=-2.5)
_SURVEY = _Shape(sentences=8, words=300, each=3, keep=5.0, answers=-2.0, refused=0.21, check=0.5)
_SHAPES: Mapping[Kind, _Shape] = {
    "fact": _FACT, "latest": _FACT._replace(keep=4.0), "list": _LIST, "overview": _SURVEY, "compare": _SURVEY, "change": _SURVEY,
    "document": _SURVEY, "metadata": _FACT,
}  # fmt: skip
# Log-odds that a question is answered, from the best sentence's readings: a logistic regression fitted by
# train/calibrate.py on questions of several corpora that no training saw (figures: train/README.md).
_BIAS, _ANSWERS, _WINDOW, _CERTAIN, _RETRIEVED = 0.0, 0.3, 0.5, 0.08, 0.08
# A passage that is retrieved with less than this is about something else: each point below takes this much from the log-odds.
# Answerable questions lie above 13, also those in another language than the text; "How do I reverse a list in Python?" at 12.3.
_ABOUT_IT, _OFF = 13.0, 1.0
# Two sentences that share this much of the shorter one's content say the same thing.
_SAME = 0.75
# A heading, a note or a caption is no answer of its own.
NO_TEXT = ("heading", "note", "caption")
# What follows a question in a text is its answer: at most so many sentences and words.
_ANSWER_SENTENCES, _ANSWER_WORDS = 3, 80
# Characters between two neighbouring sentences: a break of pages, a running head.
_GAP = 400
ASKS = ("?", "？", "؟")
_LABEL = re.compile(r"^[^:：.]{1,40}[:：.]\s+")
# Answers from two documents differ if one contradicts the other this surely (0 to 1).
_CONTRADICTED = 0.5
# Figures that tell when, not how many.
_DATES, _YEARS = ("day", "month", "decade"), range(1000, 2101)
_YEAR = re.compile(r"(?<![\d.,$€£¥])(?:1[0-9]|20)\d\d(?![\d,]*\d|[.]\d|%)")
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
    title: str = ""

    @property
    def called(self) -> str:
        """What its document is called, with its date."""
        return titled(self.title, self.date)

    @property
    def asks(self) -> bool:
        """Whether it is a question."""
        return self.text.rstrip("\"'”’»)*_ ").endswith(ASKS)

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
    """What is to be said: sentences, best first or in the order of their `kind`, and the probability (0 to 1) that it answers."""

    status: Status
    sentences: tuple[Sentence, ...]
    confidence: float
    differences: tuple[Difference, ...] = ()
    repeats: tuple[tuple[Sentence, Sentence], ...] = ()
    """Sentences word for word like one that is said: (said, repeated)."""
    kind: Kind = "fact"
    leads: tuple[tuple[Sentence, Sentence], ...] = ()
    """Questions of the text that what is said answers: (said, question). What stands between the two is said with them."""


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
                str(meta["date"]) if meta["date"] else None, meta["passage"], meta["answers"], meta["window"], meta["certain"], meta["retrieved"],
                (words[0], words[1]) if words else None, item.score or 0.0, str(meta.get("title") or ""),
            )
        )  # fmt: skip
    return found


def confidence(best: Sentence) -> float:
    """The probability (0 to 1) that the question is answered, `best` being the sentence that scores highest."""
    odds = _BIAS + _ANSWERS * best.answers + _WINDOW * best.window + _CERTAIN * best.certain + _RETRIEVED * best.retrieved
    odds -= _OFF * max(0.0, _ABOUT_IT - best.retrieved)
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))


def decide(question: str, read: Sequence[Sentence], judge: Judge | None = None, kind: Kind = "fact") -> Decision:
    """What is said to `question`, which wants an answer of this kind.

    `judge` compares answers of different documents; without it none is said to differ.
    """
    shape = _SHAPES[kind]
    # A question of the text is no answer, but where words in it are ("Who will pay?", he asked).
    ranked = [one for one in read if one.role not in NO_TEXT and not (one.asks and one.certain <= 0)]
    asked = _asked_there(question, read, ranked[0].score if ranked else -math.inf, shape.refused)
    if asked is not None:
        best, sure = asked.said, asked.confidence
    elif ranked:
        best, sure = ranked[0], confidence(ranked[0])
    else:
        return Decision("not_in_corpus", (), 0.0, kind=kind)
    if sure < shape.refused:
        return Decision("not_in_corpus", (), sure, kind=kind)
    if kind == "latest" and asked is None:
        best = _newest(ranked, shape.keep)
    single = kind not in SURVEYS and asked is None
    differ = _differences(question, ranked, judge) if judge is not None and single else ()
    sides = list(dict.fromkeys(one for difference in differ for one in difference.sentences))
    chosen: list[Sentence] = [best, *(one for one in sides if one != best)] if kind == "latest" else sides or [best]
    repeats: list[tuple[Sentence, Sentence]] = []
    words = sum(len(one.text.split()) for one in chosen)
    for one in ranked[:60] if confidence(ranked[0]) >= shape.refused else ():
        if asked is not None and one in asked.taken:
            continue
        same = next((other for other in chosen if _same(one, other)), None)
        if same is not None:
            if same.text == one.text and same != one:
                repeats.append((same, one))
            continue
        length = len(one.text.split())
        near = one.score >= ranked[0].score - shape.keep and one.answers >= shape.answers
        room = len(chosen) < shape.sentences and words + length <= shape.words
        if near and room and sum(other.document == one.document for other in chosen) < shape.each:
            chosen.append(one)
            words += length
    status: Status = "answered" if sure >= shape.check else "partial"
    leads = ((asked.said, asked.question),) if asked is not None else ()
    return Decision(status, tuple(_ordered(chosen, kind)), sure, differ, tuple(repeats), kind, leads=leads)


def _newest(ranked: Sequence[Sentence], keep: float) -> Sentence:
    """Of the sentences that answer about as well as the best one, that of the newest document."""
    near = [one for one in ranked if one.score >= ranked[0].score - keep and one.answers >= ranked[0].answers - keep]
    return max(near, key=lambda one: (one.date or "", one.score))


def _ordered(chosen: list[Sentence], kind: Kind) -> list[Sentence]:
    """What changed by the year that a sentence tells of, oldest first; other surveys document by document, newest first."""
    if kind == "change":
        return sorted(chosen, key=lambda one: (_year(one), one.date or "", one.document, one.ordinal))
    if kind in SURVEYS:
        by_place = sorted(chosen, key=lambda one: (one.document, one.ordinal))
        return sorted(by_place, key=lambda one: one.date or "", reverse=True)
    return chosen


def _year(one: Sentence) -> int:
    """The first year that a sentence names, else that of its document; 9999 where neither has one."""
    named = _YEAR.search(one.text) or _YEAR.search(one.date or "")
    return int(named.group()) if named else 9999


class _Asked(NamedTuple):
    """A question of the text, the last sentence of its answer, all sentences of both, and how sure it is that this answers."""

    question: Sentence
    said: Sentence
    taken: tuple[Sentence, ...]
    confidence: float


def _asked_there(question: str, read: Sequence[Sentence], best: float, refused: float) -> _Asked | None:
    """The text's own question that is the one asked, with the answer behind it; else one that reads best of all (above `best`)."""
    known = {(one.document, one.ordinal): one for one in read}
    asking = [(one, answer) for one in read if one.asks and (answer := _answer_behind(one, known))]
    for one, answer in asking:
        if _same_question(question, one):
            return _Asked(one, answer[-1], (one, *answer), 1.0)
    for one, answer in asking[:1]:
        if one.score > best and confidence(one) >= refused:
            return _Asked(one, answer[-1], (one, *answer), confidence(one))
    return None


def _answer_behind(one: Sentence, known: Mapping[tuple[str, int], Sentence]) -> list[Sentence]:
    """What follows a question up to the next one or a heading."""
    found: list[Sentence] = []
    while (after := known.get((one.document, one.ordinal + len(found) + 1))) is not None:
        words = sum(len(other.text.split()) for other in (*found, after))
        last = found[-1] if found else one
        apart = not 0 <= after.char_start - last.char_end <= _GAP  # another retriever numbers each node's sentences from 0
        if after.asks or apart or after.role in NO_TEXT or len(found) == _ANSWER_SENTENCES or (found and words > _ANSWER_WORDS):
            break
        found.append(after)
    return found


def _same_question(asked: str, one: Sentence) -> bool:
    """Whether the text asks the same, word by word; a name of the title may stand for one word ("you") of the text's question."""
    from rapidfuzz.distance import Indel

    ours, theirs = tokenize(asked), tokenize(_LABEL.sub("", one.text))
    ops = Indel.editops(ours, theirs)
    more = [ours[op.src_pos] for op in ops if op.tag == "delete"]
    less = sum(op.tag == "insert" for op in ops)
    alike = set(content_tokens(asked)) & set(theirs) - set(more)
    return bool(alike) and set(more) <= set(tokenize(one.title)) and less <= min(1, len(more))


def _same(one: Sentence, other: Sentence) -> bool:
    """Whether two sentences say the same: most words in common, and no figure that the other one has not."""
    if {(f.kind, f.value) for f in figures(one.text)} != {(f.kind, f.value) for f in figures(other.text)}:
        return False
    first, second = set(content_tokens(one.text)), set(content_tokens(other.text))
    return len(first & second) >= _SAME * max(1, min(len(first), len(second)))


def _differences(question: str, ranked: Sequence[Sentence], judge: Judge) -> tuple[Difference, ...]:
    """Two documents that both answer, with other numbers, or with other words of which one contradicts the other; at most one."""
    near = [one for one in ranked[:20] if one.words and one.certain > 0 and one.score >= ranked[0].score - 2 * _FACT.keep]
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
    if decision.status == "not_in_corpus" or decision.kind in SURVEYS:
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
