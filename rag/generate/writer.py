"""The model writes, we verify: from a question and its candidates to sentences that may be shown.

A sentence that fails gives way to the source's own sentence where that one speaks to the question; otherwise it is
withheld. Either way its reason is kept. A reply that cannot be read is asked for once more, then the sources' own
sentences answer.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from rag.errors import LanguageModelError
from rag.extract import Draft
from rag.generate.prompt import REPLY_TOKENS, SCHEMA, NumberedPassage, again, messages, number_passages
from rag.generate.reply import DraftSentence, ReplyError, ReplyReader
from rag.ledger import Unit
from rag.llm import LanguageModel, Message
from rag.reading import leans
from rag.retrieve import Candidate
from rag.types import Entry, Withheld
from rag.verify import Evidence, Verified, Verifier
from rag.verify.verifier import coverage

# A source sentence may stand in for a failed one when its score is within this of the leader's (twice what lets a sentence
# join an extractive answer), and when it has this share of what the model wanted to say.
_STANDS_IN = 5.0
_SAYS_IT = 0.6
_LEANS = "it leans on a sentence that does not stand before it"
# Characters kept of a reply that could not be used.
_REPLY_KEPT = 300


@dataclass(frozen=True)
class Shown:
    """A sentence that may be shown, and the neighbouring sentences of one document that carry it."""

    text: str
    units: tuple[Unit, ...]
    verbatim: bool


@dataclass
class Outcome:
    """What became of the model's reply: how many of its sentences are shown, what was withheld, whether it found no answer.

    `failure` says why there was no reply that could be used.
    """

    kept: int = 0
    withheld: list[Withheld] = field(default_factory=list)
    refused: bool = False
    failure: str | None = None
    model_seconds: float = 0.0
    own_seconds: float = 0.0


class Writer:
    """Has a language model answer and verifies what it writes."""

    def __init__(self, model: LanguageModel, verifier: Verifier) -> None:
        self.model = model
        self._verifier = verifier

    def write(
        self, question: str, candidates: Sequence[Candidate], draft: Draft, entry_of: Callable[[str], Entry], outcome: Outcome
    ) -> Iterator[Shown]:
        """The sentences that may be shown, each as soon as it is verified; `outcome` is filled in on the way.

        Never raises for what the model or its server does: `outcome.failure` says it.
        """
        passages = number_passages(candidates, entry_of, question, self.model.context)
        asked = messages(question, passages)
        shown: list[Shown] = []
        for attempt in (1, 2):
            reader = ReplyReader()
            try:
                for sentence in self._sentences(asked, reader, outcome):
                    began = time.perf_counter()
                    found = self._shown(sentence, passages, candidates, draft, outcome, shown)
                    outcome.own_seconds += time.perf_counter() - began
                    if found and all(found.text != other.text for other in shown):
                        shown.append(found)
                        yield found
            except ReplyError as error:
                if attempt == 1:
                    asked = again(asked, reader.text, str(error))
                    continue
                outcome.failure = f"The language model's reply could not be read. {error}"
                outcome.withheld.append(Withheld(" ".join(reader.text.split())[:_REPLY_KEPT], outcome.failure))
            except LanguageModelError as error:
                outcome.failure = str(error)
                outcome.withheld.append(Withheld(" ".join(reader.text.split())[:_REPLY_KEPT], outcome.failure))
            outcome.refused = reader.refused
            return

    def _sentences(self, asked: Sequence[Message], reader: ReplyReader, outcome: Outcome) -> Iterator[DraftSentence]:
        pieces = self.model.stream(asked, SCHEMA, REPLY_TOKENS)
        while True:
            began = time.perf_counter()
            try:
                piece = next(pieces, None)
            finally:
                outcome.model_seconds += time.perf_counter() - began
            if piece is None:
                break
            yield from reader.feed(piece)
            if reader.looping:
                pieces.close() if hasattr(pieces, "close") else None
                return
        yield from reader.finish()

    def _shown(
        self,
        sentence: DraftSentence,
        passages: Sequence[NumberedPassage],
        candidates: Sequence[Candidate],
        draft: Draft,
        outcome: Outcome,
        shown: Sequence[Shown],
    ) -> Shown | None:
        """The sentence, or the source's own in its place, or None when it is withheld."""
        cited = [passage for passage in passages if passage.number in sentence.passages]
        unknown = [n for n in sentence.passages if not 1 <= n <= len(passages)]
        # A citation forgotten or out of range: the sentence is looked for in all passages, and cited where it stands.
        looked = cited or list(passages)
        verified = self._verify(sentence.text, looked)
        if not verified.supported and cited and len(cited) < len(passages):
            others = [passage for passage in passages if passage not in cited]
            elsewhere = self._verify(sentence.text, others)
            if elsewhere.supported:
                verified, looked = elsewhere, others
        if verified.supported and verified.window is not None:
            units = looked[verified.window.evidence].units[verified.window.first : verified.window.end]
            if not leans(sentence.text) or _follows(units, shown):
                outcome.kept += 1
                return Shown(sentence.text, units, " ".join(unit.text for unit in units) == sentence.text)
        reason = "; ".join(finding.text for finding in verified.findings) or _LEANS
        if unknown:
            reason = f"passage {', '.join(map(str, unknown))} does not exist; {reason}"
        instead = self._instead(sentence, verified, looked, candidates, draft)
        said = {unit.id for other in shown for unit in other.units}
        if instead is not None and not all(unit.id in said for unit in instead.units):
            outcome.withheld.append(Withheld(sentence.text, f"{reason}. The source’s own words stand in its place"))
            return instead
        outcome.withheld.append(Withheld(sentence.text, reason))
        return None

    def _verify(self, statement: str, passages: Sequence[NumberedPassage]) -> Verified:
        return self._verifier.verify(statement, [evidence_of(passage) for passage in passages])

    def _instead(
        self,
        sentence: DraftSentence,
        verified: Verified,
        looked: Sequence[NumberedPassage],
        candidates: Sequence[Candidate],
        draft: Draft,
    ) -> Shown | None:
        """The source's sentences that the failed one was made from, if they speak to the question themselves."""
        if verified.window is None or not candidates:
            return None
        passage = looked[verified.window.evidence]
        if coverage(sentence.text, evidence_of(passage), verified.window) < _SAYS_IT:
            return None
        units = passage.units[verified.window.first : verified.window.end]
        said = {s.candidate.unit.id for s in draft.statements}
        near = said | {c.unit.id for c in candidates if c.score >= candidates[0].score - _STANDS_IN}
        if not any(unit.id in near for unit in units):
            return None
        return Shown(" ".join(unit.text for unit in units), units, True)


def _follows(units: Sequence[Unit], shown: Sequence[Shown]) -> bool:
    """Whether the last sentence shown rests on the same place or on the one before: "she" is whom it speaks of."""
    if not shown:
        return False
    before = shown[-1].units
    return before[0].path == units[0].path and before[0].ordinal <= units[0].ordinal <= before[-1].ordinal + 1


def evidence_of(passage: NumberedPassage) -> Evidence:
    """A passage as the verifier takes it."""
    return Evidence(tuple(unit.text for unit in passage.units), passage.entry)
