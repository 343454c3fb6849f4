"""The ledger: what is indexed, in which version, with which vectors. It is the commit point of a sync.

One SQLite file in the data folder holds every document's text of record and its units (sentences and passages) with
their vectors. A document is served if and only if its row is here; rows of a document change in one transaction. Chroma
is filled from the ledger and can be thrown away: its ids that the ledger does not know are ignored and cleaned up.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from rag.errors import StoreError
from rag.types import Entry, SourceDoc

_SCHEMA = """
create table if not exists meta (key text primary key, value text not null);
create table if not exists document (
    path text primary key, sha256 text not null, size integer not null, mtime_ns integer not null,
    entry text not null, text text not null, page_starts text not null, reader text not null, warnings text not null,
    characters integer not null
);
create table if not exists unit (
    id text primary key, path text not null references document(path), level text not null, ordinal integer not null,
    passage integer not null, char_start integer not null, char_end integer not null, role text not null,
    context text not null, text text not null, content text not null, vector blob not null
);
create index if not exists unit_place on unit (path, level, ordinal);
create index if not exists unit_passage on unit (path, level, passage);
create index if not exists unit_content on unit (content);
"""


class Unit(NamedTuple):
    """A sentence or passage of the index. `ordinal` counts its level within the document, from 0; `passage` is the
    ordinal of the passage it belongs to. `text` is its reading text; `vector` raw float32, unit length, empty for a sentence:
    passages are searched by meaning, their sentences are read."""

    id: str
    path: str
    level: str
    ordinal: int
    passage: int
    char_start: int
    char_end: int
    role: str
    context: str
    text: str
    vector: bytes


_UNIT = "id, path, level, ordinal, passage, char_start, char_end, role, context, text, vector"


class Stamp(NamedTuple):
    """What tells whether a file may have changed or is read otherwise now, and the entry under which it was indexed."""

    sha256: str
    size: int
    mtime_ns: int
    entry: Entry
    reader: str


def content_key(text: str, context: str) -> str:
    """The key under which a vector may be used again: the same text in the same context."""
    return sha256(f"{context}\0{text}".encode()).hexdigest()[:32]


class Ledger:
    """An open ledger. All reading goes through one connection; only the holder of the writer's lock writes."""

    def __init__(self, path: Path) -> None:
        try:
            self._db = sqlite3.connect(path, check_same_thread=False, timeout=30)
            self._db.execute("pragma journal_mode = wal")
            self._db.executescript(_SCHEMA)
            self._db.commit()
        except sqlite3.Error as error:
            raise StoreError(
                f"The index {path} cannot be opened: {error}.",
                "Check the folder's permissions and free space, or remove the folder and run: rag sync.",
            ) from error

    def close(self) -> None:
        self._db.close()

    def get(self, key: str) -> str | None:
        row = self._db.execute("select value from meta where key = ?", (key,)).fetchone()
        return row[0] if row else None

    def note(self, **values: str) -> None:
        with self._db:
            self._db.executemany("insert or replace into meta values (?, ?)", values.items())

    def stamps(self) -> dict[str, Stamp]:
        """Every indexed document's stamp, by path."""
        rows = self._db.execute("select path, sha256, size, mtime_ns, entry, reader from document order by path")
        return {path: Stamp(digest, size, mtime, _entry(entry), by) for path, digest, size, mtime, entry, by in rows}

    def restamp(self, path: str, size: int, mtime_ns: int, entry: Entry) -> None:
        """Note that an unchanged file was touched, or that what is known about it was changed."""
        with self._db:
            self._db.execute(
                "update document set size = ?, mtime_ns = ?, entry = ? where path = ?",
                (size, mtime_ns, json.dumps(asdict(entry)), path),
            )

    def put(self, doc: SourceDoc, size: int, mtime_ns: int, units: Iterable[Unit]) -> None:
        """Make this version of a document the one that is served, in one transaction."""
        with self._db:
            self._db.execute("delete from unit where path = ?", (doc.document,))
            self._db.execute(
                "insert or replace into document values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    doc.document,
                    doc.sha256,
                    size,
                    mtime_ns,
                    json.dumps(asdict(doc.entry)),
                    doc.text,
                    json.dumps(doc.page_starts),
                    doc.reader,
                    json.dumps(doc.warnings),
                    len(doc.text),
                ),
            )
            self._db.executemany(
                f"insert into unit ({_UNIT}, content) values ({', '.join('?' * 12)})",
                ((*unit, content_key(unit.text, unit.context)) for unit in units),
            )

    def drop(self, path: str) -> None:
        with self._db:
            self._db.execute("delete from unit where path = ?", (path,))
            self._db.execute("delete from document where path = ?", (path,))

    def clear(self) -> None:
        with self._db:
            self._db.executescript("delete from unit; delete from document; delete from meta;")

    def document(self, path: str) -> SourceDoc:
        """An indexed document as it was read. Raises KeyError when it is not indexed."""
        row = self._db.execute(
            "select entry, text, sha256, reader, page_starts, warnings from document where path = ?", (path,)
        ).fetchone()
        if row is None:
            raise KeyError(path)
        entry, text, digest, reader, starts, warnings = row
        return SourceDoc(_entry(entry), text, digest, reader, tuple(json.loads(starts)), tuple(json.loads(warnings)))

    def vectors(self, keys: Sequence[str]) -> dict[str, bytes]:
        """Vectors already known for these content keys."""
        known: dict[str, bytes] = {}
        for batch in _batches(keys):
            marks = ", ".join("?" * len(batch))
            rows = self._db.execute(f"select content, vector from unit where level = 'passage' and content in ({marks})", batch)
            known.update(rows)
        return known

    def units(self, ids: Sequence[str]) -> dict[str, Unit]:
        """The units with these ids; ids that are not served are missing from the answer."""
        found: dict[str, Unit] = {}
        for batch in _batches(ids):
            marks = ", ".join("?" * len(batch))
            found.update(
                (row[0], Unit(*row)) for row in self._db.execute(f"select {_UNIT} from unit where id in ({marks})", batch)
            )
        return found

    def range(self, path: str, level: str, first: int, last: int) -> list[Unit]:
        """Units `first` to `last` (both included) of a level of a document, in order."""
        rows = self._db.execute(
            f"select {_UNIT} from unit where path = ? and level = ? and ordinal between ? and ? order by ordinal",
            (path, level, first, last),
        )
        return [Unit(*row) for row in rows]

    def of_passages(self, places: Sequence[tuple[str, int]]) -> list[Unit]:
        """All sentences of the passages (document, ordinal), in the order given."""
        found = []
        for path, passage in places:
            rows = self._db.execute(
                f"select {_UNIT} from unit where path = ? and level = 'sentence' and passage = ? order by ordinal",
                (path, passage),
            )
            found += [Unit(*row) for row in rows]
        return found

    def every(self, level: str | None = None) -> Iterator[Unit]:
        """All units (of a level), ordered by document and place."""
        where, values = ("where level = ?", (level,)) if level else ("", ())
        for row in self._db.execute(f"select {_UNIT} from unit {where} order by path, level, ordinal", values):
            yield Unit(*row)

    def ids(self, paths: Sequence[str] | None = None) -> set[str]:
        """The ids of all passages, or those of all units of some documents."""
        if paths is None:
            return {row[0] for row in self._db.execute("select id from unit where level = 'passage'")}
        return {
            row[0]
            for batch in _batches(paths)
            for row in self._db.execute(f"select id from unit where path in ({', '.join('?' * len(batch))})", batch)
        }

    def count(self) -> int:
        """How many passages are served."""
        return int(self._db.execute("select count(*) from unit where level = 'passage'").fetchone()[0])

    def characters(self, paths: Sequence[str] | None = None) -> int:
        """Code points of all texts of record, or of those of some documents."""
        rows = self._db.execute("select path, characters from document")
        wanted = None if paths is None else set(paths)
        return sum(characters for path, characters in rows if wanted is None or path in wanted)


def _entry(raw: str) -> Entry:
    values: dict[str, Any] = json.loads(raw)
    return Entry(**{**values, "authors": tuple(values["authors"])})


def _batches(values: Sequence[str], size: int = 500) -> Iterator[list[str]]:
    for first in range(0, len(values), size):
        yield list(values[first : first + size])
