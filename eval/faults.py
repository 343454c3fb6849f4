"""Systems that are broken on purpose, to see that the gates stop them. Used by tests only; nothing else imports this.

Each fault stands around an asker that works and spoils what it says in one way that has really been seen in such
systems, and names the gate that must fail because of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rapidfuzz.fuzz import partial_ratio

from eval.cases import Cases, Question
from eval.collect import Asker
from eval.places import Library
from eval.quotations import Checker, Quotation
from rag.cite import cite
from rag.types import Answer, Citation, Claim, Conflict, Exchange, Key, Passage


@dataclass(frozen=True)
class World:
    """What a fault may know: the documents, and (as a leak would) the cases."""

    library: Library
    cases: Cases


Spoil = Callable[[Answer, World], Answer]


@dataclass(frozen=True)
class Fault:
    """`gate` is the name of the gate that must fail; `wrap` makes the broken system out of a working one."""

    name: str
    gate: str
    what: str
    wrap: Callable[[Asker, World], Asker]


@dataclass(frozen=True)
class _Spoilt:
    inner: Asker
    spoil: Spoil
    world: World

    def ask(self, question: str, history: Sequence[Exchange] = ()) -> Answer:
        return self.spoil(self.inner.ask(question, history), self.world)


def _each(spoil: Spoil) -> Callable[[Asker, World], Asker]:
    return lambda inner, world: _Spoilt(inner, spoil, world)


def _citations(answer: Answer, change: Callable[[Citation], Citation]) -> Answer:
    return replace(answer, citations=tuple(change(citation) for citation in answer.citations))


def _claims(answer: Answer, change: Callable[[str], str]) -> Answer:
    return replace(answer, claims=tuple(replace(claim, text=change(claim.text)) for claim in answer.claims))


def _from_passages(answer: Answer, world: World, count: int) -> Answer:
    """An answer made of the first `count` passages, word for word and correctly cited."""
    cited = tuple(_cited(passage, world, number) for number, passage in enumerate(answer.passages[:count], start=1))
    claims = tuple(Claim(one.reading_text, (one.number or 0,), "verbatim") for one in cited)
    return replace(answer, status="answered", message=None, claims=claims, citations=cited, key=None, missing=())


def _cited(passage: Passage, world: World, number: int) -> Citation:
    source = world.library[passage.document]
    return cite(source.doc, source.reading, passage.char_start, passage.char_end, number=number)


def _off_by_one(answer: Answer, world: World) -> Answer:
    return _citations(answer, lambda c: replace(c, char_start=c.char_start + 1, char_end=c.char_end + 1))


def _wrong_line(answer: Answer, world: World) -> Answer:
    return _citations(answer, lambda c: replace(c, line_start=c.line_start + 1, line_end=c.line_end + 1))


def _swapped_citations(answer: Answer, world: World) -> Answer:
    turned = [*answer.claims[1:], *answer.claims[:1]]
    pairs = zip(answer.claims, turned, strict=True)
    return replace(answer, claims=tuple(replace(claim, citations=other.citations) for claim, other in pairs))


def _dropped_negation(answer: Answer, world: World) -> Answer:
    return _claims(answer, lambda text: re.sub(r"\s(not|never|no longer)\b|n[’']t\b", "", text))


def _shifted_number(answer: Answer, world: World) -> Answer:
    return _claims(answer, lambda text: re.sub(r"\d(?=\D|$)", lambda digit: str((int(digit[0]) + 1) % 10), text))


def _dangling_number(answer: Answer, world: World) -> Answer:
    return replace(answer, claims=tuple(replace(claim, citations=(*claim.citations, 99)) for claim in answer.claims))


def _dangling_key(answer: Answer, world: World) -> Answer:
    return replace(answer, key=Key("Yes", (99,), "verbatim")) if answer.claims else answer


def _cites_everything(answer: Answer, world: World) -> Answer:
    if not answer.claims:
        return answer
    start = max((citation.number or 0 for citation in answer.citations), default=0) + 1
    more = tuple(_cited(passage, world, number) for number, passage in enumerate(answer.passages, start=start))
    first, *rest = answer.claims
    numbers = (*first.citations, *(one.number or 0 for one in more))
    return replace(answer, citations=(*answer.citations, *more), claims=(replace(first, citations=numbers), *rest))


def _copies_the_question(answer: Answer, world: World) -> Answer:
    return replace(answer, claims=tuple(replace(claim, text=answer.question) for claim in answer.claims[:1]))


def _says_little(answer: Answer, world: World) -> Answer:
    """Keeps only the last of several claims, which the answerer itself thought the least of."""
    return replace(answer, claims=answer.claims[-1:]) if len(answer.claims) > 1 else _wrong_passage(answer, world)


def _wrong_passage(answer: Answer, world: World) -> Answer:
    last_first = replace(answer, passages=answer.passages[::-1])
    return replace(_from_passages(last_first, world, 1), passages=answer.passages) if answer.claims else answer


def _dumps_passages(answer: Answer, world: World) -> Answer:
    return _from_passages(answer, world, 12) if answer.claims else answer


def _no_refusals(answer: Answer, world: World) -> Answer:
    return _from_passages(answer, world, 1) if answer.status == "not_in_corpus" else answer


def _refuses_everything(answer: Answer, world: World) -> Answer:
    nothing = replace(answer, claims=(), citations=(), conflicts=(), key=None, missing=())
    return replace(nothing, status="not_in_corpus", message="Not in the corpus.")


def _silent_refusals(answer: Answer, world: World) -> Answer:
    return replace(answer, message=None, passages=()) if answer.status == "not_in_corpus" else answer


def _forgets_a_document(answer: Answer, world: World) -> Answer:
    """The smallest document is never found: the average hardly moves."""
    gone = min(world.library, key=lambda name: (len(world.library[name].text), name))
    lost = {citation.number for citation in answer.citations if citation.document == gone}
    return replace(
        answer,
        passages=tuple(passage for passage in answer.passages if passage.document != gone),
        citations=tuple(citation for citation in answer.citations if citation.number not in lost),
        claims=tuple(claim for claim in answer.claims if not lost & set(claim.citations)),
        key=None if answer.key and lost & set(answer.key.citations) else answer.key,
    )


def _buries_the_evidence(answer: Answer, world: World) -> Answer:
    return replace(answer, passages=answer.passages[::-1])


def _missed_a_new_document(answer: Answer, world: World) -> Answer:
    return replace(answer, corpus=replace(answer.corpus, documents=answer.corpus.documents - 1))


def _stale_index(answer: Answer, world: World) -> Answer:
    """The documents have each got a line of 25 characters on top since they were indexed."""
    return _citations(answer, lambda c: replace(c, char_start=max(0, c.char_start - 25), char_end=c.char_end - 25))


def _invents_conflicts(answer: Answer, world: World) -> Answer:
    numbers = tuple(citation.number or 0 for citation in answer.citations[:2])
    return replace(answer, conflicts=(Conflict("the same matter", numbers),)) if numbers else answer


def _hides_conflicts(answer: Answer, world: World) -> Answer:
    return replace(answer, conflicts=())


def _slow(answer: Answer, world: World) -> Answer:
    return replace(answer, timings_ms={stage: 100 * (taken + 1) for stage, taken in answer.timings_ms.items()})


@dataclass(frozen=True)
class _Forgetful:
    inner: Asker

    def ask(self, question: str, history: Sequence[Exchange] = ()) -> Answer:
        return self.inner.ask(question)


@dataclass
class _Unstable:
    """Every second answer comes with its passages in another order, as from a search with a race in it."""

    inner: Asker
    count: int = 0

    def ask(self, question: str, history: Sequence[Exchange] = ()) -> Answer:
        self.count += 1
        answer = self.inner.ask(question, history)
        return replace(answer, passages=answer.passages[::-1]) if self.count % 2 else answer


@dataclass(frozen=True)
class _Leak:
    """Knows the cases: answers each from its gold, whatever the documents would have given."""

    inner: Asker
    world: World

    def ask(self, question: str, history: Sequence[Exchange] = ()) -> Answer:
        answer = self.inner.ask(question, history)
        for case in (*self.world.cases.questions, *self.world.cases.decoys):
            if case.question == question:
                return _from_passages(replace(answer, passages=self._gold(case)), self.world, len(case.groups))
        return answer

    @staticmethod
    def _gold(case: Question) -> tuple[Passage, ...]:
        places = [group[0].place for group in case.groups]
        return tuple(Passage(place.document, place.start, place.end, 1.0) for place in places)


def by_similarity(texts: Sequence[str]) -> Checker:
    """A quote checker as many have it: verbatim is what some place resembles to nine tenths."""

    def verdict(case: Quotation) -> str:
        best = max(partial_ratio(case.quote, text, score_cutoff=90) for text in texts)
        return "normalized" if best >= 90 else "not_found"

    return verdict


FAULTS = (
    Fault("off-by-one", "exact-citations", "every citation is one character late", _each(_off_by_one)),
    Fault("wrong-line", "exact-citations", "every citation names the next line", _each(_wrong_line)),
    Fault("stale-index", "exact-citations", "offsets are those of the files before they changed", _each(_stale_index)),
    Fault("missed-document", "whole-corpus", "the index lacks the newest document", _each(_missed_a_new_document)),
    Fault("swapped-citations", "verbatim", "each claim cites what carries the next one", _each(_swapped_citations)),
    Fault("dropped-negation", "verbatim", "“not” is left out", _each(_dropped_negation)),
    Fault("shifted-number", "verbatim", "figures are one too high", _each(_shifted_number)),
    Fault("dangling-number", "resolved", "claims point at a citation that is not there", _each(_dangling_number)),
    Fault("dangling-key", "resolved", "the answer in one line points at a citation that is not there", _each(_dangling_key)),
    Fault("cites-everything", "citation-precision", "the first claim cites every passage", _each(_cites_everything)),
    Fault("copies-the-question", "no-echo", "the claim is the question", _each(_copies_the_question)),
    Fault("says-little", "facts", "only the least claim is left", _each(_says_little)),
    Fault("dumps-passages", "length", "twelve passages instead of an answer", _each(_dumps_passages)),
    Fault("no-refusals", "refusal-recall", "what the corpus lacks is answered from the nearest passage", _each(_no_refusals)),
    Fault("refuses-everything", "false-refusals", "no question is answered", _each(_refuses_everything)),
    Fault("silent-refusals", "explained-refusals", "refusals show nothing", _each(_silent_refusals)),
    Fault("forgets-a-document", "worst-document", "the smallest document is never found", _each(_forgets_a_document)),
    Fault("buries-the-evidence", "whole-evidence", "passages come worst first", _each(_buries_the_evidence)),
    Fault("invents-conflicts", "invented-conflicts", "any two citations are a conflict", _each(_invents_conflicts)),
    Fault("hides-conflicts", "conflicts", "no conflict is named", _each(_hides_conflicts)),
    Fault("slow", "latency", "answers take a hundred times as long", _each(_slow)),
    Fault("forgetful", "follow-ups", "the conversation so far is ignored", lambda inner, _: _Forgetful(inner)),
    Fault("unstable", "same-twice", "the same question has two answers", lambda inner, _: _Unstable(inner)),
    Fault("leak", "no-leak", "the answers to the cases are known", _Leak),
)
