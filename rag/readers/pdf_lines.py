"""Words of a PDF page into lines: raised and lowered words beside their neighbours, dropped capitals, cells, text."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from rag.readers.marks import raised
from rag.readers.pdf_words import Word, is_leftward

# A gap wider than this, in ems, parts two cells of a row; a narrower one than _SPACE is none.
CELL_GAP, _SPACE = 2.2, 0.15


_MARKER = re.compile(r"[●•▪◦‣»■□○☐☑☒✓✔¨*–—-]|\(?\w{1,3}[.)]|\[\d{1,3}\]")


@dataclass
class Line:
    """Words on one baseline, from left to right."""

    words: list[Word] = field(default_factory=list)

    @property
    def y(self) -> float:
        return self.words[0].line_y

    @cached_property
    def x0(self) -> float:
        return min(word.x0 for word in self.words)

    @cached_property
    def x1(self) -> float:
        return max(word.x1 for word in self.words)

    @cached_property
    def size(self) -> float:
        """The size most of the line's characters are set in, in points."""
        return _sizes(self.words).most_common(1)[0][0]

    @cached_property
    def text(self) -> str:
        """The line's words; raised numbers as marks or powers, cells parted by bars."""
        return _text(self.words, self.size)


def _sizes(words: list[Word]) -> Counter[float]:
    sizes: Counter[float] = Counter()
    for word in words:
        sizes[word.size] += len(word.text)
    return sizes


def lines_of(words: list[Word], tolerance: float = 0.3) -> list[Line]:
    """Lines from the top down: words whose baselines are closer than `tolerance` times their size are on one."""
    lines: list[Line] = []
    for word in sorted(words, key=lambda word: (-word.line_y, word.x0)):
        if lines and lines[-1].y - word.line_y <= tolerance * min(word.size, lines[-1].words[0].size):
            lines[-1].words.append(word)
        else:
            lines.append(Line([word]))
    for line in lines:
        line.words.sort(key=lambda word: word.x0)
    return lines


def find_raised(words: list[Word]) -> None:
    """Set `raised` and `line_y` of words that stand above or below the baseline of the words they follow or lead.

    `words` in the order of the file, in which a mark comes with what it marks.
    """
    for place, word in enumerate(words):
        before = words[place - 1] if place else None
        after = words[place + 1] if place + 1 < len(words) else None
        for base in (before, after):
            if base is None or base.turned != word.turned or base.raised:
                continue
            gap = word.x0 - base.x1 if base is before else base.x0 - word.x1
            lift = word.y - base.line_y
            if word.size < 0.53 * base.size and word.text[0].isalpha():
                continue  # the base is a dropped capital
            smaller = word.size < 0.85 * base.size
            # A mark may be set in the size of the text; then only a short one between is taken for one.
            alike = word.size <= 1.05 * base.size and len(word.text) <= 3 and after is not None and abs(after.y - base.y) < 0.5
            if not -0.3 * base.size < gap < 0.8 * base.size or not (smaller or (alike and base is before)):
                continue
            if 0.15 * base.size < lift < 0.75 * base.size:
                word.raised, word.line_y = True, base.line_y
                break
            if -0.45 * base.size < lift < -0.05 * base.size and base is before and smaller:
                word.line_y = base.line_y
                break


def set_dropped_capitals(words: list[Word], body: float) -> list[Word]:
    """`words` with each large initial letter, set over several lines, put before the first word beside it."""
    capitals = [w for w in words if len(w.text) == 1 and w.text.isupper() and w.size > 1.8 * body]
    gone: set[int] = set()
    for capital in capitals:
        beside = [
            word
            for word in words
            if word is not capital
            and -0.1 * body < word.x0 - capital.x1 < 1.5 * body
            and capital.y - 0.2 * body < word.line_y < capital.y + 0.9 * capital.size
            and word.size < 0.7 * capital.size
        ]
        lines = {round(word.line_y) for word in beside}
        if len(lines) < 2:
            continue
        first = max(beside, key=lambda word: word.line_y)
        apart = capital.text in "AIO" and first.spaced
        first.text = capital.text + (" " if apart else "") + first.text
        gone.add(id(capital))
    return [word for word in words if id(word) not in gone]


def _text(words: list[Word], size: float) -> str:
    letters = [char for word in words for char in word.text if char.isalpha()]
    leftward = sum(map(is_leftward, letters)) > len(letters) / 2
    text = ""
    ordered = words[::-1] if leftward else words
    for place, word in enumerate(ordered):
        before = ordered[place - 1] if place else None
        if before is not None:
            gap = before.x0 - word.x1 if leftward else word.x0 - before.x1
            if gap > CELL_GAP * size and not (place == 1 and is_marker(before.text)):
                text += " | "
            elif gap > _SPACE * size or (word.spaced and gap > -0.05 * size and not word.raised):
                text += " "
        if word.raised and not text and re.fullmatch(r"\d{1,3}", word.text):
            text = f"[{word.text}] "  # the number of a note, before it
        elif word.raised:
            text = text.rstrip(" ") if text[-2:-1].isalnum() and word.text.isdigit() else text
            text += raised(word.text, text)
        else:
            text += word.text
    return re.sub(r" {2,}", " ", text).strip()


def is_marker(text: str) -> bool:
    """Whether a word is what an item of a list begins with: a bullet, `1.`, `(a)`, `[3]`."""
    return bool(_MARKER.fullmatch(text))


def gaps(line: Line, least: float) -> list[tuple[float, float]]:
    """The stretches at least `least` points wide that no word of the line covers, those at its two sides included."""
    found, reach = [], float("-inf")
    for word in line.words:
        if word.x0 - reach >= least:
            found.append((reach, word.x0))
        reach = max(reach, word.x1)
    return [*found, (reach, float("inf"))]


def leading(lines: list[Line]) -> float:
    """The usual distance between two baselines of these lines, in points; 1.2 times the size when there is none."""
    steps = sorted(above.y - below.y for above, below in pairwise(lines) if above.y - below.y > 0.5 * below.size)
    return steps[len(steps) // 3] if steps else 1.2 * (lines[0].size if lines else 10.0)
