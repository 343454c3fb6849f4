"""Where in the corpus a quotation stands: exactly, or else the places it may have been made from.

`occurrences` is exact and complete: whole words first, then the same letters whatever the spaces. `places` only *locates*:
words and neighbouring pairs of the quote that are rare in the corpus vote for the stretches that hold them.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, pairwise

from rag.quotes.cache import CHUNK
from rag.quotes.store import Source, Sources
from rag.quotes.streams import STEP, rare_part
from rag.quotes.tokens import Token

# Fewer letters than this are found in whole words only: spaces left out, they stand in thousands of places.
_SHORTEST_KEY = 5
# A pair or word that stands in more stretches than this says little about where.
_COMMON = 400
_MOST_STRETCHES = 200
# Pairs of a quote that are asked for where they stand, and so few stretches that no other pair is asked for.
_MOST_TERMS = 10
_FEW = 12
# Enough pairs to find a place by; a longer quote is sampled evenly.
_MOST_SEEDS = 96


@dataclass(frozen=True)
class Occurrence:
    """Words of the source that have the letters of the quote's words; `at` and `end` are where they stand in its stream."""

    source: Source
    words: list[Token]
    at: int

    @property
    def end(self) -> int:
        """The stream offset of the space behind the last word."""
        return self.at + sum(len(word.fold) + 1 for word in self.words) - 1


def occurrences(sources: Sources, quote: list[Token], limit: int) -> Iterator[Occurrence]:
    """Every place that holds the words of `quote`, in order of document and place, at most `limit`; if there is none, the
    places that hold its letters, whatever the spaces."""
    needle = _needle(quote)
    places: Iterable[tuple[Source, int]] | None = _near(sources, needle)
    if places is None:
        places = ((source, at) for source in sources.documents for at in source.stream.find_words(needle, limit))
    found = False
    for source, at in islice(places, limit):
        found = True
        yield Occurrence(source, _take(source, at, len(quote)), at)
    if not found:
        yield from _by_key(sources, quote, limit)


def count(sources: Sources, quote: list[Token]) -> int:
    """How many places hold the words of `quote`."""
    needle = _needle(quote)
    places = _near(sources, needle)
    return sum(source.stream.count_words(needle) for source in sources.documents) if places is None else len(places)


def _needle(quote: list[Token]) -> str:
    return f" {' '.join(token.fold for token in quote)} "


def _near(sources: Sources, needle: str) -> list[tuple[Source, int]] | None:
    """Every place that holds `needle`, from the index of words: (document, stream offset), in order of document and place.

    None when all its words are so common that a look through all texts is as fast.
    """
    words = needle.split()
    terms = [f"{a}_{b}" for a, b in pairwise(words)] or words
    stretches: list[tuple[Source, int]] | None = None
    for term in sorted(dict.fromkeys(terms), key=len, reverse=True)[:_MOST_TERMS]:
        hits = sources.seeds(term, _COMMON)
        if hits is None:
            continue
        if stretches is None or len(hits) < len(stretches):
            stretches = hits
        if len(stretches) <= _FEW:
            break
    if stretches is None:
        return None
    order = {id(source): number for number, source in enumerate(sources.documents)}
    found: dict[tuple[int, int], Source] = {}
    for source, chunk in stretches:
        stream = source.stream
        start, end = stream.chunk_range(chunk * CHUNK, (chunk + 1) * CHUNK)
        reach = len(needle)
        for at in stream.find_words(needle, len(stream.words), max(0, start - reach), end + reach):
            found[order[id(source)], at] = source
    return [(found[place], place[1]) for place in sorted(found)]


def after(place: Occurrence, quote: list[Token], most: int) -> Occurrence | None:
    """The nearest place behind `place` that holds the words of `quote`, with at most `most` words between."""
    stream, needle = place.source.stream, _needle(quote)
    _, limit = stream.around(place.end, most + len(quote))
    at = stream.words.find(needle, place.end, limit)
    if at == -1 or stream.words.count(" ", place.end, at) > most:
        return None
    return Occurrence(place.source, _take(place.source, at + 1, len(quote)), at + 1)


def before(place: Occurrence, quote: list[Token], most: int) -> Occurrence | None:
    """The nearest place in front of `place` that holds the words of `quote`, with at most `most` words between."""
    stream, needle = place.source.stream, _needle(quote)
    limit, _ = stream.around(place.at, most + len(quote))
    at = stream.words.rfind(needle, limit, place.at)
    if at == -1 or stream.words.count(" ", at + len(needle) - 1, place.at - 1) > most:
        return None
    return Occurrence(place.source, _take(place.source, at + 1, len(quote)), at + 1)


def _take(source: Source, at: int, count: int) -> list[Token]:
    return list(islice(source.stream.words_from(at), count))


def _by_key(sources: Sources, quote: list[Token], limit: int) -> Iterator[Occurrence]:
    key = "".join(token.fold for token in quote)
    if (len(key) < _SHORTEST_KEY and len(quote) > 1) or len(key) < 4:
        return
    rare = rare_part(key)
    for source in sources.documents:
        for at in source.stream.find_key(key, rare, 2 * limit):
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
                yield Occurrence(source, words, at)
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
        hits = sources.seeds(term, _COMMON)
        if not hits:
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
