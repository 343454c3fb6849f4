"""Rows of tables as lines that can be read, and cited, without the table around them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import zip_longest

from rag.readers.parsed import one_line


def row_line(cells: Sequence[str], heads: Sequence[str] = ()) -> str:
    """One row: `Head: value; Head: value.` under `heads`, else the cells between bars. Empty cells are left out."""
    values = [one_line(cell) for cell in cells]
    if not heads or not any(values[1:]):  # the latter is a heading between rows
        return " | ".join(value for value in values if value)
    named = [
        f"{head}: {value}" if (head := heads[place].rstrip(":") if place < len(heads) else "") else value
        for place, value in enumerate(values)
        if value
    ]
    line = "; ".join(named)
    return line if line[-1] in ".!?" else line + "."


def table_lines(rows: Iterable[Sequence[str]], header_rows: int) -> list[str]:
    """The lines of a table whose first `header_rows` rows are its head, which is given as lines of its own first."""
    heads: list[str] = []
    lines: list[str] = []
    for number, row in enumerate(rows):
        filled = [cell for cell in row if cell.strip()]
        if number < header_rows:
            heads = _below(heads, [one_line(cell) for cell in row])
            lines.append(" | ".join(map(one_line, filled)))
        elif len(filled) == 1 and not heads:
            lines += map(one_line, filled[0].split("\n"))  # a form's field that holds paragraphs
        else:
            lines.append(row_line(row, heads))
    return [line for line in lines if line]


def _below(heads: list[str], row: list[str]) -> list[str]:
    """The heads of the columns once the next row of the head is read, under those of the rows above."""
    pairs = zip_longest(heads, row, fillvalue="")
    return [upper if lower in ("", upper) else f"{upper} {lower}".strip() for upper, lower in pairs]


def header_of(rows: Sequence[Sequence[str]]) -> int:
    """The place of the row that names the columns, among the first rows of a table without marked heads; -1: none.

    It is the first row of two or more cells, when they are all words, all different, and a row as wide comes below it.
    """
    for place, row in enumerate(rows):
        filled = [cell.strip() for cell in row if cell.strip()]
        if len(filled) < 2:
            continue  # a title over the table
        below = max((sum(map(bool, later)) for later in rows[place + 1 :]), default=0)
        words = all(any(char.isalpha() for char in cell) for cell in filled)
        return place if words and len(set(filled)) == len(filled) and below >= 2 else -1
    return -1
