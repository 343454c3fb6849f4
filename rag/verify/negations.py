"""Negations, in whatever form: none may get lost, come in or go over to another."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.quotes import lexicon
from rag.quotes.align import opposite_prefix
from rag.verify.governing import NEGATED, folds, marked, near, negated, not_only, plainly_elsewhere
from rag.verify.text import alike, fold, holds, is_content, stem, stems, words
from rag.verify.types import Finding

_CONTRAST = re.compile(
    r"\b(?:but |and )?(?:not|instead of|rather than) (?:(?:the|in|by|from|to|for|on|at|with|a|an) )*([A-Z][\w-]+)"
)
_FALSE = re.compile(
    r"\b(?:a myth|false|untrue|a misconception|wrong|a rumou?r|a hoax|a lie|not true|no evidence|not the case)\s+(?:to \w+\s+)?that\b",
    re.IGNORECASE,
)


def negations(statement: str, window: str) -> Iterator[Finding]:
    strict = lexicon.STRICT_NEGATIONS | {"nt"}
    have = stems(statement)
    for word, governed in marked(window, strict):
        if not_only(window, word) or not governed:
            continue
        # A negation governs what stands behind it: what the statement takes over of that must stay negated.
        target = governed[0]
        if not holds(have, target.stem) or near(statement, target, NEGATED | {"nt"}, back=8, ahead=6):
            continue
        if plainly_elsewhere(window, target, strict):
            continue
        if len(governed) > 1 and not holds(have, governed[1].stem) and len(target.stem) < 5:
            continue
        yield Finding("negation", f"the cited passage says “{window[word.start : governed[-1].end]}”")
        return
    theirs = stems(window)
    for word, governed in marked(statement, strict):
        if not_only(statement, word):
            continue
        if governed and holds(theirs, governed[0].stem):
            if not near(window, governed[0], NEGATED | {"nt"}, back=8, ahead=6):
                yield Finding("negation", f"the cited passage does not say “{statement[word.start : governed[-1].end]}”")
                return
        elif not negated(window) and not (
            governed and any(opposite_prefix([governed[-1].fold], [other]) for other in folds(window))
        ):
            yield Finding("negation", f"the cited passage does not say “{word.text}”")
            return


def denied(statement: str, window: str) -> Iterator[Finding]:
    """ "It is a myth that …" told as fact."""
    match = _FALSE.search(window)
    if (
        match is None
        or negated(statement)
        or folds(statement) & lexicon.words("myth false untrue misconception wrong rumor rumour hoax lie evidence")
    ):
        return
    denied = [w for w in words(re.split(r"[.;]\s", window[match.end() :])[0]) if is_content(w)]
    if denied and sum(holds(stems(statement), w.stem) for w in denied) >= 0.6 * len(denied):
        yield Finding("negation", f"the cited passage says “{match.group()}”")


def prefixes(statement: str, window: str) -> Iterator[Finding]:
    """Safe where the passage has unsafe, and the other way round."""
    ours, theirs = folds(statement), folds(window)
    for word in sorted(ours - theirs):
        opposite = next((other for other in sorted(theirs - ours) if opposite_prefix([word], [other])), None)
        if opposite is not None and not (negated(statement) or negated(window)):
            yield Finding("negation", f"“{word}” where the cited passage says “{opposite}”")
            return


def contrasts(statement: str, window: str) -> Iterator[Finding]:
    """ "Hull, not Leeds": the one that is denied must be denied in both."""
    for match in _CONTRAST.finditer(statement):
        denied = [fold(found[1]) for found in _CONTRAST.finditer(window)]
        if denied and not any(alike(stem(fold(match[1])), stem(other)) for other in denied):
            yield Finding("negation", f"the cited passage does not say “{match.group().strip()}”")
            return
