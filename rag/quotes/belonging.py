"""When two descriptions cannot be of one speaker: other countries, other offices, documents of other years.

"China" is not Japan's defense minister, the state minister for foreign affairs not the one for defense, a joint statement of
2020 not that of 2021. Nothing here says that two are the same.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rag.quotes import lexicon, names
from rag.quotes.countries import COUNTRY, countries

_OFFICES = lexicon.words(
    "minister secretary ambassador director chief head chairman chairwoman chair spokesman spokeswoman commander adviser advisor"
)
_RANKS = lexicon.words(
    "state deputy vice prime former then acting senior under assistant general top the a an of for and to s affairs current new "
    "retired his her its their minister secretary office"
)
_DOCUMENTS = lexicon.words(
    "statement communique communiqué report declaration treaty agreement bluebook strategy white paper speech letter study law"
)


@lru_cache(maxsize=1024)
def home(text: str, person: str) -> frozenset[str]:
    """The countries whose office `person` holds, by the titles that `text` gives: "Japan’s Defense Minister Kishi"."""
    own = names.parts(person)
    if not own:
        return frozenset()
    found: set[str] = set()
    for match in re.finditer(rf"\b{re.escape(person.split()[-1])}\b|\b{re.escape(person.split()[0])}\b", text):
        before = re.split(r"[.;:!?“”\"\n]\s", text[max(0, match.start() - 110) : match.start()])[-1]
        words = before.split()
        at = len(words)
        while at and (
            words[at - 1].strip(",()").casefold() in names.TITLES or names.parts(words[at - 1])[:1] in [(p,) for p in own]
        ):
            at -= 1
        if at < len(words):
            found |= countries(" ".join(words[max(0, at - 3) :]))
        after = re.match(r"(?:\s+[A-ZÀ-Ž][\w’'-]+)?,\s*([^,.;]{0,60})", text[match.end() : match.end() + 100])
        if after and re.search(r"[^\W\d_]+", after.group(1)) and set(after.group(1).casefold().split()) & names.TITLES:
            found |= countries(after.group(1))
    return frozenset(found)


def apart(claimed: str, found: str) -> bool:
    """Whether two descriptions exclude each other: another office of the same kind, or a document of another year."""
    ours, theirs = _words(claimed), _words(found)
    years = [{w for w in words if re.fullmatch(r"(?:1[5-9]|20)\d\d", w)} for words in (ours, theirs)]
    if ours & theirs & _DOCUMENTS and years[0] and years[1] and not years[0] & years[1]:
        return True
    if not ours & theirs & _OFFICES:
        return False
    here, there = countries(claimed), countries(found)
    if here and there and not here & there:
        return True
    office, other = _portfolio(claimed), _portfolio(found)
    return bool(office and other and not office & other)


def _words(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W_]+", re.sub(r"[’']s\b", "", name.casefold()).replace("defence", "defense")))


def _portfolio(name: str) -> frozenset[str]:
    return frozenset(w for w in _words(name) if w not in _RANKS | _OFFICES and w not in COUNTRY)
