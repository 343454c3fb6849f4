"""Word pieces and their vectors, which both models share: a SentencePiece unigram vocabulary and a 4-bit table.

The table holds blocks of 32 weights, each a half-float scale and 4-bit numbers less 8, as in train/base.py.
"""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Any, NamedTuple

from rag.models.session import weights

BOS, EOS = 0, 2
_BLOCK = 32


class Encoded(NamedTuple):
    """Pieces of a text: their numbers, and the range of characters of the text that each stands for."""

    ids: list[int]
    offsets: list[tuple[int, int]]


class Pieces:
    """The tokenizer and the table."""

    def __init__(self) -> None:
        """Raises ModelError when a file is missing or not the one of this version."""
        import numpy as np
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_str(weights("tokenizer.json").decode())
        with np.load(io.BytesIO(weights("pieces.npz"))) as table:
            self._nibbles, self._scales = table["nibbles"], table["scales"]

    def encode(self, text: str) -> Encoded:
        """The pieces of `text`, nothing added."""
        found = self._tokenizer.encode(text, add_special_tokens=False)
        return Encoded(found.ids, found.offsets)

    def encode_all(self, texts: list[str]) -> list[Encoded]:
        """The same for several texts, on all cores."""
        return [Encoded(found.ids, found.offsets) for found in self._tokenizer.encode_batch(texts, add_special_tokens=False)]

    def count(self, text: str) -> int:
        """How many pieces `text` has."""
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def vectors(self, ids: list[int]) -> tuple[Any, Any]:
        """The vectors (1, n, 384) of n piece numbers, and the mask (1, n) that says that none is padding."""
        import numpy as np

        packed = self._nibbles[ids]  # (n, blocks, 16): low halves are weights 0-15 of a block, high ones 16-31
        values = np.concatenate([packed & 15, packed >> 4], axis=-1).astype(np.float32) - 8
        values *= self._scales[ids].astype(np.float32)[..., None]
        return values.reshape(1, len(ids), -1), np.ones((1, len(ids)), dtype=np.int64)


@lru_cache(maxsize=1)
def pieces() -> Pieces:
    """The bundled pieces, loaded once. Raises ModelError."""
    return Pieces()
