"""The bricks: escaped text, links to places in documents, a document's date and where a place stands."""

from __future__ import annotations

import html
from urllib.parse import quote

from rag.cite import Library as Library
from rag.export.visible import is_web_address
from rag.export.visible import shown as shown
from rag.export.wording import lines_of as lines_of
from rag.reading import ReadingText
from rag.types import FILE_NAME, Citation, Entry, SourceDoc, Span


def place_link(document: str, start: int, end: int, label: str, *, css: str = "cv-place", said: str = "", tip: str = "") -> str:
    """A link that opens the source panel at a place: `label` is shown, `tip` when the pointer rests on it, `said` is added
    for screen readers."""
    hidden = f'<span class="cv-sr">{shown(said)}</span>' if said else ""
    title = f' title="{shown(tip)}"' if tip else ""
    return f'<a class="{css}" href="#cite-{start}-{end}-{quote(document, safe="")}"{title}>{shown(label)}{hidden}</a>'


def opening(doc: SourceDoc, reading: ReadingText, label: str, **link: str) -> str:
    """A `place_link` to a document's first paragraph; empty for a document without words."""
    if not reading.blocks:
        return ""
    block = reading.blocks[0]
    place = reading.to_record(block.start, block.end)
    return place_link(doc.document, place.start, place.end, label, **link)


def cite_link(citation: Citation) -> str:
    """The number of a citation, linked to its place."""
    where = f" citation, {citation.title}, {lines_of(citation)}"
    return place_link(
        citation.document, citation.char_start, citation.char_end, str(citation.number), css="cv-place cv-number", said=where
    )


def date_of(entry: Entry) -> str:
    """A document's date as HTML; one that the document does not print says what it was inferred from."""
    if entry.date is None:
        return "undated"
    words, where = entry.inferred.get("date"), entry.read_from.get("date")
    if words is not None:
        return f'{shown(entry.date)} <span class="cv-inferred" title="Inferred from: {shown(words)}">(inferred)</span>'
    return shown(entry.date) + (f' <span class="cv-inferred">(from {shown(where)})</span>' if where == FILE_NAME else "")


def byline(entry: Entry) -> str:
    """Who published a document when, as HTML."""
    parts = [shown(", ".join(entry.authors)), shown(entry.publisher or ""), date_of(entry)]
    return " · ".join(part for part in parts if part)


def web_link(url: str | None) -> str:
    """A link to the published document, only ever over http(s); anything else is shown as text."""
    if not url:
        return ""
    if not is_web_address(url):
        return shown(url)
    return f'<a href="{html.escape(url)}" target="_blank" rel="noopener noreferrer">{shown(url)}</a>'


def marked(text: str, base: int, hit: Span, *, first: bool = False) -> str:
    """`text`, which begins at offset `base`, as HTML with what lies inside `hit` marked; `first` names it for scrolling."""
    start, end = max(hit.start - base, 0), min(hit.end - base, len(text))
    if start >= end:
        return shown(text)
    name = ' id="cv-hit"' if first else ""
    return f"{shown(text[:start])}<mark{name}>{shown(text[start:end])}</mark>{shown(text[end:])}"


def shortened(text: str, most: int) -> str:
    """The beginning of `text`, cut between words where there are words."""
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    return (text[:most].rsplit(" ", 1)[0] or text[:most]) + " …"


def around(reading: ReadingText, hit: Span, room: int) -> tuple[str, str]:
    """Up to `room` characters before and after a place of a reading text, within its paragraph, cut between words."""
    block = next((b for b in reading.blocks if b.start <= hit.start < b.end), None)
    first, last = (block.start, max(block.end, hit.end)) if block else (0, len(reading.text))
    before, after = reading.text[max(first, hit.start - room) : hit.start], reading.text[hit.end : min(last, hit.end + room)]
    if hit.start - room > first:
        before = "… " + before.partition(" ")[2]
    if hit.end + room < last:
        after = after.rpartition(" ")[0] + " …"
    return before, after
