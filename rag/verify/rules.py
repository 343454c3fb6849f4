"""Words that turn a sentence: negations, hedges, conditions, causes, scope, opposites. None may get lost or come in.

A rule compares a statement with the sentences it leans on, word for word: which words they share, and what governs those
words in each. What the rules cannot see (a paraphrase that says something else) is for the support model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.verify.governing import share
from rag.verify.hedges import conditions, hedges, restrictions, whether
from rag.verify.negations import contrasts, denied, negations, prefixes
from rag.verify.scope import opposites, scopes
from rag.verify.text import is_content, stems, words
from rag.verify.types import Finding

_CAUSE = re.compile(
    r"\b(?:because|due to|owing to|thanks to|caus(?:e|es|ed|ing)|led to|lead(?:s|ing)? to|result(?:s|ed|ing)? (?:in|from)|as a result|resulted|"
    r"therefore|thereby|consequently|in response to|prompt(?:s|ed|ing)|trigger(?:s|ed|ing)?|driven by|stem(?:s|med|ming)? from|attribut(?:ed|able) to|"
    r"so that|in order to|on account of|as a consequence|which is why|the reason|brought about|sparked|forced|hence|thus)\b",
    re.IGNORECASE,
)
_CAUSE_LOOSE = re.compile(
    r"\b(?:as|since|given|for|after|following|amid|in light of|in view of|with|under|to|by|so|over|why|reason\w*|explain\w*|mean\w*|make\w*|made|"
    r"response|influence\w*|effect\w*|impact\w*|motivat\w*|driv\w*|push\w*|spur\w*|compel\w*|provok\w*|concern\w*)\b",
    re.IGNORECASE,
)


def findings(statement: str, window: str) -> list[Finding]:
    """All that the rules on single words object to."""
    return [
        *negations(statement, window),
        *hedges(statement, window),
        *conditions(statement, window),
        *_causes(statement, window),
        *scopes(statement, window),
        *opposites(statement, window),
        *contrasts(statement, window),
        *prefixes(statement, window),
        *denied(statement, window),
        *restrictions(statement, window),
        *whether(statement, window),
    ]


def _causes(statement: str, window: str) -> Iterator[Finding]:
    match = _CAUSE.search(statement)
    if match is None or _CAUSE.search(window):
        return
    # Sentences of purpose and time are near causes: the words of both sides must stand in one sentence at least.
    before = [w for w in words(statement[: match.start()]) if is_content(w)]
    after = [w for w in words(statement[match.end() :]) if is_content(w)]
    for sentence in re.split(r"(?<=[.!?])\s+(?=[A-Z“\"])", window):
        have = stems(sentence)
        if share(before, have) >= 0.5 and share(after, have) >= 0.5 and _CAUSE_LOOSE.search(sentence):
            return
    yield Finding("cause", f"the cited passage gives no cause (“{match.group()}”)")
