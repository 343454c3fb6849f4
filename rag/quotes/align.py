"""A changed quotation laid word by word on the place it was made from.

A semi-global alignment (all of the quote, any stretch of the source) finds the stretch; from it come the runs that are the
same and the differences, each with its class. It shows *what* differs; that nothing differs is only ever said by
`rag.quotes.compare`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from rag.quotes import lexicon
from rag.quotes.store import Source
from rag.quotes.tokens import Token
from rag.quotes.types import Difference, DifferenceClass

# Changed words at a quote's edge that are set against the source's words there.
_RIM = 3
# From this length on a run of shared words may be a fragment of its own.
_STRAY = 3


@dataclass(frozen=True)
class Step:
    """Quote words [q1, q2) stand for source words [s1, s2); `equal` when they are the same folded words."""

    equal: bool
    q1: int
    q2: int
    s1: int
    s2: int


@dataclass(frozen=True)
class Alignment:
    """The quote's words on `words` of `source` from the first to the last word that is shared."""

    source: Source
    quote: list[Token]
    words: list[Token]
    steps: tuple[Step, ...]

    @property
    def shared(self) -> int:
        return sum(step.q2 - step.q1 for step in self.steps if step.equal)

    @property
    def longest(self) -> int:
        return max((step.q2 - step.q1 for step in self.steps if step.equal), default=0)

    def weight(self) -> float:
        """The share of the quote's words, small words counting a third, that the place has."""
        total = sum(_weight(token) for token in self.quote)
        have = sum(_weight(token) for step in self.steps if step.equal for token in self.quote[step.q1 : step.q2])
        return have / total if total else 0.0


def _weight(token: Token) -> float:
    return 0.34 if token.fold in lexicon.STOP else 1.0


def align(source: Source, quote: list[Token], words: list[Token]) -> Alignment | None:
    """The best alignment of `quote` within `words`, or None when they share nothing."""
    window = _narrow(quote, words)
    if not window:
        return None
    ours, theirs = [t.fold for t in quote], [t.fold for t in window]
    same = [
        (op.src_start, op.src_end, op.dest_start, op.dest_end) for op in Levenshtein.opcodes(ours, theirs) if op.tag == "equal"
    ]
    same = _without_strays(_closed_up(same, ours, theirs))
    if not same:
        return None
    # What stands before the first and after the last shared word is only the window's rest, but for a word or two that
    # the quote may have changed there.
    lead, tail = same[0][0], len(ours) - same[-1][1]
    first = max(0, same[0][2] - lead) if lead <= _RIM else same[0][2]
    last = min(len(theirs), same[-1][3] + tail) if tail <= _RIM else same[-1][3]
    steps: list[Step] = []
    q = s = 0
    for q1, q2, s1, s2 in [*same, (len(ours), len(ours), last, last)]:
        s1, s2 = s1 - first, s2 - first
        if q1 > q or s1 > s:
            steps.append(Step(False, q, q1, s, s1))
        if q2 > q1:
            steps.append(Step(True, q1, q2, s1, s2))
        q, s = q2, s2
    return Alignment(source, quote, window[first:last], tuple(steps))


def _closed_up(same: list[tuple[int, int, int, int]], ours: list[str], theirs: list[str]) -> list[tuple[int, int, int, int]]:
    """Runs moved up to their neighbour where the source has the same words right beside it, too: it repeats itself."""
    for i in range(len(same) - 2, -1, -1):
        (q1, q2, _, s2), (next_q, _, next_s, _) = same[i], same[i + 1]
        start = next_s - (q2 - q1)
        if q2 == next_q and s2 < next_s and theirs[max(start, 0) : next_s] == ours[q1:q2]:
            same[i] = (q1, q2, start, next_s)
    for i in range(1, len(same)):
        (_, before_q, _, before_s), (q1, q2, s1, _) = same[i - 1], same[i]
        if before_q == q1 and before_s < s1 and theirs[before_s : before_s + q2 - q1] == ours[q1:q2]:
            same[i] = (q1, q2, before_s, before_s + q2 - q1)
    return same


def _without_strays(same: list[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    """Without short runs at either end that were found only by skipping more of the source than they are worth."""
    while len(same) > 1:
        (q1, q2, _, s2), (next_q, _, next_s, _) = same[0], same[1]
        if (next_s - s2) - (next_q - q2) <= max(q2 - q1, 2) or q2 - q1 >= _STRAY:
            break
        same = same[1:]
    while len(same) > 1:
        (_, before_q, _, before_s), (q1, q2, s1, _) = same[-2], same[-1]
        if (s1 - before_s) - (q1 - before_q) <= max(q2 - q1, 2) or q2 - q1 >= _STRAY:
            break
        same = same[:-1]
    return same


def rest(alignment: Alignment, words: list[Token]) -> list[Alignment]:
    """Alignments within `words` of stretches of the quote that `alignment` left over: the clauses of a reordered sentence."""
    covered = {q for step in alignment.steps if step.equal for q in range(step.q1, step.q2)}
    found = []
    q = 0
    while q < len(alignment.quote):
        end = q
        while end < len(alignment.quote) and end not in covered:
            end += 1
        if end - q >= _STRAY and (part := align(alignment.source, alignment.quote[q:end], words)):
            steps = tuple(Step(s.equal, s.q1 + q, s.q2 + q, s.s1, s.s2) for s in part.steps)
            found.append(Alignment(alignment.source, alignment.quote, part.words, steps))
        q = end + 1
    return found


def _narrow(quote: list[Token], words: list[Token]) -> list[Token]:
    """The part of `words` around the longest stretch shared with the quote, as long as the quote and half more."""
    places: dict[str, list[int]] = {}
    for index, word in enumerate(words):
        places.setdefault(word.fold, []).append(index)
    votes: dict[int, float] = {}
    before: dict[int, int] = {}
    for q, token in enumerate(quote):
        now: dict[int, int] = {}
        for s in places.get(token.fold, ()):
            run = before.get(s - 1, 0) + 1
            now[s] = run
            # Words in a row say more about where the quote lies than single ones.
            votes[s - q] = votes.get(s - q, 0.0) + _weight(token) * min(run, 4)
        before = now
    if not votes:
        return []
    slack = max(12, len(quote) // 2)
    ordered = sorted(votes)
    best, best_votes = 0, -1.0
    left = right = 0
    total = 0.0
    # The band of neighbouring diagonals with the most votes: insertions and deletions shift the diagonal a little.
    for index, diagonal in enumerate(ordered):
        total += votes[diagonal]
        while ordered[left] < diagonal - slack:
            total -= votes[ordered[left]]
            left += 1
        if total > best_votes:
            best, best_votes, right = ordered[left], total, index
    start = max(0, best - 2)
    end = min(len(words), ordered[right] + len(quote) + 2)
    return words[start:end]


def classify(quote: list[str], source: list[str], quote_text: str, source_text: str) -> DifferenceClass:
    """The class of a difference between folded words `quote` and `source`; the texts tell names by their capitals."""
    ours, theirs = set(quote), set(source)
    only = ours ^ theirs
    if bool(ours & lexicon.NEGATIONS) != bool(theirs & lexicon.NEGATIONS) or opposite_prefix(quote, source):
        return "negation"
    if any(lexicon.has_figure(word) for word in only) or ("%" in quote_text) != ("%" in source_text):
        return "number"
    if (
        only & lexicon.MODALS
        or (only & lexicon.HEDGES and not (only & lexicon.REPORTING))
        or bool(ours & lexicon.STRICT_HEDGES) != bool(theirs & lexicon.STRICT_HEDGES)
    ):
        return "hedge"
    if (
        quote
        and source
        and {lexicon.lemma(w) for w in quote if w not in _AUXILIARY}
        == {lexicon.lemma(w) for w in source if w not in _AUXILIARY}
    ):
        return "tense"
    if (
        re.search(r"(?<!^)\b[A-ZÀ-Ž]\w", quote_text)
        or re.search(r"(?<!^)\b[A-ZÀ-Ž]\w", source_text)
        or (quote_text[:1].isupper() and source_text[:1].isupper())
    ):
        return "name"
    if quote_text[:1].isupper() != source_text[:1].isupper() and quote and source:
        return "name"
    if (quote_text[:1].isupper() and not source) or (source_text[:1].isupper() and not quote):
        return "name"
    return "word"


_AUXILIARY = lexicon.words("be been being is are was were am has have had having do does did to")


def opposite_prefix(quote: Sequence[str], source: Sequence[str]) -> bool:
    """Whether a word on one side is one of the other with a prefix that turns it round: safe, unsafe."""
    for ours in quote:
        for theirs in source:
            long, short = (ours, theirs) if len(ours) > len(theirs) else (theirs, ours)
            if (
                len(short) > 3
                and long.endswith(short)
                and long[: -len(short)] in ("un", "in", "im", "dis", "non", "ir", "il", "de")
            ):
                return True
    return False


def differences(alignment: Alignment, text: str, step: Step) -> list[Difference]:
    """What differs between the quote (words of `text`) and the place in one step that is not equal."""
    reading = alignment.source.reading.text
    ours, theirs = alignment.quote[step.q1 : step.q2], alignment.words[step.s1 : step.s2]
    ours_text = _whole(text, ours)
    theirs_text = _whole(reading, theirs)
    kind = classify([t.fold for t in ours], [t.fold for t in theirs], ours_text, theirs_text)
    return [Difference(ours_text, theirs_text, kind)]


def _whole(text: str, words: list[Token]) -> str:
    """The text of `words`, widened to whole figures: 9,940 is not the words 9 and 940."""
    if not words:
        return ""
    start, end = words[0].start, words[-1].end
    if words[0].text[0].isdigit() and (before := re.search(r"(?:\d+[.,])+$", text[max(0, start - 20) : start])):
        start -= len(before.group())
    if words[-1].text[-1].isdigit() and (after := re.match(r"(?:[.,]\d+)+", text[end : end + 20])):
        end += len(after.group())
    return text[start:end]
