"""The documents along the years, as a list of years with a mark for each document: readable without seeing it."""

from __future__ import annotations

from collections.abc import Sequence

from rag.reading import ReadingText
from rag.types import SourceDoc
from ui.render.markup import opening, shown

# Columns that fit beside each other; where the years are more, ten, a hundred … of them share a column.
_MOST_COLUMNS = 24

# Marks in a column; the others are counted.
_MOST_MARKS = 10


def timeline_html(documents: Sequence[tuple[SourceDoc, ReadingText]]) -> str:
    """The dated documents by year, each mark a way into its document; empty when fewer than two have a date."""
    dated = [(int(doc.entry.date[:4]), doc, reading) for doc, reading in documents if doc.entry.date]
    if len(dated) < 2:
        return ""
    years = [year for year, _, _ in dated]
    width = 1
    while max(years) // width - min(years) // width + 1 > _MOST_COLUMNS:
        width *= 10
    columns = []
    for first in range(min(years) // width * width, max(years) + 1, width):
        inside = [(doc, reading) for year, doc, reading in dated if first <= year < first + width]
        columns.append(_column(first, width, inside))
    undated = len(documents) - len(dated)
    rest = f'<p class="cv-mode">{undated} without a date</p>' if undated else ""
    return (
        '<section class="cv-timeline" aria-label="Documents by year"><div class="cv-years" tabindex="0" role="group" '
        f'aria-label="Years"><ol>{"".join(columns)}</ol></div>{rest}</section>'
    )


def _column(first: int, width: int, inside: Sequence[tuple[SourceDoc, ReadingText]]) -> str:
    name = str(first) if width == 1 else f"{first}–{first + width - 1}"
    marks = "".join(f"<li>{_mark(doc, reading)}</li>" for doc, reading in inside[:_MOST_MARKS])
    more = f"<li>+{len(inside) - _MOST_MARKS}</li>" if len(inside) > _MOST_MARKS else ""
    several = f'<span class="cv-sr"> {len(inside)} document{"s" if len(inside) != 1 else ""}</span>'
    # The year comes first for those who hear it; below its marks for those who see it.
    return f'<li><span class="cv-year">{shown(name)}{several}</span><ul>{marks}{more}</ul></li>'


def _mark(doc: SourceDoc, reading: ReadingText) -> str:
    name = f"{doc.entry.date} · {doc.entry.title}"
    return opening(doc, reading, "", css="cv-dot", said=name, tip=name)
