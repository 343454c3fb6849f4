"""Which letter strings are words: those the text itself writes, and a dictionary of English.

A break can only be mended by knowing words: `re-/cent` is `recent`, `counter-/coercion` is not `countercoercion`.
The text is the first witness (it writes most of its words more than once), the frequency dictionary that symspellpy
carries (82,765 English words, MIT) the second. The dictionary is read only when a text has something to mend.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

_WORD = re.compile(r"[^\W\d_]+(?:[-\u2010\u2011][^\W\d_]+)*")


@lru_cache(maxsize=1)
def _english() -> dict[str, int]:
    lines = files("symspellpy").joinpath("frequency_dictionary_en_82_765.txt").read_text(encoding="utf-8")
    return {word: int(count) for word, count in (line.split() for line in lines.lstrip("\ufeff").splitlines())}


def english(word: str) -> int:
    """Frequency of `word` in the dictionary of English, 0 when it is not there."""
    return _english().get(word.lower(), 0)


class Vocabulary:
    """The words of one text, counted away from line ends and outside suspicious spots, backed by the dictionary."""

    def __init__(self, text: str) -> None:
        self._counts: dict[str, int] = {}
        for match in _WORD.finditer(text):
            # A word beside a line break may be half a word: no witness.
            before, after = text[max(0, match.start() - 2) : match.start()], text[match.end() : match.end() + 2]
            if "\n" in before or after[:1] in ("\n", "-") or after == " \n":
                continue
            word = match.group().replace("\u2010", "-").replace("\u2011", "-").lower()
            self._counts[word] = self._counts.get(word, 0) + 1
            if "-" in word:
                for part in word.split("-"):
                    self._counts.setdefault(part, 0)

    def written(self, word: str) -> int:
        """How often the text itself writes `word` (a hyphenated compound counts as one word)."""
        return self._counts.get(word.lower(), 0)

    def english(self, word: str) -> int:
        """Frequency of `word` in the dictionary, 0 when it is not there."""
        return english(word)

    def knows(self, word: str) -> bool:
        """Whether `word` is a word by either witness."""
        return self.written(word) > 0 or self.english(word) > 0
