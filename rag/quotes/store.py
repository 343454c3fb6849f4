"""The texts of a corpus, kept between runs in one SQLite file of the data folder.

A text is stored once under the SHA-256 of its file and the versions of the reader, the reading and this module, so that a
changed file or a changed program never meets an old text; what is missing is read when the corpus is opened. Beside the
texts an FTS5 table holds, for every 64 words, the words and the pairs of neighbouring words that stand there: from rare
ones of them the places are found that a changed quotation may have come from. Where the file cannot be used (a folder
that cannot be written, a damaged file) the same tables are kept in memory for this one run, and a warning says so.
"""

from __future__ import annotations

import json
import re
import sqlite3
from array import array
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from pathlib import Path
from threading import RLock
from typing import Any

from rag.corpus import Listing, file_sha256, list_documents
from rag.errors import InputError
from rag.quotes.streams import Stream, build
from rag.quotes.types import Searched
from rag.readers import READER_VERSION, read_document
from rag.reading import READING_VERSION, Block, Edit, ReadingText, read
from rag.types import Entry, SourceDoc, Span

# Raise it when the streams or the seeds of any text change.
_VERSION = "1"
_FILE = "quotes.sqlite"

# Checkpoints of the word stream (32 words each) that make one row of seeds.
CHUNK = 2
_CHUNK_BITS = 24

_SCHEMA = """
create table if not exists texts (
    id integer primary key, key text not null unique, characters integer not null, furniture text not null, record text not null, page_starts text not null,
    warnings text not null, reader text not null, reading text not null, edits text not null, blocks text not null,
    words text not null, stream_starts blob not null, text_starts blob not null);
create virtual table if not exists seeds using fts5(
    terms, content='', columnsize=0, detail=none, tokenize="unicode61 remove_diacritics 0 tokenchars '_'");
"""


class Source:
    """One document of the opened corpus; its texts are fetched when they are first needed."""

    def __init__(self, entry: Entry, text_id: int, sha256: str, store: _Store) -> None:
        self.entry = entry
        self.text_id = text_id
        self._sha256 = sha256
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
        return SourceDoc(self.entry, record, self._sha256, reader, tuple(json.loads(starts)), tuple(json.loads(warnings)))

    @cached_property
    def reading(self) -> ReadingText:
        text, edits, blocks = self._store.row(self.text_id, "reading, edits, blocks")
        return ReadingText(
            text, len(self.doc.text), tuple(Edit(*e) for e in json.loads(edits)), tuple(Block(*b) for b in json.loads(blocks))
        )


class _Store:
    """The SQLite file, or its stand-in in memory."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._lock = RLock()

    def ids(self) -> dict[str, int]:
        with self._lock:
            return dict(self._connection.execute("select key, id from texts"))

    def row(self, text_id: int, columns: str) -> tuple[Any, ...]:
        with self._lock:
            found = self._connection.execute(f"select {columns} from texts where id = ?", (text_id,)).fetchone()
        return tuple(found)

    def characters(self, ids: Iterable[int]) -> int:
        wanted = set(ids)
        with self._lock:
            return sum(n for i, n in self._connection.execute("select id, characters from texts") if i in wanted)

    def add(self, key: str, doc: SourceDoc, reading: ReadingText) -> int:
        stream = build(reading.text)
        with self._lock, self._connection:
            # Another process may have stored the same text while this one was reading it.
            there = self._connection.execute("select id from texts where key = ?", (key,)).fetchone()
            if there:
                return int(there[0])
            cursor = self._connection.execute(
                "insert into texts (key, characters, furniture, record, page_starts, warnings, reader, reading, edits, blocks, words,"
                " stream_starts, text_starts) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    key,
                    len(doc.text),
                    json.dumps(_furniture(doc.text, reading)),
                    doc.text,
                    json.dumps(doc.page_starts),
                    json.dumps(doc.warnings),
                    doc.reader,
                    reading.text,
                    json.dumps(reading.edits, ensure_ascii=False),
                    json.dumps(reading.blocks),
                    stream.words,
                    stream.stream_starts.tobytes(),
                    stream.text_starts.tobytes(),
                ),
            )
            text_id = cursor.lastrowid or 0
            self._connection.executemany("insert into seeds (rowid, terms) values (?, ?)", _seed_rows(text_id, stream))
        return text_id

    def seeds(self, term: str, limit: int) -> list[tuple[int, int]]:
        """(text id, chunk) of at most `limit` chunks that hold `term`: a folded word, or two joined by an underscore."""
        quoted = '"' + term.replace('"', '""') + '"'
        with self._lock:
            rows = self._connection.execute("select rowid from seeds where seeds match ? limit ?", (quoted, limit)).fetchall()
        return [(row >> _CHUNK_BITS, row & ((1 << _CHUNK_BITS) - 1)) for (row,) in rows]

    def close(self) -> None:
        with self._lock:
            self._connection.close()


def _furniture(record: str, reading: ReadingText) -> list[tuple[int, int]]:
    """Stretches with words in them that the reading leaves out."""
    return [
        (edit.start, edit.end)
        for edit in reading.edits
        if edit.end - edit.start > 3 and not edit.text.strip() and re.search(r"[^\W\d_]{2,}", record[edit.start : edit.end])
    ]


def _seed_rows(text_id: int, stream: Stream) -> Iterator[tuple[int, str]]:
    starts = stream.stream_starts
    for chunk, first in enumerate(range(0, len(starts), CHUNK)):
        end = starts[first + CHUNK] if first + CHUNK < len(starts) else len(stream.words)
        words = stream.words[starts[first] : end].split()
        after = stream.words[end : end + 200].split(" ", 1)[0]
        pairs = zip(words, [*words[1:], after], strict=True)
        yield (text_id << _CHUNK_BITS) | chunk, " ".join([*words, *(f"{a}_{b}" for a, b in pairs)])


class Sources:
    """An opened corpus: its documents in order of path, and what could not be read."""

    def __init__(self, documents: tuple[Source, ...], searched: Searched, store: _Store, warnings: tuple[str, ...]) -> None:
        self.documents = documents
        self.searched = searched
        self.warnings = warnings
        self._store = store
        self._by_text: dict[int, list[Source]] = {}
        for source in documents:
            self._by_text.setdefault(source.text_id, []).append(source)

    def seeds(self, term: str, limit: int) -> list[tuple[Source, int]]:
        """Where `term` stands: (document, chunk), at most `limit` of them; chunk n begins at checkpoint CHUNK·n."""
        return [(s, chunk) for text, chunk in self._store.seeds(term, limit) for s in self._by_text.get(text, ())]

    def close(self) -> None:
        self._store.close()


def open_sources(root: Path, data: Path | None, progress: Callable[[str], None] = lambda _: None) -> Sources:
    """Open the corpus below `root`, reading what the store in folder `data` lacks (None: keep nothing).

    `progress` is called with the name of each document that has to be read. Raises CorpusError when there is no corpus.
    """
    listing = list_documents(root)
    warnings: list[str] = list(listing.warnings)
    if data is not None:
        try:
            data.mkdir(parents=True, exist_ok=True)
            return _open(listing, _connect(str(data / _FILE)), warnings, progress)
        except (OSError, sqlite3.Error) as error:
            warnings.append(f"{data / _FILE} cannot be used ({error}); the texts were read anew and not kept")
    return _open(listing, _connect(":memory:"), warnings, progress)


def _connect(where: str) -> _Store:
    connection = sqlite3.connect(where, timeout=30, check_same_thread=False)
    try:
        connection.execute("pragma synchronous = normal")
        connection.executescript(_SCHEMA)
    except sqlite3.Error:
        connection.close()
        raise
    return _Store(connection)


def _open(listing: Listing, store: _Store, warnings: list[str], progress: Callable[[str], None]) -> Sources:
    known = store.ids()
    found: list[Source] = []
    unreadable = [warning.split(":", 1)[0] for warning in listing.warnings]
    for entry in listing.entries:
        path = listing.path_of(entry.document)
        try:
            digest = file_sha256(path)
            key = f"{digest}/{path.suffix.lower()}/{READER_VERSION}/{READING_VERSION}/{_VERSION}"
            if key not in known:
                progress(entry.document)
                doc = read_document(path, entry)
                known[key] = store.add(key, doc, read(doc.text, doc.page_starts))
        except (InputError, OSError) as error:
            unreadable.append(entry.document)
            warnings.append(str(error))
            continue
        found.append(Source(entry, known[key], digest, store))
    searched = Searched(len(found), store.characters(s.text_id for s in found), tuple(sorted(unreadable)))
    return Sources(tuple(found), searched, store, tuple(warnings))
