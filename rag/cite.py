"""From a range of a document to a citation: line, page, words, and who published them when."""

from __future__ import annotations

import re
from typing import Any

from rag.reading import ReadingText
from rag.types import Citation, SourceDoc


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
