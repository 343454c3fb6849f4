"""Quotation marks in an article that hold the title of a work, by general signs: its capitals, and a word beside it that says so."""

from __future__ import annotations

import re

from rag.quotes import lexicon

_SMALL = lexicon.words(
    "a an the of and or nor but for to in on at by with from as into onto over under is it its vs via than that de la le du des und der"
)
_WORKS = (
    "book|novel|novella|memoir|autobiography|biography|poem|play|musical|opera|film|movie|documentary|series|show|sitcom|episode|podcast|"
    "song|single|album|track|symphony|painting|sculpture|exhibition|exhibit|article|essay|paper|study|report|column|editorial|op-ed|"
    "chapter|thesis|dissertation|monograph|pamphlet|lecture|talk|panel|conference|seminar|course|newsletter|blog|magazine|journal|"
    "game|videogame|anthology|trilogy|manifesto|white paper|bestseller|classic|hit|work|piece|story|headline|section|campaign"
)
_BEFORE = re.compile(
    rf"(?:\b(?:titled|entitled|headlined|subtitled|captioned|named|(?:{_WORKS})s?(?:\s+(?:called|of|on|is|was|about))?)"
    rf"|\b(?:{_WORKS})s?[^.!?“”\"]{{0,50}},|\bin(?:\s+(?:his|her|their|its))?(?:\s+\w+){{0,3}}\s+(?:{_WORKS})s?)[\s,:(]*$",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    rf"\s*,?\s*(?:\((?:[^()]*,\s*)?(?:1[5-9]|20)\d\d\)|(?:was|were|is|has been)?\s*(?:first\s+)?(?:published|released|premiered|aired|"
    rf"directed|written|composed|performed|recorded)\b|(?:a|an|the|his|her|their|its)\s+(?:[\w’'-]+\s+){{0,3}}(?:{_WORKS})\b|by\s+[A-ZÀ-Ž])"
)


def looks_like_title(words: str, before: str, behind: str) -> bool:
    """Whether quoted `words` are the title of a work: every longer word has a capital, and the text beside says what it is."""
    said = re.findall(r"[^\W_]+(?:[’'-][^\W_]+)*", words)
    capitals = sum(word[0].isupper() or word[0].isdigit() for word in said)
    if not said or not (said[0][0].isupper() or said[0][0].isdigit()) or len(said) > 25:
        return False
    if any(word[0].islower() and word.casefold() not in _SMALL for word in said):
        return False
    return capitals > 0 and bool(_BEFORE.search(before) or _BEHIND.match(behind))
