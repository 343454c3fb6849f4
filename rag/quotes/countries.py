"""Countries, under the names by which they speak: "China", "Chinese", "Beijing" and "PRC" are one."""

from __future__ import annotations

import itertools
import re

from rag.quotes import lexicon

# Each line one country: its name, its people, its capital and other names under which it speaks.
_COUNTRIES = """
china chinese beijing prc ccp
taiwan taiwanese taipei roc
japan japanese tokyo
usa american washington u.s us
uk britain british london england english
france french paris
germany german berlin
italy italian rome
spain spanish madrid
portugal portuguese lisbon
netherlands dutch hague
belgium belgian
sweden swedish stockholm
norway norwegian oslo
denmark danish copenhagen
finland finnish helsinki
poland polish warsaw
ukraine ukrainian kyiv kiev
russia russian moscow kremlin soviet
turkey turkish ankara
greece greek athens
hungary hungarian budapest
switzerland swiss bern
austria austrian vienna
ireland irish dublin
israel israeli jerusalem
iran iranian tehran
iraq iraqi baghdad
saudi riyadh
egypt egyptian cairo
india indian delhi
pakistan pakistani islamabad
philippines philippine filipino manila
vietnam vietnamese hanoi
indonesia indonesian jakarta
malaysia malaysian
thailand thai bangkok
australia australian canberra
zealand wellington
canada canadian ottawa
mexico mexican
brazil brazilian brasilia
argentina argentine
chile chilean santiago
nigeria nigerian abuja
kenya kenyan nairobi
ethiopia ethiopian
"""
COUNTRY = {word: line.split()[0] for line in _COUNTRIES.splitlines() if line for word in line.split()}
_KOREAS = {"south": "south korea", "north": "north korea"}


def countries(text: str) -> frozenset[str]:
    """The countries that `text` names, by one name each."""
    words = re.findall(r"[^\W\d_]+(?:\.[^\W\d_])*", re.sub(r"[’']s?\b", "", text))
    found = {COUNTRY[w.casefold()] for w in words if w[:1].isupper() and w.casefold() in COUNTRY}
    found |= {_KOREAS[a.casefold()] for a, b in itertools.pairwise(words) if b[:5] == "Korea" and a.casefold() in _KOREAS}
    return frozenset(found)


_GOVERNING = lexicon.words("the government governments officials leaders authorities administration republic people of s and")


def state(name: str) -> frozenset[str]:
    """The countries of a name that means nothing but countries or their governments: "Beijing", "the Chinese government"."""
    words = re.findall(r"[^\W\d_]+(?:\.[^\W\d_])*", name.casefold())
    return countries(name) if all(word in COUNTRY or word in _GOVERNING for word in words) else frozenset()
