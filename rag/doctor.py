"""Is everything in place, and what to do if not. Each check gives one finding; none changes anything."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

from rag.corpus import list_documents
from rag.errors import RagError
from rag.readers import ocr
from rag.settings import DEFAULT_MODEL, RagSettings

_PACKAGES = ("llama-index-core", "chromadb", "onnxruntime", "gradio", "bm25s", "sentencex")

# An index takes some ten times its documents' size; below this there is hardly room for any.
_LITTLE_ROOM = 200 * 2**20


@dataclass(frozen=True)
class Finding:
    """One check: `ok`, a `warning` that something works less well, or an `error`; `remedy` says what to do."""

    check: str
    state: Literal["ok", "warning", "error"]
    message: str
    remedy: str = ""


def examine(settings: RagSettings) -> list[Finding]:
    """All findings, in order."""
    checks: tuple[tuple[str, Callable[[RagSettings], Iterator[Finding]]], ...] = (
        ("packages", _packages),
        ("corpus", _corpus),
        ("data folder", _data),
        ("model", _model),
        ("index", _index),
        ("mode", _mode),
    )
    found: list[Finding] = []
    for name, check in checks:
        try:
            found += check(settings)
        except RagError as error:
            found.append(Finding(name, "error", error.message, error.remedy))
    return found


def _packages(settings: RagSettings) -> Iterator[Finding]:
    versions, missing = [], []
    for name in _PACKAGES:
        try:
            versions.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        yield Finding("packages", "error", f"Not installed: {', '.join(missing)}.", "Run: make setup.")
    yield Finding("packages", "ok", ", ".join(versions))


def _corpus(settings: RagSettings) -> Iterator[Finding]:
    listing = list_documents(settings.corpus)
    yield Finding("corpus", "ok", f"{settings.corpus}: {len(listing.entries)} documents.")
    for line in listing.warnings:
        yield Finding("corpus", "warning", line, "Remove it, or convert it to a format that is read.")


def _data(settings: RagSettings) -> Iterator[Finding]:
    folder = settings.data
    existing = folder
    while not existing.exists():
        existing = existing.parent
    if not os.access(existing, os.W_OK):
        yield Finding("data folder", "error", f"{existing} is not writable.", "Give permission, or set RAG_DATA.")
        return
    free = shutil.disk_usage(existing).free
    if free < _LITTLE_ROOM:
        yield Finding("data folder", "warning", f"{folder}: only {free // 2**20} MiB free.", "Make room, or set RAG_DATA.")
        return
    yield Finding("data folder", "ok", f"{folder} ({free // 2**30} GiB free).")


def _model(settings: RagSettings) -> Iterator[Finding]:
    if settings.embedding_model != DEFAULT_MODEL:
        yield Finding("model", "ok", f"{settings.embedding_model}, through sentence-transformers.")
        return
    from rag.models.session import check_weights

    check_weights()
    yield Finding("model", "ok", f"{DEFAULT_MODEL} and the evidence model: the weights of this version, in ONNX Runtime.")


def _index(settings: RagSettings) -> Iterator[Finding]:
    if not (settings.data / "ledger.sqlite").exists():
        yield Finding("index", "warning", "Nothing is indexed yet.", "Run: rag sync (or ask: it is done by itself).")
        return
    from rag.index import Index

    index = Index(settings)
    try:
        index.check_signature()
        listing = list_documents(settings.corpus)
        served, vectors = index.ledger.count(), index.collection.count()
        if not index.up_to_date(listing):
            yield Finding(
                "index",
                "warning",
                "The corpus has changed since the last sync.",
                "Run: rag sync (or ask: it is done by itself).",
            )
        elif served != vectors:
            yield Finding("index", "error", f"The ledger holds {served} passages, Chroma {vectors}.", "Run: rag sync.")
        else:
            yield Finding("index", "ok", f"{len(index.ledger.stamps())} documents, {served} passages, all with vectors.")
        for document in index.unreadable():
            yield Finding("index", "warning", f"{document} could not be read.", "Run: rag sync, which says why.")
        for document, stamp in index.ledger.stamps().items():
            if line := ocr.note(document, stamp.reader):
                yield Finding("index", "warning", line)
    finally:
        index.close()


def _mode(settings: RagSettings) -> Iterator[Finding]:
    if settings.answers == "extractive" and not settings.llm_base_url and not settings.llm_model:
        yield Finding("mode", "ok", "extractive: answers are the sources' own sentences; no language model is asked.")
        return
    from rag.generate import probe
    from rag.llm import LanguageModel

    model = LanguageModel(settings)
    known = model.models()
    if known and model.name not in known:
        listed = ", ".join(known[:10])
        yield Finding(
            "mode", "warning", f"{model.url} does not list {model.name!r}; it has {listed}.", "Correct RAG_LLM_MODEL."
        )
    tried = probe(model)
    state: Literal["ok", "warning"] = "ok" if tried.usable else "warning"
    yield Finding("mode", state, f"{settings.answers}: {model.name} at {model.url}; {tried.message}", tried.remedy)
