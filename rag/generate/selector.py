"""A language model selects, orders and trims sentences of the sources; the sources speak.

What is shown of a chosen sentence is, best first: the sentence itself (`verbatim`), the sentence with words left out that the
quote checker finds fair (`elided`), the model's own words where the sentence carries them (`verified`). What is none of these
gives way to the sentence itself, and its reason is kept.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rag.decide import Decision, Sentence
from rag.errors import LanguageModelError
from rag.generate.prompt import REPLY_TOKENS, SCHEMA, again, choose, messages
from rag.generate.reply import Chosen, ReplyError, ReplyReader, as_text
from rag.generate.trim import trimmed
from rag.lexical import content_tokens
from rag.llm import LanguageModel, Message
from rag.reading import leans
from rag.support import objection
from rag.types import SupportKind, Withheld

# Characters kept of what was not shown.
_KEPT = 300
_INSTEAD = "The source’s own words stand in its place"


@dataclass(frozen=True)
class Selected:
    """A sentence that may be shown, how it is carried, and the neighbouring sentences of one document that carry it."""

    text: str
    sentences: tuple[Sentence, ...]
    support: SupportKind


@dataclass
class Outcome:
    """What became of the model's reply: how many of its choices are shown, what was withheld, whether it found no answer.

    `missing` is what of the question it found not answered, in the question's words; `failure` says why there was no reply that
    could be used.
    """

    kept: int = 0
    withheld: list[Withheld] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    refused: bool = False
    failure: str | None = None
    model_seconds: float = 0.0
    own_seconds: float = 0.0


class Selector:
    """Has a language model choose among numbered sentences."""

    def __init__(self, model: LanguageModel) -> None:
        self.model = model

    def select(self, question: str, read: Sequence[Sentence], decision: Decision, outcome: Outcome) -> Iterator[Selected]:
        """The sentences that may be shown, in the model's order, each as soon as it is chosen; `outcome` is filled in on the way.

        Never raises for what the model or its server does: `outcome.failure` says it. A reply that cannot be read is asked for
        once more.
        """
        numbered = choose((*decision.sentences, *read), read, question, self.model.context)
        if not numbered:
            _failed(outcome, "", "no sentence fits beside the question into the model's context (RAG_LLM_CONTEXT)")
            return
        asked, shown = messages(question, numbered), _Shown(numbered, read, outcome)
        for attempt in (1, 2):
            reader = ReplyReader()
            try:
                for chosen in self._chosen(asked, reader, outcome):
                    began = time.perf_counter()
                    found = shown.add(chosen)
                    outcome.own_seconds += time.perf_counter() - began
                    if found is not None:
                        yield found
            except ReplyError as error:
                if attempt == 1:
                    asked = again(asked, reader.text, str(error))
                    continue
                _failed(outcome, reader.text, f"The language model's reply could not be read. {error}")
            except LanguageModelError as error:
                _failed(outcome, reader.text, str(error))
            outcome.refused = reader.refused
            outcome.missing += _of_question(question, reader.missing)
            return

    def _chosen(self, asked: Sequence[Message], reader: ReplyReader, outcome: Outcome) -> Iterator[Chosen]:
        pieces = self.model.stream(asked, SCHEMA, REPLY_TOKENS)
        while not reader.looping:
            began = time.perf_counter()
            try:
                piece = next(pieces, None)
            finally:
                outcome.model_seconds += time.perf_counter() - began
            if piece is None:
                break
            yield from reader.feed(piece)
        yield from reader.finish()


class _Shown:
    """What is shown of the choices so far."""

    def __init__(self, numbered: Sequence[Sentence], read: Sequence[Sentence], outcome: Outcome) -> None:
        self._numbered = numbered
        self._known = {(one.document, one.ordinal): one for one in read}
        self._outcome = outcome
        self._shown: list[Selected] = []

    def add(self, chosen: Chosen) -> Selected | None:
        """What is shown of a choice; None when it is withheld, or shown already."""
        cited = [self._numbered[number - 1] for number in chosen.numbers if 1 <= number <= len(self._numbered)]
        text = chosen.text
        if not cited:
            numbers = ", ".join(map(str, chosen.numbers))
            self._withhold(text or f"[{numbers}]", f"there is no sentence {numbers}")
            return None
        if text is None:
            return self._show(self._whole(cited[0]))
        reasons = []
        for sentence in cited:
            found = self._worded(text, sentence)
            if isinstance(found, Selected):
                return self._show(found)
            reasons.append(found)
        instead = self._show(self._whole(cited[0]), models=False)
        self._withhold(text, f"{reasons[0]}. {_INSTEAD}" if instead else reasons[0])
        return instead

    def _worded(self, text: str, sentence: Sentence) -> Selected | str:
        """What is shown of the model's `text` for `sentence`, or why nothing is."""
        cut = trimmed(text, sentence.text)
        if cut is not None and cut.text == sentence.text:
            return self._whole(sentence)
        if cut is not None:
            return cut.unfair or self._led(cut.text, sentence, "elided")
        carriers = (*self._before(sentence, sentence.text), sentence)
        return objection(text, [one.text for one in carriers], sentence.called) or Selected(text, carriers, "verified")

    def _whole(self, sentence: Sentence) -> Selected:
        return self._led(sentence.text, sentence, "verbatim")

    def _led(self, text: str, sentence: Sentence, support: SupportKind) -> Selected:
        """A source's words behind the sentence before them where they cannot be understood without it."""
        before = self._before(sentence, text)
        last = self._shown[-1].sentences[-1] if self._shown else None
        if not before or before[0] == last:
            return Selected(text, (sentence,), support)
        return Selected(f"{before[0].text} {text}", (*before, sentence), support)

    def _before(self, sentence: Sentence, text: str) -> tuple[Sentence, ...]:
        before = self._known.get((sentence.document, sentence.ordinal - 1)) if leans(text) else None
        return (before,) if before is not None and before.role != "heading" else ()

    def _show(self, selected: Selected, *, models: bool = True) -> Selected | None:
        """`selected`, unless it or the whole sentence is shown already; `models`: it is what the model chose to show."""
        own = selected.sentences[-1]
        for other in self._shown:
            if other.text == selected.text or (other.support == "verbatim" and own in other.sentences):
                return None
        self._shown.append(selected)
        self._outcome.kept += models
        return selected

    def _withhold(self, text: str, reason: str) -> None:
        self._outcome.withheld.append(Withheld(text[:_KEPT], reason))


def _failed(outcome: Outcome, reply: str, failure: str) -> None:
    outcome.failure = failure
    outcome.withheld.append(Withheld(" ".join(as_text(reply).split())[:_KEPT], failure))


def _of_question(question: str, missing: Sequence[str]) -> list[str]:
    """What the model says is missing, where it says it in the question's words; the question where it says it otherwise.

    Nothing checks what a model writes there: in words of its own it could tell the reader anything.
    """
    asked = set(content_tokens(question))
    own = [text for text in missing if set(content_tokens(text)) <= asked]
    return list(dict.fromkeys(own)) or ([question] if missing else [])
