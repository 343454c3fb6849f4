"""The SQLite file that keeps the texts of a corpus and the index of their words between runs.

A text is stored once under the SHA-256 of its file and the versions of the reader, the reading and this module, so that a
changed file or a changed program never meets an old text. Beside the texts an FTS5 table holds, for every 64 words, the
words and the pairs of neighbouring words that stand there. Which corpus uses which text is written down, too: a text that
none uses any more is taken out, so that the words of a removed document do not stay behind.
"""

from __future__ import annotations

import json
import re
import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Any

from rag.errors import StoreError
from rag.quotes.streams import Stream, build
from rag.reading import ReadingText
from rag.types import SourceDoc

# Raise it when the tables change: the file is a copy of what can be read again, and is then made anew.
_LAYOUT = 3
# Raise it when the streams or the seeds of any text change.
TEXT_VERSION = "2"

# Checkpoints of the word stream (32 words each) that make one row of seeds.
CHUNK = 2
_CHUNK_BITS = 24

# What the tokenizer of the index takes for one term.
_TERM = re.compile(r"[A-Za-z0-9_\u0080-\U0010ffff]+")
# When more than this share of the characters that stay was taken out, the file is made smaller.
_MOST_REMOVED = 0.1
# Bytes of new index entries kept in memory before FTS5 writes them as one piece: fewer pieces, fewer merges.
_FTS_MEMORY = 32 * 1024 * 1024

_SCHEMA = (
    "drop table if exists texts",
    "drop table if exists seeds",
    "drop table if exists uses",
    """create table texts (
    id integer primary key autoincrement, key text not null unique, characters integer not null, furniture text not null,
    about text not null,
    record text not null, page_starts text not null, warnings text not null, reader text not null, reading text not null,
    edits text not null, blocks text not null, words text not null, stream_starts blob not null, text_starts blob not null)""",
    "create table uses (corpus text not null, text integer not null, primary key (corpus, text)) without rowid",
    """create virtual table seeds using fts5(
    terms, content='', columnsize=0, detail=none, tokenize="ascii tokenchars '_'")""",
    f"insert into seeds (seeds, rank) values ('hashsize', {_FTS_MEMORY})",
    f"pragma user_version = {_LAYOUT}",
)


@dataclass(frozen=True)
class Fresh:
    """A document that was just read, and the key its text is kept under."""

    key: str
    doc: SourceDoc
    reading: ReadingText


class Texts:
    """The opened file, or its stand-in in memory."""

    def __init__(self, where: str) -> None:
        """Open or make the file at `where` (":memory:" keeps nothing). Raises sqlite3.Error when it cannot be used."""
        self._connection = sqlite3.connect(where, timeout=30, check_same_thread=False)
        self._lock = RLock()
        self._corpus = ""
        self._shared = False
        try:
            self._connection.execute("pragma synchronous = normal")
            self._connection.execute("pragma secure_delete = on")  # what is taken out is not left in free pages
            if not self._made():
                self._make()
        except sqlite3.Error:
            self._connection.close()
            raise

    def _made(self) -> bool:
        return bool(self._connection.execute("pragma user_version").fetchone()[0] == _LAYOUT)

    def _make(self) -> None:
        """Empty tables, in the place of those of an earlier layout."""
        with self._connection:
            self._connection.execute("begin immediate")
            if self._made():  # by another process, just now
                return
            for statement in _SCHEMA:
                self._connection.execute(statement)
        self._connection.execute("vacuum")

    def ids(self) -> dict[str, int]:
        """The id of each kept text, by its key."""
        with self._lock:
            return dict(self._connection.execute("select key, id from texts"))

    def row(self, text_id: int, columns: str) -> tuple[Any, ...]:
        """Columns of a text. Raises StoreError when it was taken out since the corpus was opened."""
        with self._lock:
            found = self._connection.execute(f"select {columns} from texts where id = ?", (text_id,)).fetchone()
        if found is None:
            raise StoreError("The documents were changed by another program while they were searched.", "Ask again.")
        return tuple(found)

    def characters(self, ids: Iterable[int]) -> int:
        """How many characters the texts have together."""
        wanted = set(ids)
        with self._lock:
            return sum(n for i, n in self._connection.execute("select id, characters from texts") if i in wanted)

    def add(self, read: Sequence[Fresh]) -> None:
        """Keep the texts of `read`, all at once."""
        streams = [build(fresh.reading.text) for fresh in read]
        with self._lock, self._connection:
            for fresh, stream in zip(read, streams, strict=True):
                self._insert(fresh, stream)

    def _insert(self, fresh: Fresh, stream: Stream) -> None:
        doc, reading = fresh.doc, fresh.reading
        cursor = self._connection.execute(
            # Another process may have stored the same text while this one was reading it.
            "insert or ignore into texts (key, characters, furniture, about, record, page_starts, warnings, reader, reading, edits, blocks,"
            " words, stream_starts, text_starts) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                fresh.key,
                len(doc.text),
                json.dumps(_furniture(doc.text, reading)),
                json.dumps(doc.about),
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
        if cursor.rowcount:
            rows = _seed_rows(cursor.lastrowid or 0, stream.words, stream.stream_starts)
            self._connection.executemany("insert into seeds (rowid, terms) values (?, ?)", rows)

    def seeds(self, term: str, most: int) -> list[tuple[int, int]] | None:
        """(text id, chunk) of every chunk that holds `term`: a folded word, or two joined by an underscore.

        None when more than `most` do, and for a term that the index does not have as one: ⑴ is folded to (1).
        """
        if not _TERM.fullmatch(term):
            return None
        only = f" and rowid >> {_CHUNK_BITS} in (select text from uses where corpus = ?)" if self._shared else ""
        values = (f'"{term}"', *([self._corpus] if self._shared else []), most + 1)
        with self._lock:
            rows = self._connection.execute(f"select rowid from seeds where seeds match ?{only} limit ?", values).fetchall()
        return None if len(rows) > most else [(row >> _CHUNK_BITS, row & ((1 << _CHUNK_BITS) - 1)) for (row,) in rows]

    def keep(self, corpus: Path, ids: Iterable[int]) -> None:
        """Write down that `corpus` uses the texts `ids`, and take out what no corpus uses any more.

        From then on only what stands in these texts is found.
        """
        name, wanted = str(corpus.resolve()), set(ids)
        with self._lock:
            self._corpus = name
            self._update(name, wanted)
            self._shared = self._connection.execute("select count(*) from texts").fetchone()[0] > len(wanted)

    def _update(self, name: str, wanted: set[int]) -> None:
        known = {text for (text,) in self._connection.execute("select text from uses where corpus = ?", (name,))}
        if known == wanted:
            return
        with self._connection:
            self._connection.execute("delete from uses where corpus = ?", (name,))
            self._connection.executemany("insert into uses values (?, ?)", [(name, text) for text in wanted])
            for (other,) in self._connection.execute("select distinct corpus from uses").fetchall():
                if not Path(other).is_dir():
                    self._connection.execute("delete from uses where corpus = ?", (other,))
            removed, kept = self._remove_unused()
        if removed > _MOST_REMOVED * kept:
            # Only a full merge takes removed words out of the index, and only then is there room to give back.
            with self._connection:
                self._connection.execute("insert into seeds (seeds) values ('optimize')")
            self._connection.execute("vacuum")

    def _remove_unused(self) -> tuple[int, int]:
        """Take out the texts that no corpus uses; the characters taken out, and those that stay."""
        removed = 0
        unused = "select id, characters, words, stream_starts from texts where id not in (select text from uses)"
        for text_id, characters, words, starts in self._connection.execute(unused).fetchall():
            self._remove(text_id, words, array("I", starts))
            removed += characters
        return removed, self._connection.execute("select coalesce(sum(characters), 0) from texts").fetchone()[0]

    def _remove(self, text_id: int, words: str, starts: array[int]) -> None:
        rows = _seed_rows(text_id, words, starts)
        self._connection.executemany("insert into seeds (seeds, rowid, terms) values ('delete', ?, ?)", rows)
        self._connection.execute("delete from texts where id = ?", (text_id,))

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


def _seed_rows(text_id: int, stream: str, starts: array[int]) -> Iterator[tuple[int, str]]:
    """(row id, terms) of each chunk of a word stream with checkpoints `starts`."""
    for chunk, first in enumerate(range(0, len(starts), CHUNK)):
        end = starts[first + CHUNK] if first + CHUNK < len(starts) else len(stream)
        words = stream[starts[first] : end].split()
        after = stream[end : end + 200].split(" ", 1)[0]
        pairs = zip(words, [*words[1:], after], strict=True)
        yield (text_id << _CHUNK_BITS) | chunk, " ".join([*words, *(f"{a}_{b}" for a, b in pairs)])
