"""From a range of a document to a citation: line, page, words, and who published them when."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from typing import Any

from rag.errors import InputError
from rag.reading import ReadingText
from rag.types import Citation, Entry, Passage, SourceDoc, Span

Library = Callable[[str], tuple[SourceDoc, ReadingText]]
"""Gives a document and its reading text by path."""


def named(name: str, documents: Collection[str]) -> str | None:
    """The document called `name`; a name without its folder, or with "./" before it, is enough when only one document has it."""
    if name in documents:
        return name
    plain = name.removeprefix("./")
    alike = [path for path in documents if path == plain or path.endswith(f"/{plain}")]
    return alike[0] if len(alike) == 1 else None


def range_of(doc: SourceDoc, start: int | None = None, end: int | None = None, line: int | None = None) -> Span:
    """The characters [start, end) of the text of record, or of line `line` (from 1); of the whole document without any.

    Raises InputError for a place that the document does not have, and for half a range.
    """
    if (start is None) != (end is None) or (start is not None and line is not None):
        raise InputError("A place is both ends of a range of characters, or a line.", "Give start and end, or line.")
    if line is not None:
        lines = doc.line_count - doc.text.endswith("\n")  # nothing stands after the last line's end
        if not 1 <= line <= lines:
            raise InputError(f"{doc.document} has {lines} lines, no line {line}.", "Count from 1.")
        span = doc.line_span(line)
        return Span(span.start, max(span.end, span.start + 1))
    if start is None or end is None:
        return Span(0, len(doc.text))
    if not start < end <= len(doc.text):
        raise InputError(
            f"{doc.document} has characters 0-{len(doc.text)}, no range {start}-{end}.", "Write START-END, START below END."
        )
    return Span(start, end)


def cite(
    doc: SourceDoc,
    reading: ReadingText,
    char_start: int,
    char_end: int,
    *,
    number: int | None = None,
    speaker: str | None = None,
) -> Citation:
    """The citation of text-of-record range [char_start, char_end) of `doc`. Raises ValueError for an empty range."""
    if not 0 <= char_start < char_end <= len(doc.text):
        raise ValueError(f"{doc.document} has no characters {char_start}-{char_end}")
    span = reading.from_record(char_start, char_end)
    entry = doc.entry
    return Citation(
        document=entry.document,
        title=entry.title,
        authors=entry.authors,
        publisher=entry.publisher,
        date=entry.date,
        url=entry.url,
        page=doc.page_of(char_start),
        line_start=doc.line_of(char_start),
        line_end=doc.line_of(char_end - 1),
        char_start=char_start,
        char_end=char_end,
        source_text=doc.text[char_start:char_end],
        reading_text=re.sub(r"\s*\n+\s*", " ", reading.text[span.start : span.end]).strip(),
        speaker=speaker,
        number=number,
    )


def citation_json(citation: Citation) -> dict[str, Any]:
    """A citation as the contract has it; without a number when it has none."""
    fields: dict[str, Any] = {} if citation.number is None else {"number": citation.number}
    fields.update(
        document=citation.document,
        title=citation.title,
        authors=list(citation.authors),
        publisher=citation.publisher,
        date=citation.date,
        url=citation.url,
        page=citation.page,
        line_start=citation.line_start,
        line_end=citation.line_end,
        char_start=citation.char_start,
        char_end=citation.char_end,
        source_text=citation.source_text,
        reading_text=citation.reading_text,
        speaker=citation.speaker,
    )
    return fields


def entry_json(entry: Entry) -> dict[str, Any]:
    """What is known about a document, as `rag show` lists it."""
    return {
        "document": entry.document,
        "title": entry.title,
        "authors": list(entry.authors),
        "publisher": entry.publisher,
        "date": entry.date,
        "url": entry.url,
        "inferred": dict(entry.inferred),
        "read_from": dict(entry.read_from),
    }


def search_json(query: str, found: Iterable[tuple[Passage, Citation]]) -> dict[str, Any]:
    """Passages as `rag search` gives them, each with its place and words."""
    passages = [{**citation_json(citation), "score": passage.score} for passage, citation in found]
    return {"schema": 1, "query": query, "passages": passages}
