"""Words of a text as the checker sees them: runs of letters and digits, each with a folded form to search by.

Folding only *finds*: it lowers case and undoes compatibility forms. What stands between words, and the case that folding
took away, is compared afterwards, character by character (see `rag.quotes.compare`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

# Scripts that write words without spaces between them: every character counts as a word.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_LETTER, _ACCENT = rf"[^\W_{_UNSPACED}]", r"[\u0300-\u036f]"
# Letters, digits and the accents set on them in a row; written out so that the common case, letters only, is one step.
WORD = re.compile(rf"{_LETTER}++(?:{_ACCENT}++{_LETTER}*+)*+|[{_UNSPACED}]|{_ACCENT}++(?:{_LETTER}++{_ACCENT}*+)*+")
# What may stand between two words.
BETWEEN = rf"(?:(?![{_UNSPACED}\u0300-\u036f])[\W_])*+"

# Forms that say something the plain character does not: ² is no 2, ½ no 12, ① no 1.
_MEANING = ("<super>", "<sub>", "<fraction>", "<circle>", "<square>")


class Token(NamedTuple):
    """A word: `text` with compatibility forms undone, `fold` to search by, and its range in the text it came from."""

    text: str
    fold: str
    start: int
    end: int


@lru_cache(maxsize=65536)
def _plain_char(char: str) -> str:
    if char in "…‥":
        return char
    tag = unicodedata.decomposition(char).split(" ", 1)[0]
    if not tag.startswith("<") or tag in _MEANING:
        return char
    undone = unicodedata.normalize("NFKC", char)
    # ¨ and ´ stand for themselves; undone they would be a space and an accent on it.
    return char if undone[0] == " " and len(undone) > 1 else undone


def plain(text: str) -> str:
    """`text` with compatibility forms (ligatures, full-width letters and digits) undone and accents composed (NFC)."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", "".join(_plain_char(char) for char in text))


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """The form a word is searched by."""
    return word.lower() if word.isascii() else plain(word).casefold()


def tokens(text: str, start: int = 0, end: int | None = None) -> Iterator[Token]:
    """The words of text[start:end], in order, with offsets in `text`."""
    for match in WORD.finditer(text, start, len(text) if end is None else end):
        word = match.group()
        yield Token(plain(word), fold(word), match.start(), match.end())
