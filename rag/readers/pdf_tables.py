"""Rows of a table on a PDF page: cells by the gaps between words, rows by the rules drawn between them or by lines."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from rag.readers.pdf_drawn import Rule
from rag.readers.pdf_lines import Line
from rag.readers.rows import header_of, row_line, table_lines

# A table of fewer rows under its heads may be something else.
_FEWEST_ROWS = 3
# Heads of more characters would drown the figures they are written before.
_LONGEST_HEAD = 60
_CURRENCIES = "$€£¥"
_FIGURE = re.compile(r"[^\w]*\d[\d.,\s]*\D{0,2}")


class _Cell(NamedTuple):
    x0: float
    x1: float
    text: str


def table_rows(lines: list[Line], rules: list[Rule]) -> list[str]:
    """The rows of a table as lines of text; lines that belong to one row, by the rules or by their place, as one."""
    rows: list[list[_Cell]] = []
    bands = _bands(lines, rules)
    for band in bands:
        rows += [_one_row(band)] if len(bands) > 1 and _is_one_row(band) else _by_line(band)
    return _with_heads([[cell.text for cell in row] for row in rows])


def _bands(lines: list[Line], rules: list[Rule]) -> list[list[Line]]:
    """The lines between one rule through the table and the next; all lines when it has too few rules to part rows."""
    left, right = min(line.x0 for line in lines), max(line.x1 for line in lines)
    drawn: dict[int, float] = {}
    for rule in rules:
        level = round(rule.y / 2)
        drawn[level] = drawn.get(level, 0.0) + max(min(rule.x1, right) - max(rule.x0, left), 0.0)
    levels = sorted((2.0 * level for level, width in drawn.items() if width > 0.6 * (right - left)), reverse=True)
    bands: list[list[Line]] = [[]]
    for line in lines:
        while levels and line.y < levels[0]:
            levels.pop(0)
            bands.append([])
        bands[-1].append(line)
    bands = [band for band in bands if band]
    return bands if len(bands) >= _FEWEST_ROWS else [lines]


def _one_row(band: list[Line]) -> list[_Cell]:
    """The cells of all lines of a band, those above each other as one."""
    row: list[_Cell] = []
    for line in band:
        for cell in _cells(line):
            over = [one for one in row if _over(one, cell)]
            rest = [one for one in row if one not in over]
            whole = [*over, cell]
            text = _run_on(one.text for one in whole)
            row = [*rest, _Cell(min(one.x0 for one in whole), max(one.x1 for one in whole), text)]
    return sorted(row)


def _run_on(texts: Iterable[str]) -> str:
    """The lines of a cell as one, without a space after a hyphen."""
    return re.sub(r"(?<=\w-) ", "", " ".join(texts))


def _is_one_row(band: list[Line]) -> bool:
    """Whether the lines of a band are one row: two figures above each other are of two rows."""
    figures = [cell for line in band for cell in _cells(line) if _FIGURE.fullmatch(cell.text)]
    several = any(_over(one, other) for at, one in enumerate(figures) for other in figures[at + 1 :])
    close = all(above.y - below.y < 1.6 * above.size for above, below in pairwise(band))
    return close and not several


def _by_line(lines: list[Line]) -> list[list[_Cell]]:
    """Each line as a row, but for the second line of a cell, which goes with its first."""
    rows: list[list[_Cell]] = []
    previous: Line | None = None
    for line in lines:
        cells = _cells(line)
        close = previous is not None and previous.y - line.y < 1.3 * line.size
        above = rows[-1] if rows else []
        homes = [next((i for i, one in enumerate(above) if _over(one, cell)), -1) for cell in cells]
        # A row of its own names itself in the first column.
        runs_over = len(cells) == 1 or all(cell.text[:1].islower() for cell in cells)
        if close and above and min(homes) > 0 and len(cells) < len(above) and runs_over:
            for home, cell in zip(homes, cells, strict=True):
                first = above[home]
                above[home] = _Cell(min(first.x0, cell.x0), max(first.x1, cell.x1), _run_on((first.text, cell.text)))
        else:
            rows.append(cells)
        previous = line
    return rows


def _with_heads(rows: list[list[str]]) -> list[str]:
    """The rows as lines: under their heads where every row has a cell for each, else between bars; after a colon neither."""
    head = header_of(rows)
    width, below = len(rows[head]), rows[head + 1 :]
    is_named = head >= 0 and max(map(len, rows[head])) <= _LONGEST_HEAD
    # A row of one cell is a heading between rows, or a note below them.
    if is_named and sum(len(row) == width for row in below) >= _FEWEST_ROWS and all(len(row) in (1, width) for row in below):
        heads = [re.sub(r"\u2060?[⁰¹²³⁴-⁹]+$", "", cell) for cell in rows[head]]
        return [*table_lines(rows[: head + 1], 0), *(row_line(row, heads) for row in below)]
    return [re.sub(r"(?<=[^\W\d]:|\):) \| ", " ", line) for line in table_lines(rows, 0)]


def _over(above: _Cell, below: _Cell) -> bool:
    return above.x0 < below.x1 and below.x0 < above.x1


def _cells(line: Line) -> list[_Cell]:
    cells: list[Line] = []
    for word in line.words:
        if cells and (word.x0 - cells[-1].x1 < 0.8 * line.size or cells[-1].words[-1].text in _CURRENCIES):
            cells[-1] = Line([*cells[-1].words, word])
        else:
            cells.append(Line([word]))
    # A sign of money stands apart from its figure at the side of a column.
    return [_Cell(cell.x0, cell.x1, re.sub(r"^([$€£¥])[ |]+(?=[\d(])", r"\1", cell.text)) for cell in cells]
