"""A report as Markdown (CommonMark with tables and footnotes) that reads well as plain text."""

from __future__ import annotations

import re

from rag.export.report import Heading, Note, Paragraph, Report, Run, Table
from rag.export.visible import one_line

# What would be markup. An underscore inside a word is none; "<" and entities would be HTML.
_MARKUP = re.compile(r"[\\`*\[\]~]|(?<!\w)_|_(?!\w)|\$(?=\$)|(?<=\$)\$")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_LEAD = re.compile(r"^(?:([#>+=:-])|(\d{1,9})([.)]))")

_BEFORE = {"body": "", "quote": "> ", "item": "- ", "remark": ""}
_AROUND = {"plain": "", "strong": "**", "emphasis": "*"}


def write(report: Report) -> str:
    """The report as Markdown, with a line end at its end."""
    parts = [f"# {escaped(report.title)}", *(_block(block) for block in report.blocks)]
    if report.notes:
        parts.append("\n".join(_note(note) for note in report.notes))
    return "\n\n".join(parts) + "\n"


def escaped(text: str) -> str:
    """Text of one line that Markdown shows as it is."""
    text = _ENTITY.sub("&amp;", one_line(text)).replace("<", "&lt;")
    return _MARKUP.sub(lambda match: "\\" + match.group(), text)


def _block(block: Heading | Paragraph | Table) -> str:
    if isinstance(block, Heading):
        return f"## {escaped(block.text)}"
    if isinstance(block, Table):
        rows = [block.header, tuple("---" for _ in block.header), *block.rows]
        return "\n".join(f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows)
    return _BEFORE[block.kind] + _lead("".join(_run(run) for run in block.runs).strip())


def _cell(text: str) -> str:
    return text if text == "---" else escaped(text).replace("|", "\\|")


def _lead(text: str) -> str:
    """A paragraph whose first characters would make it a heading, a list or a quotation."""
    return _LEAD.sub(lambda match: f"\\{match[1]}" if match[1] else f"{match[2]}\\{match[3]}", text)


def _run(run: Run) -> str:
    text = escaped(run.text)
    mark = _AROUND[run.style] if text else ""
    before, after = (" " if edge.isspace() else "" for edge in (run.text[:1], run.text[-1:]))
    return f"{before}{mark}{text}{mark}{after}" + "".join(f"[^{number}]" for number in run.notes)


def _note(note: Note) -> str:
    return f"[^{note.number}]: {''.join(_run(run) for run in note.runs).strip()}"
