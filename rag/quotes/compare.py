"""Quote and source side by side: the same words, and everything between them accounted for.

Given words of the quote and words of the source that are the same letters in the same order, walk both. Where both sides
have a border between words, the two gaps are judged by `rag.quotes.gaps`; where only one side has one, it must be a line's
hyphen or a space that is plainly damage. What has no name is a difference. The rims are looked at last: what the quote
carries outside its first and last word, and what of the source's own word or figure it cut off.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from functools import lru_cache

from rag.quotes import gaps, lexicon, rims
from rag.quotes.store import Source
from rag.quotes.tokens import Token
from rag.quotes.types import Difference, DifferenceClass, Risk
from rag.reading.words import Vocabulary
from rag.types import Span

FIRST_LETTER = "first letter case"
STRAY_SPACE = "stray space"

_CJK = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef]")


_POWER = re.compile("[\u00b9\u00b2\u00b3\u2070\u2074-\u2079]")
# First halves that make another word of the second.
_PREFIXES = lexicon.words(
    "a an un non in im ir il dis anti no not never with over under mis re de ex pre post sub semi super inter counter out up"
)


@dataclass(frozen=True)
class Run:
    """A stretch of the quote laid on a stretch of the source.

    `start` and `end` are offsets in the reading text, rims included, `record` the same in the text of record. `used` is
    the quote's text that was laid there. `names` are the normalisations needed.
    """

    source: Source
    start: int
    end: int
    record: Span
    used: str
    names: tuple[str, ...]
    differences: tuple[Difference, ...]
    risks: tuple[Risk, ...]

    @property
    def literal(self) -> bool:
        """Whether the quote's characters are those of the text of record."""
        return self.used == self.source.doc.text[self.record.start : self.record.end]


class _Walk:
    """One comparison under way: collects names and differences."""

    def __init__(self, text: str, quote: list[Token], source: Source, words: list[Token]) -> None:
        self.text, self.quote, self.source, self.words = text, quote, source, words
        self.names: list[str] = []
        self.differences: list[Difference] = []
        self.reading = source.reading
        self.record = source.doc.text

    def between(self, left: int, right: int) -> Span:
        """The range of the text of record after reading character `left` - 1 and before reading character `right`."""
        return Span(self.reading.to_record(left - 1, left).end, self.reading.to_record(right, right + 1).start)

    def kinds(self, word: Token) -> tuple[str, ...]:
        span = self.reading.to_record(word.start, word.end)
        return self.reading.kinds_within(span.start, span.end)

    def run(self, first_letter: bool) -> None:
        i = j = 0
        while i < len(self.quote) and j < len(self.words):
            i2, j2 = i + 1, j + 1
            left, right = len(self.quote[i].fold), len(self.words[j].fold)
            while left != right:
                if left < right:
                    left += len(self.quote[i2].fold)
                    i2 += 1
                else:
                    right += len(self.words[j2].fold)
                    j2 += 1
            self.group(self.quote[i:i2], self.words[j:j2], first_letter and i == 0)
            if i2 < len(self.quote) and j2 < len(self.words):
                self.gap(self.quote[i2 - 1], self.quote[i2], self.words[j2 - 1], self.words[j2])
            i, j = i2, j2

    def group(self, quote: list[Token], words: list[Token], first: bool) -> None:
        """Words with the same letters: their case, and the borders that only one side has."""
        ours, theirs = "".join(t.text for t in quote), "".join(t.text for t in words)
        if ours != theirs:
            if first and ours[1:] == theirs[1:] and not self.capitonym(theirs, words[0].start):
                self.names.append(FIRST_LETTER)
            else:
                self.differences.append(Difference(_words(self.text, quote), _words(self.source.reading.text, words), "name"))
        if len(quote) == 1 and len(words) == 1:
            self.names += self.kinds(words[0])
            return
        ours_at, theirs_at = _borders(quote), _borders(words)
        for offset in sorted({*ours_at, *theirs_at}):
            quote_gap = self.text[slice(*ours_at[offset])] if offset in ours_at else ""
            if offset in theirs_at:
                start, end = theirs_at[offset]
            else:
                start = end = _place(words, offset)
            pieces, joined = (quote, theirs) if offset in ours_at else (words, ours)
            figures = (theirs[offset - 1 : offset].isdigit(), theirs[offset : offset + 1].isdigit())
            if not self.judge(quote_gap, self.reading.text[start:end], self.between(start, end), figures, pieces, joined):
                self.differences.append(
                    Difference(_words(self.text, quote), _words(self.reading.text, words), _split_kind(quote, words))
                )
                return

    def capitonym(self, word: str, start: int) -> bool:
        """Whether lowering the first letter of `word` makes it another word (May, Polish), here in mid-sentence."""
        before = self.reading.text[max(0, start - 3) : start].rstrip()
        return word[0].isupper() and word.casefold() in lexicon.CAPITONYMS and bool(before) and before[-1] not in '.!?:“"\n'

    def gap(self, ours: Token, ours_next: Token, theirs: Token, theirs_next: Token) -> None:
        quote_gap = self.text[ours.end : ours_next.start]
        reading_gap = self.reading.text[theirs.end : theirs_next.start]
        figures = (theirs.text[-1].isdigit(), theirs_next.text[0].isdigit())
        record = self.between(theirs.end, theirs_next.start)
        if not self.judge(quote_gap, reading_gap, record, figures, [theirs, theirs_next], theirs.fold + theirs_next.fold):
            self.differences.append(
                Difference(
                    f"{ours.text}{quote_gap}{ours_next.text}",
                    f"{theirs.text}{reading_gap}{theirs_next.text}",
                    "number"
                    if (
                        any(figures)
                        and not (quote_gap + reading_gap).isspace()
                        and re.search(r"[%$€£¥+]|\d", quote_gap + reading_gap)
                    )
                    or all(figures)
                    else "punctuation",
                )
            )

    def judge(
        self, quote: str, reading: str, place: Span, figures: tuple[bool, bool], pieces: list[Token], joined: str
    ) -> bool:
        """Whether two gaps say the same; the names of what makes them so are noted.

        `place` is where the source's gap stands in the text of record. `pieces` are the words on the side that has a
        space there, `joined` what they are without it.
        """
        record = self.record[place.start : place.end]
        if quote == record:
            return True
        if _POWER.match(record) and (figures[0] or len(pieces[0].text) == 1) and not _POWER.search(quote):
            return False  # 10² is not a 10 with a footnote
        names = gaps.same(quote, reading, figures)
        if names is not None:
            self.names += [*self.reading.kinds_within(place.start, place.end), *names]
            return True
        # At a line's end either form may be meant, but not a word that is none: "source-/target" is no "sourcetarget".
        cut = (
            quote == "" and not any(figures) and (_known(joined.casefold()) or not all(_known(piece.fold) for piece in pieces))
        )
        if gaps.ends_in_line_hyphen(record) and (cut or quote in ("-", "\u2010")):
            self.names.append(gaps.LINE_HYPHEN)
            return True
        names = gaps.same(quote, record, figures)
        if names is not None:
            self.names += names
            return True
        if not any(figures) and gaps.pasted_line_hyphen(quote) and reading in ("", "-", "\u2010", "\u2011"):
            self.names.append(gaps.LINE_HYPHEN)
            return True
        if not quote.strip() and not reading.strip() and not all(figures) and _damaged_space(pieces, joined):
            self.names.append(STRAY_SPACE)
            return True
        return False


def _borders(words: list[Token]) -> dict[int, tuple[int, int]]:
    """Offset in the joined letters → the gap's range in the text, for every border inside a group."""
    found, offset = {}, 0
    for left, right in itertools.pairwise(words):
        offset += len(left.fold)
        found[offset] = (left.end, right.start)
    return found


def _place(words: list[Token], offset: int) -> int:
    """The text offset that stands `offset` letters into a group of words."""
    for word in words:
        if offset <= len(word.fold):
            return min(word.start + offset, word.end - 1)
        offset -= len(word.fold)
    return words[-1].end - 1


def _words(text: str, words: list[Token]) -> str:
    return text[words[0].start : words[-1].end]


def _split_kind(quote: list[Token], words: list[Token]) -> DifferenceClass:
    parts = {t.fold for t in (*quote, *words)}
    if any(re.search(r"\d", part) for part in parts):
        return "number"
    return "negation" if parts & lexicon.STRICT_NEGATIONS else "word"


def _damaged_space(pieces: list[Token], joined: str) -> bool:
    """Whether a space that only one side has is damage, not another wording (`t he`, but never `no table`)."""
    if any(_CJK.match(piece.fold[:1]) or _CJK.match(piece.fold[-1:]) for piece in pieces):
        return True
    if any(a.text[-1].isdigit() and b.text[0].isdigit() for a, b in itertools.pairwise(pieces)):
        return False
    if not all(_known(piece.fold) for piece in pieces):
        return True
    # Two words run into one that is none (ofthe) have lost their space; "a typical" and "atypical" have not.
    return not _known(joined.casefold()) and pieces[0].fold not in _PREFIXES


def _known(word: str) -> bool:
    return word in ("a", "i", "o") if len(word) == 1 else _english(word) > 0


@lru_cache(maxsize=1)
def _dictionary() -> Vocabulary:
    return Vocabulary("")


def _english(word: str) -> int:
    return _dictionary().english(word)


def walk(
    text: str, quote: list[Token], source: Source, words: list[Token], *, first_letter: bool
) -> tuple[list[str], list[Difference]]:
    """Names of the normalisations and the differences inside a stretch; its rims are not looked at."""
    walked = _Walk(text, quote, source, words)
    walked.run(first_letter)
    return walked.names, walked.differences


def compare(text: str, quote: list[Token], source: Source, words: list[Token], *, first_letter: bool = True) -> Run:
    """Lay words `quote` of `text` on words `words` of `source`, whose letters are the same, and account for the rest.

    `text` begins and ends with the stretch that is compared: what it holds before the first and after the last word is
    its rim. `first_letter` says whether the first letter may change its case.
    """
    names, differences = walk(text, quote, source, words, first_letter=first_letter)
    rim = rims.lay(text, quote, source, words)
    record = source.reading.to_record(rim.start, rim.end)
    record = Span(min(record.start, rim.record_start), max(record.end, rim.record_end))
    edge_differences, risks = rims.cut(source, rim.start, rim.end, words[0], words[-1])
    return Run(
        source,
        rim.start,
        rim.end,
        record,
        rim.used,
        tuple(dict.fromkeys([*names, *rim.names])),
        (*differences, *rim.differences, *edge_differences),
        risks,
    )
