"""Drafts made by script: every kind of fault, and ways to say the same, from the sentences of any texts.

A fixed seed and the same texts give the same drafts, so none need be stored. A draft's half is that of the sentence it
was made from.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from eval.cases import half
from eval.drafts import changed, kept, merged
from eval.drafts.cases import Cited, Draft
from eval.drafts.texts import Answered, Text

SEED = 11

# Sentences of a cited passage: what the library cuts into one.
_PASSAGE = (2, 5)
# Passages that are to have nothing to do with each other lie at least so many paragraphs apart, or in other texts.
_APART = 2
# Drafts of one sort that one sentence may give.
_OFTEN = 2
# Pairs that are tried for one draft out of two passages.
_TRIES = 4000

# Answers of CLAPNQ that leave out whose view it is or misspell what it is about, found by reading them.
_WRONG = frozenset(("54652590347694060.0.1", "8900479189223971396.0.0", "8900479189223971396.0.1", "4243557355858281972.1.1"))

_SENTENCE = re.compile(r"^[A-Z“\"].*[a-z0-9%)”\"]\.$")
_CITATION = re.compile(r"[^\W\d]{3}\d{1,2}\b|https?:|\bp(?:p|\.)? ?\d|^\W*\d+\.")


@dataclass(frozen=True, eq=False)
class Unit:
    """A sentence that can be made a statement of: its text, paragraph and place in it."""

    text: Text
    paragraph: int
    at: int

    @property
    def sentence(self) -> str:
        return self.text.paragraphs[self.paragraph][self.at]

    def cited(self, rng: random.Random) -> Cited:
        """The sentence with some of those around it."""
        sentences = self.text.paragraphs[self.paragraph]
        size = min(rng.randint(*_PASSAGE), len(sentences))
        start = rng.randint(max(0, self.at - size + 1), min(self.at, len(sentences) - size))
        return Cited(sentences[start : start + size], self.text.entry)


def make(texts: Sequence[Text], each: int, seed: int = SEED) -> list[Draft]:
    """At most `each` drafts of every kind from `texts`."""
    units = [unit for text in texts for unit in _units(text)]
    if not units:
        return []
    found: list[Draft] = []
    for kind, change in changed.WITHIN.items():
        rng = random.Random(f"{seed}/{kind}")
        found += _take(each, kind, False, _within(rng, units, change))
    for kind, ways in merged.ACROSS.items():
        rng = random.Random(f"{seed}/{kind}")
        for number, way in enumerate(ways):
            found += _take(each // len(ways), kind, False, _across(rng, units, way), number)
    for kind, rewording in kept.ALONE.items():
        rng = random.Random(f"{seed}/{kind}")
        found += _take(each, kind, True, _again(rng, units, rewording))
    rng = random.Random(f"{seed}/joined")
    return [*found, *_take(each, "joined", True, _joined(rng, units))]


def from_answers(answers: Iterable[Answered], count: int, seed: int = SEED) -> list[Draft]:
    """Faithful drafts that people wrote: sentences of answers whose numbers and names all stand in their passage."""
    fit = [answer for answer in answers if answer.id not in _WRONG and _grounded(answer)]
    random.Random(f"{seed}/answers").shuffle(fit)
    return [
        Draft(
            f"draft/answer/{one.id}",
            half(one.answer),
            "written by people",
            one.answer,
            (Cited(one.sentences, one.entry),),
            True,
            "clapnq",
        )
        for one in fit[:count]
    ]


def _grounded(answer: Answered) -> bool:
    said, text = answer.answer, " ".join(answer.sentences)
    marked = re.findall(r"\d[\d,.]*\d|\d|(?<=[a-z,] )[A-Z][\w’'-]+", said)
    return (
        6 <= len(said.split()) <= 45
        and said.endswith(".")
        and len(answer.sentences) <= 6
        and all(mark in text for mark in marked)
    )


Made = tuple[str, Unit, tuple[Cited, ...]]


def _take(each: int, kind: str, faithful: bool, made: Iterable[Made], way: int = 0) -> Iterator[Draft]:
    """The first `each` of `made`, no statement twice."""
    seen: set[str] = set()
    for statement, unit, cited in made:
        if len(seen) == each:
            return
        if statement in seen or len(statement.split()) < 4:
            continue
        label = f"draft/{unit.text.source}/{kind}/{way}{len(seen):03d}"
        seen.add(statement)
        yield Draft(label, half(unit.sentence), kind, statement, cited, faithful, unit.text.source)


def _within(rng: random.Random, units: Sequence[Unit], change: changed.Change) -> Iterator[Made]:
    for unit in _shuffled(rng, units):
        cited = unit.cited(rng)
        sentence = kept.bare(unit.sentence)
        statement = change(rng, sentence, cited.sentences)
        if statement is not None and statement != sentence and not _said(statement, (cited,)) and not _known(statement, unit):
            yield statement, unit, (cited,)


def _across(rng: random.Random, units: Sequence[Unit], way: merged.Merge) -> Iterator[Made]:
    ones = [unit for unit in units if way.one(kept.bare(unit.sentence))]
    others = [unit for unit in units if way.other(kept.bare(unit.sentence))]
    used: Counter[Unit] = Counter()
    for _ in range(_TRIES if ones and others else 0):
        one, other = rng.choice(ones), rng.choice(others)
        near = [unit for unit in others if unit.text is one.text and abs(unit.paragraph - one.paragraph) >= _APART]
        other = rng.choice(near) if near else other
        if used[other] == _OFTEN or (one.text is other.text and not near):
            continue
        cited = (one.cited(rng), other.cited(rng))
        statement = way.merge(rng, kept.bare(one.sentence), kept.bare(other.sentence), one.text.people | other.text.people)
        if statement is not None and not _said(statement, cited):
            used[other] += 1
            yield statement, other, cited


def _again(rng: random.Random, units: Sequence[Unit], rewording: kept.Rewording) -> Iterator[Made]:
    for unit in _shuffled(rng, units):
        statement = rewording(rng, unit.sentence)
        if statement is not None and (statement != unit.sentence or rewording is kept.verbatim):
            yield statement, unit, (unit.cited(rng),)


def _joined(rng: random.Random, units: Sequence[Unit]) -> Iterator[Made]:
    for unit in _shuffled(rng, units):
        sentences = unit.text.paragraphs[unit.paragraph]
        if unit.at + 1 < len(sentences) and _fit(sentences[unit.at + 1]):
            statement = kept.joined(rng, unit.sentence, sentences[unit.at + 1])
            if statement is not None:
                yield statement, unit, (Cited(sentences[max(0, unit.at - 1) : unit.at + 3], unit.text.entry),)


def _shuffled(rng: random.Random, units: Sequence[Unit]) -> list[Unit]:
    return rng.sample(units, len(units))


def _said(statement: str, cited: Iterable[Cited]) -> bool:
    """Whether the statement is by chance a sentence of a passage."""
    return any(statement.casefold() == sentence.casefold() for passage in cited for sentence in passage.sentences)


def _known(statement: str, unit: Unit) -> bool:
    """Whether all that is new in the statement stands in its sentence, in brackets that were dropped."""
    new = _words(statement) - _words(kept.bare(unit.sentence))
    return bool(new) and new <= _words(unit.sentence)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


def _units(text: Text) -> Iterator[Unit]:
    for paragraph, sentences in enumerate(text.paragraphs):
        for at, sentence in enumerate(sentences):
            if _fit(sentence):
                yield Unit(text, paragraph, at)


def _fit(sentence: str) -> bool:
    """Whether it is a whole sentence as a statement would be: no note, no list, no half of a quotation."""
    return bool(
        6 <= len(sentence.split()) <= 40
        and _SENTENCE.match(sentence)
        and not _CITATION.search(sentence)
        and sentence.count("“") == sentence.count("”")
        and sentence.count('"') % 2 == 0
        and sentence.count("(") == sentence.count(")")
    )
