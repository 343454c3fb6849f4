"""What is in the corpus: a table by date, each title a way into the document, and what could not be read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rag.reading import ReadingText
from rag.types import SourceDoc
from ui.render.markup import date_of, place_link, shown


def corpus_html(documents: Iterable[tuple[SourceDoc, ReadingText]], warnings: Sequence[str]) -> str:
    """The documents, oldest first and undated last, and one line for each thing that was passed over."""
    ordered = sorted(documents, key=lambda pair: (pair[0].entry.date or "~", pair[0].document))
    characters = sum(len(doc.text) for doc, _ in ordered)
    rows = "".join(_row(doc, reading) for doc, reading in ordered)
    count = f"{len(ordered)} document{'s' if len(ordered) != 1 else ''}, {characters:,} characters"
    return (
        f'<div class="cv-places"><table class="cv-table cv-documents"><caption>{count}</caption>'
        '<thead><tr><th scope="col">Date</th><th scope="col">Document</th><th scope="col">Characters</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
        f"{_unread(warnings)}</div>"
    )


def _row(doc: SourceDoc, reading: ReadingText) -> str:
    entry = doc.entry
    title = _opening(doc, reading) or shown(entry.title)
    by = " · ".join(shown(part) for part in (", ".join(entry.authors), entry.publisher) if part)
    about = "<br>".join(part for part in (by, shown(doc.document)) if part)
    return f"<tr><td>{date_of(entry)}</td><td>{title}<br><small>{about}</small></td><td>{len(doc.text):,}</td></tr>"


def _opening(doc: SourceDoc, reading: ReadingText) -> str:
    """The title as a link to the document's first paragraph; empty for a document without words."""
    if not reading.blocks:
        return ""
    block = reading.blocks[0]
    place = reading.to_record(block.start, block.end)
    return place_link(doc.document, place.start, place.end, doc.entry.title)


def _unread(warnings: Sequence[str]) -> str:
    if not warnings:
        return '<p class="cv-mode">Every file was read.</p>'
    items = "".join(f"<li>{shown(warning)}</li>" for warning in warnings)
    return f'<p class="cv-label">Not read, or read with a warning</p><ul class="cv-unread">{items}</ul>'
