"""Workbooks (.xlsx): every sheet under its name, a row as a line that can be read alone."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterator
from typing import Any

from rag.errors import InputError
from rag.readers.package import LARGEST_PART, Package
from rag.readers.parsed import Parsed, of_blocks
from rag.readers.table import with_heads

# Cells of all sheets together; each takes about a hundred bytes while it is read.
_MOST_CELLS = 2_000_000


def parse(raw: bytes, document: str) -> Parsed:
    """The values as they were last computed and are shown: dates, percentages and thousands by the cell's format."""
    from openpyxl import load_workbook

    package = Package(raw, document, "XLSX")
    package.needed("[Content_Types].xml")
    large = next((name for name, size in package.sizes.items() if size > LARGEST_PART), None)
    if large:
        raise InputError(f"{document}: its part {large} unpacks to more than {LARGEST_PART // 2**20} MiB.", "Split it.")
    book = load_workbook(io.BytesIO(raw), read_only=True, data_only=True, keep_links=False)
    blocks: list[str] = []
    warnings: list[str] = []
    left = _MOST_CELLS
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            warnings.append(f"{document}: the hidden sheet {sheet.title!r} was left out")
            continue
        rows: list[list[str]] = []
        sheet.reset_dimensions()  # what the file claims; it may claim a million empty columns
        for row in sheet.iter_rows():
            left -= len(row) + 1
            if left < 0:
                raise InputError(f"{document}: more than {_MOST_CELLS:,} cells.", "Split it.")
            cells = list(_shown(row))
            if any(cells):
                rows.append(cells)
        if rows:
            blocks += [sheet.title, *with_heads(rows)]
    return of_blocks(blocks, warnings)


def _shown(row: Any) -> Iterator[str]:
    for cell in row:
        yield "" if cell.value is None else _value(cell.value, cell.number_format or "")


def _value(value: Any, form: str) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "minutes")
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, (int, float)):
        return _number(value, re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", form.partition(";")[0]))
    return str(value).strip()


def _number(value: float, form: str) -> str:
    """A number by its format's percent sign, thousands and decimals; without a format, as short as it is exact."""
    places = re.search(r"[0#]\.(0+)", form)
    decimals = len(places.group(1)) if places else 0
    if "%" in form:
        return f"{value * 100:,.{decimals}f}%" if "," in form else f"{value * 100:.{decimals}f}%"
    if places or re.search(r"#,##|0,0", form) or re.fullmatch(r"[#0]+", form):
        return f"{value:,.{decimals}f}" if "," in form else f"{value:.{decimals}f}"
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else f"{value:.15g}"
