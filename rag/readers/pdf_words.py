"""The words of a PDF page with their places: what PDFium says of each character, and what of it a person can see."""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from rag.readers.pdf_drawn import Rule, has_scan, rules_of
from rag.readers.pdf_ligatures import Ligatures

# PDFium's signs for a hyphen at a line's end.
_LINE_END_HYPHENS = (0x02, 0xFFFE)
_BULLETS = re.compile("[\uf06c\uf06e\uf075\uf076\uf0a7\uf0a8\uf0b7\uf0d8\uf0fc]")
# Below this many points nobody can read a letter.
_SMALLEST_SIZE = 1.0
# Of 255: what is lighter is white; what differs less from its ground cannot be told from it.
_WHITE, _CONTRAST = 245, 40
# Points: of a larger page, a smaller picture is looked at.
_LARGEST_PICTURE = 3000.0
# So few letters beside the picture of a page are a stamp or the page's head.
_STAMP = 150


@dataclass(slots=True)
class Word:
    """Characters set without a gap. Coordinates in points, turned so that the text is upright, y upwards from its baseline.

    `line_y` is the baseline of its line: another than `y` for raised and lowered words. `spaced`: a space stands before it.
    """

    text: str
    x0: float
    x1: float
    y: float
    size: float
    turned: int = 0
    spaced: bool = True
    line_y: float = 0.0
    raised: bool = False
    hidden: str = ""


@dataclass(slots=True)
class _Style:
    """What all characters of a text object share. `turned` counts quarter turns; None is any other angle."""

    size: float
    stretch: float
    turned: int | None
    font: str
    hidden: str


@dataclass(slots=True)
class PageWords:
    """`words` in the order of the file. `hidden` names what was left out; `is_scan`: the text lies under a picture of it;
    `is_picture`: the page is a picture without its text; `unknown` counts the characters without a code."""

    words: list[Word]
    height: float
    hidden: set[str]
    is_scan: bool
    is_picture: bool
    unknown: int
    rules: list[Rule]


def words_of(page: pypdfium2.PdfPage, ligatures: Ligatures) -> PageWords:
    """The visible words of a page; the invisible ones as well where the page is a scan."""
    textpage = page.get_textpage()
    try:
        words, unknown = _Scan(page, textpage, ligatures).words()
    finally:
        textpage.close()
    ligatures.repair()
    if any(word.hidden == "white" for word in words):
        _look_at_white(page, words)
    hidden = {word.hidden for word in words if word.hidden}
    letters = Counter({kind: sum(len(word.text) for word in words if word.hidden == kind) for kind in ("", "invisible")})
    is_covered = letters[""] < max(_STAMP, letters["invisible"]) and has_scan(page, not words)
    is_scan = is_covered and letters["invisible"] > letters[""]
    if is_scan:
        hidden.discard("invisible")
    words = [word for word in words if not word.hidden or (is_scan and word.hidden == "invisible")]
    rules = [] if is_scan else rules_of(page)
    return PageWords(words, page.get_height(), hidden, is_scan, is_covered and not is_scan, unknown, rules)


class _Scan:
    """One pass over the characters of a page."""

    def __init__(self, page: pypdfium2.PdfPage, textpage: pypdfium2.PdfTextPage, ligatures: Ligatures) -> None:
        self._textpage = textpage
        self._ligatures = ligatures
        self._styles: dict[int, _Style] = {}
        left, bottom, right, top = page.get_cropbox()
        self._frame = (left - 1, bottom - 1, right + 1, top + 1)

    def words(self) -> tuple[list[Word], int]:
        """The words, and how many characters have no code that says what they are."""
        raw, handle = pdfium, self._textpage.raw
        box, x, y = pdfium.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
        found: list[Word] = []
        word: Word | None = None
        spaced, unknown, last_x = True, 0, math.nan
        for index in range(self._textpage.count_chars()):
            code = raw.FPDFText_GetUnicode(handle, index)
            if code in (0x20, 0x0A, 0x0D, 0x09, 0xA0) or 0x2000 <= code <= 0x200A:
                word, spaced = None, True
                continue
            style = self._style(index)
            if style is None or style.turned is None:
                word = None
                continue
            if code in _LINE_END_HYPHENS:
                char = "-"
            elif code < 0x20 or 0xD800 <= code <= 0xDFFF or code == 0xFFFD:
                char, unknown = "\ufffd", unknown + 1
            else:
                char = _own_character(chr(code))
            raw.FPDFText_GetLooseCharBox(handle, index, box)
            raw.FPDFText_GetCharOrigin(handle, index, x, y)
            x0, x1, base = _upright(box, y.value, x.value, style.turned)
            hidden = style.hidden
            if not hidden and not (self._frame[0] <= x.value <= self._frame[2] and self._frame[1] <= y.value <= self._frame[3]):
                hidden = "outside the page"
            size = style.size
            if word is not None and x0 == last_x and word.y == base:  # "f" and "i" of one glyph have one place
                word.text += char
                self._ligatures.forget()
                continue
            last_x = x0
            if word is not None and (
                word.turned != style.turned
                or word.hidden != hidden
                or abs(word.y - base) > 0.12 * size
                or abs(word.size - size) > 0.1 * size
                or not (-0.4 * size < x0 - word.x1 < 0.6 * size or (is_leftward(char) and abs(word.x0 - x1) < 0.6 * size))
            ):
                word = None
            if word is None:
                word = Word(char, x0, x1, base, size, style.turned, spaced, base, False, hidden)
                found.append(word)
                spaced = False
            else:
                word.text += char
                word.x0, word.x1 = min(word.x0, x0), max(word.x1, x1)
            if not style.turned:
                self._ligatures.note(style.font, char, (x1 - x0) / (size * style.stretch or 1), word)
        return found, unknown

    def _style(self, index: int) -> _Style | None:
        pointer = pdfium.FPDFText_GetTextObject(self._textpage.raw, index)
        address = ctypes.cast(pointer, ctypes.c_void_p).value
        if address is None:
            return None
        style = self._styles.get(address)
        if style is None:
            style = self._styles[address] = self._read_style(pointer, index)
        return style

    def _read_style(self, pointer: Any, index: int) -> _Style:
        matrix = pdfium.FS_MATRIX()
        pdfium.FPDFText_GetMatrix(self._textpage.raw, index, matrix)
        height = math.hypot(matrix.c, matrix.d)
        size = pdfium.FPDFText_GetFontSize(self._textpage.raw, index) * height
        angle = math.degrees(math.atan2(matrix.b, matrix.a)) % 360
        quarter = round(angle / 90)
        turned = quarter % 4 if abs(angle - 90 * quarter) < 10 else None
        colour = [ctypes.c_uint() for _ in range(4)]
        hidden = ""
        if pdfium.FPDFTextObj_GetTextRenderMode(pointer) in (3, 7):
            hidden = "invisible"
        elif size < _SMALLEST_SIZE:
            hidden = "too small to see"
        elif pdfium.FPDFPageObj_GetFillColor(pointer, *colour):
            red, green, blue, alpha = (value.value for value in colour)
            hidden = "invisible" if not alpha else "white" if min(red, green, blue) >= _WHITE else ""
        name = ctypes.create_string_buffer(128)
        font = pdfium.FPDFTextObj_GetFont(pointer)
        if font:
            pdfium.FPDFFont_GetBaseFontName(font, name, 128)
        # A subset's tag is no part of a font's name.
        font_name = re.sub(r"^[A-Z]{6}\+", "", name.value.decode("utf-8", "replace"))
        return _Style(max(size, 0.1), math.hypot(matrix.a, matrix.b) / (height or 1), turned, font_name, hidden)


def is_leftward(char: str) -> bool:
    """Whether a letter is of a script written from right to left (Hebrew, Arabic)."""
    return "\u0590" <= char <= "\u08ff" or "\ufb1d" <= char <= "\ufdff" or "\ufe70" <= char <= "\ufefc"


def _upright(box: Any, y: float, x: float, turned: int) -> tuple[float, float, float]:
    """Left, right and baseline of a character after its text was turned upright."""
    if turned == 0:
        return box.left, box.right, y
    if turned == 1:
        return box.bottom, box.top, -x
    if turned == 2:
        return -box.right, -box.left, -y
    return -box.top, -box.bottom, x


def _own_character(char: str) -> str:
    """`char`, or what it stands for when it is a private code of a symbol font."""
    if not "\ue000" <= char <= "\uf8ff":
        return char
    if _BULLETS.match(char):
        return "•"
    return chr(ord(char) - 0xF000) if "\uf021" <= char <= "\uf07e" else "\ufffd"


def _look_at_white(page: pypdfium2.PdfPage, words: list[Word]) -> None:
    """White words on a dark ground are visible: decided on the picture of the page."""
    scale = min(1.0, _LARGEST_PICTURE / max(page.get_width(), page.get_height(), 1.0))
    image = page.render(scale=scale, draw_annots=False).to_pil().convert("L")
    left, _, _, top = page.get_cropbox()
    is_turned = page.get_rotation() != 0
    for word in words:
        if word.hidden != "white":
            continue
        if is_turned or word.turned:
            word.hidden = ""  # places on a turned page are not worked out; text is kept rather than lost
            continue
        place = (word.x0 - left, top - word.y - 0.8 * word.size, word.x1 - left, top - word.y + 0.2 * word.size)
        x0, y0, x1, y1 = (round(scale * value) for value in place)
        x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, image.width), min(y1, image.height)
        low, high = image.crop((x0, y0, x1, y1)).getextrema() if x0 < x1 and y0 < y1 else (255, 255)
        word.hidden = "" if high - low > _CONTRAST else "white on white"


def common_size(words: list[Word]) -> Counter[float]:
    """How many characters are set in each size, in half points."""
    sizes: Counter[float] = Counter()
    for word in words:
        sizes[round(2 * word.size) / 2] += len(word.text)
    return sizes
