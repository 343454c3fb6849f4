"""From a noun phrase to whom it names: the person's full name where the text has it, else the description it gives."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from rag.quotes import names
from rag.quotes.nouns import document_before
from rag.quotes.passages import mask, quoted_stretches
from rag.reading import ReadingText

_SENTENCE_END = re.compile(r"[.!?][”\"’')\]]*\s+(?=[A-Z“\"])")
# Longer phrases are descriptions with something hanging on.
_LONGEST = 120


def resolve(reading: ReadingText, phrase: str, sentence: int, at: int | None = None) -> str | None:
    """Whom `phrase` means, in the sentence that begins at reading offset `sentence`; None for a pronoun that stays open.

    `at` is where the phrase stands in the reading text, if known: a pronoun is read from there backwards.
    """
    phrase = re.sub(r"\s*\([^()]*\)", "", phrase)
    phrase = re.sub(r"^(?:As|as|But|but|And|and|While|while|Then|then)\s+", "", " ".join(phrase.split())).strip(" ,;:.!?")[
        :_LONGEST
    ]
    low = phrase.casefold()
    text = reading.text
    if low in ("he", "she"):
        place = sentence if at is None else at
        before = text[max(0, place - 900) : place]
        before = mask(before, quoted_stretches(before))  # nobody is named by a word from inside a quotation
        found = names.antecedents(before[before.rfind("\n\n") + 1 :], persons_only=True)
        # Two persons to choose from, or somebody unnamed beside the one: the text leaves it open to a rule.
        # A single word may be a town as well as a person: only a name that the text gives in full is somebody.
        full = _full(text, found[0]) if len(found) == 1 else ""
        return full if len(names.parts(full)) > 1 else None
    if low == "it":
        # A document that was just spoken of says what follows: "… provides an example: it emphasizes".
        place = sentence if at is None else at
        here = text[max(0, place - 300) : place]
        document = document_before(here[max(here.rfind("\n\n"), *(m.end() for m in _SENTENCE_END.finditer(here)), 0) :])
        return re.sub(r"\s*\([^()]*\)", "", document.text) if document else None
    if low in ("they", "we", "i", "who", "both", "one", "this", "that"):
        return None
    possessive = re.match(
        r"(.+?)[’']s?\s+(?:\w+\s+){0,3}(?:speech|statement|tweet|letter|article|report|testimony|post|op-ed|remarks|words|interview|"
        r"study|book|paper|comments?)$",
        phrase,
    )
    if possessive and names.person(possessive.group(1)):
        return _full(text, names.person(possessive.group(1)) or "")
    several = [names.person(part) for part in re.split(r",?\s+(?:and|&)\s+|,\s*", phrase)]
    if len(several) > 1 and all(several):
        return ", ".join(_full(text, one) for one in several if one)
    name = names.person(phrase)
    if name:
        return _full(text, name)
    return _by_title(text, phrase) or re.sub(r"^(?:the|a|an)\s+", "", phrase, flags=re.IGNORECASE) or None


@lru_cache(maxsize=64)
def _runs(text: str) -> Counter[str]:
    return Counter(run for run in (names.person(r) or "" for r in names.capitalised(text)) if run)


@lru_cache(maxsize=4096)
def _full(text: str, name: str) -> str:
    """The fullest form of `name` that the text itself uses, if it is the only one."""
    if len(names.parts(name)) != 1:
        return name
    own = names.parts(name)[0]
    longer = [run for run in _runs(text) if own in names.parts(run) and 1 < len(names.parts(run)) <= 4]
    distinct = {frozenset(names.parts(run)) for run in longer}
    if len(distinct) == 1:
        return max(sorted(longer), key=lambda run: _runs(text)[run])
    return name


@lru_cache(maxsize=4096)
def _by_title(text: str, phrase: str) -> str | None:
    """The one person whom the text gives exactly this title: Japan’s defense minister → Defense Minister Kishi Nobuo."""
    match = re.fullmatch(
        r"(?:(?:the|[\w.]+?)(?:[’']s)?\s+)??((?:then\s+|former\s+)?(?:[a-z]+\s+){0,2}(?:minister|president|premier|chancellor|director|"
        r"ambassador|secretary|chairman))",
        phrase,
        re.IGNORECASE,
    )
    if not match or len(match.group(1).split()) < 2:
        return None
    title = re.sub(r"\bdefence\b", "defense", match.group(1), flags=re.IGNORECASE)
    pattern = re.escape(title).replace("defense", "defen[cs]e")
    found = {}
    for hit in re.finditer(
        rf"(?:([A-Z]\w+)(?:[’']s)?\s+)?\b{pattern}\s+(?:\([A-Z]+\)\s+)?((?:[A-ZŌŪ][\w-]+\s?){{1,3}})", text, re.IGNORECASE
    ):
        owner, name = hit.group(1), hit.group(2).strip()
        if not name[:1].isupper() or not names.is_person(name):
            continue
        country = phrase.split()[0]
        if owner and country[:1].isupper() and owner[:4].casefold() != country[:4].casefold():
            continue
        words = [w for w in name.split() if w[:1].isupper()]
        found[frozenset(names.parts(" ".join(words)))] = " ".join(words)
    return next(iter(found.values())) if len(found) == 1 else None
