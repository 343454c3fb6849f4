"""The bundled model: the published weights, the same vectors as sentence-transformers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rag import models
from rag.bundle import bundled_weights
from rag.errors import ModelError


def test_the_export_is_sentence_transformers() -> None:
    from sentence_transformers import SentenceTransformer

    texts = [
        "Taiwan’s bid to join the CPTPP",
        "台湾の平和",
        "a " * 400,
        "x",
        "The harbour was opened in 1921 by Mayor Inga Holm.",
    ]
    reference = SentenceTransformer(str(bundled_weights()), device="cpu").encode(texts, normalize_embeddings=True)
    ours = np.array(models.BundledEmbedding().get_text_embedding_batch(texts))
    assert np.abs(reference - ours).max() < 1e-5


def test_other_weights_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"not the weights")
    with pytest.raises(ModelError, match="SHA-256 differs"):
        models.check_weights(tmp_path)
    with pytest.raises(ModelError, match="missing"):
        models.check_weights(tmp_path / "none")


def test_an_unknown_model_is_one_clear_error() -> None:
    with pytest.raises(ModelError, match="cannot be loaded"):
        models.embedding_model("no/such-model-anywhere")
