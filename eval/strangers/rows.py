"""From a strangers' case and what was answered to a row: its scores, 0 to 1, and what one must see to know why.

* facts: the share of a question's facts that the answer says; first: 1 where its first claim says one of them.
* evidence@k: 1 where the first k passages hold all places of one alternative, each to nine tenths.
* precision: the share of the citations used that are the place of any evidence.
* refused, partial: what the answer's status says.
* right, false_verbatim, accused, caught, confirmed: of quotations (see `_quotation_scores`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eval.collect import said
from eval.places import Library, Place, covered, same
from eval.quotes_seeded import VERBATIM
from eval.readings import Decided, reading
from eval.scorers.answers import says
from eval.scorers.retrieval import HELD
from eval.strangers.cases import Asked, Corpus, Quoted
from eval.strangers.locate import Locator
from rag.errors import InputError
from rag.quotes import Sources, check
from rag.types import Answer, Exchange

Ask = Callable[[str, Sequence[Exchange]], Decided]
"""Answers a question after what was said before."""

Check = Callable[[Quoted], tuple[str, str]]
"""The verdict on a quotation and the status of its attribution."""

# Passages within which all evidence should be.
ROOM = 20


@dataclass(frozen=True)
class Row:
    """One case and what became of it. `status` is an answer's or a quotation's verdict, `said` the claims or the attribution."""

    corpus: str
    suite: str
    id: str
    kind: str
    question: str
    expected: str
    status: str
    said: tuple[str, ...]
    scores: Mapping[str, float]
    confidence: float | None = None
    seconds: float | None = None
    hit: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()
    reading: Mapping[str, Any] | None = None


def to_json(row: Row) -> dict[str, Any]:
    """A row without its readings, which are long."""
    return {name: value for name, value in vars(row).items() if name != "reading"}


def asked_rows(
    corpus: Corpus, library: Library, ask: Ask, advance: Callable[[], None] = lambda: None
) -> tuple[list[Row], list[str]]:
    """The rows of all questions, and the ids of those with evidence whose words were not found in a document that was read."""
    locator, rows, lost = Locator(library), [], []

    def answered(suite: str, case: Asked, history: Sequence[Exchange] = ()) -> Answer:
        began = time.perf_counter()
        decided = ask(case.question, history)
        taken = time.perf_counter() - began
        groups = [[locator.place(one) for one in group] for group in case.groups]
        if any(None in group for group in groups):
            lost.append(case.id)
        known = [[place for place in group if place] for group in groups if None not in group]
        rows.append(_row(corpus.name, suite, case, decided, taken, known, library))
        advance()
        return decided.answer

    for case in corpus.questions:
        answered("questions", case)
    for case in corpus.unanswerable:
        answered("unanswerable", case)
    for talk in corpus.talks:
        history: list[Exchange] = []
        for turn in talk.turns:
            suite = "openings" if not history else "follow-ups" if turn.answerable else "unanswerable follow-ups"
            history.append(Exchange(turn.question, said(answered(suite, turn, tuple(history)))))
    return rows, lost


def _row(
    name: str, suite: str, case: Asked, decided: Decided, seconds: float, groups: Sequence[Sequence[Place]], library: Library
) -> Row:
    """The row of a question; `groups` are its evidence as far as it was found."""
    answer, gold = decided.answer, [place for group in groups for place in group]
    claims = tuple(claim.text for claim in answer.claims)
    hit = tuple(fact[0] for fact in case.facts if _says(" ".join(claims), fact))
    missed = tuple(fact[0] for fact in case.facts if not _says(" ".join(claims), fact))
    scores = _answer_scores(case, answer, groups, library, len(hit))
    found = reading(name, case.kind, case.answerable, decided, lambda _, at: any(same(at, one, library) for one in gold))
    head = (name, suite, case.id, case.kind, case.question, case.expected, answer.status, claims, scores)
    return Row(*head, decided.confidence, seconds, hit, missed, found if decided.read else None)


def _says(text: str, fact: Sequence[str]) -> bool:
    return any(says(text, spelling) for spelling in fact)


def _answer_scores(
    case: Asked, answer: Answer, groups: Sequence[Sequence[Place]], library: Library, hits: int
) -> dict[str, float]:
    scores = {"refused": float(answer.status == "not_in_corpus"), "partial": float(answer.status == "partial")}
    if case.facts:
        first = answer.claims[0].text if answer.claims else ""
        scores["facts"] = hits / len(case.facts)
        scores["first"] = float(any(_says(first, fact) for fact in case.facts))
    if groups:
        passages = [Place(passage.document, passage.char_start, passage.char_end) for passage in answer.passages]
        for cut in (5, ROOM):
            held = (all(covered(place, passages[:cut], library) >= HELD for place in group) for group in groups)
            scores[f"evidence@{cut}"] = float(any(held))
        used = {number for claim in answer.claims for number in claim.citations}
        cited = [Place(one.document, one.char_start, one.char_end) for one in answer.citations if one.number in used]
        if cited:
            gold = [place for group in groups for place in group]
            scores["precision"] = sum(any(same(one, place, library) for place in gold) for one in cited) / len(cited)
    return scores


def checker(sources: Sources) -> Check:
    """The quote checker of the library over `sources`. A document that could not be read has no verdict."""

    def verdict(case: Quoted) -> tuple[str, str]:
        try:
            found = check(sources, case.quote, case.speaker, case.document)
        except InputError as error:
            return "none", str(error)
        return found.verdict, found.attribution.status

    return verdict


def quoted_rows(corpus: Corpus, verdict_of: Check, advance: Callable[[], None] = lambda: None) -> list[Row]:
    """One row a quotation; its kind is the right verdict."""
    rows = []
    for case in corpus.quotes:
        verdict, attribution = verdict_of(case)
        scores = _quotation_scores(case, verdict, attribution)
        head = (corpus.name, "quotes", case.id, case.right[0], case.quote, " or ".join(case.right))
        rows.append(Row(*head, verdict, (attribution, case.speaker or ""), scores))
        advance()
    return rows


def _quotation_scores(case: Quoted, verdict: str, attribution: str) -> dict[str, float]:
    """right: a right verdict. false_verbatim, of words that are not the corpus's: called so. Of quotations with a speaker:
    caught, where it is a wrong one; else accused, called misattributed; confirmed, where the document does not show who speaks.
    """
    scores = {"right": float(verdict in case.right)}
    if not VERBATIM & set(case.right) and "misattributed" not in case.right:
        scores["false_verbatim"] = float(verdict in VERBATIM)
    if case.speaker and "misattributed" in case.right:
        scores["caught"] = float(verdict == "misattributed")
    elif case.speaker:
        scores["accused"] = float(verdict == "misattributed")
        if not case.named:
            scores["confirmed"] = float(attribution == "confirmed")
    return scores
