"""What a reader gives back, and what all readers share about white space and messages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from types import MappingProxyType
from typing import NamedTuple

from rag.types import About

_SPACES = re.compile(r"[ \t\r\f\v]+")


class Parsed(NamedTuple):
    """A text of record, the offset at which each page begins (empty: no pages), what a person should know, what the
    file says about itself, and what the reader's name says of scanned pages (see `rag.readers.ocr`)."""

    text: str
    page_starts: tuple[int, ...] = ()
    warnings: tuple[str, ...] = ()
    about: About = MappingProxyType({})
    scans: str = ""


def of_blocks(blocks: Iterable[str], warnings: Iterable[str] = ()) -> Parsed:
    """A text of paragraphs with a blank line between two, in which blocks of white space are left out."""
    return Parsed("\n\n".join(block for block in map(str.strip, blocks) if block), (), tuple(warnings))


def squeezed(text: str) -> str:
    """`text` with each run of spaces and tabs as one space, none beside a line end; no-break spaces stay."""
    return re.sub(r" ?\n ?", "\n", _SPACES.sub(" ", text)).strip()


def one_line(text: str) -> str:
    """`text` with all white space, line ends included, as single spaces."""
    return " ".join(text.split())


def words(names: str) -> frozenset[str]:
    """The names in a list with spaces between."""
    return frozenset(names.split())


def readable_name(name: str) -> str:
    """A file's name on one printable line: bytes that are not UTF-8, and control characters, as escapes."""
    shown = name.encode("utf-8", "backslashreplace").decode()
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in shown)
