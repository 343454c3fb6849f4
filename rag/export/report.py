"""What an export says, before it is a file: paragraphs, tables and footnotes, in no format yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Run:
    """Words in one style. `notes` are the numbers of the footnotes that are called after them."""

    text: str
    style: Literal["plain", "strong", "emphasis"] = "plain"
    notes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Heading:
    text: str


@dataclass(frozen=True)
class Paragraph:
    """`key` is the answer in one line, `quote` is set off as somebody else's words, `item` is one of a list, `remark` small print."""

    runs: tuple[Run, ...]
    kind: Literal["body", "key", "quote", "item", "remark"] = "body"


@dataclass(frozen=True)
class Table:
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Note:
    """A footnote; `number` is that of the citation."""

    number: int
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class Report:
    """`title` is the question or the quotation's heading, `kind` says in a word what this is."""

    kind: str
    title: str
    blocks: tuple[Heading | Paragraph | Table, ...]
    notes: tuple[Note, ...] = ()

    def called(self) -> Iterator[int]:
        """Numbers of the footnotes in the order in which the text calls them, again and again where it does."""
        for block in self.blocks:
            if isinstance(block, Paragraph):
                for run in block.runs:
                    yield from run.notes
