"""Follow-up questions made to stand alone, by rules: what "it" and "there" meant, and what an ellipsis left out.

Only plain cases are resolved. A question that names its own subject is left as it is: carrying an old subject into a
new question is worse than asking again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.lexical import content_tokens
from rag.types import Exchange

_LEAD = re.compile(r"^\W*(?:and|but|so|then|ok(?:ay)?|thanks?|also|what about|how about)\b[\s,]*", re.IGNORECASE)
_WHAT_ABOUT = re.compile(r"^\W*(?:and\s+|so\s+|but\s+)?(?:what|how) about\s+(?P<topic>.+?)\s*\??$", re.IGNORECASE)
_BARE = re.compile(r"^\W*(?:and|but|so)\s+(?P<topic>(?:in|for|by|to|from|with|on)\s+.+?|[A-Z0-9][^?]*?)\s*\??$")
_NAME = re.compile(
    r"\b(?:[A-ZÀ-Ž0-9][\w’'.&+-]*)(?:\s+(?:of|the|and|for|de|on)\s+(?=[A-ZÀ-Ž])|\s+)?(?:[A-ZÀ-Ž0-9][\w’'.&+-]*\s*)*"
)
_QUESTION_WORD = re.compile(
    r"^(?:who|whom|whose|what|which|when|where|why|how|is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|in|on|at|by|"
    r"according|tell|the|a|an|and|but|so|name|list|explain|describe|give|summari[sz]e)$",
    re.IGNORECASE,
)
_PERSON = re.compile(r"\b(?:he|him|she|her|his|hers)\b", re.IGNORECASE)
_THING = re.compile(r"\b(?:it|its|this|that(?=\s*(?:\?|$|happen|change|mean|work))|they|them|their|theirs|there|these|those|one)\b", re.IGNORECASE)
_EXPLETIVE = re.compile(r"\b(?:is|was|are|were)\s+(?:it|there)\b(?!\s*\?)|\bit\s+(?:is|was)\s+\w+\s+(?:to|that)\b|\bis there\b|\bare there\b", re.IGNORECASE)
_SAID = re.compile(r"^\W*(?:and\s+)?(?:who|where|when|why|how|in which [\w ]+)\s+(?:said|wrote|says|claims|argues)\s+(?:that|this|it|so)\s*\??$", re.IGNORECASE)

# A question shorter than this many content words can hardly name what it is about.
_FEW_WORDS = 2


def standalone(question: str, history: Sequence[Exchange]) -> str | None:
    """`question` with what it left to the conversation spelled out, or None when it stands alone (or cannot be resolved)."""
    if not history:
        return None
    previous = history[-1]
    topic = _WHAT_ABOUT.match(question) or _BARE.match(question)
    if topic and len(content_tokens(topic["topic"])) <= 6:
        return _swap_topic(previous.question, topic["topic"])
    if _SAID.match(question):
        return _join(question, re.sub(r"[?.!\s]+$", "", previous.question))
    refers = bool(_PERSON.search(question) or (_THING.search(question) and not _EXPLETIVE.search(question)))
    bare = len(content_tokens(_LEAD.sub("", question))) <= _FEW_WORDS and not _names(question)
    if not refers and not bare:
        return None
    names = _names(previous.question)
    subject = names[-1] if names else None
    if subject and refers:
        pattern = _PERSON if _PERSON.search(question) else _THING
        possessive = re.search(r"\b(?:its|his|her|their|hers|theirs)\b", pattern.search(question).group(), re.IGNORECASE)  # type: ignore[union-attr]
        replaced = pattern.sub(subject + ("’s" if possessive else ""), _LEAD.sub("", question), count=1)
        rest = [name for name in names[:-1] if name not in replaced]
        replaced = replaced[:1].upper() + replaced[1:]
        return _join(replaced, " ".join(rest)) if rest and len(content_tokens(question)) <= _FEW_WORDS else replaced
    return _join(_LEAD.sub("", question), re.sub(r"[?.!\s]+$", "", previous.question))


def _names(question: str) -> list[str]:
    """Capitalised names and figures of a question in order, its own first word left out unless it is one of them."""
    found = []
    for match in _NAME.finditer(question):
        words = match.group().strip().rstrip("?.,;:!").split()
        while words and (_QUESTION_WORD.match(words[0])):
            words = words[1:]
        name = re.sub(r"['’]s$", "", " ".join(words))
        if name and not re.fullmatch(r"\d{1,3}|I", name):
            found.append(name)
    return found


def _swap_topic(previous: str, topic: str) -> str:
    """The previous question asked about another topic: its last name gives way to the new one."""
    names = _names(previous)
    bare = re.sub(r"^(?:in|for|by|to|from|with|on|the)\s+", "", topic)
    new_is_year, years = bool(re.fullmatch(r"\D*\d{4}\D*", bare)), [n for n in names if re.fullmatch(r"\d{4}", n)]
    if new_is_year:
        return previous.replace(years[-1], bare) if years else f"{previous.rstrip('?. ')} in {bare}?"
    others = [n for n in names if not re.fullmatch(r"\d{4}", n)]
    if len(others) >= 1:
        return previous.replace(others[-1] if len(others) > 1 else others[0], bare, 1)
    return _join(f"{topic}?", previous.rstrip("?. "))


def _join(question: str, context: str) -> str:
    return f"{question.rstrip('? ')} ({context})?" if context else question
