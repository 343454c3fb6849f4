"""Where in the corpus a quotation stands: exactly, or else the places it may have been made from.

`occurrences` is exact and complete: whole words first, then the same letters whatever the spaces. `places` only *locates*:
words and neighbouring pairs of the quote that are rare in the corpus vote for the stretches that hold them.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass

from rag.quotes.cache import CHUNK
from rag.quotes.store import Source, Sources
from rag.quotes.streams import STEP
from rag.quotes.tokens import Token

# Fewer letters than this are found in whole words only: spaces left out, they stand in thousands of places.
_SHORTEST_KEY = 5
# A pair or word that stands in more stretches than this says little about where.
_COMMON = 400
_MOST_STRETCHES = 200
_MOST_COUNTED = 100_000
# Enough pairs to find a place by; a longer quote is sampled evenly.
_MOST_SEEDS = 96


@dataclass(frozen=True)
class Occurrence:
    """Words of the source that have the letters of the quote's words."""

    source: Source
    words: list[Token]


def occurrences(sources: Sources, quote: list[Token], limit: int) -> list[Occurrence]:
    """Every place that holds the words of `quote`, in order of document and place, at most `limit`."""
    needle = f" {' '.join(token.fold for token in quote)} "
    found: list[Occurrence] = []
    for source in sources.documents:
        for at in source.stream.find_words(needle, limit - len(found)):
            found.append(Occurrence(source, _take(source, at, len(quote))))
        if len(found) >= limit:
            return found
    if found:
        return found
    return list(_by_key(sources, quote, limit))


def count(sources: Sources, quote: list[Token]) -> int:
    """How many places hold the words of `quote`; counting stops at a hundred thousand a document."""
    needle = f" {' '.join(token.fold for token in quote)} "
    return sum(sum(1 for _ in source.stream.find_words(needle, _MOST_COUNTED)) for source in sources.documents)


def _take(source: Source, at: int, count: int) -> list[Token]:
    words: list[Token] = []
    for word in source.stream.words_from(at):
        words.append(word)
        if len(words) == count:
            break
    return words


def _by_key(sources: Sources, quote: list[Token], limit: int) -> Iterator[Occurrence]:
    key = "".join(token.fold for token in quote)
    if (len(key) < _SHORTEST_KEY and len(quote) > 1) or len(key) < 4:
        return
    for source in sources.documents:
        for at in source.stream.find_key(key, 2 * limit):
            words: list[Token] = []
            length = 0
            if source.stream.words[at - 1] != " ":  # begins inside a word
                continue
            for word in source.stream.words_from(at):
                words.append(word)
                length += len(word.fold)
                if length >= len(key):
                    break
            if length == len(key):
                yield Occurrence(source, words)
                limit -= 1
                if not limit:
                    return


@dataclass(frozen=True)
class Place:
    """A stretch of a source the quote may stem from."""

    source: Source
    words: list[Token]


def places(sources: Sources, quote: list[Token], most: int = 6) -> list[Place]:
    """Stretches that hold rare words or pairs of the quote, best first; each adds seeds that those before it lack."""
    seeds = _seeds(quote)
    stretches: dict[tuple[int, int], dict[int, float]] = {}
    by_order = {id(source): order for order, source in enumerate(sources.documents)}
    for position, term, weight in seeds:
        hits = sources.seeds(term, _COMMON + 1)
        if not hits or len(hits) > _COMMON:
            continue
        for source, chunk in hits:
            votes = stretches.setdefault((by_order[id(source)], chunk), {})
            votes[position] = max(votes.get(position, 0.0), weight / len(hits) ** 0.5)
    joined: dict[tuple[int, int], dict[int, float]] = {}
    for (order, chunk), votes in stretches.items():
        merged = dict(votes)
        for neighbour in (chunk - 1, chunk + 1):
            for position, weight in stretches.get((order, neighbour), {}).items():
                # A quote that crosses the border belongs to both; the half next door counts a little less.
                merged[position] = max(merged.get(position, 0.0), 0.9 * weight)
        joined[order, chunk] = merged
    # A stretch's first gain bounds every later one, so the best few hundred hold all that can be chosen.
    joined = dict(heapq.nlargest(_MOST_STRETCHES, joined.items(), key=lambda item: (sum(item[1].values()), item[0])))
    chosen: list[Place] = []
    covered: set[int] = set()
    for _ in range(most):
        best, best_gain = None, 0.0
        for key in sorted(joined):
            votes = joined[key]
            gain = sum(votes.values()) - 0.85 * sum(votes[position] for position in covered if position in votes)
            if gain > best_gain + 1e-9:
                best, best_gain = key, gain
        if best is None:
            break
        taken = joined.pop(best)
        for neighbour in (best[1] - 1, best[1] + 1):
            joined.pop((best[0], neighbour), None)
        source = sources.documents[best[0]]
        chosen.append(Place(source, _window(source, best[1], len(quote))))
        covered |= set(taken)
    return chosen


def _window(source: Source, chunk: int, length: int) -> list[Token]:
    reach = 1 + (length + length // 2) // (CHUNK * STEP) if length > 40 else 1
    return source.stream.chunk((chunk - reach) * CHUNK, (chunk + reach + 1) * CHUNK)


def _seeds(quote: list[Token]) -> list[tuple[int, str, float]]:
    """(position in the quote, term, weight): neighbouring pairs, and single words for where the pairs are broken."""
    step = max(1, len(quote) // _MOST_SEEDS)
    found = []
    for position in range(0, len(quote), step):
        fold = quote[position].fold
        if position + 1 < len(quote):
            found.append((position, f"{fold}_{quote[position + 1].fold}", 1.5))
        found.append((position, fold, 1.0))
    return found
