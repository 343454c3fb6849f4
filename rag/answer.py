"""From chosen or verified sentences to our frozen `Answer`: the one place where citations get their numbers.

Every claim is compared with its citation before it leaves: one that is called verbatim and is not its citation's words is
withheld with the reason, never shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from rag.cite import Library, citation_json, cite
from rag.conflicts import Difference
from rag.extract import Statement
from rag.generate import Shown
from rag.lexical import LexicalIndex, content_tokens
from rag.questions import parse
from rag.quotes import speaker_at
from rag.retrieve import Candidate
from rag.types import Answer, Citation, CitedClaim, Claim, Conflict, CorpusState, Passage, Withheld


class AnswerBuilder:
    """Claims in the order in which they are shown; each place cited gets its number when it is first needed."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._numbers: dict[tuple[str, int, int], int] = {}
        self._units: dict[str, int] = {}
        self.claims: list[Claim] = []
        self.withheld: list[Withheld] = []
        self.citations: list[Citation] = []

    def state(self, statement: Statement) -> CitedClaim | None:
        """Add the sources' own words; None, and a withheld text, when they are not what stands at their place."""
        place = (statement.document, statement.char_start, statement.char_end)
        text = cite(*self._library(place[0]), *place[1:]).reading_text
        if not text.endswith(statement.candidate.unit.text):
            self.withheld.append(Withheld(text, "the sentence is not what stands at its place in the source"))
            return None
        own = [self._cited(*each) for each in (place, *statement.places)]
        self._units.setdefault(statement.candidate.unit.id, own[0].number or 0)
        return self._claimed(text, own, "verbatim")

    def show(self, shown: Shown) -> CitedClaim:
        """Add a verified sentence; it is verbatim when it is its citation's words."""
        own = self._cited(shown.units[0].path, shown.units[0].char_start, shown.units[-1].char_end)
        for unit in shown.units:
            self._units.setdefault(unit.id, own.number or 0)
        text = own.reading_text if shown.verbatim else shown.text
        return self._claimed(text, [own], "verbatim" if text == own.reading_text else "verified")

    def cites(self, candidate: Candidate) -> bool:
        """Whether a claim already rests on this sentence."""
        return candidate.unit.id in self._units

    def conflicts(self, differences: Sequence[Difference]) -> tuple[Conflict, ...]:
        """The differences of which all sides are cited."""
        return tuple(
            Conflict(difference.about, tuple(sorted(self._units[c.unit.id] for c in difference.candidates)))
            for difference in differences
            if all(map(self.cites, difference.candidates))
        )

    def _cited(self, path: str, start: int, end: int) -> Citation:
        number = self._numbers.get((path, start, end))
        if number is None:
            number = self._numbers[path, start, end] = len(self.citations) + 1
            doc, reading = self._library(path)
            said = speaker_at(doc, reading, start, end)
            self.citations.append(cite(doc, reading, start, end, number=number, speaker=said))
        return self.citations[number - 1]

    def _claimed(self, text: str, cited: Sequence[Citation], support: Literal["verbatim", "verified"]) -> CitedClaim:
        claim = Claim(text, tuple(citation.number or 0 for citation in cited), support)
        self.claims.append(claim)
        return CitedClaim(claim, tuple(cited))


def unasked(question: str, message: str, corpus: CorpusState) -> Answer:
    """What stands in an answer's place where the question could not be asked; `message` says why."""
    return Answer(
        question=question,
        standalone_question=None,
        mode="extractive",
        model=None,
        status="not_in_corpus",
        message=message,
        claims=(),
        withheld=(),
        citations=(),
        conflicts=(),
        passages=(),
        corpus=corpus,
        timings_ms={"retrieve": 0, "answer": 0, "verify": 0, "total": 0},
    )


def refusal(
    question: str,
    candidates: Sequence[Candidate],
    lexical: LexicalIndex,
    documents: int,
    scope: Sequence[str] | None,
    characters: int,
) -> str:
    """What a person reads when nothing answers: what was searched, which words are unknown, what came nearest."""
    who = "The corpus does" if scope is None else "The chosen documents do"
    searched = "" if scope is None else f"{len(scope)} of "
    searched += f"{documents} document{'s' if documents != 1 else ''} ({characters:,} characters)"
    lines = [f"{who} not answer this. Searched: {searched}."]
    unknown = [word for word in _words(question) if not any(lexical.knows(token) for token in content_tokens(word))]
    if unknown:
        lines.append(
            f"Not found in any {'document' if scope is None else 'of them'}: "
            + ", ".join(f"“{word}”" for word in unknown)
            + "."
        )
    if candidates:
        unit = candidates[0].unit
        lines.append(f"Nearest, but no answer: “{_shortened(unit.text)}” ({unit.path}).")
    return " ".join(lines)


def _words(question: str) -> list[str]:
    asked = parse(question)
    words = [word.strip("?!.,;:“”\"'()") for word in question.split()]
    return list(dict.fromkeys(word for word in words if any(t in asked.terms for t in content_tokens(word))))


def _shortened(text: str, most: int = 200) -> str:
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0] + " …"


def to_json(answer: Answer, id_: Any = None) -> dict[str, Any]:
    """An answer as the contract's JSON object, and beyond it `scope`, the documents searched, where a scope named them."""
    return {
        "schema": 1,
        "id": id_,
        "question": answer.question,
        "standalone_question": answer.standalone_question,
        "mode": answer.mode,
        "model": answer.model,
        "status": answer.status,
        "message": answer.message,
        "claims": [{"text": c.text, "citations": list(c.citations), "support": c.support} for c in answer.claims],
        "withheld": [{"text": w.text, "reason": w.reason} for w in answer.withheld],
        "citations": [citation_json(c) for c in answer.citations],
        "conflicts": [{"about": c.about, "citations": list(c.citations)} for c in answer.conflicts],
        "passages": [passage_json(p) for p in answer.passages],
        "corpus": {"fingerprint": answer.corpus.fingerprint, "documents": answer.corpus.documents},
        "timings_ms": dict(answer.timings_ms),
        **({} if answer.scope is None else {"scope": list(answer.scope)}),
    }


def passage_json(passage: Passage) -> dict[str, Any]:
    """A retrieved place as the contract has it."""
    return {
        "document": passage.document,
        "char_start": passage.char_start,
        "char_end": passage.char_end,
        "score": passage.score,
    }
