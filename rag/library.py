"""A corpus folder of a person's own: documents are put into it and taken out of it, whole or not at all.

What is put in is written beside its place under a hidden name, which no listing shows, and read; only what can be read
gets its name, in one step that never replaces another file. What is taken out is not deleted: it is moved into the
hidden folder `.removed`. A kill between two steps leaves a hidden file, which the next change sweeps away, or a document
that the manifest no longer describes. One change is made at a time, also by several processes.
"""

from __future__ import annotations

import os
import re
import shutil
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.corpus import MANIFEST, READABLE, bundled, file_sha256, files_below, list_documents
from rag.errors import InputError, StoreError
from rag.readers import read_document
from rag.types import Entry

REMOVED = ".removed"
# A book with pictures; what is larger is put into the folder by hand.
LARGEST = 50 * 2**20

_INCOMING = ".incoming-"
# Bytes of a name: file systems take 255, and the hidden name is a little longer.
_LONGEST_NAME = 200
# What turns the direction of writing or cannot be seen could make a name look like another.
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)


class Library:
    """The corpus folder `root`; `data` is the index's folder, which holds the lock."""

    def __init__(self, root: Path, data: Path) -> None:
        self.root = root.expanduser()
        self.data = data

    @property
    def refusal(self) -> str | None:
        """Why nothing can be put in or taken out here; None when it can."""
        if self.root.resolve() == bundled().resolve():
            return "These are the bundled documents, which stay as they were published."
        if not os.access(self.root, os.W_OK | os.X_OK) or not self.root.stat().st_mode & 0o222:
            return "The folder of the documents is not writable."
        return None

    def put(self, name: str, content: Path) -> str:
        """Put a copy of the file `content` into the folder as `name`; gives the document's path below the folder.

        Raises InputError when the name is none for a document, is taken, or the file is too large, cannot be read or is
        there already; StoreError when the folder cannot be written or is being changed by another process.
        """
        _check_name(name)
        if content.stat().st_size > LARGEST:
            raise InputError(f"{name}: larger than {LARGEST // 2**20} MiB.", "Put it into the folder by hand, or split it.")
        with self._changing():
            for path in self.root.glob(f"{_INCOMING}*"):
                path.unlink()
            taken = [other.name for other in self.root.iterdir() if _folded(other.name) == _folded(name)]
            if taken:
                raise InputError(f"{name}: there is a {taken[0]} already.", "Take that one out first, or rename the file.")
            # The suffix says how it is read.
            incoming = self.root / f"{_INCOMING}{os.getpid()}{Path(name).suffix.lower()}"
            try:
                _copy(content, incoming)
                read_document(incoming, Entry(name, name))
                self._refuse_twin(name, incoming)
                _give_name(incoming, self.root / name)
            finally:
                incoming.unlink(missing_ok=True)
        return name

    def take_out(self, document: str) -> None:
        """Move a document into `.removed` and take its entry out of the manifest.

        Raises InputError for a document that is not there or is the last one, StoreError as `put` does.
        """
        with self._changing():
            listing = list_documents(self.root)
            names = [entry.document for entry in listing.entries]
            if document not in names:
                raise InputError(f"There is no document {document!r}.", "Read the folder again.")
            if len(names) == 1:
                raise InputError(f"{document} is the last document.", "Put another one in before taking it out.")
            target = self.root / REMOVED / document
            target.parent.mkdir(parents=True, exist_ok=True)
            number = 1
            while target.exists():
                number += 1
                target = target.with_name(f"{Path(document).stem} ({number}){Path(document).suffix}")
            self._forget(document)  # before the file: a manifest that describes a file that is gone is an error
            listing.path_of(document).rename(target)

    def _forget(self, document: str) -> None:
        """Take a document's entry, with the comments in it, out of the manifest."""
        path = self.root / MANIFEST
        if not path.exists():
            return
        import tomlkit
        from tomlkit.items import AoT

        written = tomlkit.parse(path.read_text(encoding="utf-8"))
        tables = written.get("document")
        if not isinstance(tables, AoT) or all(table.get("path") != document for table in tables):
            return
        for place in reversed([n for n, table in enumerate(tables) if table.get("path") == document]):
            del tables[place]
        partial = self.root / f"{_INCOMING}{MANIFEST}"
        partial.write_text(tomlkit.dumps(written), encoding="utf-8")
        partial.replace(path)

    def _refuse_twin(self, name: str, incoming: Path) -> None:
        size, digest = incoming.stat().st_size, file_sha256(incoming)
        for other in files_below(self.root):
            if other.stat().st_size == size and file_sha256(other) == digest:
                there = other.relative_to(self.root).as_posix()
                raise InputError(f"{name}: it is there already, as {there}.", "Nothing needs to be done.")

    @contextmanager
    def _changing(self) -> Iterator[None]:
        from filelock import FileLock, Timeout

        if why := self.refusal:
            raise StoreError(why, "Serve a folder of your own: rag serve --corpus FOLDER.")
        try:
            self.data.mkdir(parents=True, exist_ok=True)
            with FileLock(self.data / "library.lock", timeout=0):
                yield
        except Timeout as error:
            raise StoreError("The documents are being changed by another process.", "Try again in a moment.") from error
        except OSError as error:
            raise StoreError(
                f"The folder of the documents cannot be changed: {error.strerror}.", "Give write permission, or make room."
            ) from error


def _check_name(name: str) -> None:
    """Raise InputError unless `name` is a plain, visible file name of a kind that can be read."""
    shown = name[:100]
    if not name or "/" in name or "\\" in name or ":" in name or name in (".", "..") or _DEVICE.match(name):
        raise InputError(f"{shown!r} is not a file's name.", "Rename the file.")
    if name.startswith((".", "~$")) or name != name.strip() or any(unicodedata.category(c) in _UNSEEN for c in name):
        raise InputError(f"{shown!r}: hidden files and names with invisible characters are not taken.", "Rename the file.")
    if name in (MANIFEST, "README.md"):
        raise InputError(f"{name} speaks of the corpus and is no document of it.", "Rename the file.")
    if Path(name).suffix.lower() not in READABLE:
        raise InputError(f"{shown}: no reader for this kind of file.", f"Readable are {', '.join(READABLE)}.")
    if len(name.encode()) > _LONGEST_NAME:
        raise InputError(f"{shown} …: the name is longer than {_LONGEST_NAME} bytes.", "Rename the file.")


def _folded(name: str) -> str:
    """What two names share that some file systems do not tell apart."""
    return unicodedata.normalize("NFKC", name).casefold()


def _copy(source: Path, target: Path) -> None:
    with source.open("rb") as reading, target.open("xb") as writing:
        shutil.copyfileobj(reading, writing)
        writing.flush()
        os.fsync(writing.fileno())


def _give_name(incoming: Path, target: Path) -> None:
    """Give the file its name in one step, never replacing another that came in the meantime."""
    try:
        os.link(incoming, target)
    except FileExistsError as error:
        raise InputError(f"{target.name}: there is one already.", "Take that one out first, or rename the file.") from error
    except OSError:  # a file system without hard links
        if target.exists():
            raise InputError(f"{target.name}: there is one already.", "Take that one out first, or rename the file.") from None
        incoming.rename(target)
