"""Where a run's figures come from: everything one must know to make them again, and nothing about whose machine it was."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from eval.places import Library
from eval.stats import SEED
from rag.models.session import SHA256
from rag.settings import RagSettings

_ROOT = Path(__file__).resolve().parent.parent


def provenance(settings: RagSettings, library: Library, cases_fingerprint: str) -> dict[str, Any]:
    """Code, data, settings, model, packages, seed and machine of a run."""
    return {
        "code": _code(),
        "corpus": {"fingerprint": corpus_fingerprint(library), "documents": len(library)},
        "cases": cases_fingerprint,
        "settings": _settings(settings),
        "model": _model(settings),
        "seed": SEED,
        "packages": dict(sorted(_packages().items())),
        "machine": {
            "system": platform.system(),
            "processor": platform.machine(),
            "cpus": os.cpu_count(),
            "python": platform.python_version(),
        },
    }


def corpus_fingerprint(library: Library) -> str:
    """SHA-256 over the documents' paths and bytes, whatever an index may say."""
    lines = [f"{name} {library[name].doc.sha256}" for name in sorted(library)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _code() -> dict[str, Any]:
    commit = _git("rev-parse", "HEAD")
    if commit is None:
        return {"commit": None, "dirty": None, "reason": "not run from a git checkout"}
    changed = _git("status", "--porcelain", "--untracked-files=all", "--", "rag", "eval", "corpus", "pyproject.toml") or ""
    names = sorted(line[3:] for line in changed.split("\n") if line.strip())
    return {"commit": commit.strip(), "dirty": bool(names), "changed": names}


def _git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", "-C", str(_ROOT), *arguments], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def _settings(settings: RagSettings) -> dict[str, Any]:
    """The settings that can change an answer; folders, addresses and keys are left out, as they name a machine or a secret."""
    chosen = settings.model_dump(mode="json", exclude={"corpus", "data", "llm_base_url", "llm_api_key", "llm_api_key_file"})
    if Path(settings.embedding_model).is_dir():
        chosen["embedding_model"] = Path(settings.embedding_model).name
    return chosen


def _model(settings: RagSettings) -> dict[str, Any]:
    """The embedding model's name and the SHA-256 of the bundled weights, which load only if they are these."""
    return {"embedding": _settings(settings)["embedding_model"], "weights": dict(SHA256)}


# What can move a figure; the other hundred packages of an environment cannot, and would hide it in a comparison.
_WATCHED = (
    "bm25s",
    "chapter-and-verse",
    "chromadb",
    "llama-index-core",
    "numpy",
    "onnxruntime",
    "pypdfium2",
    "PyStemmer",
    "python-docx",
    "RapidFuzz",
    "sentence-transformers",
    "sentencex",
    "symspellpy",
    "tokenizers",
    "trafilatura",
)


def _packages() -> dict[str, str]:
    watched = {name.lower() for name in _WATCHED}
    installed = ((str(d.metadata["Name"] or ""), d.version) for d in distributions())
    return {name: version for name, version in installed if name.lower() in watched}
