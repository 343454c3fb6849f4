"""From decided sentences to our frozen `Answer`: the one place where citations get their numbers.

Every claim is compared with its citation before it leaves: one that is called verbatim and is not its citation's words is
withheld with the reason, never shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rag.cite import Library, citation_json, cite
from rag.decide import Decision, Sentence, key_of
from rag.lexical import LexicalIndex, content_tokens
from rag.models import SURVEYS
from rag.quotes import speaker_at
from rag.reading import leans
from rag.types import Answer, Citation, CitedClaim, Claim, Conflict, Key, Passage, SupportKind, Withheld


class AnswerBuilder:
    """Claims in the order in which they are shown; each place cited gets its number when it is first needed."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._numbers: dict[tuple[str, int, int], int] = {}
        self._sentences: dict[tuple[str, int], int] = {}
        self.claims: list[Claim] = []
        self.withheld: list[Withheld] = []
        self.citations: list[Citation] = []

    def state(self, sentence: Sentence, repeats: Sequence[Sentence] = (), before: Sentence | None = None) -> CitedClaim | None:
        """Add a source's own sentence, with all from the one `before` it on if that leads it; `repeats` say the same elsewhere.

        None, and a withheld text, when it is not what stands at its place.
        """
        start = before.char_start if before is not None else sentence.char_start
        text = cite(*self._library(sentence.document), start, sentence.char_end).reading_text
        if not text.endswith(sentence.text):
            self.withheld.append(Withheld(text, "the sentence is not what stands at its place in the source"))
            return None
        own = [self._cited(sentence.document, start, sentence.char_end)]
        own += [self._cited(one.document, one.char_start, one.char_end) for one in repeats]
        self._sentences.setdefault((sentence.document, sentence.char_start), own[0].number or 0)
        lead = len(text) - len(sentence.text)
        words = ((lead + sentence.words[0], lead + sentence.words[1]),) if sentence.words and sentence.certain > 0 else ()
        return self.claim(text, own, "verbatim", words)

    def say(self, text: str, sentences: Sequence[Sentence], support: SupportKind) -> CitedClaim | None:
        """Add a sentence that a language model chose, trimmed or wrote, resting on neighbouring `sentences` of one document.

        None, and a withheld text, when it is called verbatim and is not what stands at its place.
        """
        place = sentences[0].document, sentences[0].char_start, sentences[-1].char_end
        if support == "verbatim" and cite(*self._library(place[0]), *place[1:]).reading_text != text:
            self.withheld.append(Withheld(text, "the sentence is not what stands at its place in the source"))
            return None
        own = self._cited(*place)
        for one in sentences:
            self._sentences.setdefault((one.document, one.char_start), own.number or 0)
        return self.claim(text, [own], support)

    def claim(
        self, text: str, cited: Sequence[Citation], support: SupportKind, words: tuple[tuple[int, int], ...] = ()
    ) -> CitedClaim:
        """Add a claim with its citations."""
        claim = Claim(text, tuple(citation.number or 0 for citation in cited), support, words)
        self.claims.append(claim)
        return CitedClaim(claim, tuple(cited))

    def cites(self, sentence: Sentence) -> bool:
        """Whether a claim already rests on this sentence."""
        return (sentence.document, sentence.char_start) in self._sentences

    def conflicts(self, decision: Decision) -> tuple[Conflict, ...]:
        """The differences of which all sides are cited."""
        return tuple(
            Conflict(difference.about, self._numbers_of(difference.sentences))
            for difference in decision.differences
            if all(map(self.cites, difference.sentences))
        )

    def key(self, decision: Decision) -> Key | None:
        """The answer in one line, where its sentences are cited."""
        found = key_of(decision)
        if found is None or not all(map(self.cites, found[1])):
            return None
        return Key(found[0], self._numbers_of(found[1]), "verbatim")

    def _numbers_of(self, sentences: Sequence[Sentence]) -> tuple[int, ...]:
        return tuple(dict.fromkeys(self._sentences[one.document, one.char_start] for one in sentences))

    def _cited(self, path: str, start: int, end: int) -> Citation:
        number = self._numbers.get((path, start, end))
        if number is None:
            number = self._numbers[path, start, end] = len(self.citations) + 1
            doc, reading = self._library(path)
            said = speaker_at(doc, reading, start, end)
            self.citations.append(cite(doc, reading, start, end, number=number, speaker=said))
        return self.citations[number - 1]


def in_reading_order(decision: Decision, read: Sequence[Sentence]) -> list[tuple[Sentence, list[Sentence], Sentence | None]]:
    """The decided sentences as they are shown: the best first, then document by document in reading order; a survey in its own.

    Each with those that repeat it, and with what leads it: the text's question that it answers, or the sentence before it where
    it cannot be understood without that.
    """
    known = {(one.document, one.ordinal): one for one in read}
    chosen = {(one.document, one.ordinal) for one in decision.sentences}
    documents = list(dict.fromkeys(one.document for one in decision.sentences))
    leader = decision.sentences[0] if decision.sentences else None
    sides = {one: n for difference in decision.differences for n, one in enumerate(difference.sentences)}
    questions = dict(decision.leads)
    ordered = (
        decision.sentences
        if decision.kind in SURVEYS
        else sorted(
            decision.sentences,
            key=lambda one: (
                one not in sides,
                sides.get(one, 0),
                one is not leader,
                documents.index(one.document),
                one.char_start,
            ),
        )
    )
    shown = []
    for one in ordered:
        before = questions.get(one) or known.get((one.document, one.ordinal - 1))
        leads = before is not None and (
            one in questions
            or (leans(one.text) and before.role != "heading" and (before.document, before.ordinal) not in chosen)
        )
        shown.append((one, [other for said, other in decision.repeats if said == one], before if leads else None))
    return shown


def refusal(
    question: str,
    nearest: Sentence | None,
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
    # Suggested, never exchanged: an answer about another name than the one asked for would be a wrong answer.
    meant = [word for word in (lexical.spelling(word) for word in unknown) if word]
    if meant:
        lines.append(f"Spelt like it there: {', '.join(f'“{word}”' for word in meant)}.")
    if nearest is not None:
        lines.append(f"Nearest, but no answer: “{_shortened(nearest.text)}” ({nearest.document}).")
    return " ".join(lines)


def _words(question: str) -> list[str]:
    words = [word.strip("?!.,;:“”\"'()？。、") for word in question.split()]
    return list(dict.fromkeys(word for word in words if content_tokens(word)))


def _shortened(text: str, most: int = 200) -> str:
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0] + " …"


def to_json(answer: Answer, id_: Any = None) -> dict[str, Any]:
    """An answer as the contract's JSON object, and beyond it `scope`, the documents searched, where a scope named them, and `kind`,
    where it is an overview or about documents."""
    key = answer.key
    return {
        "schema": 1,
        "id": id_,
        "question": answer.question,
        "standalone_question": answer.standalone_question,
        "mode": answer.mode,
        "model": answer.model,
        "status": answer.status,
        "message": answer.message,
        "key": None if key is None else {"text": key.text, "citations": list(key.citations), "support": key.support},
        "claims": [claim_json(c) for c in answer.claims],
        "missing": list(answer.missing),
        "withheld": [{"text": w.text, "reason": w.reason} for w in answer.withheld],
        "citations": [citation_json(c) for c in answer.citations],
        "conflicts": [{"about": c.about, "citations": list(c.citations)} for c in answer.conflicts],
        "passages": [passage_json(p) for p in answer.passages],
        "corpus": {"fingerprint": answer.corpus.fingerprint, "documents": answer.corpus.documents},
        "timings_ms": dict(answer.timings_ms),
        **({} if answer.scope is None else {"scope": list(answer.scope)}),
        **({"kind": answer.kind} if answer.kind in SURVEYS else {}),
    }


def claim_json(claim: Claim) -> dict[str, Any]:
    """A claim as the contract has it."""
    words = [list(place) for place in claim.words]
    return {"text": claim.text, "citations": list(claim.citations), "support": claim.support, "words": words}


def passage_json(passage: Passage) -> dict[str, Any]:
    """A retrieved place as the contract has it."""
    return {
        "document": passage.document,
        "char_start": passage.char_start,
        "char_end": passage.char_end,
        "score": passage.score,
    }
