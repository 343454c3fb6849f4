"""Files into documents: a table from suffix to parser.

A parser returns the text of record, where its pages begin, and warnings. For `.txt` and `.md` the text of record is
the file's own characters; for the others it is what a kept library extracts, laid out as lines and blank lines between
paragraphs. Raise READER_VERSION when any parser's output changes: offsets of an older index would be wrong.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from rag.errors import InputError
from rag.types import Entry, SourceDoc

READER_VERSION = "1"

# A file larger than this is more likely a mistake than a document; it would also take minutes to embed.
_LARGEST_FILE = 200 * 1024 * 1024


class Parsed(NamedTuple):
    text: str
    page_starts: tuple[int, ...] = ()
    warnings: tuple[str, ...] = ()


def read_document(path: Path, entry: Entry) -> SourceDoc:
    """Read the file at `path`. Raises InputError, naming the file and what is wrong with it, when it cannot be read."""
    parser = _PARSERS.get(path.suffix.lower())
    if parser is None:
        raise InputError(
            f"{entry.document}: no reader for {path.suffix or 'a file without a suffix'}.",
            f"Readable are {', '.join(_PARSERS)}.",
        )
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise InputError(f"{entry.document}: larger than {_LARGEST_FILE // 2**20} MiB.", "Split it.")
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(f"{entry.document}: cannot be read ({error.strerror}).", "Give read permission.") from error
    parsed = parser(raw, entry.document)
    if not parsed.text.strip():
        raise InputError(f"{entry.document}: holds no text.", "A scanned page needs OCR first.")
    return SourceDoc(
        entry,
        parsed.text,
        sha256(raw).hexdigest(),
        f"{path.suffix.lower()[1:]}/{READER_VERSION}",
        parsed.page_starts,
        parsed.warnings,
    )


def _plain(raw: bytes, document: str) -> Parsed:
    try:
        return Parsed(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{document}: not UTF-8 (byte {error.start}, line {line}).",
            "Save it as UTF-8, for example with: iconv -f WINDOWS-1252 -t UTF-8.",
        ) from error


def _html(raw: bytes, document: str) -> Parsed:
    import logging

    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    text = trafilatura.extract(raw, include_comments=False, include_tables=True, favor_recall=True, output_format="txt")
    if not text:
        return Parsed("")
    # One extracted line is one paragraph; blank lines keep them apart.
    return Parsed(re.sub(r"\n+", "\n\n", text.strip()))


def _docx(raw: bytes, document: str) -> Parsed:
    import docx
    from docx.table import Table

    try:
        opened = docx.Document(io.BytesIO(raw))
    except Exception as error:  # python-docx raises a dozen kinds for a damaged package
        raise InputError(f"{document}: not a readable DOCX file ({type(error).__name__}).", "Save it again.") from error
    blocks: list[str] = []
    for item in opened.iter_inner_content():
        if isinstance(item, Table):
            # Merged cells are given once for each column they span.
            rows = [" | ".join(dict.fromkeys(cell.text.strip() for cell in row.cells)) for row in item.rows]
            blocks += [row for row in rows if row.strip(" |")]
        elif item.text.strip():
            blocks.append(item.text.strip())
    return Parsed("\n\n".join(blocks))


def _pdf(raw: bytes, document: str) -> Parsed:
    import pypdfium2

    try:
        opened = pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError as error:
        what = "is protected by a password" if "password" in str(error).lower() else "is not a readable PDF"
        raise InputError(
            f"{document}: {what}.", "Save it without a password." if "password" in what else "Export it again."
        ) from error
    with opened:
        text, starts, empty = "", [], []
        for number, page in enumerate(opened, start=1):
            starts.append(len(text))
            # PDFium writes U+FFFE (or \x02) for a hyphen at a line's end, and CRLF between lines.
            content = page.get_textpage().get_text_range().replace("\r\n", "\n").replace("\r", "\n")
            content = re.sub("[\ufffe\x02]\n?(?=\\S)", "-\n", content)
            if not content.strip():
                empty.append(str(number))
            text += content.rstrip("\n") + "\n"
    warnings = (f"{document}: no text on page {', '.join(empty)} (scanned?)",) if empty else ()
    return Parsed(text, tuple(starts), warnings)


_PARSERS: dict[str, Callable[[bytes, str], Parsed]] = {
    ".txt": _plain,
    ".md": _plain,
    ".html": _html,
    ".htm": _html,
    ".docx": _docx,
    ".pdf": _pdf,
}
