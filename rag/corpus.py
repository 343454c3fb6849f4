"""What is in a corpus: its files, and what `manifest.toml` says about them.

A folder of files is a corpus; a manifest is optional and may describe some of them. What it does not give, a file's name
may (title, date), and the file itself once it is read. A file's creation time is no publication date.
"""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from rag.errors import CorpusError
from rag.readers import READABLE as READABLE
from rag.readers import readable_name
from rag.readers.about import by_name
from rag.types import Entry

MANIFEST = "manifest.toml"
_KEYS = {"path", "title", "authors", "publisher", "date", "url", "sha256", "inferred"}
DATE = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?")


@dataclass(frozen=True)
class Listing:
    """The documents of a corpus folder, sorted by path, and one line for everything that was passed over."""

    root: Path
    entries: tuple[Entry, ...]
    warnings: tuple[str, ...]

    def path_of(self, document: str) -> Path:
        return self.root / document


def bundled() -> Path:
    """The corpus that comes with the project."""
    return Path(__file__).resolve().parent.parent / "corpus"


def list_documents(root: Path, *, as_described: bool = True) -> Listing:
    """List the documents below `root`.

    Raises CorpusError when the folder is missing, unreadable or holds no readable document, or when its manifest is
    wrong: unknown keys, a document twice, an impossible date; unless `as_described` is False (for telling what has become
    of a corpus) also for a file that is not there or whose SHA-256 differs.
    """
    root = root.expanduser()
    if not root.exists():
        raise CorpusError(f"There is no corpus folder {root}.", "Name one with --corpus DIR.")
    if not root.is_dir():
        raise CorpusError(f"{root} is not a folder.", "Name the folder that holds the documents with --corpus DIR.")
    described = _manifest(root, as_described)
    found: dict[str, Path] = {}
    warnings: list[str] = []
    for path in files_below(root):
        name = path.relative_to(root).as_posix()
        if not name.isascii() and name != name.encode("utf-8", "replace").decode():
            # It could not be stored, printed or asked for.
            warnings.append(f"{readable_name(name)}: passed over, its name is not UTF-8; rename it")
        elif path.suffix.lower() in READABLE:
            found[name] = path
        elif name not in (MANIFEST, "README.md"):
            kind = readable_name(path.suffix) or "a file without a suffix"
            warnings.append(f"{readable_name(name)}: passed over, no reader for {kind}")
    if described:
        found.pop("README.md", None)  # it speaks of the corpus, as the manifest does
    for name in described:
        if name not in found and as_described:
            raise CorpusError(f"{MANIFEST} describes {name}, which is not in {root}.", "Add the file or remove its entry.")
    if not found:
        raise CorpusError(f"{root} holds no document.", f"Put files there: {', '.join(READABLE)}.")
    entries = tuple(described.get(name) or by_name(name) for name in sorted(found))
    return Listing(root, entries, tuple(warnings))


def files_below(root: Path) -> list[Path]:
    """Regular files below `root` in order, hidden ones left out. Raises CorpusError."""

    def fail(error: OSError) -> None:
        raise error  # os.walk would pass over a folder that cannot be read

    found: list[Path] = []
    try:
        for folder, folders, names in os.walk(root, onerror=fail):
            folders[:] = sorted(f for f in folders if not f.startswith("."))
            found += [Path(folder, n) for n in sorted(names) if not n.startswith((".", "~$"))]
    except OSError as error:
        raise CorpusError(f"{error.filename or root} cannot be read: {error.strerror}.", "Give read permission.") from error
    return [path for path in found if path.is_file()]


def _manifest(root: Path, as_described: bool) -> dict[str, Entry]:
    path = root / MANIFEST
    if not path.exists():
        return {}
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CorpusError(f"{path} cannot be read: {error}.", "Mend it, or remove it to use the folder without one.") from error
    entries: dict[str, Entry] = {}
    for number, table in enumerate(raw.get("document", []), start=1):
        where = f"{MANIFEST}, document {number}"
        unknown = set(table) - _KEYS
        if unknown:
            raise CorpusError(f"{where}: unknown key {sorted(unknown)[0]!r}.", f"Known keys: {', '.join(sorted(_KEYS))}.")
        if not isinstance(table.get("path"), str) or not isinstance(table.get("title"), str):
            raise CorpusError(f"{where}: `path` and `title` are needed.", "Add them.")
        name, date = _on_disk(root, table["path"]), table.get("date")
        if name in entries:
            raise CorpusError(f"{where}: {name} is described twice.", "Remove one of the two entries.")
        if date is not None and not (isinstance(date, str) and DATE.fullmatch(date)):
            raise CorpusError(f"{where}: {date!r} is not a date.", 'Write "2021", "2021-03" or "2021-03-16".')
        authors, inferred = table.get("authors", []), table.get("inferred", {})
        if not isinstance(authors, list) or not all(isinstance(author, str) for author in authors):
            raise CorpusError(f"{where}: `authors` is no list of names.", 'Write authors = ["First Author", "Second Author"].')
        if not isinstance(inferred, dict) or not all(isinstance(words, str) for words in inferred.values()):
            raise CorpusError(
                f"{where}: `inferred` is no table of words.", 'Write inferred = { date = "the words it is from" }.'
            )
        for key in ("publisher", "url", "sha256"):
            if not isinstance(table.get(key, ""), str):
                raise CorpusError(f"{where}: `{key}` is no text.", "Put it in quotation marks.")
        digest = table.get("sha256")
        if as_described and digest is not None and (root / name).is_file() and file_sha256(root / name) != digest:
            raise CorpusError(
                f"{where}: {name} is not the file described (its SHA-256 differs).",
                "Restore the file, or enter the new SHA-256 if the change is meant.",
            )
        named = by_name(name)
        entries[name] = replace(
            named,
            title=table["title"],
            authors=tuple(authors),
            publisher=table.get("publisher"),
            date=date or named.date,
            url=table.get("url"),
            inferred=dict(inferred),
            read_from={} if date or not named.date else {"date": named.read_from["date"]},
        )
    return entries


def _on_disk(root: Path, name: str) -> str:
    """`name` as the file is called that it means: an accent may be one character in the one and two in the other."""
    if name.isascii() or (root / name).exists():
        return name
    composed = unicodedata.normalize("NFC", name)
    others = (path.relative_to(root).as_posix() for path in files_below(root))
    return next((other for other in others if unicodedata.normalize("NFC", other) == composed), name)


def fingerprint(files: Iterable[tuple[str, str]]) -> str:
    """A short hash over the paths and SHA-256 sums of the documents of a corpus, given in order of path."""
    lines = "\n".join(f"{document} {digest}" for document, digest in files)
    return hashlib.sha256(lines.encode()).hexdigest()[:16]


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
