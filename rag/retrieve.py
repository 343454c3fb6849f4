"""Hybrid retrieval as a LlamaIndex retriever: passages by meaning and by words, best first.

Two searches propose: the encoder's vectors and BM25. A passage's score is a weighted sum of how well it did in each. It orders passages and says nothing about whether one answers:
that is read by the evidence model (`rag.evidence`).

A node carries all that is needed further on, as plain JSON: its sentences with their exact places, and its neighbours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.callbacks import CallbackManager
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from rag.history import standalone
from rag.index import Index
from rag.ledger import Unit
from rag.lexical import content_tokens
from rag.types import Entry, Exchange

# How many passages each search proposes.
_PROPOSED = 40


class Signals(NamedTuple):
    """What was measured of a passage: its cosine to the question (-1 to 1), and its BM25 score relative to the best of this
    question (0 to 1)."""

    cosine: float
    words: float

    @property
    def score(self) -> float:
        """The weighted sum that orders passages."""
        return sum(weight * value for weight, value in zip(WEIGHTS, self, strict=True))


# Chosen by bench/ranking.py on several corpora at once (bench/README.md has the figures).
WEIGHTS = (16.0, 1.5)


@dataclass
class AskedBundle(QueryBundle):
    """A question with what narrows and explains it: the documents to search (None: all) and the conversation before it.

    With a conversation `query_str` becomes the question as it is understood after it; `asked` stays what was asked.
    """

    query_str: str
    documents: Sequence[str] | None = None
    history: Sequence[Exchange] = field(default_factory=tuple)
    asked: str = field(init=False, default="")

    def __post_init__(self) -> None:
        self.asked = self.query_str
        self.query_str = standalone(self.query_str, self.history) or self.query_str


class HybridRetriever(BaseRetriever):
    """Passages of an index, best first. Takes a plain `QueryBundle` or an `AskedBundle`."""

    def __init__(self, index: Index, model: BaseEmbedding, similarity_top_k: int = _PROPOSED * 2) -> None:
        """`similarity_top_k`: how many passages are returned."""
        super().__init__(callback_manager=CallbackManager([]))
        self._index = index
        self._model = model
        self._top_k = similarity_top_k

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        documents = getattr(query_bundle, "documents", None)
        question = query_bundle.query_str
        words = self._index.lexical_of(documents).scores(content_tokens(question))
        vector = query_bundle.embedding or self._model.get_query_embedding(question)
        ledger = self._index.ledger
        proposed = {**self._index.nearest(vector, _PROPOSED, documents), **words.best(_PROPOSED)}
        passages = list(ledger.units(sorted(proposed)).values())
        if not passages:
            return []
        of_passage = words.of([unit.id for unit in passages])
        top = max(of_passage.values(), default=0.0) or 1.0
        measured = [
            (Signals(cosine, of_passage[unit.id] / top), unit)
            for unit, cosine in zip(passages, _cosines(passages, vector), strict=True)
        ]
        measured.sort(key=lambda item: (-item[0].score, item[1].path, item[1].ordinal))
        stamps = ledger.stamps()
        return [self._node(unit, signals, stamps[unit.path].entry) for signals, unit in measured[: self._top_k]]

    def _node(self, passage: Unit, signals: Signals, entry: Entry) -> NodeWithScore:
        """The passage with its sentences and the one sentence before and after it."""
        ledger = self._index.ledger
        own = ledger.of_passages([(passage.path, passage.ordinal)])
        first, last = own[0].ordinal, own[-1].ordinal
        around = {unit.ordinal: unit for unit in ledger.range(passage.path, "sentence", first - 1, last + 1)}
        metadata: dict[str, Any] = {
            "document": passage.path,
            "title": entry.title,
            "date": entry.date,
            "char_start": passage.char_start,
            "char_end": passage.char_end,
            "passage": passage.ordinal,
            "sentences": [_sentence(unit) for unit in around.values()],
            "signals": signals._asdict(),
        }
        node = TextNode(
            id_=passage.id,
            text=passage.text,
            start_char_idx=passage.char_start,
            end_char_idx=passage.char_end,
            metadata=metadata,
            excluded_embed_metadata_keys=list(metadata),
            excluded_llm_metadata_keys=[key for key in metadata if key not in ("title", "date")],
        )
        return NodeWithScore(node=node, score=signals.score)


def _sentence(unit: Unit) -> dict[str, Any]:
    return {
        "ordinal": unit.ordinal,
        "char_start": unit.char_start,
        "char_end": unit.char_end,
        "role": unit.role,
        "text": unit.text,
    }


def _cosines(units: Sequence[Unit], vector: Sequence[float]) -> list[float]:
    matrix = np.frombuffer(b"".join(unit.vector for unit in units), dtype=np.float32).reshape(len(units), -1)
    found: list[float] = (matrix @ np.asarray(vector, dtype=np.float32)).tolist()
    return found
