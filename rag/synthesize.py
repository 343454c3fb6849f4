"""The answer as a LlamaIndex synthesizer: read sentences go in, our frozen `Answer` comes out.

`Response.metadata["answer"]` is the `Answer`, its text the claims with `[n]` behind each. The sources' own sentences speak; a
language model, where one is configured, selects, orders and trims them (`rag.generate`). The base class insists on a model of
LlamaIndex's, so it gets the mock, which is never called, and the global `Settings` are not touched.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from llama_index.core.base.response.schema import Response
from llama_index.core.callbacks import CallbackManager
from llama_index.core.llms.mock import MockLLM
from llama_index.core.prompts.mixin import PromptDictType
from llama_index.core.response_synthesizers import BaseSynthesizer
from llama_index.core.schema import NodeWithScore, QueryBundle, QueryType

from rag.answer import AnswerBuilder, in_reading_order
from rag.cite import Library
from rag.decide import NO_TEXT, Decision, Sentence, decide, of_nodes
from rag.generate import Outcome, Selector
from rag.models import Support, Window, bundled_evidence, kind_of
from rag.models.encoder import encode
from rag.survey import MOST_DOCUMENTS, MOST_READ, front_lines, head, meant, summed_up
from rag.types import Answer, CitedClaim, CorpusState, Entry, Passage, Status

CHECK_THIS = "What stands here comes near the question, but may not answer all of it."
MODEL_FOUND_NONE = "The language model found no answer in the passages. Shown are the sources’ sentences that come nearest; read them with care."
# A model that finds no answer is believed unless the reading is this sure (0 to 1) of its best sentence.
_SURE = 0.9

Refusal = Callable[[str, Sentence | None, Sequence[str] | None], str]
"""What a person reads when nothing answers: from the question, the nearest sentence and the documents searched."""


def judge(pairs: Sequence[tuple[str, Sentence]]) -> list[Support]:
    """What sentences say to statements, by the bundled evidence model."""
    return bundled_evidence().support([(statement, Window("", (sentence.text,))) for statement, sentence in pairs])


class AnswerSynthesizer(BaseSynthesizer):
    """Answers with the sources' own sentences, selected and trimmed by a language model where there is one."""

    def __init__(
        self,
        library: Library,
        state: Callable[[], CorpusState],
        refusal: Refusal,
        selector: Selector | None = None,
        top_k: int = 20,
        entries: Callable[[], Sequence[Entry]] = tuple,
    ) -> None:
        """`library` gives documents for citing, `state` says which corpus answers, `top_k` how many passages are listed, `entries`
        what is known about the documents."""
        super().__init__(llm=MockLLM(), callback_manager=CallbackManager([]))
        self._library = library
        self._state = state
        self._refusal = refusal
        self._selector = selector
        self._top_k = top_k
        self._entries = entries

    def _get_prompts(self) -> PromptDictType:
        return {}

    def _update_prompts(self, prompts: PromptDictType) -> None:
        pass

    def get_response(self, query_str: str, text_chunks: Sequence[str], **kwargs: Any) -> str:
        raise TypeError("AnswerSynthesizer works on nodes that were read: call synthesize()")

    async def aget_response(self, query_str: str, text_chunks: Sequence[str], **kwargs: Any) -> str:
        raise TypeError("AnswerSynthesizer works on nodes that were read: call asynthesize()")

    def synthesize(
        self,
        query: QueryType,
        nodes: list[NodeWithScore],
        additional_source_nodes: Sequence[NodeWithScore] | None = None,
        **kwargs: Any,
    ) -> Response:
        """The response to `query`; `metadata["answer"]` is the `Answer`."""
        bundle = query if isinstance(query, QueryBundle) else QueryBundle(query)
        *_, answer = self.stream(bundle, nodes)
        assert isinstance(answer, Answer)
        text = " ".join(f"{claim.text} {''.join(f'[{n}]' for n in claim.citations)}" for claim in answer.claims)
        return Response(text or answer.message or "", source_nodes=list(nodes), metadata={"answer": answer})

    async def asynthesize(
        self,
        query: QueryType,
        nodes: list[NodeWithScore],
        additional_source_nodes: Sequence[NodeWithScore] | None = None,
        **kwargs: Any,
    ) -> Response:
        return self.synthesize(query, nodes, additional_source_nodes)

    def stream(
        self,
        bundle: QueryBundle,
        nodes: Sequence[NodeWithScore],
        *,
        question: str | None = None,
        retrieve_ms: int = 0,
        top_k: int | None = None,
    ) -> Iterator[CitedClaim | Answer]:
        """Each claim once it is decided, with its citations; the whole answer is the last item. Closing it stops the work.

        `question` is what the person asked, if `bundle` holds it as it was understood.
        """
        began = time.perf_counter()
        asked = bundle.query_str
        question = question or getattr(bundle, "asked", None)
        read = of_nodes(nodes)
        built, outcome = AnswerBuilder(self._library), Outcome()
        decision = self._decided(asked, read, getattr(bundle, "documents", None))
        if self._selector is not None and decision.sentences and decision.kind not in ("document", "metadata"):
            for selected in self._selector.select(asked, read, decision, outcome):
                if (claim := built.say(selected.text, selected.sentences, selected.support)) is not None:
                    yield claim
                else:
                    outcome.kept -= 1
        believed = outcome.refused and not built.claims and decision.confidence < _SURE
        if not believed:
            for sentence, repeats, before in in_reading_order(decision, read):
                wanted = (
                    not built.claims
                    or not outcome.kept
                    or sentence in decision.sentences[:1]
                    or self._differs(decision, sentence)
                )
                if wanted and not built.cites(sentence) and (claim := built.state(sentence, repeats, before)) is not None:
                    yield claim
        yield self._answer(asked, question, bundle, nodes, read, decision, built, outcome, began, retrieve_ms, top_k)

    def _decided(self, asked: str, read: Sequence[Sentence], documents: Sequence[str] | None) -> Decision:
        """What is said: a document summed up, what is known about documents, or what the sentences that were read answer."""
        kind = kind_of(asked)
        if kind in ("document", "metadata"):
            entries = [entry for entry in self._entries() if documents is None or entry.document in documents]
            named = meant(asked, entries)
            said: Sequence[Sentence] = ()
            if kind == "metadata":
                plain = decide(asked, read, judge)
                if plain.status == "answered" and (not named or plain.confidence >= _SURE):
                    return plain  # "Which of them speak of fisheries?", "Under what number did it appear?": the sentences that say so
                said = self._about(asked, named, entries)
            elif len(named) == 1:
                said = summed_up(asked, *self._library(named[0].document), encode)
            if said:
                return Decision("answered", tuple(said), 1.0, kind=kind)
            kind = "overview"
        return decide(asked, read, judge, kind)

    def _about(self, asked: str, named: Sequence[Entry], entries: Sequence[Entry]) -> list[Sentence]:
        """What is known about documents: what answers in the first lines of those that are named, else the head of each."""
        read, close = bundled_evidence().read, named if len(named) <= MOST_READ else ()
        if found := [line for entry in close for line in front_lines(asked, *self._library(entry.document), read)]:
            return found
        listed = sorted(named or entries, key=lambda entry: entry.date or "", reverse=True)[:MOST_DOCUMENTS]
        return [one for entry in listed if (one := head(*self._library(entry.document))) is not None]

    @staticmethod
    def _differs(decision: Decision, sentence: Sentence) -> bool:
        return any(sentence in difference.sentences for difference in decision.differences)

    def _answer(
        self,
        asked: str,
        question: str | None,
        bundle: QueryBundle,
        nodes: Sequence[NodeWithScore],
        read: Sequence[Sentence],
        decision: Decision,
        built: AnswerBuilder,
        outcome: Outcome,
        began: float,
        retrieve_ms: int,
        top_k: int | None,
    ) -> Answer:
        documents = getattr(bundle, "documents", None)
        status: Status = decision.status if built.claims else "not_in_corpus"
        message: str | None = None
        if status == "not_in_corpus":
            message = self._refusal(asked, next((one for one in read if one.role not in NO_TEXT), None), documents)
        elif outcome.refused:
            status, message = "partial", MODEL_FOUND_NONE
        elif status == "partial" or outcome.missing:
            status, message = "partial", CHECK_THIS
        used = self._selector is not None and (outcome.kept > 0 or outcome.refused or not decision.sentences)
        took = round((time.perf_counter() - began) * 1000)
        own = round(outcome.own_seconds * 1000)
        return Answer(
            question=question or asked,
            standalone_question=asked if question is not None and question != asked else None,
            mode="generative" if used else "extractive",
            model=self._selector.model.name if used and self._selector is not None else None,
            status=status,
            message=message,
            claims=tuple(built.claims),
            withheld=(*outcome.withheld, *built.withheld),
            citations=tuple(built.citations),
            conflicts=built.conflicts(decision),
            passages=passages_of(nodes, top_k or self._top_k),
            corpus=self._state(),
            timings_ms={"retrieve": retrieve_ms, "answer": took - own, "verify": own, "total": retrieve_ms + took},
            scope=tuple(documents) if documents is not None else None,
            key=built.key(decision) if status != "not_in_corpus" else None,
            missing=(tuple(outcome.missing) or (asked,)) if status == "partial" else (),
            kind=decision.kind,
        )


def passages_of(nodes: Sequence[NodeWithScore], k: int) -> tuple[Passage, ...]:
    """The passages that the best sentences stand in, best first, then those that were not read."""
    found: dict[str, Passage] = {}
    for item in nodes:
        meta = item.node.metadata
        if "answers" in meta:
            start, end = meta["passage_place"]
            found.setdefault(meta["passage_id"], Passage(meta["document"], start, end, round(item.score or 0.0, 4)))
        elif "char_start" in meta:
            found.setdefault(
                item.node.node_id, Passage(meta["document"], meta["char_start"], meta["char_end"], round(item.score or 0.0, 4))
            )
    return tuple(found.values())[:k]
