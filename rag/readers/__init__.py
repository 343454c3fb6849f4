"""Files into documents: a table from suffix to reader, one module a format.

A reader returns the text of record, where its pages begin, warnings, and what the file says about itself. For `.txt` and `.md` the text of record is
the file's own characters; for the others it is what the reader extracts, laid out as blocks with blank lines between.
Raise READER_VERSION when any reader's output changes: offsets of an older index would be wrong.
"""

from __future__ import annotations

from hashlib import sha256
from importlib import import_module
from pathlib import Path

from rag.errors import InputError
from rag.readers.about import completed
from rag.readers.parsed import Parsed, readable_name
from rag.types import Entry, SourceDoc

__all__ = ["READABLE", "READER_VERSION", "read_document", "readable_name"]

READER_VERSION = "3"

# The module of this package that reads files of a suffix, imported when the first such file is read: its `parse` takes
# the file's bytes and the document's name for messages.
_MODULES = {
    ".txt": "plain",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".docx": "docx",
    ".pdf": "pdf",
    ".odt": "odt",
    ".rtf": "rtf",
    ".epub": "epub",
    ".eml": "mail",
    ".csv": "table",
    ".tsv": "table",
    ".xlsx": "workbook",
    ".vtt": "captions",
    ".srt": "captions",
}
READABLE = tuple(_MODULES)

# A file larger than this is more likely a mistake than a document; it would also take minutes to embed.
_LARGEST_FILE = 200 * 2**20
# Characters of a text of record: some 20,000 pages. A small file can unpack into more.
_LARGEST_TEXT = 50_000_000


def read_document(path: Path, entry: Entry) -> SourceDoc:
    """Read the file at `path`; what `entry` does not give is taken from it. Raises InputError, naming the file and what is wrong with it, when it cannot be read."""
    name, suffix = readable_name(entry.document), path.suffix.lower()
    if suffix not in _MODULES:
        raise InputError(
            f"{name}: no reader for {readable_name(suffix) or 'a file without a suffix'}.",
            f"Readable are {', '.join(READABLE)}.",
        )
    try:
        if not path.is_file():  # a pipe or a device would be read without end
            raise InputError(f"{name}: not a file.", "Put a file there, or remove it.")
        if path.stat().st_size > _LARGEST_FILE:
            raise InputError(f"{name}: larger than {_LARGEST_FILE // 2**20} MiB.", "Split it.")
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(f"{name}: cannot be read ({error.strerror}).", "Give read permission.") from error
    parsed = _parse(suffix, raw, name)
    if not parsed.text.strip("\ufeff \t\r\n\f\v\0"):
        raise InputError(f"{name}: holds no text.", "A scanned page needs OCR first.")
    if len(parsed.text) > _LARGEST_TEXT:
        raise InputError(f"{name}: holds more than {_LARGEST_TEXT:,} characters.", "Split it.")
    reader = f"{suffix[1:]}/{READER_VERSION}{parsed.scans}"
    entry, digest = completed(entry, parsed.about), sha256(raw).hexdigest()
    return SourceDoc(entry, parsed.text, digest, reader, parsed.page_starts, parsed.warnings, dict(parsed.about))


def _parse(suffix: str, raw: bytes, name: str) -> Parsed:
    parse = import_module(f"{__name__}.{_MODULES[suffix]}").parse
    try:
        parsed: Parsed = parse(raw, name)
    except InputError:
        raise
    except Exception as error:  # a damaged file makes kept libraries raise nearly anything; it takes no other file down
        raise InputError(
            f"{name}: not a readable {suffix[1:].upper()} file ({type(error).__name__}).",
            "Open it in the program it comes from and save it again.",
        ) from error
    # Lone surrogates (an escape for half a character) cannot be stored or printed.
    text = parsed.text.encode("utf-8", "replace").decode() if _has_surrogates(parsed.text) else parsed.text
    return parsed._replace(text=text)


def _has_surrogates(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False
