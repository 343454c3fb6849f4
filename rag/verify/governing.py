"""What governs a word in a sentence: negations, hedges and modals before it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rag.quotes import lexicon
from rag.verify.text import Word, alike, holds, words

# How many words a negation, a hedge or a modal reaches forward.
REACH = 5
NEGATED = lexicon.STRICT_NEGATIONS | lexicon.words(
    "lack lacks lacked lacking fail fails failed refuse refuses refused refusing deny denies denied denying reject rejects rejected "
    "rejecting stop stops stopped avoid avoids avoided absence absent prevent prevents prevented oppose opposes opposed exclude excludes "
    "excluded excluding prohibit prohibits prohibited ban banned bans forbid forbidden abandon abandoned halt halted stall stalled cancel "
    "cancelled canceled cease ceased doubt doubts doubted nt little few insufficient unclear uncertain yet"
)
# Words between a marker and what it governs.
LIGHT = (
    lexicon.STOP
    | lexicon.PRONOUNS
    | lexicon.MODALS
    | lexicon.words("either any even ever yet also further so very quite rather still been being fully")
)
CONTRACTION = re.compile(r"\b\w+n[’']t\b")


def marked(text: str, markers: frozenset[str], reach: int = REACH) -> list[tuple[Word, list[Word]]]:
    """Each word of `text` that is a marker, with the content words behind it that it governs."""
    found = words(text)
    result = []
    for at, word in enumerate(found):
        if word.fold in markers or ("nt" in markers and CONTRACTION.fullmatch(word.text)):
            behind = []
            for other in found[at + 1 : at + 1 + reach]:
                if re.search(r"[;:.!?]|, (?:but|and|while)", text[word.end : other.start]):
                    break
                if other.fold not in LIGHT and len(other.fold) > 1:
                    behind.append(other)
            result.append((word, behind[:2]))
    return result


def near(text: str, target: Word, markers: frozenset[str], back: int = 6, ahead: int = 2) -> bool:
    """Whether a marker stands near a form of `target` in `text`."""
    found = words(text)
    for at, word in enumerate(found):
        if alike(word.stem, target.stem):
            around = found[max(0, at - back) : at + 1 + ahead]
            if any(w.fold in markers or ("nt" in markers and CONTRACTION.fullmatch(w.text)) for w in around):
                return True
    return False


def negated(text: str) -> bool:
    return bool(
        folds(text) & NEGATED
        or CONTRACTION.search(text)
        or re.search(r"\b(?:un|non-|in|im)(?:able|possible|willing|likely|clear|official)", text)
    )


def folds(text: str) -> frozenset[str]:
    return frozenset(word.fold for word in words(text))


def not_only(text: str, word: Word) -> bool:
    return bool(re.match(r"\s+(?:only|just|merely|simply|least)\b", text[word.end :])) or bool(
        re.match(r"(?:no|not)\s+(?:doubt|longer than|more than|later than|fewer than|less than)\b", text[word.start :])
    )


def plainly_elsewhere(text: str, target: Word, markers: frozenset[str]) -> bool:
    """Whether the text also has this word free of any marker."""
    found = words(text)
    for at, word in enumerate(found):
        if alike(word.stem, target.stem):
            before = found[max(0, at - REACH) : at]
            if not any(w.fold in markers or CONTRACTION.fullmatch(w.text) for w in before):
                return True
    return False


def share(some: Iterable[Word], have: frozenset[str]) -> float:
    listed = list(some)
    return sum(holds(have, w.stem) for w in listed) / len(listed) if listed else 1.0
