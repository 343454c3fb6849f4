"""Tables as text (.csv, .tsv): a row is a line that can be read alone."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from rag.readers.parsed import Parsed, of_blocks
from rag.readers.plain import decode
from rag.readers.rows import header_of, table_lines

_SEPARATORS = ",;\t|"
# Rows that are looked at for the separator and the heads of the columns.
_SAMPLE = 20


def parse(raw: bytes, document: str) -> Parsed:
    """`Head: value; Head: value.` for each row, or its cells between bars where the table names no columns."""
    text, warning = decode(raw, document)
    text = text.lstrip("\ufeff").replace("\0", "")
    best = max(_SEPARATORS, key=lambda separator: _fit(text, separator))
    rows = [row for row in _rows(text, best) if any(cell.strip() for cell in row)]
    return of_blocks(with_heads(rows), [warning] if warning else [])


def with_heads(rows: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a table whose heads, if it has any, are found by what they look like."""
    head = header_of(rows[:_SAMPLE])
    return table_lines(rows[: max(head, 0)], 0) + table_lines(rows[max(head, 0) :], int(head >= 0))


def _rows(text: str, separator: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def _fit(text: str, separator: str) -> tuple[int, int]:
    """How many of the first rows have the commonest number of cells, if that is more than one, and that number."""
    reader = csv.reader(io.StringIO(text[: 2**20], newline=""), delimiter=separator)
    widths = [len(row) for row, _ in zip(reader, range(_SAMPLE), strict=False)]
    usual = max(set(widths), key=lambda width: (widths.count(width), width), default=0)
    return (widths.count(usual), usual) if usual > 1 else (0, 0)
