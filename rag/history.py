"""Follow-up questions made to stand alone, by rules: what "it" and "he" meant, and what an ellipsis left out.

The conversation is read from its start: each question is first made to stand alone itself, so that a subject lasts over
several turns. Only plain cases are resolved. A question that names its own subject is left as it is: carrying an old
subject into a new question is worse than asking again. Where a pronoun has no one clear referent, the previous question
is put behind the new one in brackets, which is enough to search by.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.lexical import content_tokens
from rag.types import Exchange

_LEAD = re.compile(r"^\W*(?:and|but|so|then|ok(?:ay)?|thanks?|also)\b[\s,]*", re.IGNORECASE)
_WHAT_ABOUT = re.compile(r"^\W*(?:and\s+|so\s+|but\s+)?(?:what|how) about\s+(?P<topic>.+?)\s*\??$", re.IGNORECASE)
_BARE = re.compile(r"^\W*(?:[Aa]nd|[Bb]ut|[Ss]o)\s+(?P<topic>(?:in|for|by|to|from|with|on)\s+.+?|[A-Z0-9][^?]{0,40}?)\s*\??$")
_PERSON = re.compile(r"\b(?:he|him|his|she|hers?)\b", re.IGNORECASE)
_THING = re.compile(
    r"\b(?:it|its|they|them|theirs?)\b|\b(?:this|that|these|those)(?=\s*(?:[?.,]|$)|\s+(?:is|was|are|were|mean|happen|change|work)\b)",
    re.IGNORECASE,
)
_EXPLETIVE = re.compile(
    r"\b(?:is|was) it (?:true|possible|likely|clear|right|the case|to|that)\b|\bit (?:is|was) \w+ (?:to|that)\b|\b(?:say|says|said|claim|argue)\w* that\b",
    re.IGNORECASE,
)
_ASKED_WHO = re.compile(
    r"^\W*(?:and |so |but )?(?:who|whom|whose|which (?:\w+ ){0,2}\w+ (?:said|called|led|wrote|was|is|has|hosted|met|won)|by whom)\b",
    re.IGNORECASE,
)
_SAID_IT = re.compile(
    r"^\W*(?:and\s+)?(?:who|where|when|why)\s+(?:said|wrote|says|claims|argues)\s+(?:that|this|it|so)\s*\??$", re.IGNORECASE
)

_NAME = re.compile(r"[A-ZÀ-Ž][\w’'.&+-]*(?:\s+(?:(?:of|the|and|for|on)\s+)*[A-ZÀ-Ž0-9][\w’'.&+-]*)*")
_SOURCE = re.compile(r"\baccording to(?: the)?\s*$|\bin the words of(?: the)?\s*$", re.IGNORECASE)
# Characters before a name in which such words stand; a conversation may be long.
_BEFORE = 60
_QUESTION_WORD = re.compile(
    r"^(?:who|whom|whose|what|which|when|where|why|how|is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|in|on|at|by|"
    r"according|tell|the|a|an|and|but|so|name|list|explain|describe|give|i|summari[sz]e|now|under|as|since|after|before|while|for|if)$",
    re.IGNORECASE,
)
# Words that end a name which is no person's; and words for peoples, which are nobody in particular.
_NO_PERSON = re.compile(
    r"\b(?:Act|Law|Bill|Treaty|Party|Institute|Ministry|Department|Strait|Sea|Islands?|University|Division|Policy|Framework|House|Council|"
    r"Association|Center|Centre|Foundation|Committee|Agency|Office|Union|States|Kingdom|Republic|Navy|Army|Force|Forces|Team|Company|Corp|"
    r"Inc|Times|News|Report|Statement|Summit|Agreement|Plan|Project|City|Province|County|River|Bank|War)\b|[a-z](?:ese|ish)$|\d"
)

# A question with fewer content words than this, and no name, can hardly say what it is about.
_FEW_WORDS = 2


def standalone(question: str, history: Sequence[Exchange]) -> str | None:
    """`question` with what it left to the conversation spelled out, or None when it stands alone (or cannot be resolved)."""
    previous, before = "", Exchange("", "")
    for turn in history:
        previous, before = _resolve(turn.question, previous, before) or turn.question, turn
    return _resolve(question, previous, before) if previous else None


def _resolve(question: str, previous: str, turn: Exchange) -> str | None:
    """`question` made to stand alone after `previous` (which does), asked and answered in `turn`."""
    if not previous:
        return None
    topic = _WHAT_ABOUT.match(question) or _BARE.match(question)
    if topic and len(content_tokens(topic["topic"])) <= 5:
        return _about(previous, topic["topic"])
    if _SAID_IT.match(question):
        return _behind(question, previous)
    if pronoun := _PERSON.search(question):
        own = [name for name in _people(question[: pronoun.start()]) if " " in name]
        if own:  # "Did Abe Shinzo say that he …": the pronoun's owner is in the question
            return None
        asked, told = _people(previous), _people(turn.answer)
        people = (told or asked) if _ASKED_WHO.match(turn.question) else (asked or told)
        return _put(question, _PERSON, people[0]) if people else _behind(question, previous)
    if (pronoun := _THING.search(question)) and not _EXPLETIVE.search(question):
        things = [name for name in _names(previous) if not re.search(r"\d{4}|[a-z](?:ese|ish)$", name)]
        # "Did Japan drop its claim": the owner is in the question. Of two old names the later is what was spoken of.
        owned = pronoun.group().lower() in ("its", "their", "theirs") and bool(_names(question[: pronoun.start()]))
        clear = 1 <= len(things) <= 2 and not owned
        return _put(question, _THING, things[-1]) if clear else _behind(question, previous)
    if not _names(question) and len(content_tokens(_LEAD.sub("", question))) <= _FEW_WORDS:
        return _behind(question, previous)
    return None


def _names(text: str) -> list[str]:
    """Names in a text in order, each once; question words at their beginning and sources ("according to …") left out."""
    found = []
    for match in _NAME.finditer(text):
        words = match.group().rstrip("?.,;:!").split()
        while words and _QUESTION_WORD.match(words[0]):
            words = words[1:]
        name = re.sub(r"['’]s?$", "", " ".join(words))
        if name and not _SOURCE.search(text[max(0, match.start() - _BEFORE) : match.start()]):
            found.append(name)
    return list(dict.fromkeys(found))


def _people(text: str) -> list[str]:
    """The names that may be a person's: of two or three words if there are any, else single ones."""
    names = [name for name in _names(text) if not _NO_PERSON.search(name) and not re.search(r"\b(?:of|the|and|for|on)\b", name)]
    full = [name for name in names if 2 <= len(name.split()) <= 3]
    return full or [name for name in names if " " not in name and not name.isupper()]


def _put(question: str, pattern: re.Pattern[str], referent: str) -> str:
    """The question with its first pronoun replaced by what it refers to."""

    def word(match: re.Match[str]) -> str:
        following = question[match.end() :]
        owner = match.group().lower() in ("his", "its", "their", "hers", "theirs") or (
            match.group().lower() == "her" and re.match(r"\s+[a-z]", following)
        )
        return f"{referent}’s" if owner else referent

    return _capital(_LEAD.sub("", pattern.sub(word, question, count=1)))


def _about(previous: str, topic: str) -> str:
    """The previous question, asked about another topic: its last name (or year, for a year) gives way to the new one."""
    bare = re.sub(r"^(?:in|for|by|to|from|with|on|the)\s+", "", topic)
    years = re.findall(r"\b\d{4}\b", previous)
    if re.fullmatch(r"\d{4}", bare):
        return previous.replace(years[-1], bare) if years else f"{previous.rstrip('?. ')} in {bare}?"
    names = _names(previous)
    if names:
        before, _, after = previous.rpartition(names[-1])
        return f"{before}{bare}{after}"
    return _behind(f"{bare}?", previous)


def _behind(question: str, previous: str) -> str:
    return f"{_capital(_LEAD.sub('', question)).rstrip('?. ')} ({previous.rstrip('?. ')})?"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
