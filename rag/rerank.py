"""Does this sentence answer this question? A small cross-encoder, read beside the search's similarity.

Similarity says what a sentence is about; it cannot tell a near miss from an answer. The bundled scorer (made by
train/answer_model.py from the default embedding model's weights) reads the question and the sentence together:

    [CLS] question [SEP] · end of the previous sentence · the sentence · start of the next one [SEP]

where · is a marker token. Two readings make the score: the logit at the sentence's own marker, and by how much the
best answer words within the sentence beat "no answer here". The sigmoid is calibrated on held-out questions.
train/README.md has the figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from threading import Thread
from typing import Any

from rag.bundle import bundled_weights
from rag.crossencoder import CLS, MARK, SEP, CrossEncoder, padded
from rag.errors import ModelError

WEIGHTS = Path(__file__).parent / "weights" / "answer-scorer.int8.onnx"
WEIGHTS_SHA256 = "8538053ab155ced0a71afbead1b98defa439f568f1cee4d0fe8a367cbaaeea6c"
# Word pieces kept of each part, as in training.
_QUESTION, _SENTENCE, _PREVIOUS, _NEXT = 48, 80, 28, 20


class AnswerScorer:
    """Scores sentences for a question. Building one loads ONNX Runtime and the weights (about a third of a second)."""

    def __init__(self, tokenizer: Path, weights: Path = WEIGHTS, *, threads: int = 2) -> None:
        """`tokenizer` is the default embedding model's tokenizer.json.

        Raises ModelError when a file is missing or is not the one expected.
        """
        self._model = CrossEncoder("answer scorer", weights, WEIGHTS_SHA256, tokenizer, threads)

    def score(self, question: str, candidates: Sequence[tuple[str, str, str]]) -> list[float]:
        """The log-odds, within ±30, that each sentence answers `question`.

        A candidate is (previous, sentence, next); its neighbours may be empty. Nothing depends on the other candidates.
        """
        asked = self._model.pieces(question)[:_QUESTION]
        inputs = [self._input(asked, candidate) for candidate in candidates]

        def arrays(batch: list[int]) -> dict[str, Any]:
            return self._arrays([inputs[i] for i in batch], len(asked) + 2)

        return [max(-30.0, min(30.0, logit)) for logit in self._model.logits([len(ids) for ids, _, _ in inputs], arrays)]

    def _input(self, asked: list[int], candidate: tuple[str, str, str]) -> tuple[list[int], int, int]:
        """Token ids, where the sentence's marker stands, and where the sentence ends."""
        previous, sentence, following = (self._model.pieces(text) for text in candidate)
        before = [MARK, *previous[-_PREVIOUS:]] if previous else []
        after = [MARK, *following[:_NEXT]] if following else []
        head = [CLS, *asked, SEP, *before, MARK, *sentence[:_SENTENCE]]
        return [*head, *after, SEP], len(asked) + 2 + len(before), len(head)

    @staticmethod
    def _arrays(batch: list[tuple[list[int], int, int]], first: int) -> dict[str, Any]:
        """The model's inputs; the second segment starts at token `first`."""
        import numpy as np

        marks, ends = (np.array([part[i] for part in batch], dtype=np.int64) for i in (1, 2))
        return {**padded([ids for ids, _, _ in batch], [first] * len(batch)), "mark": marks, "end": ends}


@lru_cache(maxsize=1)
def bundled_scorer() -> AnswerScorer:
    """The scorer that comes with the project, loaded once. Raises ModelError."""
    return AnswerScorer(bundled_weights() / "tokenizer.json")


def preload() -> None:
    """Begin loading the bundled scorer in the background: ONNX Runtime works while Python imports other things."""

    def load() -> None:
        with suppress(ModelError):  # who needs the scorer meets the error
            bundled_scorer()

    Thread(target=load, daemon=True).start()
