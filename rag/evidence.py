"""The evidence model as a LlamaIndex node postprocessor: passages go in, sentences that were read come out.

Each of the best passages is read whole, with the sentence before and after it, together with the question. Nodes of any
retriever are read alike: one without our metadata is cut into sentences here, and its places are those of the node.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llama_index.core.bridge.pydantic import Field, PrivateAttr
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import BaseNode, MetadataMode, NodeWithScore, QueryBundle, TextNode

from rag.models import EvidenceModel, Reading, Window, bundled_evidence, kind_of
from rag.reading import sentences
from rag.types import titled

# How much of its passage's retrieval score goes into a sentence's, beside the log-odds that it answers: chosen by train/calibrate.py.
_RETRIEVED = 3.0


class EvidencePostprocessor(BaseNodePostprocessor):
    """Reads the first `read` nodes, twice as many for an overview; gives their sentences, best first, and behind them the nodes that were not read.

    A sentence's metadata: `answers` (log-odds that it answers), `window` (that its window answers all of the question),
    `certain` (that its words answer rather than nothing) and `words` ([start, end) of its text, where the window's answer stands
    in it), `retrieved` (the passage's retrieval score).
    """

    read: int = Field(12, description="How many passages are read.")
    _model: EvidenceModel | None = PrivateAttr(default=None)

    def __init__(self, model: EvidenceModel | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._model = model

    @classmethod
    def class_name(cls) -> str:
        return "EvidencePostprocessor"

    def _postprocess_nodes(self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None) -> list[NodeWithScore]:
        if query_bundle is None:
            raise ValueError("EvidencePostprocessor needs the question: pass query_bundle or query_str.")
        if not nodes:
            return []
        model = self._model or bundled_evidence()
        wide = kind_of(query_bundle.query_str) in ("overview", "compare", "change")
        chosen = nodes[: self.read * (2 if wide else 1)]
        cut = [_cut(item.node) for item in chosen]
        windows = [
            Window(_title(item.node), tuple(one["text"] for one in parts)) for item, parts in zip(chosen, cut, strict=True)
        ]
        found: dict[tuple[str, int, str], NodeWithScore] = {}
        for item, parts, reading in zip(chosen, cut, model.read(query_bundle.query_str, windows), strict=True):
            for node in _read(item, parts, reading):
                key = (str(node.node.metadata["document"]), int(node.node.metadata["char_start"]), node.node.get_content())
                if key not in found or _understood(node) > _understood(found[key]):
                    found[key] = node  # a sentence at the rim of two windows counts where it was understood better
        ranked = sorted(
            found.values(), key=lambda n: (-(n.score or 0.0), n.node.metadata["document"], n.node.metadata["char_start"])
        )
        return [*ranked, *nodes[len(chosen) :]]


def _understood(node: NodeWithScore) -> tuple[float, float]:
    """How well a sentence was read in its window: its score, then the window's."""
    return node.score or 0.0, float(node.node.metadata["window"])


def _title(node: BaseNode) -> str:
    title, date = node.metadata.get("title") or "", node.metadata.get("date")
    return titled(str(title), date)


def _cut(node: BaseNode) -> list[dict[str, Any]]:
    """The sentences of a node's window in order: ours bring them, a stranger's text is cut."""
    given = node.metadata.get("sentences")
    if given:
        return list(given)
    text = node.get_content(MetadataMode.NONE)
    base = getattr(node, "start_char_idx", None) or 0
    made, at = [], 0
    for number, sentence in enumerate(sentences(text)):
        start = text.find(sentence, at)
        at = start + len(sentence)
        made.append(
            {"ordinal": number, "char_start": base + start, "char_end": base + at, "role": "paragraph", "text": sentence}
        )
    return made


def _read(item: NodeWithScore, parts: Sequence[dict[str, Any]], reading: Reading) -> list[NodeWithScore]:
    node, retrieved = item.node, item.score or 0.0
    document = node.metadata.get("document") or node.ref_doc_id or node.node_id
    number, start, end = reading.words
    made = []
    for at, (part, answers) in enumerate(zip(parts, reading.sentences, strict=True)):
        metadata = {
            "document": document,
            "title": node.metadata.get("title"),
            "date": node.metadata.get("date"),
            "passage": node.metadata.get("passage"),
            "passage_id": node.node_id,
            "passage_place": [
                node.metadata.get("char_start", parts[0]["char_start"]),
                node.metadata.get("char_end", parts[-1]["char_end"]),
            ],
            **{key: part[key] for key in ("ordinal", "char_start", "char_end", "role")},
            "answers": answers,
            "window": reading.answered,
            "certain": reading.certain,
            "words": [start, end] if at == number else None,
            "retrieved": retrieved,
        }
        sentence = TextNode(
            id_=f"{node.node_id}-{part['ordinal']}",
            text=part["text"],
            start_char_idx=part["char_start"],
            end_char_idx=part["char_end"],
            metadata=metadata,
            excluded_embed_metadata_keys=list(metadata),
            excluded_llm_metadata_keys=[key for key in metadata if key not in ("title", "date")],
        )
        made.append(NodeWithScore(node=sentence, score=answers + _RETRIEVED * retrieved))
    return made
