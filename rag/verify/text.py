"""Words of a statement and of its passage, and which of them mean the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from rag.quotes import lexicon
from rag.quotes.countries import COUNTRY
from rag.quotes.names import MONTHS, TITLES

_WORD = re.compile(r"[^\W_]+(?:[.’'-][^\W_]+)*")
_CONTRACTED = re.compile(r"(?:n[’']t|[’'](?:s|re|ve|ll|d|m))$")

# Countries and their peoples under one stem; no rule on endings is right for all of them (Niger, Nigeria; Austria, Australia).
_PEOPLES = {word: country for word, country in COUNTRY.items() if word[:3] == country[:3]} | {
    "british": "britain", "uk": "britain", "french": "france", "dutch": "netherlands", "us": "america", "u.s": "america",
    "american": "america", "americans": "america", "usa": "america", "spanish": "spain", "greek": "greece", "greeks": "greece",
    "german": "germany", "germans": "germany", "swiss": "switzerland", "danish": "denmark", "polish": "poland",
    "turkish": "turkey", "thai": "thailand", "irish": "ireland", "scottish": "scotland", "welsh": "wales", "english": "england",
    "prc": "china", "korea": "korea", "korean": "korea", "koreans": "korea", "niger": "niger", "romania": "romania",
    "romanian": "romania", "slovakia": "slovakia", "slovak": "slovakia", "slovenia": "slovenia", "slovenian": "slovenia",
    "guinea": "guinea", "mali": "mali", "malawi": "malawi", "filipino": "philippines", "philippine": "philippines", "swedish": "sweden", "finnish": "finland",
}  # fmt: skip
_STEMS = frozenset(_PEOPLES.values())
_SMALL = lexicon.words(
    "also however moreover furthermore meanwhile thus therefore additionally instead such same other another own both each "
    "article text passage document source sources author authors section report paper according use used using include "
    "includes included including well make made many much several various further within across toward towards upon per via"
)  # fmt: skip


class Word(NamedTuple):
    """A word: as written, folded, its rough stem, and its range in the text."""

    text: str
    fold: str
    stem: str
    start: int
    end: int


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """Without case, accents, possessive and contraction."""
    bare = unicodedata.normalize("NFKD", word)
    bare = "".join(char for char in bare if not unicodedata.combining(char)).casefold()
    return _CONTRACTED.sub("", bare).replace("’", "'")


@lru_cache(maxsize=65536)
def stem(folded: str) -> str:
    """A rough stem: argues, argued, arguing meet; so do Japan and Japanese."""
    if folded in _PEOPLES:
        return _PEOPLES[folded]
    for ending in ("ese", "ian", "ean", "an", "ia"):
        if folded.endswith(ending) and len(folded) - len(ending) >= 4:
            return folded[: -len(ending)]
    found = lexicon.lemma(folded)
    for ending, instead in (
        ("ization", "iz"),
        ("isation", "iz"),
        ("ation", "at"),
        ("ition", "it"),
        ("ment", ""),
        ("ness", ""),
        ("ly", ""),
    ):
        if found.endswith(ending) and len(found) - len(ending) >= 4:
            return found[: -len(ending)] + instead
    return found


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[Word, ...]:
    """All words of `text`; a hyphened compound is split into its parts."""
    return tuple(_words(text))


def _words(text: str) -> Iterator[Word]:
    for match in _WORD.finditer(text):
        at = match.start()
        whole = match.group()
        parts = (
            [whole] if re.search(r"\d", whole) or re.fullmatch(r"(?:[A-Za-z]\.)+[A-Za-z]?", whole) else re.split(r"(-)", whole)
        )
        for part in parts:
            if part and part != "-":
                folded = fold(part)
                yield Word(part, folded, stem(folded), at, at + len(part))
            at += len(part)


_REFERENCE_DATE = r"(?:\d{1,2}\s[A-Z][a-z]+\s(?:1\d|20)\d\d|[A-Z][a-z]+\.?\s\d{1,2}(?:,\s(?:1\d|20)\d\d)?|(?:[A-Z][a-z]+\s)?(?:1\d|20)\d\d[a-z]?|undated)"
_REFERENCE = re.compile(
    rf"\s?\((?:see |cf\. |e\.g\.,? )?(?!(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z.]*\s\d)[A-Z][^();]*,\s{_REFERENCE_DATE}(?:;\s[^();]*,\s{_REFERENCE_DATE})*\)"
)


@lru_cache(maxsize=4096)
def without_references(text: str) -> str:
    """A text without references in brackets, "(Japan Times, July 20)": their dates are no dates of what it tells."""
    return _REFERENCE.sub("", text)


def is_content(word: Word) -> bool:
    """Whether a word carries what a sentence says: no particle, title, month or verb of saying."""
    return (
        len(word.fold) > 1
        and word.fold not in lexicon.STOP
        and word.fold not in _SMALL
        and word.fold not in lexicon.REPORTING
        and word.fold not in lexicon.PRONOUNS
        and word.fold not in lexicon.MODALS
        and word.fold not in TITLES
        and word.fold not in MONTHS
        and not word.fold[0].isdigit()
    )


@lru_cache(maxsize=4096)
def content(text: str) -> tuple[Word, ...]:
    """The words that carry what `text` says."""
    return tuple(word for word in words(text) if is_content(word))


# What may stand behind the common beginning of two words that are forms of one: strategy, strategic; defend, defense.
_ENDINGS = lexicon.words(
    "e y i s es er or ers ors ion ions ation ations at ate it iv ive al ial ual ic ical ist ists ism ant ants ent ents anc ance "
    "enc ence abl able ibl ible ful less ment ness ity ty ous ish ward wide hood ship ed ing iz is en ern izat ization age ure "
    "ly ally ional eur ian an ese ean ia ory"
) | {""}
_EXCHANGED = {
    ("d", "s"),
    ("d", "t"),
    ("t", "s"),
    ("d", "ns"),
    ("b", "pt"),
    ("v", "f"),
    ("y", "i"),
    ("z", "s"),
    ("c", "s"),
    ("c", "t"),
}


@lru_cache(maxsize=65536)
def alike(one: str, other: str) -> bool:
    """Whether two stems are forms of one word: equal, or alike but for an ending (defend, defense; strateg, strategic)."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if len(short) < 5 or one in _STEMS or other in _STEMS:
        return False
    common = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if common < max(5, len(short) - 1):
        return False
    tail, other_tail = short[common:], long[common:]
    return (tail in _ENDINGS and other_tail in _ENDINGS) or any(
        {tail[: len(a)], other_tail[: len(b)]} == {a, b} and tail[len(a) :] in _ENDINGS and other_tail[len(b) :] in _ENDINGS
        for pair in _EXCHANGED
        for a, b in (pair, pair[::-1])
        if tail.startswith(a) and other_tail.startswith(b)
    )


def holds(stems: frozenset[str], one: str) -> bool:
    """Whether a text with these stems has this word in some form."""
    return one in stems or any(alike(one, other) for other in stems)


@lru_cache(maxsize=4096)
def stems(text: str) -> frozenset[str]:
    """The stems of all words of `text`."""
    return frozenset(word.stem for word in words(text))
