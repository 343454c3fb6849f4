"""Ligatures that a file's character map gives as one letter only: `the deinition` for `the definition`.

Such a map says `i` for the glyph `fi`. The glyph is about twice as wide as an `i` of the same font, and nearly as wide as
an `f` and an `i` together: that tells what it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.readers.pdf_words import Word

# The last letter of a ligature is what a damaged map keeps of it. The longer ligatures come last.
_ENDING = {"i": ("fi", "ffi"), "l": ("fl", "ffl"), "f": ("ff",), "h": ("Th",)}
# Letters in no ligature: a word in which these are wider than elsewhere is set in small capitals.
_PLAIN = "aenos"
_WATCHED = frozenset("T" + _PLAIN).union(_ENDING)
# A ligature's width against that of its last letter alone, and against that of its letters one by one.
_WIDEST = 9.0  # ems; a damaged font's may be anything
_WIDER, _CLOSEST, _LOOSEST = 1.5, 0.68, 1.06


class Ligatures:
    """The widths of letters by font, as a document's pages give them; `repaired` counts the ligatures put right."""

    def __init__(self) -> None:
        self._narrowest: dict[tuple[str, str], float] = {}
        self._noted: list[tuple[str, str, float, Word, int]] = []
        self.repaired = 0

    def note(self, font: str, char: str, width: float, word: Word) -> None:
        """Take up the character just written at the end of `word`; `width` in ems."""
        if char in _WATCHED and 0 < width < _WIDEST:
            if width < self._narrowest.get((font, char), _WIDEST):
                self._narrowest[font, char] = width
            self._noted.append((font, char, width, word, len(word.text) - 1))

    def forget(self) -> None:
        """The character noted last is one of several that stand for one glyph: the map is not damaged there."""
        if self._noted:
            self._noted.pop()

    def repair(self) -> None:
        """Write out the ligatures among the characters taken up since the last call."""
        wide = [one for one in self._noted if one[2] > 1.15 * self._narrowest[one[:2]]]
        capitals = {id(word) for _, char, _, word, _ in wide if char in _PLAIN}
        for font, char, width, word, place in reversed(wide):  # from the end: the places before stay right
            if char not in _ENDING or width < _WIDER * self._narrowest[font, char] or id(word) in capitals:
                continue
            for letters in _ENDING[char]:
                sum_of_letters = sum(self._narrowest.get((font, letter), _WIDEST) for letter in letters)
                if _CLOSEST * sum_of_letters <= width <= _LOOSEST * sum_of_letters:
                    word.text = word.text[:place] + letters + word.text[place + 1 :]
                    self.repaired += 1
                    break
        self._noted.clear()
