"""The source panel: a document open at a cited place, as a person reads it or as it stands in the file."""

from __future__ import annotations

from typing import Literal

from rag.cite import cite
from rag.reading import ReadingText
from rag.types import SourceDoc, Span
from ui.render.markup import byline, lines_of, marked, shown, web_link

View = Literal["passage", "whole", "file"]

_VIEWS: tuple[tuple[View, str], ...] = (("passage", "Passage"), ("whole", "Whole document"), ("file", "As in the file"))

# Characters of reading text shown on each side: a page or so around a passage; a book at most of a whole document.
_PASSAGE = 1_500
_WHOLE = 500_000

# Lines of the file shown on each side, and the most characters of them on each side (a line may be a whole chapter).
_LINES = 12
_FILE = 3_000

EMPTY = (
    '<section class="cv-source cv-empty"><h2>The source</h2>'
    "<p>Choose a number in an answer: the document opens here, at the words themselves.</p></section>"
)


def source_html(
    doc: SourceDoc, reading: ReadingText, start: int, end: int, *, view: View = "passage", index: int = 0, count: int = 0
) -> str:
    """The panel at characters [start, end) of the text of record; place `index` (from 0) of `count` in its answer.

    Raises ValueError for a range that the document does not have.
    """
    citation = cite(doc, reading, start, end)
    if view == "file":
        text = _file(doc, start, end)
    else:
        text = _reading(reading, reading.from_record(start, end), _WHOLE if view == "whole" else _PASSAGE)
    entry = doc.entry
    place = f"{shown(entry.document)} · {lines_of(citation)} · characters {start:,}–{end:,}"
    data = f'data-document="{shown(entry.document)}" data-start="{start}" data-end="{end}" data-view="{view}"'
    link = web_link(entry.url)
    return (
        f'<section class="cv-source" tabindex="-1" aria-label="Cited source" {data}>'
        f'<div class="cv-bar">{_steps(index, count)}<button type="button" class="cv-close" data-close>Close</button></div>'
        f'<h2>{shown(entry.title)}</h2><p class="cv-by">{byline(entry)}</p>'
        f'<p class="cv-at">{place}{f"<br>{link}" if link else ""}</p>'
        f'<div class="cv-views" role="group" aria-label="Show">{_views(view)}</div>'
        f'<div class="cv-page" tabindex="0" role="region" aria-label="Text of the source">{text}</div></section>'
    )


def problem_html(message: str) -> str:
    """The panel when there is nothing to show."""
    return f'<section class="cv-source cv-empty"><h2>The source</h2><p>{shown(message)}</p></section>'


def _steps(index: int, count: int) -> str:
    if count < 2:
        return "<span></span>"
    back, on = ("" if index > 0 else " disabled"), ("" if index < count - 1 else " disabled")
    return (
        f'<span class="cv-steps"><button type="button" data-step="-1"{back} aria-label="Previous citation">‹</button>'
        f'<span aria-live="polite">{index + 1} of {count}</span>'
        f'<button type="button" data-step="1"{on} aria-label="Next citation">›</button></span>'
    )


def _views(current: View) -> str:
    return "".join(
        f'<button type="button" data-show="{name}" aria-pressed="{"true" if name == current else "false"}">{label}</button>'
        for name, label in _VIEWS
    )


def _reading(reading: ReadingText, hit: Span, room: int) -> str:
    """The paragraphs around a place of the reading text."""
    shown_blocks = [b for b in reading.blocks if b.end > hit.start - room and b.start < hit.end + room]
    parts, first = [], True
    for block in shown_blocks:
        body = marked(reading.text[block.start : block.end], block.start, hit, first=first)
        first = first and "<mark" not in body
        parts.append(f'<p class="cv-{block.role}">{body}</p>')
    if shown_blocks and shown_blocks[0].start > reading.blocks[0].start:
        parts.insert(0, '<p class="cv-more">…</p>')
    if shown_blocks and shown_blocks[-1].end < reading.blocks[-1].end:
        parts.append('<p class="cv-more">…</p>')
    return "".join(parts)


def _file(doc: SourceDoc, start: int, end: int) -> str:
    """The lines of the text of record around a place, with their numbers."""
    first = max(1, doc.line_of(start) - _LINES)
    last = min(doc.line_count, doc.line_of(end - 1) + _LINES)
    items, unmarked = [], True
    for line in range(first, last + 1):
        span = doc.line_span(line)
        a, b = max(span.start, start - _FILE), min(span.end, end + _FILE)
        if a > b:
            continue
        body = marked(doc.text[a:b], a, Span(start, end), first=unmarked)
        unmarked = unmarked and "<mark" not in body
        items.append(f'<li value="{line}">{"… " if a > span.start else ""}{body}{" …" if b < span.end else ""}</li>')
    return f'<ol class="cv-lines">{"".join(items)}</ol>'
