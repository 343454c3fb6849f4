"""The documents at hand, read as they are asked for: no index is needed, and only what has to be read is."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from rag.corpus import Listing, file_sha256, fingerprint, list_documents
from rag.errors import InputError
from rag.export.packet import text_sha256
from rag.quotes import QuoteVerdict, Sources, check
from rag.quotes.store import Source, open_listing
from rag.readers import read_document
from rag.reading import ReadingText, reading_of
from rag.types import Entry, SourceDoc


class Folder:
    """A corpus folder, whatever its manifest says of it. Use `close()` at the end."""

    def __init__(self, root: Path, data: Path | None, progress: Callable[[str], None] = lambda _: None) -> None:
        """`data` keeps texts between runs (None: not kept). Raises CorpusError when there is no such folder."""
        self.listing: Listing = list_documents(root, as_described=False)
        self.unread: dict[str, str] = {}
        self._entries = {
            entry.document: entry for entry in self.listing.entries if self.listing.path_of(entry.document).is_file()
        }
        self._data, self._progress = data, progress
        self._read: dict[str, tuple[SourceDoc, ReadingText] | None] = {}
        self._alone: dict[str, Sources] = {}

    def entry(self, document: str) -> Entry | None:
        """What is known about a document of this path, also from itself."""
        here = self.document(document)
        return here[0].entry if here else self._entries.get(document)

    def document(self, document: str) -> tuple[SourceDoc, ReadingText] | None:
        """The document of this path; None when there is none, or none that can be read (`unread` says why)."""
        if document not in self._read:
            self._read[document] = self._read_one(document)
        return self._read[document]

    def _read_one(self, document: str) -> tuple[SourceDoc, ReadingText] | None:
        entry = self._entries.get(document)
        if entry is None:
            return None
        try:
            doc = read_document(self.listing.path_of(document), entry)
        except InputError as error:
            self.unread[document] = str(error)
            return None
        return doc, reading_of(doc)

    @cached_property
    def sources(self) -> Sources:
        """All documents, for searching: the slow way, taken only when a document is not where it was."""
        there = tuple(entry for entry in self.listing.entries if entry.document in self._entries)
        return open_listing(Listing(self.listing.root, there, self.listing.warnings), self._data, self._progress)

    @cached_property
    def by_text(self) -> dict[str, Source]:
        """Every document by the SHA-256 of its text of record; of several with one text the first."""
        found: dict[str, Source] = {}
        for source in self.sources.documents:
            found.setdefault(text_sha256(source.doc), source)
        return found

    def compare(self, document: str, words: str) -> QuoteVerdict:
        """Words held against one document alone. Raises InputError for words without a letter or figure in them."""
        if document not in self._alone:
            self._alone[document] = open_listing(Listing(self.listing.root, (self._entries[document],), ()), None)
        return check(self._alone[document], words)

    def is_same(self, wanted: str, *, thorough: bool) -> bool:
        """Whether these are the documents that had this fingerprint.

        An index has none of a file that cannot be read. Which those are is only found out when `thorough`: every document
        has to be read for it.
        """
        try:
            files = [(name, file_sha256(self.listing.path_of(name))) for name in sorted(self._entries)]
        except OSError:
            files = []
        if fingerprint(files) == wanted:
            return True
        return thorough and fingerprint((s.document, s.sha256) for s in self.sources.documents) == wanted

    def close(self) -> None:
        """Close what was opened."""
        for sources in (*self._alone.values(), *([self.sources] if "sources" in self.__dict__ else [])):
            sources.close()
