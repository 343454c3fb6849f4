"""Loading the small cross-encoders that come with the project: checked weights, the tokenizer they were trained with."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rag.errors import ModelError

# Token ids of BERT's vocabulary; the marker is its [unused1].
CLS, SEP, MARK = 101, 102, 2
_VOCABULARY = {"[CLS]": CLS, "[SEP]": SEP, "[unused1]": MARK}
_BATCH = 16


class CrossEncoder:
    """A model of the project's own on ONNX Runtime. Building one takes about a third of a second."""

    def __init__(self, what: str, weights: Path, sha256: str, tokenizer: Path, threads: int) -> None:
        """`what` names it in errors; `tokenizer` is the default embedding model's tokenizer.json.

        Raises ModelError when a file is missing or is not the one expected.
        """
        import onnxruntime
        from tokenizers import Tokenizer

        for path, part in ((weights, f"{what}'s weights file"), (tokenizer, "default model's tokenizer")):
            if not path.is_file():
                raise ModelError(f"The {part} is missing: {path}.", "Reinstall chapter-and-verse; run: make setup.")
        content = weights.read_bytes()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise ModelError(
                f"{weights} is not the {what} of this version (its SHA-256 differs).",
                "Restore the file from the repository, or reinstall chapter-and-verse.",
            )
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        if any(self._tokenizer.token_to_id(token) != number for token, number in _VOCABULARY.items()):
            raise ModelError(f"{tokenizer} is not the tokenizer that the {what} was trained with.", "Run: make setup.")
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # leave the cores to others between batches
        self._session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])

    def pieces(self, text: str) -> list[int]:
        """The token ids of a text, nothing added."""
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    def logits(self, lengths: Sequence[int], arrays: Callable[[list[int]], dict[str, Any]]) -> list[float]:
        """The model's output for each of the inputs; `arrays` gives its arrays for the inputs with these numbers.

        Nothing depends on the other inputs of a batch.
        """
        found = [0.0] * len(lengths)
        order = sorted(range(len(lengths)), key=lambda i: (lengths[i], i))  # alike lengths together: little padding
        for first in range(0, len(order), _BATCH):
            batch = order[first : first + _BATCH]
            for i, logit in zip(batch, self._session.run(["logit"], arrays(batch))[0], strict=True):
                found[i] = float(logit)
        return found


def padded(batch: Sequence[Sequence[int]], seconds: Sequence[int]) -> dict[str, Any]:
    """Token ids, segments and mask of a batch; the second segment of a row starts at the token in `seconds`."""
    import numpy as np

    width = max(len(ids) for ids in batch)
    ids = np.zeros((len(batch), width), dtype=np.int64)
    types = np.zeros_like(ids)
    mask = np.zeros_like(ids)
    for row, (tokens, second) in enumerate(zip(batch, seconds, strict=True)):
        ids[row, : len(tokens)] = tokens
        types[row, second : len(tokens)] = 1
        mask[row, : len(tokens)] = 1
    return {"input_ids": ids, "token_type_ids": types, "attention_mask": mask}
