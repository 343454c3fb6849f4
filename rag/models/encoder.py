"""The embedding model: texts to unit vectors. The bundled one is multilingual-e5-small; any other comes from
sentence-transformers, by hub name or folder.

e5 was trained with "query: " before questions and "passage: " before texts, and without them is another, worse model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from llama_index.core.base.embeddings.base import BaseEmbedding

from rag.errors import ModelError
from rag.models.pieces import BOS, EOS, Encoded, pieces
from rag.models.session import run_each
from rag.settings import DEFAULT_MODEL

# Word pieces of a text that are seen; what stands beyond them is not in its vector.
MAX_TOKENS = 256
_QUERY, _PASSAGE = "query: ", "passage: "


def encode(texts: Sequence[str]) -> Any:
    """Unit vectors (n, 384) of texts that have their prefix. Raises ModelError."""
    import numpy as np

    table = pieces()

    def feed(found: Encoded) -> dict[str, Any]:
        embedded, mask = table.vectors([BOS, *found.ids[: MAX_TOKENS - 2], EOS])
        return {"embedded": embedded, "mask": mask}

    vectors = np.zeros((len(texts), 384), dtype=np.float32)
    for number, (embedding,) in enumerate(run_each("encoder.onnx", ["embedding"], table.encode_all(list(texts)), feed)):
        vectors[number] = embedding[0]
    return vectors


class BundledEmbedding(BaseEmbedding):
    """The bundled encoder as a LlamaIndex embedding."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(model_name=DEFAULT_MODEL, embed_batch_size=256, **kwargs)

    @classmethod
    def class_name(cls) -> str:
        return "BundledEmbedding"

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return [row.tolist() for row in encode([_PASSAGE + text for text in texts])]

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_query_embedding(self, query: str) -> list[float]:
        vector: list[float] = encode([_QUERY + query])[0].tolist()
        return vector

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


def embedding_model(name: str) -> tuple[BaseEmbedding, int, Callable[[str], int]]:
    """The model called `name`, how many word pieces of a text it sees, and a function that counts them.

    Raises ModelError when it cannot be loaded.
    """
    if name == DEFAULT_MODEL:
        return BundledEmbedding(), MAX_TOKENS - 2 - pieces().count(_PASSAGE), pieces().count
    try:
        from llama_index.embeddings.huggingface import HuggingFaceEmbedding

        other = HuggingFaceEmbedding(model_name=name, device="cpu", trust_remote_code=False, show_progress_bar=False)
        transformer = other._model
        tokenizer = transformer.tokenizer
        return other, int(transformer.max_seq_length or 512) - 2, lambda text: len(tokenizer.tokenize(text))
    except ImportError as error:
        raise ModelError(
            f"The embedding model {name!r} needs sentence-transformers.", "Run: pip install 'chapter-and-verse[st]'."
        ) from error
    except Exception as error:  # a hub, a file system and three libraries each raise their own kinds
        raise ModelError(
            f"The embedding model {name!r} cannot be loaded: {str(error).splitlines()[0][:200]}",
            "Check RAG_EMBEDDING_MODEL: a hub name (needs network once) or a folder.",
        ) from error
