"""Does this passage support this statement? A small cross-encoder, for what no rule on single words can see.

Trained by train/support_model.py from the default embedding model's weights on passages and statements that differ in one
particular; train/README.md has the figures. It reads `[CLS] statement [SEP] passage [SEP]`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from rag.bundle import bundled_weights
from rag.crossencoder import CLS, SEP, CrossEncoder, padded

WEIGHTS = Path(__file__).parents[1] / "weights" / "support.int8.onnx"
WEIGHTS_SHA256 = "3a38d25b0fa3fcf824799fa8576d0cbf1f4c9d895002846970e7dee23513fcf7"
# Word pieces kept of each part, as in training.
STATEMENT, PASSAGE = 72, 184


class SupportModel:
    """Scores pairs of a statement and a passage."""

    def __init__(self, tokenizer: Path, weights: Path = WEIGHTS, *, threads: int = 2) -> None:
        """`tokenizer` is the default embedding model's tokenizer.json. Raises ModelError when a file is not the one expected."""
        self._model = CrossEncoder("support model", weights, WEIGHTS_SHA256, tokenizer, threads)

    def reads(self, statement: str) -> bool:
        """Whether a statement is short enough to be read whole."""
        return len(self._model.pieces(statement)) <= STATEMENT

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """The probability (0 to 1) that the passage supports the statement, for each (statement, passage)."""
        encoded = [
            (self._model.pieces(statement)[:STATEMENT], self._model.pieces(passage)[:PASSAGE]) for statement, passage in pairs
        ]
        inputs = [[CLS, *statement, SEP, *passage, SEP] for statement, passage in encoded]

        def arrays(batch: list[int]) -> dict[str, Any]:
            return padded([inputs[i] for i in batch], [len(encoded[i][0]) + 2 for i in batch])

        return [1 / (1 + math.exp(-max(-30.0, min(30.0, x)))) for x in self._model.logits([len(ids) for ids in inputs], arrays)]


@lru_cache(maxsize=1)
def bundled_support() -> SupportModel:
    """The support model that comes with the project, loaded once. Raises ModelError."""
    return SupportModel(bundled_weights() / "tokenizer.json")
