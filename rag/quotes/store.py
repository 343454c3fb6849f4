"""The opened corpus: its documents, and the texts that the file `quotes.sqlite` of the data folder keeps of them.

What the file lacks is read when the corpus is opened, and what no corpus uses any more is taken out. Where it cannot be
used (a folder that cannot be written, a damaged file) the same tables are kept in memory for this one run, and a warning
says so.
"""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from rag.corpus import Listing, file_sha256, list_documents
from rag.errors import InputError
from rag.quotes.cache import TEXT_VERSION, Fresh, Texts
from rag.quotes.streams import Stream
from rag.quotes.types import Searched
from rag.readers import READER_VERSION, ocr, read_document
from rag.readers.about import completed
from rag.reading import READING_VERSION, Block, Edit, ReadingText, reading_of
from rag.types import About, Entry, SourceDoc, Span

_FILE = "quotes.sqlite"
# Characters that are read before they are written down together: an interrupted run loses no more.
_BATCH = 8_000_000


class Source:
    """One document of the opened corpus; its texts are fetched when they are first needed."""

    def __init__(self, entry: Entry, text_id: int, sha256: str, store: Texts) -> None:
        self.entry = entry
        self.text_id = text_id
        self.sha256 = sha256
        self._store = store

    @property
    def document(self) -> str:
        return self.entry.document

    @cached_property
    def stream(self) -> Stream:
        words, stream_starts, text_starts = self._store.row(self.text_id, "words, stream_starts, text_starts")
        stream, text = array("I"), array("I")
        stream.frombytes(stream_starts)
        text.frombytes(text_starts)
        return Stream(words, stream, text, lambda: self.reading.text)

    @cached_property
    def furniture(self) -> tuple[Span, ...]:
        """Ranges of the text of record that its reading leaves out: comment forms, heads and feet of pages."""
        return tuple(Span(*pair) for pair in json.loads(self._store.row(self.text_id, "furniture")[0]))

    @cached_property
    def doc(self) -> SourceDoc:
        record, starts, warnings, reader = self._store.row(self.text_id, "record, page_starts, warnings, reader")
        return SourceDoc(self.entry, record, self.sha256, reader, tuple(json.loads(starts)), tuple(json.loads(warnings)))

    @cached_property
    def reading(self) -> ReadingText:
        text, edits, blocks = self._store.row(self.text_id, "reading, edits, blocks")
        return ReadingText(
            text, len(self.doc.text), tuple(Edit(*e) for e in json.loads(edits)), tuple(Block(*b) for b in json.loads(blocks))
        )


Misleads = Callable[[str, tuple[str, ...]], bool]
"""Whether quoting words of neighbouring sentences alone gives a wrong picture of what these say."""


class Sources:
    """An opened corpus: its documents in order of path, and what could not be read."""

    def __init__(
        self,
        documents: tuple[Source, ...],
        searched: Searched,
        store: Texts,
        warnings: tuple[str, ...],
        misleads: Misleads | None = None,
    ) -> None:
        self.documents = documents
        self.searched = searched
        self.warnings = warnings
        self.misleads = misleads
        self._store = store
        self._by_text: dict[int, list[Source]] = {}
        for source in documents:
            self._by_text.setdefault(source.text_id, []).append(source)

    def seeds(self, term: str, most: int) -> list[tuple[Source, int]] | None:
        """Everywhere `term` stands: (document, chunk); chunk n begins at checkpoint CHUNK·n.

        None when more than `most` chunks hold it, and for a term that the index does not have.
        """
        hits = self._store.seeds(term, most)
        return None if hits is None else [(s, chunk) for text, chunk in hits for s in self._by_text.get(text, ())]

    def close(self) -> None:
        self._store.close()


def open_sources(
    root: Path, data: Path | None, progress: Callable[[str], None] = lambda _: None, misleads: Misleads | None = None
) -> Sources:
    """Open the corpus below `root`, reading what the store in folder `data` lacks (None: keep nothing).

    `progress` is called with the name of each document that has to be read; `misleads` reads what stands around a quotation
    (None: only rules look). Raises CorpusError when there is no corpus.
    """
    return open_listing(list_documents(root), data, progress, misleads)


def open_listing(
    listing: Listing, data: Path | None, progress: Callable[[str], None] = lambda _: None, misleads: Misleads | None = None
) -> Sources:
    """Open the documents of a listing as `open_sources` does. What a store in `data` holds of others below its root goes."""
    warnings: list[str] = list(listing.warnings)
    if data is not None:
        try:
            data.mkdir(parents=True, exist_ok=True)
            return _open(listing, Texts(str(data / _FILE)), warnings, progress, misleads)
        except (OSError, sqlite3.Error) as error:
            warnings.append(f"{data / _FILE} cannot be used ({error}); the texts were read anew and not kept")
    return _open(listing, Texts(":memory:"), warnings, progress, misleads)


def _open(
    listing: Listing, store: Texts, warnings: list[str], progress: Callable[[str], None], misleads: Misleads | None
) -> Sources:
    known = set(store.ids())
    keys: list[tuple[Entry, str, str]] = []
    fresh: list[Fresh] = []
    unreadable = [warning.split(":", 1)[0] for warning in listing.warnings]
    for entry in listing.entries:
        path = listing.path_of(entry.document)
        try:
            digest = file_sha256(path)
            key = f"{digest}/{path.suffix.lower()}/{READER_VERSION}/{READING_VERSION}/{TEXT_VERSION}"
            scanned = f"{key}/{ocr.engine()}"  # the text of a file with scanned pages is kept for the OCR that read them
            key = scanned if scanned in known else key
            if key not in known:
                progress(entry.document)
                doc = read_document(path, entry)
                key = scanned if ocr.has_scans(doc.reader) else key
                fresh.append(Fresh(key, doc, reading_of(doc)))
                known.add(key)
        except (InputError, OSError) as error:
            unreadable.append(entry.document)
            warnings.append(str(error))
            continue
        keys.append((entry, key, digest))
        # A scan takes seconds a page to read: what was read is kept at once.
        if sum(len(one.doc.text) for one in fresh) >= _BATCH or any(ocr.has_scans(one.doc.reader) for one in fresh):
            store.add(fresh)
            fresh = []
    store.add(fresh)
    ids = store.ids()
    found = tuple(Source(completed(entry, _about(store, ids[key])), ids[key], digest, store) for entry, key, digest in keys)
    pdfs = (source for source in found if source.document.lower().endswith(".pdf"))
    warnings += filter(None, (ocr.note(pdf.document, store.row(pdf.text_id, "reader")[0]) for pdf in pdfs))
    store.keep(listing.root, (source.text_id for source in found))
    searched = Searched(len(found), store.characters(s.text_id for s in found), tuple(sorted(unreadable)))
    return Sources(found, searched, store, tuple(warnings), misleads)


def _about(store: Texts, text_id: int) -> About:
    """What the file of a text says about itself."""
    found = json.loads(store.row(text_id, "about")[0])
    return {field: (tuple(values), where) for field, (values, where) in found.items()}
