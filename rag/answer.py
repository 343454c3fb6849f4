"""From a LlamaIndex response to our frozen `Answer`: the one place where citations get their numbers.

Every claim is compared with its citation before it leaves: a claim that is not its citation's words is withheld with
the reason, never shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rag.cite import citation_json, cite
from rag.extract import Draft, Statement
from rag.lexical import LexicalIndex, content_tokens
from rag.questions import parse
from rag.reading import ReadingText
from rag.retrieve import Candidate
from rag.types import Answer, Citation, Claim, Conflict, CorpusState, Passage, SourceDoc, Withheld

Library = Callable[[str], tuple[SourceDoc, ReadingText]]
"""Gives a document and its reading text by path."""


def to_answer(
    *,
    question: str,
    standalone: str | None,
    draft: Draft,
    candidates: Sequence[Candidate],
    passages: Sequence[Passage],
    library: Library,
    lexical: LexicalIndex,
    corpus: CorpusState,
    scope: tuple[str, ...] | None,
    characters: int,
    timings_ms: Mapping[str, int],
) -> Answer:
    """The answer that an extractive draft makes. `lexical` and `characters` are of what was searched, `scope` or all."""
    claims, withheld, citations, numbers = _claims(draft.statements, library)
    conflicts = tuple(
        Conflict(difference.about, tuple(sorted(numbers[c.unit.id] for c in difference.candidates)))
        for difference in draft.differences
        if all(c.unit.id in numbers for c in difference.candidates)
    )
    message = None
    if not claims:
        message = refusal(standalone or question, candidates, lexical, corpus.documents, scope, characters)
    return Answer(
        question=question,
        standalone_question=standalone,
        mode="extractive",
        model=None,
        status="answered" if claims else "not_in_corpus",
        message=message,
        claims=tuple(claims),
        withheld=tuple(withheld),
        citations=tuple(citations),
        conflicts=conflicts,
        passages=tuple(passages),
        corpus=corpus,
        timings_ms=timings_ms,
        scope=scope,
    )


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


def _claims(
    statements: Sequence[Statement], library: Library
) -> tuple[list[Claim], list[Withheld], list[Citation], dict[str, int]]:
    """Claims, what was withheld, the citations, and the citation number of each statement's sentence by unit id."""
    numbers: dict[str, int] = {}
    claims: list[Claim] = []
    withheld: list[Withheld] = []
    citations: list[Citation] = []
    for statement in statements:
        first = len(citations) + 1
        own = [
            cite(*library(path), start, end, number=first + offset)
            for offset, (path, start, end) in enumerate(
                ((statement.document, statement.char_start, statement.char_end), *statement.places)
            )
        ]
        text = own[0].reading_text
        if not text.endswith(statement.candidate.unit.text):
            withheld.append(Withheld(text, "the sentence is not what stands at its place in the source"))
            continue
        claims.append(Claim(text, tuple(citation.number or 0 for citation in own), "verbatim"))
        citations += own
        numbers[statement.candidate.unit.id] = first
    return claims, withheld, citations, numbers


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
