"""Quotations with marks of their own: an ellipsis for words left out, brackets for words put in.

The quote is cut at its marks into fragments, which must stand in order in one place. Marks that the source has itself leave
nothing out. What a mark does leave out or put in is then read: an ellipsis may not hide a negation, a hedge, a condition or
whose view it is; a bracket may not bring in a negation or a figure, nor change who is meant (`rag.quotes.brackets`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.quotes import brackets, find, languages, lexicon
from rag.quotes.compare import Run, compare
from rag.quotes.marks import ELLIPSIS, MARK, Mark, Marked
from rag.quotes.omitted import hidden
from rag.quotes.store import Source, Sources
from rag.quotes.tokens import Token, tokens
from rag.quotes.types import Difference

# More words than these are no longer one place (about a long paragraph), or more than a bracket stands for.
MOST_LEFT_OUT = 250
_MOST_REPLACED = 8
# Anchors tried before the quote is given up as not in order.
_MOST_ANCHORS = 200


@dataclass(frozen=True)
class Laid:
    """Fragments found in order in one place, and the differences that the marks make or hide."""

    source: Source
    runs: tuple[Run, ...]
    differences: tuple[Difference, ...]
    marked: bool

    @property
    def sound(self) -> bool:
        return not self.differences and not any(run.differences for run in self.runs)


def lay(sources: Sources, quote: Marked) -> list[Laid]:
    """The places where the fragments stand in order, sound ones first; empty when there is none."""
    anchor = max(range(len(quote.fragments)), key=lambda i: (len(quote.fragments[i].words), -i))
    found: list[Laid] = []
    for occurrence in find.occurrences(sources, quote.fragments[anchor].words, _MOST_ANCHORS):
        chain = _chain(occurrence, quote, anchor)
        if chain:
            found.append(_judge(occurrence.source, quote, chain))
    return sorted(found, key=lambda laid: not laid.sound)


def _chain(occurrence: find.Occurrence, quote: Marked, anchor: int) -> list[list[Token]] | None:
    """The words of the source for each fragment, around the place of the longest one; None when they are not there in order.

    Of several places the one nearest to the fragment beside it is taken.
    """
    chain: dict[int, find.Occurrence] = {anchor: occurrence}
    for index in range(anchor + 1, len(quote.fragments)):
        fragment = quote.fragments[index]
        found = find.after(chain[index - 1], fragment.words, _most_left_out(fragment.before))
        if found is None:
            return None
        chain[index] = found
    for index in range(anchor - 1, -1, -1):
        most = _most_left_out(quote.fragments[index + 1].before)
        found = find.before(chain[index + 1], quote.fragments[index].words, most)
        if found is None:
            return None
        chain[index] = found
    return [chain[index].words for index in range(len(quote.fragments))]


def _most_left_out(marks: tuple[Mark, ...]) -> int:
    if any(mark.kind == "ellipsis" for mark in marks):
        return MOST_LEFT_OUT
    return sum({"bracket": _MOST_REPLACED, "inflection": 1, "letter": 0, "ellipsis": 0}[mark.kind] for mark in marks)


def _judge(source: Source, quote: Marked, chain: list[list[Token]]) -> Laid:
    text = source.reading.text
    runs: list[Run] = []
    found: list[Difference] = []
    marked = bool(quote.fragments[0].before or quote.after)
    for index, (fragment, words) in enumerate(zip(quote.fragments, chain, strict=True)):
        runs.append(compare(fragment.text, fragment.words, source, words))
        if index:
            left, right = chain[index - 1][-1].end, words[0].start
            literal = _literal(fragment.before, text[left:right])
            marked = marked or not literal
            if not literal:
                closed = _closed(quote.fragments[index - 1].text, fragment.before)
                found += _between(source, fragment.before, left, right, words, closed)
    first, last = chain[0][0], chain[-1][-1]
    opening = [mark for mark in quote.fragments[0].before if mark.kind != "ellipsis"]
    for mark in opening:
        found += brackets.opening(source, mark.kind, mark.content, first)
    for mark in quote.after:
        if mark.kind == "bracket":
            found += brackets.closing(source, mark.content, last)
        elif mark.kind == "inflection":
            found += _inflection(mark, list(_take(source, last.end, 1)))
    return Laid(source, tuple(runs), tuple(found), marked)


def _take(source: Source, offset: int, count: int) -> Iterator[Token]:
    for token in tokens(source.reading.text, offset):
        if not count:
            return
        count -= 1
        yield token


def _literal(marks: tuple[Mark, ...], gap: str) -> bool:
    """Whether the source itself has these marks, in this order, and nothing else."""
    theirs = [m.group() for m in MARK.finditer(gap)]
    rest = MARK.sub("", gap)
    if re.search(r"\w", rest) or len(theirs) != len(marks):
        return False
    return all(
        bool(re.search(ELLIPSIS, own))
        if mark.kind == "ellipsis"
        else brackets.bare(own.strip("[]")) == brackets.bare(mark.content)
        for mark, own in zip(marks, theirs, strict=True)
    )


def _between(
    source: Source, marks: tuple[Mark, ...], left: int, right: int, after: list[Token], closed: bool
) -> list[Difference]:
    text = source.reading.text
    omitted = list(tokens(text, left, right))
    if any(mark.kind == "ellipsis" for mark in marks):
        # "… tend[ed]": the word whose ending was changed is not left out.
        inflected = marks[-1].kind == "inflection" and bool(omitted)
        gone = text[left : omitted[-1].start if inflected else right]
        found = hidden(gone, omitted[-1:] if inflected else after, closed, languages.language(text, left))
        found += _inflection(marks[-1], omitted[-1:]) if inflected else []
        for mark in marks:
            if mark.kind == "bracket":
                found += brackets.inserted(source, mark.content, left, right)
            elif mark.kind == "letter":
                found += brackets.opening(source, "letter", mark.content, after[0])
        return found
    found = []
    for mark in marks:
        if mark.kind == "bracket":
            found += brackets.between(source, mark.content, left, right)
        elif mark.kind == "inflection":
            found += _inflection(mark, omitted[:1])
        else:
            found += brackets.opening(source, "letter", mark.content, after[0])
    return found


def _closed(text: str, marks: tuple[Mark, ...]) -> bool:
    """Whether the quote ends its sentence before the marks: "… other. ... This", also written with four dots."""
    return bool(re.search(r"[.!?][\"”’]*\s*$", text)) or any(
        mark.kind == "ellipsis" and mark.content.count(".") > 3 for mark in marks
    )


def _inflection(mark: Mark, words: list[Token]) -> list[Difference]:
    """A word whose ending was changed in brackets must be that word, and its ending no `n’t` or `less`."""
    stem, content = mark.stem.casefold(), mark.content.casefold()
    shown = f"{mark.stem}[{mark.content}]"
    word = words[0] if words else None
    if word is None or not (
        word.fold.startswith(stem)
        or lexicon.lemma(word.fold) == lexicon.lemma(stem)
        or (word.fold[: len(stem) - 1] == stem[:-1] and len(stem) > 3)
    ):
        return [Difference(shown, word.text if word else "", "word")]
    if content in ("nt", "n't", "n’t", "less", "not"):
        return [Difference(shown, word.text, "negation")]
    return []
