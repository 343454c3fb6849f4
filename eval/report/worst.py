"""The cases that went worst, with the words that should have been found beside those that were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eval.cases import Cases, ConflictCase, Question
from eval.collect import every
from eval.figures import value_of
from eval.measures import Row
from eval.places import Library, Place
from eval.run import Run

# Enough to see what goes wrong, few enough to be read.
SHOWN = 40
PASSAGES = 3


@dataclass(frozen=True)
class Shown:
    """A case for the report. `should` and `did` are (where, words) of the gold and of the first passages."""

    row: Row
    problem: str
    should: tuple[tuple[str, str], ...]
    did: tuple[tuple[str, str], ...]


def worst(run: Run, cases: Cases, library: Library) -> list[Shown]:
    """The worst cases first: what was said wrongly, then what was lost, then what was incomplete; ties by id."""
    golds = {case.id: _gold(case) for case in every(cases)}
    for conversation in cases.conversations:
        golds |= {turn.id: _gold(turn) for turn in conversation.turns}
    ranked = sorted((rank, row.id, row, problem) for row in run.rows for rank, problem in [_problem(row)] if problem)
    return [
        Shown(
            row,
            problem,
            tuple(words_at(place, library) for place in golds.get(row.id, ())),
            tuple(words_at(place, library) for place in _passages(run.answers.get(row.id))),
        )
        for _, _, row, problem in ranked[:SHOWN]
    ]


def words_at(place: Place, library: Library) -> tuple[str, str]:
    """Where a place is, for people, and its words as they are read."""
    source = library.get(place.document)
    if source is None:
        return place.document, ""
    span = source.reading.from_record(place.start, place.end)
    words = " ".join(source.reading.text[span.start : span.end].split())
    return f"{place.document}, line {source.doc.line_of(place.start)}", words


def _gold(case: object) -> tuple[Place, ...]:
    if isinstance(case, Question):
        return tuple(gold.place for gold in case.gold)
    return case.sides if isinstance(case, ConflictCase) else ()


def _passages(answer: Mapping[str, Any] | None) -> tuple[Place, ...]:
    found = answer["passages"][:PASSAGES] if answer else ()
    return tuple(Place(passage["document"], passage["char_start"], passage["char_end"]) for passage in found)


def _problem(row: Row) -> tuple[float, str]:
    """How bad a row is (less is worse) and in words why; no words when nothing is wrong."""

    def is_(name: str, value: float) -> bool:
        return value_of(row, name) == value

    for name in ("answer.verbatim", "answer.exact_citations", "answer.resolved"):
        if (value := value_of(row, name)) is not None and value < 1:
            return -3.0, f"not what the source says: {row.scores[name].reason}"
    if is_("quote.false_verbatim", 1.0):
        return -2.5, f"a changed quotation called {row.got}"
    if is_("leak.decoys", 1.0) or is_("robust.same_twice", 0.0):
        return -2.0, "the answer is not made from the question"
    if is_("refusal.recall", 0.0) or is_("conversation.refused", 0.0):
        return -1.0, "answered though the corpus does not say"
    if is_("refusal.false", 1.0) or is_("conversation.answered", 0.0):
        return -0.5, "refused though the corpus says"
    if is_("conflict.invented", 1.0) or is_("conflict.precision", 0.0):
        return -0.4, "a conflict named where there is none"
    facts = value_of(row, "answer.facts" if row.suite == "questions" else "conversation.facts")
    if facts is not None and facts < 1:
        found = value_of(row, "retrieval.recall@20" if row.suite == "questions" else "conversation.recall@5")
        where = "the evidence was retrieved" if found else "the evidence was not retrieved"
        scores = row.scores.get("answer.facts") or row.scores["conversation.facts"]
        return facts, f"{scores.reason}; {where}"
    if is_("conflict.recall", 0.0):
        return 0.6, "the conflict is not named"
    if is_("quote.verdict", 0.0):
        return 0.7, f"called {row.got}"
    return 1.0, ""
