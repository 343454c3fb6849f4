"""Quotations that stand nowhere as they are: altered, spliced, or not in the corpus.

Rare words locate places (`rag.quotes.find.places`), an alignment shows what each place shares with the quote. One place
that holds most of it makes the quote *altered*. Whole fragments from places apart, which only together make up the quote,
make it *spliced*; so does one place where what was left out, without a mark, reaches beyond a sentence. Neither verdict
says that anything is verbatim, so thresholds decide here and only here.
"""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from rag.quotes import align, find, languages, lexicon
from rag.quotes.align import Alignment, Step
from rag.quotes.compare import Run, compare, walk
from rag.quotes.marks import Marked
from rag.quotes.omitted import hidden
from rag.quotes.pasted import Pasted
from rag.quotes.store import Source, Sources
from rag.quotes.tokens import Token
from rag.quotes.types import Difference
from rag.quotes.verdicts import Found

# A quote of more words is checked for what it holds in pieces of this many.
_PIECE = 1000
_LONG = 4000
# Fewer words in a row than this are phrases that two texts share by chance.
_SHORTEST_FRAGMENT = 4
# Words left out without a mark beyond which two fragments are no longer one place.
_FAR = 40
# What stands between the halves of a quotation that its source interrupts: a closing mark, some words, an opening mark.
_INTERRUPTION = re.compile(r"[,.!?…—–-]*[”\"’'」』»][^“”\"„«»「」『』]*[“\"‘'„「『«]", re.DOTALL)
_LONGEST_INTERRUPTION = 14
INTERRUPTED = "the source's own interruption"
# Differences listed of one quote; the rest adds nothing to the verdict.
_MOST_DIFFERENCES = 100


def search(sources: Sources, pasted: Pasted, near: list[Run], marked: Marked | None) -> Found | None:
    """The verdict on a quote that is neither whole nor properly shortened; None when the corpus does not hold it.

    `near` are places with the same words that differ in something else.
    """
    words = pasted.tokens
    if len(words) > _LONG:
        return _long(sources, pasted)
    same = _same_words(pasted, near)
    if same:
        return same
    laid = [(a, place.words) for place in find.places(sources, words) if (a := align.align(place.source, words, place.words))]
    laid.sort(key=lambda pair: -pair[0].weight())
    if not laid:
        return None
    best = laid[0][0]
    pieces = _pieces(pasted, [*(a for a, _ in laid), *align.rest(*laid[0])])
    # Pieces explain more than the best place alone, by at least a phrase; else one place was changed.
    if pieces and sum(q2 - q1 for *_, q1, q2 in pieces) >= best.shared + 3:
        return _reordered(pasted, pieces) if _one_place(pieces) else _spliced(pasted, pieces)
    if not _likely(best):
        return None
    if whole := _interrupted(pasted, best):
        return whole
    if not marked and (apart := _joined_sentences(pasted, best)):
        return apart
    return _altered(sources, pasted, best, marked)


def _same_words(pasted: Pasted, near: list[Run]) -> Found | None:
    """The words stand there, but what is between them, their case or their rims differ."""
    best = min(near, key=lambda run: len(run.differences), default=None)
    if best is None or (
        len(best.differences) == 1
        and best.differences[0].quote.split() == pasted.text.split()
        and len(pasted.text.split()) > 1
        and len(best.differences[0].source.split()) == 1
    ):
        return None  # "no table" is no changed "notable"
    return Found("altered", ((best,),), best.differences[:_MOST_DIFFERENCES], best.names, 1)


def _likely(alignment: Alignment) -> bool:
    """Whether the quote was clearly made from this place. Tuned on the seeded sets (eval/quotes_seeded.py, half `tune`)."""
    count = len(alignment.quote)
    weight, longest, shared = alignment.weight(), alignment.longest, alignment.shared
    if count >= 8:
        return (weight >= 0.55 and longest >= 4) or (weight >= 0.7 and longest >= 3)
    if count >= 5:
        return weight >= 0.6 and longest >= 2 and shared >= 3
    content = any(
        token.fold not in lexicon.STOP for step in alignment.steps if step.equal for token in alignment.quote[step.q1 : step.q2]
    )
    if not content:
        return False
    if count >= 3:
        return shared >= count - 1 and (longest >= 2 or count == 3)
    return count == 2 and shared == 1 and _resembles(alignment)


def _resembles(alignment: Alignment) -> bool:
    """For two words of which one is shared: the other differs in a few letters, or only one side has it as a small word."""
    for step in alignment.steps:
        if not step.equal:
            ours = " ".join(t.fold for t in alignment.quote[step.q1 : step.q2])
            theirs = " ".join(t.fold for t in alignment.words[step.s1 : step.s2])
            if theirs and fuzz.ratio(ours, theirs) >= 70:
                return True
    return False


def _run(alignment: Alignment, text: str, start: int, end: int, q1: int, q2: int) -> Run:
    source = alignment.source
    used = text[alignment.quote[q1].start : alignment.quote[q2 - 1].end]
    return Run(source, start, end, source.reading.to_record(start, end), used, (), (), ())


def _altered(sources: Sources, pasted: Pasted, best: Alignment, marked: Marked | None) -> Found | None:
    names: list[str] = []
    found: list[Difference] = []
    for step in best.steps:
        ours, theirs = best.quote[step.q1 : step.q2], best.words[step.s1 : step.s2]
        if ours and theirs and "".join(t.fold for t in ours) == "".join(t.fold for t in theirs):
            more, differences = walk(pasted.text, ours, best.source, theirs, first_letter=step.q1 == 0)
            names += more
            found += differences
        elif not (marked and _by_mark(pasted, step, best)):
            found += align.differences(best, pasted.text, step)
    kept = _without_kept_notes(pasted, best)
    if kept is not None:
        for occurrence in find.occurrences(sources, kept, 50):
            run = compare(pasted.text, kept, occurrence.source, occurrence.words)
            if not run.differences:
                exact = run.literal and not pasted.cleaning
                return Found("exact" if exact else "normalized", ((run,),), (), () if exact else run.names, 1)
    if not found:
        # Only marks or gaps between aligned runs are left: the fragments did not stand in order as the marks say.
        found = [
            Difference(pasted.text[:200], best.source.reading.text[best.words[0].start : best.words[-1].end][:200], "word")
        ]
    run = _run(best, pasted.text, best.words[0].start, best.words[-1].end, 0, len(best.quote))
    return Found("altered", ((run,),), tuple(found[:_MOST_DIFFERENCES]), tuple(dict.fromkeys(names)), 1)


def _interrupted(pasted: Pasted, best: Alignment) -> Found | None:
    """The words of one quotation that the source itself interrupts ("…," it said, "…") and the quote gives in one piece."""
    names: list[str] = []
    reading = best.source.reading.text
    for step in best.steps:
        ours, theirs = best.quote[step.q1 : step.q2], best.words[step.s1 : step.s2]
        if step.equal:
            more, differences = walk(pasted.text, ours, best.source, theirs, first_letter=step.q1 == 0)
            if differences:
                return None
            names += more
        elif (
            ours
            or not 0 < step.s1 <= step.s2 < len(best.words)
            or len(theirs) > _LONGEST_INTERRUPTION
            or not _INTERRUPTION.fullmatch(reading, best.words[step.s1 - 1].end, best.words[step.s2].start)
        ):
            return None
    if all(step.equal for step in best.steps):
        return None
    run = _run(best, pasted.text, best.words[0].start, best.words[-1].end, 0, len(best.quote))
    return Found("normalized", ((run,),), (), tuple(dict.fromkeys([*pasted.cleaning, *names, INTERRUPTED])), 1)


def _by_mark(pasted: Pasted, step: Step, best: Alignment) -> bool:
    """Whether a difference is what one of the quote's own marks stands for and hides nothing."""
    left = best.quote[step.q1 - 1].end if step.q1 else 0
    right = best.quote[step.q2].start if step.q2 < len(best.quote) else len(pasted.text)
    between = pasted.text[left:right]
    theirs = best.words[step.s1 : step.s2]
    if step.q1 == step.q2:
        if not re.search(r"…|\.\s?\.\s?\.", between):
            return False
        reading = best.source.reading.text
        spoken = languages.language(reading, theirs[0].start)
        return not hidden(reading[theirs[0].start : theirs[-1].end], best.words[step.s2 : step.s2 + 1], False, spoken)
    return False


def _without_kept_notes(pasted: Pasted, best: Alignment) -> list[Token] | None:
    """The quote's words without footnote numbers it kept, when the place has those numbers there; else None."""
    gone: set[int] = set()
    reading = best.source.reading
    for step in best.steps:
        if step.equal or step.q1 == step.q2 or step.s1 != step.s2 or not step.s1:
            continue
        end = reading.to_record(best.words[step.s1 - 1].start, best.words[step.s1 - 1].end).end
        following = best.source.doc.text[end : end + 12]
        digits = [best.quote[q].text for q in range(step.q1, step.q2)]
        if (
            all(d.isdigit() for d in digits)
            and "".join(digits) in following
            and "footnote number" in reading.kinds_within(end, end + 12)
        ):
            gone |= set(range(step.q1, step.q2))
    return [t for i, t in enumerate(best.quote) if i not in gone] if gone else None


# A piece of the quote: where it stands, reading range, and range of the quote's words.
_Spot = tuple[Alignment, int, int, int, int]


def _pieces(pasted: Pasted, found: list[Alignment]) -> list[_Spot]:
    """Fragments that together make up the quote, in its order; empty when there are not enough."""
    count = len(pasted.tokens)
    pieces = [(a, s) for a in found for s in a.steps if s.equal and _is_fragment(a.quote[s.q1 : s.q2])]
    pieces.sort(key=lambda piece: piece[1].q1 - piece[1].q2)
    chosen: list[tuple[Alignment, Step, int, int]] = []
    covered: set[int] = set()
    for alignment, step in pieces:
        fresh = [q for q in range(step.q1, step.q2) if q not in covered]
        if not fresh or fresh[-1] - fresh[0] + 1 != len(fresh) or not _is_fragment([pasted.tokens[q] for q in fresh]):
            continue
        chosen.append((alignment, step, fresh[0], fresh[-1] + 1))
        covered |= set(fresh)
    if len(chosen) < 2 or len(covered) < 0.85 * count:
        return []
    chosen.sort(key=lambda c: c[2])
    spans = []
    for alignment, step, q1, q2 in chosen:
        words = alignment.words[step.s1 + q1 - step.q1 : step.s1 + q2 - step.q1]
        spans.append((alignment, words[0].start, words[-1].end, q1, q2))
    return spans


def _is_fragment(words: list[Token]) -> bool:
    """Whether words in a row say enough to be a piece of their own: four with two that carry meaning, or three that all do."""
    content = sum(token.fold not in lexicon.STOP for token in words)
    return (len(words) >= _SHORTEST_FRAGMENT and content >= 2) or (len(words) == 3 and content == 3)


def _spliced(pasted: Pasted, pieces: list[_Spot]) -> Found:
    runs = tuple(_run(a, pasted.text, start, end, q1, q2) for a, start, end, q1, q2 in pieces)
    return Found("spliced", (runs,), (), (), 1)


def _reordered(pasted: Pasted, pieces: list[_Spot]) -> Found:
    """The pieces of one sentence in another order."""
    alignment = pieces[0][0]
    start, end = min(s for _, s, *_ in pieces), max(e for _, _, e, *_ in pieces)
    theirs = alignment.source.reading.text[start:end]
    run = _run(alignment, pasted.text, start, end, 0, len(pasted.tokens))
    return Found("altered", ((run,),), (Difference(pasted.text[:300], theirs[:300], "word"),), (), 1)


def _one_place(spans: list[_Spot]) -> bool:
    """Whether all fragments stand in one sentence."""
    if len({a.source.document for a, *_ in spans}) > 1:
        return False
    start, end = min(s for _, s, *_ in spans), max(e for _, _, e, *_ in spans)
    text = spans[0][0].source.reading.text[start:end]
    return not _crosses_sentence(text)


def _crosses_sentence(text: str) -> bool:
    return bool(re.search(r"(?<!\b[A-Z])(?<!\bMr)(?<!\bDr)(?<!\bMs)[.!?][”\"’')\]]*\s+[A-Z“\"‘]|[。！？]|\n\n", text))


def _joined_sentences(pasted: Pasted, best: Alignment) -> Found | None:
    """One place, but what was left out without a mark reaches over a sentence's end or is longer than a clause."""
    reading = best.source.reading.text
    cuts = []
    for index, step in enumerate(best.steps):
        if step.equal or step.s2 - step.s1 <= step.q2 - step.q1:
            continue
        left_out = step.s2 - step.s1 - (step.q2 - step.q1)
        left = best.words[step.s1 - 1].start if step.s1 else best.words[0].start
        right = best.words[step.s2].end if step.s2 < len(best.words) else best.words[-1].end
        far = left_out > _FAR or (left_out >= 6 and _crosses_sentence(reading[left:right]))
        if far and 0 < index < len(best.steps) - 1:
            cuts.append(step)
    if not cuts:
        return None
    borders = [0, *(step.s1 for step in cuts), len(best.words)]
    begins = [0, *(step.s2 for step in cuts)]
    quote_borders = [0, *(step.q2 for step in cuts), len(best.quote)]
    runs = []
    for index, begin in enumerate(begins):
        end = borders[index + 1]
        q1, q2 = quote_borders[index], quote_borders[index + 1]
        if end - begin < _SHORTEST_FRAGMENT or q2 - q1 < _SHORTEST_FRAGMENT:
            return None
        runs.append(_run(best, pasted.text, best.words[begin].start, best.words[end - 1].end, q1, q2))
    return Found("spliced", (tuple(runs),), (), (), 1)


def _long(sources: Sources, pasted: Pasted) -> Found | None:
    """A quote of thousands of words: its pieces are looked for whole, and the first changed ones are aligned."""
    words = pasted.tokens
    held: list[tuple[Source, list[Token], list[Token]]] = []
    changed: list[list[Token]] = []
    for start in range(0, len(words), _PIECE):
        piece = words[start : start + _PIECE]
        there = next(find.occurrences(sources, piece, 1), None)
        if there:
            held.append((there.source, piece, there.words))
        else:
            changed.append(piece)
    found: list[Difference] = []
    runs: list[Run] = []
    for piece in changed[:3]:
        text = pasted.text
        for place in find.places(sources, piece, 1):
            alignment = align.align(place.source, piece, place.words)
            if alignment and _likely(alignment):
                found += [d for step in alignment.steps if not step.equal for d in align.differences(alignment, text, step)]
                runs.append(_run(alignment, text, alignment.words[0].start, alignment.words[-1].end, 0, len(piece)))
    for source, piece, theirs in held[:3]:
        start, end = theirs[0].start, theirs[-1].end
        used = pasted.text[piece[0].start : piece[-1].end]
        runs.append(Run(source, start, end, source.reading.to_record(start, end), used, (), (), ()))
    if not runs or (len(held) + len(runs)) * _PIECE < len(words) // 2:
        return None
    one = len({run.source.document for run in runs}) == 1
    return Found("altered" if one else "spliced", (tuple(runs),), tuple(found[:_MOST_DIFFERENCES]), (), 1)
