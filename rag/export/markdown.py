"""A report as Markdown (CommonMark with tables and footnotes) that reads well as plain text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.export.report import Heading, Note, Paragraph, Report, Run, Table
from rag.export.visible import one_line

# What would be markup. An underscore inside a word is none; "<" and entities would be HTML.
_MARKUP = re.compile(r"[\\`*\[\]~]|(?<!\w)_|_(?!\w)|\$(?=\$)|(?<=\$)\$")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_LEAD = re.compile(r"^(?:([#>+=:-])|(\d{1,9})([.)]))")

_SIGNS_FIRST, _SIGNS_LAST = re.compile(r"[\W_]+"), re.compile(r"[\W_]+$")

_BEFORE = {"body": "", "key": "", "quote": "> ", "item": "- ", "remark": ""}
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
    return _BEFORE[block.kind] + _lead(_runs(block.runs))


def _cell(text: str) -> str:
    return text if text == "---" else escaped(text).replace("|", "\\|")


def _lead(text: str) -> str:
    """A paragraph whose first characters would make it a heading, a list or a quotation."""
    return _LEAD.sub(lambda match: f"\\{match[1]}" if match[1] else f"{match[2]}\\{match[3]}", text)


def _runs(runs: Sequence[Run]) -> str:
    around = ["", *(run.text for run in runs), ""]
    return "".join(_run(run, around[n][-1:], around[n + 2][:1]) for n, run in enumerate(runs)).strip()


def _run(run: Run, before: str, after: str) -> str:
    """A run between the characters `before` and `after` it.

    CommonMark sees no emphasis in marks between a letter and a sign (a quotation mark, say): such signs are left outside.
    """
    first, last = (" " if edge.isspace() else "" for edge in (run.text[:1], run.text[-1:]))
    text, mark = one_line(run.text), _AROUND[run.style]
    start, end = 0, len(text)
    if mark and before.isalnum() and not first and (signs := _SIGNS_FIRST.match(text)):
        start = signs.end()
    if mark and after.isalnum() and not last and (signs := _SIGNS_LAST.search(text, start)):
        end = signs.start()
    if start == end:
        mark = ""
    words = f"{escaped(text[:start])}{mark}{escaped(text[start:end])}{mark}{escaped(text[end:])}"
    return f"{first}{words}{last}" + "".join(f"[^{number}]" for number in run.notes)


def _note(note: Note) -> str:
    return f"[^{note.number}]: {_runs(note.runs)}"
