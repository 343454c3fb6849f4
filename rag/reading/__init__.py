"""The reading text of a text of record: what a person reads, with the way back to every character.

Layers each propose edits to the text of record: the marks of Markdown, single characters, site furniture, footnote numbers, lines
(wraps, hyphens, pages), stray spaces. An earlier layer wins where two touch the same characters. What remains is cut
into blocks (paragraphs, headings, list items, captions, notes) and sentences.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from rag.reading import characters, footnotes, furniture, lines, markdown, spaces
from rag.reading.leaning import leans
from rag.reading.mapping import Block, Edit, ReadingText, apply, merge
from rag.reading.sentences import sentence_spans, sentences
from rag.reading.turns import Turn
from rag.reading.words import Vocabulary
from rag.types import SourceDoc

__all__ = [
    "READING_VERSION",
    "Block",
    "Edit",
    "ReadingText",
    "Turn",
    "leans",
    "marked_down",
    "read",
    "reading_of",
    "sentence_spans",
    "sentences",
]

# Part of the index signature: raise it when the reading of any text changes.
READING_VERSION = "4"

_NOTE = re.compile(r"(?:\[\d{1,3}\]|\d{1,3}\.)\s+\S")
_LIST_ITEM = re.compile(r"(?:[●•▪◦‣»*–·■□○-]|\(?\d{1,2}[.)]|[a-z]\))\s")
_ENDS = re.compile(r"[.!?。！？…][\"'”’)\]»]*$")

# Longer than this a line without a full stop is a paragraph that lost it, not a heading.
_LONGEST_HEADING = 120


def marked_down(doc: SourceDoc) -> bool:
    """Whether the text of record has Markdown's marks, which a reader does not read."""
    return doc.reader.startswith(("md/", "markdown/"))


def reading_of(doc: SourceDoc) -> ReadingText:
    """The reading text of a document that was read."""
    return read(doc.text, doc.page_starts, marked_down=marked_down(doc))


def read(record: str, page_starts: tuple[int, ...] = (), *, marked_down: bool = False) -> ReadingText:
    """The reading text of text of record `record`; `page_starts` helps to tell heads and feet of pages.

    `marked_down` says that the record is Markdown, whose marks are undone.
    """
    vocabulary = Vocabulary(record)
    split = lines.split(record)
    # A text file keeps the form feeds that parted its pages.
    gone = furniture.dropped(split, page_starts or tuple(match.end() for match in re.finditer(r"\A|\f", record)))
    layers = (
        list(markdown.edits(record)) if marked_down else [],
        list(lines.edits(record, split, gone, vocabulary, paged=bool(page_starts))),
        list(footnotes.edits(record)),
        list(spaces.edits(record, vocabulary)),
        list(characters.edits(record)),
    )
    text, edits = apply(record, merge(*layers))
    reading = ReadingText(text, len(record), edits, ())
    # What Markdown marks as a heading is one, also where it ends in a question mark.
    marked = markdown.headings(record) if marked_down else ()
    heads = {reading.from_record(match.end("mark") if match["mark"] else match.start(), match.end()).start for match in marked}
    return replace(reading, blocks=_blocks(text, heads))


def _blocks(text: str, headings: Collection[int]) -> tuple[Block, ...]:
    found: list[Block] = []
    notes = False
    for match in re.finditer(r"[^\n](?:[^\n]|\n(?!\n))*", text):
        block = match.group()
        # Notes are listed from 1 on, after the text: "1." or "[1]" in its second half.
        if re.match(r"(?:\[1\]|1\.)\s", block) and match.start() > 0.5 * len(text):
            notes = True
        role = "heading" if match.start() in headings and "\n" not in block else _role(block, notes)
        found.append(Block(match.start(), match.end(), role))
    return tuple(found)


def _role(block: str, notes: bool) -> str:
    if furniture.CAPTION.match(block):
        return "caption"
    if notes and _NOTE.match(block):
        return "note"
    if _LIST_ITEM.match(block):
        return "list_item"
    if len(block) <= _LONGEST_HEADING and not _ENDS.search(block):
        return "heading"
    return "paragraph"
