"""Does this sentence answer this question? A small cross-encoder, read beside the search's similarity.

Similarity says what a sentence is about; it cannot tell a near miss from an answer. The bundled scorer (made by
train/answer_model.py from the default embedding model's weights) reads the question and the sentence together:

    [CLS] question [SEP] · end of the previous sentence · the sentence · start of the next one [SEP]

where · is a marker token. Two readings make the score: the logit at the sentence's own marker, and by how much the
best answer words within the sentence beat "no answer here". The sigmoid is calibrated on held-out questions.
train/README.md has the figures.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from threading import Thread
from typing import Any

from rag.bundle import bundled_weights
from rag.errors import ModelError

WEIGHTS = Path(__file__).parent / "weights" / "answer-scorer.int8.onnx"
WEIGHTS_SHA256 = "8538053ab155ced0a71afbead1b98defa439f568f1cee4d0fe8a367cbaaeea6c"
# Token ids of BERT's vocabulary; the marker is its [unused1].
_CLS, _SEP, _MARK = 101, 102, 2
_VOCABULARY = {"[CLS]": _CLS, "[SEP]": _SEP, "[unused1]": _MARK}
# Word pieces kept of each part, as in training.
_QUESTION, _SENTENCE, _PREVIOUS, _NEXT = 48, 80, 28, 20
_BATCH = 16


class AnswerScorer:
    """Scores sentences for a question. Building one loads ONNX Runtime and the weights (about a third of a second)."""

    def __init__(self, tokenizer: Path, weights: Path = WEIGHTS, *, threads: int = 2) -> None:
        """`tokenizer` is the default embedding model's tokenizer.json.

        Raises ModelError when a file is missing or is not the one expected.
        """
        import onnxruntime
        from tokenizers import Tokenizer

        for path, what in ((weights, "answer scorer's weights file"), (tokenizer, "default model's tokenizer")):
            if not path.is_file():
                raise ModelError(f"The {what} is missing: {path}.", "Reinstall chapter-and-verse; run: make setup.")
        content = weights.read_bytes()
        if hashlib.sha256(content).hexdigest() != WEIGHTS_SHA256:
            raise ModelError(
                f"{weights} is not the answer scorer of this version (its SHA-256 differs).",
                "Restore the file from the repository, or reinstall chapter-and-verse.",
            )
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        if any(self._tokenizer.token_to_id(token) != number for token, number in _VOCABULARY.items()):
            raise ModelError(f"{tokenizer} is not the tokenizer that the answer scorer was trained with.", "Run: make setup.")
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # leave the cores to others between batches
        self._session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])

    def score(self, question: str, candidates: Sequence[tuple[str, str, str]]) -> list[float]:
        """The probability that each sentence answers `question`.

        A candidate is (previous, sentence, next); its neighbours may be empty. Nothing depends on the other candidates.
        """
        import numpy as np

        asked = self._pieces(question)[:_QUESTION]
        inputs = [self._input(asked, candidate) for candidate in candidates]
        logits = np.zeros(len(inputs))
        order = sorted(range(len(inputs)), key=lambda i: (len(inputs[i][0]), i))  # alike lengths together: little padding
        for first in range(0, len(order), _BATCH):
            batch = order[first : first + _BATCH]
            logits[batch] = self._session.run(["logit"], self._arrays([inputs[i] for i in batch], len(asked) + 2))[0]
        return [1 / (1 + math.exp(-max(-30.0, min(30.0, float(logit))))) for logit in logits]

    def _pieces(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    def _input(self, asked: list[int], candidate: tuple[str, str, str]) -> tuple[list[int], int, int]:
        """Token ids, where the sentence's marker stands, and where the sentence ends."""
        previous, sentence, following = (self._pieces(text) for text in candidate)
        before = [_MARK, *previous[-_PREVIOUS:]] if previous else []
        after = [_MARK, *following[:_NEXT]] if following else []
        head = [_CLS, *asked, _SEP, *before, _MARK, *sentence[:_SENTENCE]]
        return [*head, *after, _SEP], len(asked) + 2 + len(before), len(head)

    @staticmethod
    def _arrays(batch: list[tuple[list[int], int, int]], first: int) -> dict[str, Any]:
        """The model's inputs; the second segment starts at token `first`."""
        import numpy as np

        width = max(len(ids) for ids, _, _ in batch)
        ids = np.zeros((len(batch), width), dtype=np.int64)
        types = np.zeros_like(ids)
        mask = np.zeros_like(ids)
        for row, (tokens, _, _) in enumerate(batch):
            ids[row, : len(tokens)] = tokens
            types[row, first : len(tokens)] = 1
            mask[row, : len(tokens)] = 1
        marks, ends = (np.array([part[i] for part in batch], dtype=np.int64) for i in (1, 2))
        return {"input_ids": ids, "token_type_ids": types, "attention_mask": mask, "mark": marks, "end": ends}


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
