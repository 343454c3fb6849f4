"""Which letter strings are words: those the text itself writes, and a dictionary of English.

A break can only be mended by knowing words: `re-/cent` is `recent`, `counter-/coercion` is not `countercoercion`.
The text is the first witness (it writes most of its words more than once), the frequency dictionary that symspellpy
carries (82,765 English words, MIT) the second. The dictionary is read only when a text has something to mend.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property, lru_cache
from importlib.resources import files

_LETTERS = r"[^\W\d_]++(?:[-\u2010\u2011][^\W\d_]++)*+"
# A word beside a line break may be half a word: it is matched, but is no witness.
_WITNESS = re.compile(rf"(?<!\n)(?<!\n.)({_LETTERS})(?![\n-]| \n)|{_LETTERS}", re.DOTALL)


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
        for written, count in Counter(_WITNESS.findall(text)).items():
            word = written.replace("\u2010", "-").replace("\u2011", "-").lower()
            self._counts[word] = self._counts.get(word, 0) + count
            if "-" in word:
                for part in word.split("-"):
                    self._counts.setdefault(part, 0)
        self._counts.pop("", None)

    def written(self, word: str) -> int:
        """How often the text itself writes `word` (a hyphenated compound counts as one word)."""
        return self._counts.get(word.lower(), 0)

    @cached_property
    def repeated(self) -> frozenset[str]:
        """The words, in small letters, that the text itself writes more than once."""
        return frozenset(word for word, count in self._counts.items() if count > 1)

    def english(self, word: str) -> int:
        """Frequency of `word` in the dictionary, 0 when it is not there."""
        return english(word)

    def knows(self, word: str) -> bool:
        """Whether `word` is a word by either witness."""
        return self.written(word) > 0 or self.english(word) > 0
