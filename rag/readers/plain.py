"""Plain text and Markdown: the file's own characters, in any encoding that can be told."""

from __future__ import annotations

import codecs

from rag.errors import InputError
from rag.readers.about import Notes, first_line_title
from rag.readers.parsed import Parsed

# The longer mark first: UTF-32's begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF8, "utf-8"),
)
# Encodings in ASCII characters alone, which are UTF-8 as well and mean nothing so.
_SEVEN_BITS = ("iso2022", "hz", "utf-7")
# How much of a file is looked at for the pattern of NULs and for its encoding.
_SAMPLE = 2**20
# Encodings that files are written in today; with all that Python knows, the guess is a Macintosh's of 1990 too often.
_LIKELY = (
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp874", "koi8_r"),
    *("cp932", "euc_jp", "gb18030", "big5", "cp949"),
)
# A file with so few damaged characters among good ones is UTF-8 all the same.
_GOOD_PER_BAD = 4


def parse(raw: bytes, document: str) -> Parsed:
    """The characters of a text file, a byte order mark included. Raises InputError when its encoding cannot be told."""
    text, warning = decode(raw, document)
    about = Notes()
    about.add("title", "the line at the top", first_line_title(text))
    return Parsed(text, (), (warning,) if warning else (), about)


def decode(raw: bytes, document: str, declared: str | None = None) -> tuple[str, str | None]:
    """The characters of `raw`, and a warning when how to read them was guessed.

    A byte order mark is believed first, then a pattern of NULs, UTF-8 where it fits, an encoding `declared` by the file
    and, last, charset-normalizer's guess. Raises InputError when nothing fits.
    """
    encoding = next((name for mark, name in _MARKS if raw.startswith(mark)), None)
    guessed = None
    if encoding is None:
        encoding = guessed = _by_nuls(raw)
    said = _usable(declared)
    if encoding is None and said is not None and said.startswith(_SEVEN_BITS):
        encoding = said
    if encoding is None:
        try:
            return raw.decode("utf-8"), None
        except UnicodeDecodeError:
            encoding = said
    if encoding is None:
        return _damaged_utf8(raw, document) or _guessed(raw, document)
    text = raw.decode(encoding, "replace")
    lost = text.count("\ufffd")
    notes = [f"read as {encoding.upper()}, a guess"] if guessed else []
    notes += [f"{lost} characters are damaged"] if lost else []
    return text, f"{document}: {', '.join(notes)}" if notes else None


def _by_nuls(raw: bytes) -> str | None:
    """UTF-16 without a mark: in text of most scripts, every other byte of many characters is NUL."""
    sample = raw[:_SAMPLE]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    most, least = max(even, odd), min(even, odd)
    if most < 4 or most * 10 < len(sample) or least * 20 > most:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _usable(declared: str | None) -> str | None:
    """Python's name of a declared encoding, if it has one."""
    try:
        name = codecs.lookup(declared or "").name
        "é".encode(name, "replace")  # some of Python's codecs are no encodings of text
    except (LookupError, ValueError, TypeError):
        return None
    # A page that declares Latin-1 means Windows-1252: the HTML standard says so.
    return "cp1252" if name in ("iso8859-1", "ascii") else name


def _damaged_utf8(raw: bytes, document: str) -> tuple[str, str] | None:
    """The text when it is UTF-8 but for a few bytes, else None: another encoding's letters rarely look like UTF-8."""
    text = raw.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    if sum(not char.isascii() for char in text) - bad < _GOOD_PER_BAD * bad:
        return None
    line = text.count("\n", 0, text.index("\ufffd")) + 1
    return text, f"{document}: UTF-8 with {bad} damaged characters, the first in line {line}"


def _guessed(raw: bytes, document: str) -> tuple[str, str]:
    from charset_normalizer import from_bytes

    if b"\0" in raw[:_SAMPLE]:
        raise InputError(
            f"{document}: not UTF-8, nor other text (it holds NUL bytes).", "Give it the suffix of what it is, or remove it."
        )
    matches = from_bytes(raw[:_SAMPLE], cp_isolation=list(_LIKELY))
    best = matches.best()
    if best is None:
        raise InputError(f"{document}: not UTF-8, and its encoding cannot be told.", "Save it as UTF-8.")
    encoding = best.encoding
    # For a short text several fit: then it is the commonest one, unless another reads clearly better.
    western = next((match for match in matches if "cp1252" in match.could_be_from_charset), None)
    if western is not None and western.chaos <= best.chaos + 0.1 and western.coherence >= best.coherence:
        encoding = "cp1252"
    return raw.decode(encoding, "replace"), f"{document}: not UTF-8; read as {encoding.upper()}, a guess"
