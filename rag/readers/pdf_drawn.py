"""What is drawn on a PDF page beside its text: the picture of a scanned page, the rules of a table."""

from __future__ import annotations

from itertools import islice
from typing import NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium

# A picture over so much of a page is the scan of a page; on a page without a letter, one over so little may be a cutting.
_SCAN_SHARE, _CUTTING_SHARE = 0.5, 0.05
# Points: what is flatter and wider is a rule; what is not too high may be a cell, whose sides are rules.
_FLAT, _WIDE, _HIGHEST_CELL = 3.0, 20.0, 300.0
# A page with more drawn things is a map or a diagram, no table.
_MOST_DRAWN = 3000


class Rule(NamedTuple):
    """A horizontal line drawn on a page, in points."""

    y: float
    x0: float
    x1: float


def has_scan(page: pypdfium2.PdfPage, is_empty: bool = False) -> bool:
    """Whether pictures cover most of the page; or a part of it, where it is otherwise empty."""
    area = page.get_width() * page.get_height()
    covered = 0.0
    for image in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = image.get_bounds()
        covered += (right - left) * (top - bottom)
    return bool(covered >= (_CUTTING_SHARE if is_empty else _SCAN_SHARE) * area)


def rules_of(page: pypdfium2.PdfPage) -> list[Rule]:
    """The horizontal lines drawn on the page, the upper and lower sides of boxes included."""
    found: list[Rule] = []
    for path in islice(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH], max_depth=2), _MOST_DRAWN):
        left, bottom, right, top = path.get_bounds()
        if right - left < _WIDE or top - bottom > _HIGHEST_CELL:
            continue
        if top - bottom <= _FLAT:
            found.append(Rule((top + bottom) / 2, left, right))
        else:
            found += [Rule(top, left, right), Rule(bottom, left, right)]
    return found
