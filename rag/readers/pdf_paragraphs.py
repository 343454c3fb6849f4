"""Lines of a column into paragraphs, headings and the notes at its foot."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from rag.readers.pdf_lines import Line, is_marker, leading

FINAL = re.compile(r"[.!?:;…][\"'”’)\]»]*[⁰¹²³⁴-⁹]*(?:\[\d+\])*$")
_BULLET = re.compile(r"[●•▪◦‣■□○☐☑☒✓✔¨]|[-–*]\s")
_NOTE_START = re.compile(r"\[?\d{1,3}[\]. ]|[⁰¹²³⁴-⁹]|[*†‡§¶]|\d{1,3}$")


@dataclass
class Block:
    """A paragraph, heading or run of table rows: its lines; `kind` is text, table or note."""

    lines: list[str]
    kind: str = "text"
    size: float = 0.0

    @property
    def is_open(self) -> bool:
        """Whether its last sentence has no end yet."""
        last = self.lines[-1] if self.lines else ""
        return self.kind == "text" and not FINAL.search(last) and len(last) > 20

    @property
    def is_full(self) -> bool:
        """Whether its last line is about as long as the longest."""
        return len(self.lines) > 1 and len(self.lines[-1]) > 0.75 * max(map(len, self.lines))

    @property
    def is_heading(self) -> bool:
        return self.kind == "text" and len(self.lines) == 1 and not FINAL.search(self.lines[0])


def runs_on(last: Block, first: Block, at_break: bool = True) -> bool:
    """Whether the sentence that `last` leaves open goes on in `first`, the next column's or page's (`at_break`) first block."""
    if not last.is_open or first.kind != "text" or abs(last.size - first.size) > 0.12 * last.size:
        return False
    return first.lines[0][:1].islower() or last.lines[-1][-1] in "-\u00ad" or (at_break and last.is_full)


def paragraphs(lines: list[Line], body: float) -> list[Block]:
    """The lines of a column as paragraphs, the notes at its foot as blocks of their own; `body` is the size of the text."""
    step = leading(lines)
    sides = min(line.x0 for line in lines), max(line.x1 for line in lines)
    blocks = [Block([lines[0].text], size=lines[0].size)]
    notes_from = _notes_at_foot(lines, body)
    for place, (line, after) in enumerate(pairwise(lines), start=1):
        if place == notes_from or _parts(line, after, step, sides) or (place > notes_from and _NOTE_START.match(after.text)):
            blocks.append(Block([after.text], size=after.size))
        else:
            # A space before the line's end says that the line runs on.
            blocks[-1].lines[-1] += " "
            blocks[-1].lines.append(after.text)
        if place >= notes_from:
            blocks[-1].kind = "note"
    if not notes_from:
        blocks[0].kind = "note"
    return blocks


def _parts(line: Line, after: Line, step: float, sides: tuple[float, float]) -> bool:
    """Whether a paragraph ends between two lines: by distance, size, indent, or because the next word would have fitted."""
    distance = line.y - after.y
    larger = max(line.size, after.size)
    if distance > max(1.35 * step, 1.05 * larger) or abs(line.size - after.size) > 0.12 * larger:
        return True
    if _BULLET.match(after.text):
        return True
    if after.x0 - line.x0 > 0.9 * larger and abs(after.x0 + after.x1 - line.x0 - line.x1) > larger:
        # The second line of a hanging item is no new paragraph.
        return bool(FINAL.search(line.text)) or not _is_item(line)
    first = after.words[0]
    centred = line.x0 - sides[0] > larger and abs(after.x0 + after.x1 - line.x0 - line.x1) < larger
    left_over = sides[1] - line.x1 + (line.x0 - sides[0] if centred else 0.0)
    fits = left_over > first.x1 - first.x0 + 1.3 * larger
    # A full line in mid-sentence may be short of a word that is tied to the one after it: "10 000", "FY 2014".
    is_short = line.x1 - line.x0 < 0.6 * (sides[1] - sides[0])
    return fits and not after.text[:1].islower() and (is_short or bool(FINAL.search(line.text)))


def _is_item(line: Line) -> bool:
    return bool(_BULLET.match(line.text) or is_marker(line.words[0].text))


def _notes_at_foot(lines: list[Line], body: float) -> int:
    """The place of the first line of the notes below a column; the number of lines when there are none."""
    place = len(lines)
    while place and lines[place - 1].size <= 0.93 * body:
        place -= 1
    for start in range(place, len(lines)):
        # Small text may also be a caption: notes begin with their mark.
        if _NOTE_START.match(lines[start].text):
            return start
    return len(lines)
