"""A text's words in one string, for exact search, with the way back to offsets.

The *word stream* of a text is its folded words, one space before, between and after them: a search for " a b " finds
whole words only, whatever stood between them. The *key stream* is the same without spaces: it also finds words whose
spaces or hyphens a printer moved. Python's `str.find` is linear in both (the two-way algorithm), so a search over the
whole corpus is exact, complete, and takes some 10 ms for 50 MB. Offsets are mapped by a checkpoint every 32 words, from
which the few words up to the place are counted again.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import NamedTuple

from rag.quotes.tokens import BETWEEN, WORD, Token, fold, tokens

STEP = 32
_BLOCK = 1024
# The share of each letter in English prose, about.
_FREQUENCY = {
    letter: share
    for letters, share in (("e", 0.127), ("ta", 0.085), ("oinshr", 0.066), ("dl", 0.042), ("cumwfgypb", 0.022), ("vk", 0.009))
    for letter in letters
}
_SHORT_PART = 5
_LONGEST_LOOKED_THROUGH = 400
# As many words as a checkpoint stands for, with what is between them.
_STRETCH = re.compile(rf"(?:(?:{WORD.pattern})[ ,.]*+{BETWEEN}){{1,{STEP}}}+")


class Rare(NamedTuple):
    """A part of a string that is quickly looked for, and where in the string it begins."""

    text: str
    start: int


def rare_part(needle: str) -> Rare:
    """The part of `needle` that `str.find` passes over a text with the fewest steps.

    It steps on by the part's length wherever the letter behind is none of the part's: a few rare letters are found several
    times faster than a whole sentence, which has them all.
    """
    if len(needle) <= _SHORT_PART:
        return Rare(needle, 0)
    best, most = Rare(needle, 0), 0.0
    for start in range(min(len(needle), _LONGEST_LOOKED_THROUGH) - _SHORT_PART + 1):
        for length in (_SHORT_PART, 8, 11):
            part = needle[start : start + length]
            step = len(part) * (1 - sum(_FREQUENCY.get(char, 0.005) for char in set(part)))
            if step > most:
                best, most = Rare(part, start), step
    return best


class Stream:
    """The word stream `words` of a text, which `load` fetches when a place is first mapped.

    Checkpoint k holds where word 32·k begins: `stream_starts[k]` in the stream, `text_starts[k]` in the text.
    """

    def __init__(self, words: str, stream_starts: array[int], text_starts: array[int], load: Callable[[], str]) -> None:
        self.words = words
        self.stream_starts = stream_starts
        self.text_starts = text_starts
        self._load = load

    @cached_property
    def text(self) -> str:
        return self._load()

    @cached_property
    def key(self) -> str:
        return self.words.replace(" ", "")

    @cached_property
    def _keys_before(self) -> list[int]:
        """How many characters of the key stream stand before each block of the word stream."""
        counts, total = [], 0
        for start in range(0, len(self.words), _BLOCK):
            counts.append(total)
            end = min(start + _BLOCK, len(self.words))
            total += end - start - self.words.count(" ", start, end)
        return counts

    def find_words(self, needle: str, limit: int, start: int = 0, end: int | None = None) -> Iterator[int]:
        """Stream offsets of the first word of each place in words[start:end] that holds `needle` (words with a space at
        either end)."""
        at = self.words.find(needle, start, end)
        while at != -1 and limit:
            yield at + 1
            limit -= 1
            at = self.words.find(needle, at + 1, end)

    def count_words(self, needle: str) -> int:
        """How many places hold `needle`."""
        if needle + needle[1:] in self.words:  # it follows on itself: the space between is shared
            return sum(1 for _ in self.find_words(needle, len(self.words)))
        return self.words.count(needle)

    def find_key(self, needle: str, rare: Rare, limit: int) -> Iterator[int]:
        """Stream offsets of the first character of each place that holds `needle` when spaces do not count.

        `rare` is the part of `needle` that is looked for (see `rare_part`); around it the whole is compared.
        """
        at = self.key.find(rare.text)
        while at != -1 and limit:
            if self.key.startswith(needle, at - rare.start) and at >= rare.start:
                yield self._stream_of_key(at - rare.start)
                limit -= 1
            at = self.key.find(rare.text, at + 1)

    def _stream_of_key(self, key_offset: int) -> int:
        block = bisect_right(self._keys_before, key_offset) - 1
        left = key_offset - self._keys_before[block]
        at = block * _BLOCK
        while True:
            if self.words[at] != " ":
                if not left:
                    return at
                left -= 1
            at += 1

    def words_from(self, stream_offset: int) -> Iterator[Token]:
        """The words of the text from the one that holds `stream_offset` on, with offsets in the text."""
        block = bisect_right(self.stream_starts, stream_offset) - 1
        position = self.stream_starts[block]
        for token in tokens(self.text, self.text_starts[block]):
            position += len(token.fold) + 1
            if position > stream_offset:
                yield token

    def chunk_range(self, first: int, last: int) -> tuple[int, int]:
        """The stream offsets of checkpoints `first` and `last` (the stream's end where there are no so many)."""
        starts = self.stream_starts
        return starts[min(first, len(starts) - 1)], starts[last] if last < len(starts) else len(self.words)

    def around(self, offset: int, words: int) -> tuple[int, int]:
        """Stream offsets between which all of the `words` words before and behind `offset` stand."""
        at, reach = bisect_right(self.stream_starts, offset) - 1, words // STEP + 2
        first, last = max(at - reach, 0), at + reach
        starts = self.stream_starts
        return starts[first] - 1, starts[last] if last < len(starts) else len(self.words)

    def chunk(self, first: int, last: int) -> list[Token]:
        """The words between checkpoints `first` and `last` (exclusive; both cut to what exists), with offsets in the text."""
        first, count = max(first, 0), len(self.text_starts)
        end = self.text_starts[last] if last < count else len(self.text)
        return list(tokens(self.text, self.text_starts[first], end)) if first < count else []


def build(text: str) -> Stream:
    """The word stream of `text`. Takes about a tenth of a second for a million words."""
    folded: list[str] = []
    stream_starts, text_starts = array("I"), array("I")
    position = 1
    for match in _STRETCH.finditer(text):
        stream_starts.append(position)
        text_starts.append(match.start())
        words = WORD.findall(match.group())
        stretch = " ".join(words)
        stretch = stretch.lower() if stretch.isascii() else " ".join(fold(word) for word in words)
        folded.append(stretch)
        position += len(stretch) + 1
    return Stream(f" {' '.join(folded)} " if folded else " ", stream_starts, text_starts, lambda: text)
