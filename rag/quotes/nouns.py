"""Cues that are no verbs of saying: "her desire to “…”", "the strategy’s portrayal of “…”", "Kono’s speech presented “…”".

They are asked only where no verb of saying claims the quoted words.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from rag.quotes import lexicon, names
from rag.quotes.subjects import Phrase, subject_before

_NOUNS = (
    "desire|wish|hope|intent|intention|pledge|promise|vow|commitment|call|demand|plea|request|appeal|warning|claim|assertion|"
    "statement|remark|comment|description|characterization|characterisation|depiction|portrayal|definition|view|belief|opinion|"
    "argument|insistence|refusal|willingness|determination|resolve|proposal|suggestion|goal|aim|ambition|concern|fear|threat|"
    "acknowledgment|acknowledgement|admission|declaration|announcement|denial|criticism|praise|complaint|acceptance|rejection|"
    "mention|conclusion|prediction|question|answer|reply|response|observation|slogan|motto|maxim|dictum|phrase|words"
)
_POSSESSOR = r"(?P<who>[’']s?|\b(?:his|her|its|their))"
_LINK = r"(?:\s+(?:to|that|of|for|as|about|on|over|with|by|in))?(?:\s+(?!and\b|but\b|or\b)[\w’'-]+){0,4}?[\s,:]*$"
_OWNED = re.compile(rf"{_POSSESSOR}\s+(?:[\w-]+\s+){{0,3}}(?:{_NOUNS})s?{_LINK}", re.IGNORECASE)
_NAMED_OWNER = re.compile(rf"[’']s?\s+(?:[\w-]+\s+){{0,3}}(?:{_NOUNS})s?\s+(?:to|that|of|for)\s*$")
# "her links to …, critiques of …, and desire to “…”": the owner stands before the first of them.
_LISTED = re.compile(rf"(?:,|\band)\s+(?:and\s+)?(?:{_NOUNS})s?{_LINK}")
_LAST_OWNER = re.compile(r"\b(his|her|its|their)\b")

_DOCUMENTS = (
    "speech|statement|testimony|letter|article|report|study|book|paper|interview|tweet|post|op-ed|editorial|essay|memo|"
    "declaration|communiqué|communique|treaty|agreement|strategy|bluebook|resolution|press release|address|remarks|blog post"
)
_CONTENT = (
    "presented|presents|outlined|outlines|offered|offers|contained|contains|included|includes|sketched|sketches|listed|lists|"
    "mentioned|mentions|proposed|proposes|promised|promises|laid out|lays out|set out|sets out|spoke|speaks|spelled out|read|reads|"
    "used|uses|repeated|repeats|opened|opens|closed|closes|ended|ends|concluded|concludes|began|begins|hinted|hints|struck|strikes"
)
_OWN_DOCUMENT = re.compile(
    rf"^(?:(?:But|And|Yet|In|As|Then),?\s+)*(?P<who>(?:[\w.-]+\s+){{0,5}}?[\w.-]+)[’']s?\s+(?:[\w-]+\s+){{0,4}}?(?:{_DOCUMENTS})\b"
    rf"[^“”;]*?\b(?:{_CONTENT})\b"
)
_DOCUMENT_NOUN = re.compile(rf"\b(?:{_DOCUMENTS}|statements)\b", re.IGNORECASE)
_BORDER = lexicon.words(
    "the a an of in by to from for with and or but that this its their his her on at as into about than was is"
)
# "(Taro Kono, January 28)": a source named behind the words, with its date.
_SOURCE = re.compile(r"^[^“”;]{0,40}?\((?P<who>[A-ZÀ-Ž][^(),;\d]{2,40}),[^()]*\d[^()]*\)")


class Cue(NamedTuple):
    """Whose words they are: a noun phrase, where it stands in the sentence before the quotation, and what says so."""

    phrase: str
    start: int
    said: str


def cue(left: str, right: str, subject: str | None) -> Cue | None:
    """The owner of words quoted between `left` and `right` of one sentence, of which `subject` is the subject."""
    return _owned(left, subject) or _document(left) or _source(left, right)


def named_owner(left: str) -> Cue | None:
    """The owner by name of a noun right before the words, whatever is said of it: "critics mocked Okafor’s pledge to “…”"."""
    return _owned(left, None) if _NAMED_OWNER.search(left) else None


def _owned(left: str, subject: str | None) -> Cue | None:
    match = _OWNED.search(left)
    if match and match.group("who")[0] in "’'":
        owner = subject_before(left[: match.start()])
        return Cue(owner.text, owner.start, left[owner.start :].strip()) if owner else None
    if match:
        return _by_pronoun(left, match.start("who"), match.group("who"), subject)
    listed = _LISTED.search(left)
    owners = list(_LAST_OWNER.finditer(left[: listed.start()])) if listed else []
    return _by_pronoun(left, owners[-1].start(), owners[-1].group(), subject) if owners else None


def _by_pronoun(left: str, at: int, pronoun: str, subject: str | None) -> Cue:
    """Her desire: hers who is the sentence's subject, if nobody else is named between; else the pronoun itself."""
    low = pronoun.casefold()
    said = left[at:].strip()
    begin = left.find(subject) if subject else -1
    if subject and 0 <= begin < at:
        between = [p for p in (names.person(run) for run in names.capitalised(left[begin + len(subject) : at])) if p]
        person = names.person(subject) is not None
        if (low in ("his", "her") and person and not between) or (low == "its" and not person):
            return Cue(subject, begin, f"{subject} … {said}")
    return Cue({"his": "he", "her": "she", "its": "it", "their": "they"}[low], at, said)


def _document(left: str) -> Cue | None:
    match = _OWN_DOCUMENT.match(left)
    owner = subject_before(left[: match.end("who")]) if match else None
    return Cue(owner.text, owner.start, match.group().strip()) if match and owner else None


def _source(left: str, right: str) -> Cue | None:
    """A person named in brackets behind the words with a date, who is spoken of in the sentence, too."""
    match = _SOURCE.match(right)
    if not match or not names.person(match.group("who")):
        return None
    who = match.group("who").strip()
    if any(names.same(who, run) == "same" and len(names.parts(run)) > 1 for run in names.capitalised(left)):
        return Cue(who, 0, match.group()[match.start("who") - 1 :])
    return None


def document_before(left: str) -> Phrase | None:
    """The document spoken of last in `left`: "it" in "the AUSMIN joint statement provides an example: it emphasizes"."""
    found = list(_DOCUMENT_NOUN.finditer(left))
    if not found or found[-1].group().casefold() == "statements":
        return None
    begin = found[-1].start()
    for word in reversed(list(re.finditer(r"\S+", left[:begin]))):
        if word.group().casefold() in _BORDER or re.search(r"[,;:.!?”“]$", word.group()):
            break
        begin = word.start()
    return Phrase(left[begin : found[-1].end()], begin)
