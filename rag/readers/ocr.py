"""Scanned pages of a PDF read by OCR, where the extra `ocr` is installed: a page in, its words with their places out.

The words go the way of all words of a PDF page: the layout finds columns, paragraphs, running heads. What was read so is
marked in the reader's name of the document (`pdf/3+rapidocr-3.10.0:2-3,5`; `pdf/3+unread:2-3,5` without the extra), for two
reasons: who looks at these words (`rag show`, the warnings) is told that a program guessed them, and the text is read again when the OCR
changes.
"""

from __future__ import annotations

import math
import re
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from rag.errors import InputError

if TYPE_CHECKING:  # every start-up asks whether texts are stale; only a scanned page needs these
    import numpy as np
    import pypdfium2

    from rag.readers.pdf_words import Word

INSTALL = "pip install 'chapter-and-verse[ocr]'"
UNREAD = "unread"

# Pixels an inch: below it small print is misread, above it nothing is gained.
_RESOLUTION = 200
# A page may be as large as its file says it is: of a larger one, a smaller picture is read. A3 at full resolution is 3,300.
_LARGEST_SIDE, _SMALLEST_SIDE = 3600, 32
# Pixels of a page's pictures together. Some kinds have to be unpacked whole, with up to twelve bytes a pixel.
_MOST_PIXELS = 80_000_000
# On a picture of this side the lines are found; they are read at full resolution.
_FINDING_SIDE = 1280
# Lines that are all as sure as this, and lie, are of a page that stands upright.
_SURE = 0.8
# Of the height of a line's box: the size of its letters, and how far below the middle their baseline is.
_SIZE, _BASELINE = 0.8, 0.3
# Sizes that differ less are one size: a box is a few pixels higher or lower by the letters in it and by the raster.
_ALIKE = 0.2
# Pages whose lines are kept: the index, the quote checker and the page each read a file.
_KEPT = 4096

# The space after a full stop or a comma is what the recogniser loses most; without it two sentences would be one.
_GLUED = re.compile(r"(?<=[^\W\d_A-Z][.!?])(?=[A-Z][^\W\d_A-Z])|(?<=[^\W\d_][,;])(?=[^\W\d_])")

_MARK = re.compile(r"\+(?P<engine>[^:]+):(?P<pages>[\d,-]*)$")


class _Row(NamedTuple):
    """A line as it was recognised: its corners in pixels (top left, top right, bottom right, bottom left), y downwards."""

    corners: tuple[tuple[float, float], ...]
    text: str
    score: float


class Seen(NamedTuple):
    """What a scanned page says: its words, in points from its lower left corner, and its height once it stands upright."""

    words: list[Word]
    height: float
    is_turned: bool


# -- what a document's reader says -----------------------------------------------------------------------------------------


@cache
def engine() -> str:
    """The OCR there is, by name and version; "unread" without the extra. Imports nothing of it: every start-up asks."""
    try:
        return f"rapidocr-{version('rapidocr')}"
    except PackageNotFoundError:
        return UNREAD


def mark(pages: Sequence[int]) -> str:
    """What to put behind the reader's name of a PDF that has scanned pages: by what OCR these `pages` were read, or unread."""
    return f"+{engine()}:{ranges(pages, ',')}"


def is_stale(reader: str) -> bool:
    """Whether a document with this reader's name had scanned pages and would now be read otherwise.

    Without it, the pages of a file that was read before the extra came would stay unread; and `rag show`, which reads the
    file, would count other characters than the index.
    """
    found = _MARK.search(reader)
    return found is not None and found["engine"] != engine()


def has_scans(reader: str) -> bool:
    """Whether the text under this reader's name depends on which OCR there is."""
    return _MARK.search(reader) is not None


def is_read(reader: str, page: int | None) -> bool:
    """Whether the words of `page` (from 1) were read by OCR, by the reader's name of the document."""
    found = _MARK.search(reader)
    return found is not None and found["engine"] != UNREAD and page in _pages(found["pages"])


def note(document: str, reader: str) -> str:
    """The warning about a document's scanned pages, by its reader's name; empty where it has none."""
    found = _MARK.search(reader)
    if found is None or not found["pages"]:
        return ""
    return f"{document}: {UNREAD_PAGE if found['engine'] == UNREAD else READ_PAGE} (page {found['pages'].replace(',', ', ')})"


READ_PAGE = "a scanned page, read by OCR: check the words against the page"
UNREAD_PAGE = f"a scanned page or picture, not its text; it needs OCR: {INSTALL}"


def ranges(pages: Iterable[int], between: str = ", ") -> str:
    """`3, 7-9` for 3, 7, 8, 9."""
    parts: list[list[int]] = []
    for page in pages:
        if parts and page == parts[-1][-1] + 1:
            parts[-1][1:] = [page]
        else:
            parts.append([page])
    return between.join("-".join(map(str, part)) for part in parts)


def _pages(listed: str) -> set[int]:
    ends = [part.split("-") for part in listed.split(",") if part]
    return {page for first, *last in ends for page in range(int(first), int(last[0] if last else first) + 1)}


# -- reading ---------------------------------------------------------------------------------------------------------------


def read_page(page: pypdfium2.PdfPage, document: str) -> Seen | None:
    """The words of a scanned page; None where none were found, or the page cannot be read.

    Raises InputError when the OCR that is installed cannot be loaded: else a whole archive would pass for blank pages.
    """
    longest, shortest = max(page.get_size()), min(page.get_size())
    scale = min(_RESOLUTION / 72, _LARGEST_SIDE / max(longest, 1.0))
    if shortest * scale < _SMALLEST_SIDE or _pixels(page) > _MOST_PIXELS:
        return None
    recogniser = _recogniser(document)
    try:
        picture = page.render(scale=scale, rev_byteorder=False).to_numpy()
        turns, rows = _kept_rows(recogniser, picture)
    except Exception:  # the library's own errors; the other pages are read
        return None
    words = _words(rows, scale, picture.shape[0 if turns % 2 == 0 else 1])
    return Seen(words, page.get_size()[1 if turns % 2 == 0 else 0], bool(turns)) if words else None


def _pixels(page: pypdfium2.PdfPage) -> int:
    import pypdfium2.raw as pdfium

    sizes = (image.get_px_size() for image in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3))
    return sum(width * height for width, height in sizes)


@lru_cache(maxsize=1)
def _load() -> Any:
    """The recogniser, made once: it takes about a second."""
    import rapidocr

    models = Path(rapidocr.__file__).parent / "models"
    return rapidocr.RapidOCR(
        params={
            "Global.log_level": "critical",  # it would write on stderr, between the lines of --json and of the MCP server
            # Named by path, a model that is missing is an error; by default it would be fetched from the network.
            "Det.model_path": str(models / "PP-OCRv6_det_small.onnx"),
            "Rec.model_path": str(models / "PP-OCRv6_rec_small.onnx"),
            # Each line is turned by itself there, and a page upside down would be read from its last line to its first.
            "Global.use_cls": False,
            # By default the shorter side is made 736 pixels long, however long that makes the other.
            "Global.max_side_len": _LARGEST_SIDE,
            "Det.limit_type": "max",
            "Det.limit_side_len": _FINDING_SIDE,
            # In a batch, a line's letters depend on the lines beside it; and a long one makes all of them long.
            "Rec.rec_batch_num": 1,
            # The same characters on every machine, whatever its cores: a citation counts in them.
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )


_ONE_AT_A_TIME = Lock()  # the recogniser keeps a page's state between its steps


def _recogniser(document: str) -> Any:
    try:
        with _ONE_AT_A_TIME:
            return _load()
    except Exception as error:  # a library of the system that is missing, a model that is
        raise InputError(
            f"{document}: holds scanned pages, and the OCR that is installed cannot be loaded ({type(error).__name__}: {error}).",
            f"Install it again: {INSTALL}",
        ) from error


_kept: OrderedDict[str, tuple[int, list[_Row]]] = OrderedDict()


def _kept_rows(recogniser: Any, picture: np.ndarray[Any, Any]) -> tuple[int, list[_Row]]:
    """The rows of a picture, with its quarter turns; of one that was read before in this process, those found then."""
    key = sha256(f"{picture.shape}".encode() + picture.tobytes()).hexdigest()
    with _ONE_AT_A_TIME:
        if key not in _kept:
            _kept[key] = _upright_rows(recogniser, picture)
            if len(_kept) > _KEPT:
                _kept.popitem(last=False)
        return _kept[key]


def _upright_rows(recogniser: Any, picture: np.ndarray[Any, Any]) -> tuple[int, list[_Row]]:
    """By how many quarter turns to the left the picture stands upright, and its rows then."""
    rows = _rows(recogniser, picture)
    if not rows or (_lying(rows) and _weight(rows) >= _SURE * sum(len(row.text) for row in rows)):
        return 0, rows
    import numpy as np

    tried = {0: rows, **{turns: _rows(recogniser, np.ascontiguousarray(np.rot90(picture, turns))) for turns in (1, 2, 3)}}
    turns = max(tried, key=lambda one: (_weight(tried[one]), -one))
    return turns, tried[turns]


def _rows(recogniser: Any, picture: np.ndarray[Any, Any]) -> list[_Row]:
    found = recogniser(picture)
    if found.boxes is None or found.txts is None:
        return []
    corners = [tuple((float(x), float(y)) for x, y in box) for box in found.boxes]
    texts = [_GLUED.sub(" ", text) for text in found.txts]
    rows = [_Row(*row) for row in zip(corners, texts, found.scores, strict=True)]
    return [row for row in rows if row.text.strip()]


def _weight(rows: list[_Row]) -> float:
    """How much of the text is surely read in the direction in which the page stands."""
    return sum(row.score * len(row.text) for row in rows if _sides(row)[0] >= _sides(row)[1] or len(row.text) < 3)


def _lying(rows: list[_Row]) -> bool:
    long = [row for row in rows if len(row.text) >= 3]
    return 2 * sum(_sides(row)[0] >= _sides(row)[1] for row in long) >= len(long)


def _sides(row: _Row) -> tuple[float, float]:
    """The length and the height of a row's box."""
    top_left, top_right, _, bottom_left = row.corners
    return math.dist(top_left, top_right), math.dist(top_left, bottom_left)


def _words(rows: list[_Row], scale: float, height: float) -> list[Word]:
    """The rows' words in points, y upwards, the page set straight: a scan is hardly ever quite level."""
    from rag.readers.pdf_words import Word

    if not rows:
        return []
    slopes = [(row.corners[1][1] - row.corners[0][1], row.corners[1][0] - row.corners[0][0]) for row in rows]
    slant = median(math.atan2(*slope) for slope in slopes)
    cos, sin = math.cos(slant), math.sin(slant)
    sizes = _evened([_SIZE * _sides(row)[1] / scale for row in rows])
    words: list[Word] = []
    for row, size in zip(rows, sizes, strict=True):
        level = [((x * cos + y * sin) / scale, (height - (y * cos - x * sin)) / scale) for x, y in row.corners]
        left, right = (level[0][0] + level[3][0]) / 2, (level[1][0] + level[2][0]) / 2
        base = sum(y for _, y in level) / 4 - _BASELINE * size / _SIZE
        # Only the whole row has a place; its letters are taken for equally wide.
        wide = (right - left) / len(row.text)
        for found in re.finditer(r"\S+", row.text):
            words.append(Word(found.group(), left + found.start() * wide, left + found.end() * wide, base, size, 0, True, base))
    return words


def _evened(sizes: list[float]) -> list[float]:
    """`sizes` with those that are nearly alike made one: else a paragraph would end wherever a line has no tall letter."""
    even: dict[float, float] = {}
    left = sorted(sizes)
    while left:
        middle = left[len(left) // 2]
        near = [size for size in left if abs(size - middle) <= _ALIKE * middle]
        even.update(dict.fromkeys(near, round(2 * middle) / 2 or middle))
        left = [size for size in left if size not in even]
    return [even[size] for size in sizes]
