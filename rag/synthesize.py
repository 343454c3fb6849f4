"""The extractive answerer as a LlamaIndex synthesizer.

It takes the retriever's sentence nodes and gives a response whose text is the chosen sentences with `[n]` behind each and
whose metadata hold the draft they came from. No language model is asked: the base class insists on one, so it gets
LlamaIndex's mock, which is never called, and the global `Settings` are not touched.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llama_index.core.base.response.schema import Response
from llama_index.core.callbacks import CallbackManager
from llama_index.core.llms.mock import MockLLM
from llama_index.core.prompts.mixin import PromptDictType
from llama_index.core.response_synthesizers import BaseSynthesizer
from llama_index.core.schema import NodeWithScore, QueryBundle, QueryType

from rag.extract import Draft, choose
from rag.questions import parse
from rag.retrieve import Searched, SentenceNode

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
        searched = Searched(parse(text), [node.candidate for node in found], found[0].unknown if found else ())
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
