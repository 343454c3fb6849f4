"""The answerers as LlamaIndex synthesizers.

The extractive one takes the retriever's sentence nodes and gives a response whose text is the chosen sentences with `[n]` behind each and
whose metadata hold the draft they came from. The generative one has a language model write and shows what was verified. The
base class insists on a model of LlamaIndex's, so it gets the mock, which is never called, and the global `Settings` are not
touched.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from llama_index.core.base.response.schema import Response
from llama_index.core.callbacks import CallbackManager
from llama_index.core.llms.mock import MockLLM
from llama_index.core.prompts.mixin import PromptDictType
from llama_index.core.response_synthesizers import BaseSynthesizer
from llama_index.core.schema import NodeWithScore, QueryBundle, QueryType

from rag.extract import Draft, choose
from rag.generate import Outcome, Writer, complete
from rag.questions import parse
from rag.retrieve import Searched, SentenceNode
from rag.types import Entry

NO_ANSWER = "The corpus does not hold an answer to this question."


class ExtractiveSynthesizer(BaseSynthesizer):
    """Answers with the sources' own sentences. `threshold` is the least probability at which it answers at all."""

    def __init__(self, threshold: float) -> None:
        super().__init__(llm=MockLLM(), callback_manager=CallbackManager([]))
        self._threshold = threshold

    def _get_prompts(self) -> PromptDictType:
        return {}

    def _update_prompts(self, prompts: PromptDictType) -> None:
        pass

    def get_response(self, query_str: str, text_chunks: Sequence[str], **kwargs: Any) -> str:
        raise TypeError("ExtractiveSynthesizer works on the retriever's nodes: call synthesize()")

    async def aget_response(self, query_str: str, text_chunks: Sequence[str], **kwargs: Any) -> str:
        raise TypeError("ExtractiveSynthesizer works on the retriever's nodes: call asynthesize()")

    def synthesize(
        self,
        query: QueryType,
        nodes: list[NodeWithScore],
        additional_source_nodes: Sequence[NodeWithScore] | None = None,
        **kwargs: Any,
    ) -> Response:
        """The response to `query`; `metadata["draft"]` is the `Draft` it was made from, also when nothing was found."""
        text = query.query_str if isinstance(query, QueryBundle) else query
        found = [item.node for item in nodes if isinstance(item.node, SentenceNode)]
        searched = (
            Searched(found[0].question, [node.candidate for node in found], found[0].unknown)
            if found
            else Searched(parse(text), [], ())
        )
        draft: Draft = choose(searched, self._threshold)
        answer = " ".join(f"{statement.candidate.unit.text} [{n}]" for n, statement in enumerate(draft.statements, start=1))
        return Response(answer or NO_ANSWER, source_nodes=list(nodes), metadata={"draft": draft})

    async def asynthesize(
        self,
        query: QueryType,
        nodes: list[NodeWithScore],
        additional_source_nodes: Sequence[NodeWithScore] | None = None,
        **kwargs: Any,
    ) -> Response:
        return self.synthesize(query, nodes, additional_source_nodes)


class GenerativeSynthesizer(ExtractiveSynthesizer):
    """Answers with what a language model writes, as far as it was verified, completed by the sources' own sentences."""

    def __init__(self, threshold: float, writer: Writer, entry_of: Callable[[str], Entry]) -> None:
        super().__init__(threshold)
        self._writer = writer
        self._entry_of = entry_of

    def synthesize(
        self,
        query: QueryType,
        nodes: list[NodeWithScore],
        additional_source_nodes: Sequence[NodeWithScore] | None = None,
        **kwargs: Any,
    ) -> Response:
        """The response to `query`; `metadata` also hold what was `shown` and the `outcome`, with what was withheld."""
        response = super().synthesize(query, nodes, additional_source_nodes)
        assert response.metadata is not None
        draft: Draft = response.metadata["draft"]
        outcome = Outcome()
        text = query.query_str if isinstance(query, QueryBundle) else query
        candidates = [item.node.candidate for item in nodes if isinstance(item.node, SentenceNode)]
        shown = list(self._writer.write(text, candidates, draft, self._entry_of, outcome)) if draft.statements else []
        carried = {unit.id for sentence in shown for unit in sentence.units}
        rest = complete(
            parse(text), draft, outcome, [sentence.text for sentence in shown], lambda candidate: candidate.unit.id in carried
        )
        said = [sentence.text for sentence in shown] + [statement.candidate.unit.text for statement in rest]
        answer = " ".join(f"{sentence} [{n}]" for n, sentence in enumerate(said, start=1))
        metadata = {"draft": draft, "shown": shown, "outcome": outcome}
        return Response(answer or NO_ANSWER, source_nodes=list(nodes), metadata=metadata)
