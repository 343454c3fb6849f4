"""A report as a Word document (.docx) with real footnotes: Word numbers them, moves them and prints them at the foot."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.shared import Pt

from rag.export.footnotes import Footnotes, text_run
from rag.export.report import Heading, Paragraph, Report, Run, Table
from rag.export.visible import one_line

_STYLES = {"body": "Normal", "key": "Key", "quote": "Quote", "item": "List Bullet", "remark": "Remark"}

# Word refuses longer properties.
_LONGEST_PROPERTY = 255


def write(report: Report, at: datetime) -> bytes:
    """The report as the bytes of a .docx file; `at` is when it was made."""
    document = docx.Document()
    _style(document)
    _properties(document, report, at)
    notes = Footnotes(document)
    by_number = {note.number: note for note in report.notes}
    for number in dict.fromkeys(report.called()):
        notes.add(number, by_number[number].runs)
    document.add_paragraph(report.kind, style="Subtitle")
    document.add_heading(one_line(report.title), level=1)
    for block in report.blocks:
        if isinstance(block, Heading):
            document.add_heading(one_line(block.text), level=2)
        elif isinstance(block, Table):
            _table(document, block)
        else:
            _paragraph(document, block, notes)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _paragraph(document: Any, block: Paragraph, notes: Footnotes) -> None:
    paragraph = document.add_paragraph(style=_STYLES[block.kind])
    for run in block.runs:
        paragraph._p.append(text_run(run))
        for element in notes.calls(run.notes):
            paragraph._p.append(element)


def _table(document: Any, block: Table) -> None:
    table = document.add_table(rows=0, cols=len(block.header), style="Table Grid")
    for number, row in enumerate((block.header, *block.rows)):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.paragraphs[0]._p.append(text_run(Run(text, "strong" if number == 0 else "plain")))


def _style(document: Any) -> None:
    for name, size in (("Key", 16), ("Remark", 9)):
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles["Normal"]
        style.font.size = Pt(size)


def _properties(document: Any, report: Report, at: datetime) -> None:
    properties = document.core_properties
    properties.title = one_line(report.title)[:_LONGEST_PROPERTY]
    properties.author = properties.last_modified_by = "Chapter & Verse"
    properties.comments = ""
    properties.created = properties.modified = at
