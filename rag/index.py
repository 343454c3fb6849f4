"""The index on disk: a ledger, a Chroma collection filled from it, and a BM25 index beside them.

`sync` makes the index say what the corpus folder says. For each file that changed: embed, add the new vectors to
Chroma, put the document into the ledger (the commit), and leave the old vectors to be swept away at the end. A kill
between any two steps loses at most that file's work: what is in Chroma without being in the ledger is not served, and
the next sync sweeps it. A mark in the ledger says whether a sweep is owed.

One process writes at a time (a lock file). A process that only reads notices by the ledger's generation that another
one has written, and opens Chroma anew: an open Chroma client never sees foreign writes in its vector search.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Any

import numpy as np
from filelock import FileLock, Timeout

from rag.corpus import Listing, file_sha256, fingerprint
from rag.errors import InputError, RagError, StoreError
from rag.ledger import Ledger, Stamp, Unit, content_key
from rag.lexical import LexicalIndex
from rag.readers import READER_VERSION, ocr, read_document
from rag.readers.about import as_listed
from rag.settings import RagSettings
from rag.splitter import SPLITTER_VERSION
from rag.types import CorpusState, Entry, SourceDoc

_COLLECTION = "units"
# ef_construction, neighbours: 0.999 recall at 10,000 vectors for half as much time again as the defaults (0.983).
_HNSW = {"space": "cosine", "ef_construction": 200, "max_neighbors": 32, "ef_search": 200}
# Chroma hands every name in a filter to SQLite as a variable, of which it takes some 32,000.
_MOST_NAMED = 20_000

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True)
class SyncReport:
    """What a sync did, by document path; `unreadable` says why a file was left out."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int
    unreadable: tuple[str, ...]
    warnings: tuple[str, ...]


def signature(model: str) -> str:
    """What an index depends on beside the documents; an index with another signature must be built anew."""
    return f"model={model} splitter={SPLITTER_VERSION} reader={READER_VERSION} schema=4"


class Index:
    """An open index."""

    def __init__(self, settings: RagSettings) -> None:
        """Open or create the index in the data folder. Raises StoreError when the folder cannot be used."""
        self.folder = settings.data
        self._model = settings.embedding_model
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"The data folder {self.folder} cannot be made: {error.strerror}.", "Name another with --data DIR or RAG_DATA."
            ) from error
        if not os.access(self.folder, os.W_OK) or (os.stat(self.folder).st_mode & 0o222) == 0:
            raise StoreError(
                f"The data folder {self.folder} is not writable.", "Give write permission, or name another with --data DIR."
            )
        self._lock = FileLock(self.folder / "write.lock")
        self.ledger = Ledger(self.folder / "ledger.sqlite")
        self._client: Any = None
        self._collection: Any = None
        self._lexical: LexicalIndex | None = None
        self._seen_generation = ""
        self._opening = RLock()  # several threads may read

    def close(self) -> None:
        self.ledger.close()
        self._client = self._collection = self._lexical = None

    # -- state -----------------------------------------------------------------------------------------------------

    def check_signature(self) -> None:
        """Raise StoreError when the index was made by another model, splitter or reader."""
        made_by = self.ledger.get("signature")
        if made_by is not None and made_by != signature(self._model):
            raise StoreError(
                f"The index in {self.folder} was made with other settings ({made_by}; now {signature(self._model)}).",
                "Run: rag sync --rebuild, or name another folder with --data DIR.",
            )

    def state(self) -> CorpusState:
        """What is indexed, with a short hash over the paths and contents of all documents."""
        stamps = self.ledger.stamps()
        return CorpusState(fingerprint((path, stamp.sha256) for path, stamp in stamps.items()), len(stamps))

    # -- writing ---------------------------------------------------------------------------------------------------

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise StoreError(
                f"Another process is writing to {self.folder}.",
                "Wait until it is done, or name another folder with --data DIR.",
            ) from error
        except OSError as error:
            raise StoreError(
                f"The data folder {self.folder} cannot be locked: {error.strerror}.", "Check its permissions."
            ) from error
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            raise StoreError(
                f"Writing to {self.folder} failed: {error}.",
                "Make room or give permission and run: rag sync. What was indexed before is still there.",
            ) from error
        except RagError:
            raise
        except Exception as error:
            # Chroma reports a full disk or a damaged file as its own kind of error.
            if type(error).__module__.startswith("chromadb"):
                raise StoreError(
                    f"Chroma could not write to {self.folder}: {error}.",
                    "Make room or give permission and run: rag sync. What was indexed before is still there.",
                ) from error
            raise
        finally:
            self._lock.release()

    def pending(self, listing: Listing) -> tuple[dict[str, Path], list[str]]:
        """Files that may have to be read again (by path below the corpus), and indexed documents that are gone."""
        stamps = self.ledger.stamps()
        stale: dict[str, Path] = {}
        for entry in listing.entries:
            path, stamp = listing.path_of(entry.document), stamps.get(entry.document)
            try:
                status = path.stat()
            except OSError:
                stale[entry.document] = path
                continue
            now = (status.st_size, status.st_mtime_ns, entry)
            if stamp is None or (stamp.size, stamp.mtime_ns, as_listed(stamp.entry)) != now or ocr.is_stale(stamp.reader):
                stale[entry.document] = path
        names = {entry.document for entry in listing.entries}
        return stale, [path for path in stamps if path not in names]

    def up_to_date(self, listing: Listing) -> bool:
        """Whether a sync would find nothing to do. Files that could not be read before are tried again only when touched."""
        stale, gone = self.pending(listing)
        known = set(self._unreadable())
        left = [name for name, path in stale.items() if (name, _touched(path)) not in known]
        return not left and not gone and self.ledger.get("sweep") != "owed"

    def unreadable(self) -> list[str]:
        """The documents that the last sync could not read."""
        return [name for name, _ in self._unreadable()]

    def _unreadable(self) -> list[tuple[str, str]]:
        """Each with its file's mark, see `_touched`. A file's name may hold the bar that divides them, a mark may not."""
        lines = (self.ledger.get("unreadable") or "").split("\n")
        return [(name, mark) for name, _, mark in (line.rpartition("|") for line in lines if line)]

    def sync(self, listing: Listing, embed: Callable[[], Embedder], progress: Progress, *, rebuild: bool = False) -> SyncReport:
        """Make the index say what the corpus says. `embed` is called once something must be embedded.

        Raises StoreError (locked, full, stale signature) and leaves every document either as it was or done.
        """
        if not rebuild:
            self.check_signature()
        with self._writing():
            if rebuild:
                self.ledger.clear()
                self._throw_chroma_away()
            self.ledger.note(signature=signature(self._model))
            try:
                return self._sync(listing, embed, progress)
            finally:  # also after a failure: the documents that were done are served
                self.ledger.note(generation=os.urandom(8).hex())

    def _sync(self, listing: Listing, embed: Callable[[], Embedder], progress: Progress) -> SyncReport:
        stale, gone = self.pending(listing)
        stamps = self.ledger.stamps()
        entries = {entry.document: entry for entry in listing.entries}
        added: list[str] = []
        changed: list[str] = []
        unreadable: list[str] = []
        unread_marks: list[str] = []
        warnings = list(listing.warnings)
        if stale or gone:
            self.ledger.note(sweep="owed")
        embedder: Embedder | None = None
        for number, (name, path) in enumerate(stale.items()):
            progress(name, number, len(stale))
            old = stamps.get(name)
            try:
                if old is not None and self._only_touched(path, old, entries[name]):
                    continue
                # Before the reading: a file that changes in between is found changed at the next sync.
                stamp = _stat(path)
                doc = read_document(path, entries[name])
                # A passage is embedded with its document's title: a new title is a new text.
                was = (old.sha256, old.entry.title, old.reader) if old is not None else None
                if was == (doc.sha256, doc.entry.title, doc.reader):
                    self.ledger.restamp(name, *stamp, doc.entry)
                    continue
            except InputError as error:
                # The good documents still answer; an older version of this one would be a lie.
                unreadable.append(str(error))
                unread_marks.append(f"{name}|{_touched(path)}")
                if old is not None:
                    gone.append(name)
                continue
            embedder = embedder or embed()
            units = embedder.units(doc, self.ledger, progress)
            self._add([unit for unit in units if unit.level == "passage"])
            self.ledger.put(doc, *stamp, units)
            warnings += doc.warnings
            (changed if old else added).append(name)
        for name in gone:
            self.ledger.drop(name)
        progress("tidying", len(stale), len(stale))
        self.ledger.note(unreadable="\n".join(unread_marks))
        if self.ledger.get("sweep") == "owed" or self._chroma().count() != self.ledger.count():
            self._sweep()
            LexicalIndex.build(self.folder, self.ledger)
            self._lexical = None
            self.ledger.note(sweep="done")
        return SyncReport(
            tuple(added),
            tuple(changed),
            tuple(gone),
            len(entries) - len(added) - len(changed) - len(unreadable),
            tuple(unreadable),
            tuple(warnings),
        )

    def _only_touched(self, path: Path, old: Stamp, entry: Entry) -> bool:
        """Whether the file's bytes and what is given about it are those indexed; if so the new stamp is noted."""
        try:
            if as_listed(old.entry) != entry or ocr.is_stale(old.reader) or file_sha256(path) != old.sha256:
                return False
            status = path.stat()
        except OSError as error:
            raise InputError(f"{entry.document}: cannot be read ({error.strerror}).", "Give read permission.") from error
        self.ledger.restamp(entry.document, status.st_size, status.st_mtime_ns, old.entry)
        return True

    def _sweep(self) -> None:
        """Make Chroma hold the ledger's passages and nothing else; what it lost is added from the ledger's vectors."""
        collection = self._chroma()
        wanted, there = self.ledger.ids(), set(collection.get(include=[])["ids"])
        batch = self._client.get_max_batch_size()
        extra, missing = sorted(there - wanted), sorted(wanted - there)
        for first in range(0, len(extra), batch):
            collection.delete(ids=extra[first : first + batch])
        for first in range(0, len(missing), batch):
            self._add(list(self.ledger.units(missing[first : first + batch]).values()))

    def _add(self, units: Sequence[Unit]) -> None:
        """Put passages into Chroma, in batches that it takes."""
        collection = self._chroma()
        batch = self._client.get_max_batch_size()
        for first in range(0, len(units), batch):
            some = units[first : first + batch]
            # Ids name a document's version and place: one that is there already is the same vector, left by a kill.
            collection.upsert(
                ids=[unit.id for unit in some],
                embeddings=np.frombuffer(b"".join(unit.vector for unit in some), dtype=np.float32).reshape(len(some), -1),
                documents=[_storable(unit.text) for unit in some],
                metadatas=[{"document": unit.path, "char_start": unit.char_start, "char_end": unit.char_end} for unit in some],
            )

    # -- Chroma ----------------------------------------------------------------------------------------------------

    def _chroma(self) -> Any:
        """The collection, opened on first use. Raises StoreError when Chroma cannot open it."""
        with self._opening:
            if self._collection is None:
                self._open_chroma()
            return self._collection

    def _open_chroma(self) -> None:
        import chromadb
        from chromadb.api.shared_system_client import SharedSystemClient
        from chromadb.config import Settings

        SharedSystemClient.clear_system_cache()  # else a client of before another process's write would be handed out
        try:
            client = chromadb.PersistentClient(str(self.folder / "chroma"), Settings(anonymized_telemetry=False))
            collection = client.get_or_create_collection(_COLLECTION, configuration={"hnsw": _HNSW}, embedding_function=None)
        except Exception as error:  # Chroma raises several kinds for one damaged file
            raise StoreError(f"Chroma cannot open {self.folder / 'chroma'}: {error}.", "Run: rag sync --rebuild.") from error
        if collection.configuration_json["hnsw"]["space"] != "cosine":
            raise StoreError(f"The vectors in {self.folder} are not in cosine space.", "Run: rag sync --rebuild.")
        self._client, self._collection = client, collection

    def _throw_chroma_away(self) -> None:
        from chromadb.api.shared_system_client import SharedSystemClient

        self._client = self._collection = None
        SharedSystemClient.clear_system_cache()
        shutil.rmtree(self.folder / "chroma", ignore_errors=True)

    def refresh(self) -> bool:
        """Let go of what was opened before the last sync, another process's perhaps; whether there was one."""
        generation = self.ledger.get("generation") or ""
        with self._opening:
            if generation == self._seen_generation:
                return False
            self._client = self._collection = self._lexical = None
            self._seen_generation = generation
            return True

    # -- reading ---------------------------------------------------------------------------------------------------

    @property
    def collection(self) -> Any:
        """The Chroma collection, for a LlamaIndex vector store."""
        return self._chroma()

    def nearest(self, vector: Sequence[float], k: int, documents: Sequence[str] | None = None) -> dict[str, float]:
        """Ids of the `k` passages with the highest cosine to `vector`, best first, with the cosine."""
        collection = self._chroma()
        if not collection.count():
            return {}
        filters: list[dict[str, Any] | None] = [None]
        if documents is not None:
            filters = [
                {"document": {"$in": list(documents[first : first + _MOST_NAMED])}}
                for first in range(0, len(documents), _MOST_NAMED)
            ]
        near: dict[str, float] = {}
        for where in filters:
            found = collection.query(query_embeddings=[list(vector)], n_results=k, where=where, include=["distances"])
            near.update((id_, 1.0 - distance) for id_, distance in zip(found["ids"][0], found["distances"][0], strict=True))
        return dict(sorted(near.items(), key=lambda item: -item[1])[:k])

    @property
    def lexical(self) -> LexicalIndex:
        """The BM25 index, opened on first use."""
        with self._opening:
            if self._lexical is None:
                self._lexical = LexicalIndex.open(self.folder, self.ledger)
            return self._lexical

    def lexical_of(self, documents: Sequence[str] | None) -> LexicalIndex:
        """The BM25 index over some documents alone, or over all (None)."""
        if documents is None:
            return self.lexical
        stamps = self.ledger.stamps()
        dates = (stamps[document].entry.date for document in documents)
        return self.lexical.within(self.ledger.ids(documents), frozenset(date[:4] for date in dates if date))


class Embedder:
    """Turns a document into units: the LlamaIndex ingestion pipeline of splitter and model, vectors reused where known."""

    def __init__(self, model_name: str) -> None:
        from rag.models.encoder import embedding_model
        from rag.splitter import SpanSplitter

        self.model, limit, count = embedding_model(model_name)
        self._limit, self._count = limit, count
        self._splitter = SpanSplitter(count, limit)

    def units(self, doc: SourceDoc, ledger: Ledger, progress: Progress) -> list[Unit]:
        """The units of a document, passages with their vectors. Raises RagError when a text would be cut by the model."""
        from llama_index.core.ingestion import IngestionPipeline
        from llama_index.core.schema import MetadataMode

        from rag.splitter import to_document

        nodes = IngestionPipeline(transformations=[self._splitter], disable_cache=True).run(documents=[to_document(doc)])
        passages = [node for node in nodes if node.metadata["level"] == "passage"]
        key_of = {node.node_id: content_key(node.get_content(MetadataMode.NONE), node.metadata["context"]) for node in passages}
        vectors = ledger.vectors(list(key_of.values()))
        # The model sees only so much: a longer text would be indexed by its beginning alone, silently.
        fresh = [node for node in passages if key_of[node.node_id] not in vectors]
        for node in fresh:
            if (pieces := self._count(node.get_content(MetadataMode.EMBED))) > self._limit:
                raise RagError(f"{doc.document}: a passage of {pieces} word pieces, the model sees {self._limit}.")
        embed = IngestionPipeline(transformations=[self.model], disable_cache=True)
        step = 256
        for first in range(0, len(fresh), step):
            progress(f"{doc.document}: embedding", first, len(fresh))
            for node in embed.run(nodes=fresh[first : first + step]):
                vectors[key_of[node.node_id]] = np.asarray(node.embedding, dtype=np.float32).tobytes()
        return [
            Unit(
                node.node_id,
                doc.document,
                m["level"],
                m["ordinal"],
                m["passage"],
                m["char_start"],
                m["char_end"],
                m["role"],
                m["context"],
                node.get_content(MetadataMode.NONE),
                vectors[key_of[node.node_id]] if node.node_id in key_of else b"",
            )
            for node in nodes
            for m in [node.metadata]
        ]


def _stat(path: Path) -> tuple[int, int]:
    """A file's size and time of change. A file that is gone has none; reading it will say so."""
    try:
        status = path.stat()
    except OSError:
        return 0, 0
    return status.st_size, status.st_mtime_ns


def _touched(path: Path) -> str:
    """A file's size and time of change, for telling whether an unreadable file was mended or can be read now."""
    try:
        status = path.stat()
    except OSError:
        return "gone"
    # A PDF that is a scan from its first page to its last is tried again once there is an OCR for it.
    read_by = f":{ocr.engine()}" if path.suffix.lower() == ".pdf" else ""
    return f"{status.st_size}:{status.st_mtime_ns}:{status.st_mode}{read_by}"


def _storable(text: str) -> str:
    """Control characters taken out: a NUL can break Chroma's full-text table."""
    return "".join(c if c.isprintable() or c.isspace() else " " for c in text)
