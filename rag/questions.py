"""What a question asks for, read off its words: a date, a number, a person, a place, and the terms it is about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rag.errors import InputError
from rag.lexical import content_tokens, tokenize

# Longer than any question a person asks; beyond it something else was pasted.
LONGEST_QUESTION = 10_000

AnswerType = Literal["date", "number", "person", "place"]

_MONTH = r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|Aug(?:ust|\.)?|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
_NUMBER_WORD = (
    r"(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|"
    r"eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|dozens?|half|"
    r"one-(?:half|third|fourth|fifth)|two-thirds|third|quarter|first|second|fourth|fifth|sixth|seventh|eighth|ninth|tenth)"
)
_HAS: dict[AnswerType, re.Pattern[str]] = {
    "date": re.compile(rf"\b(?:1[0-9]|20)\d\d(?:s|\b)|\b{_MONTH}\s+\d{{1,2}}\b|\b\d{{1,2}}\s+{_MONTH}\b|\b{_MONTH}\b,?|\b\d{{1,2}}(?:st|th)\s+century|\b(?:last|this|next|earlier this)\s+(?:year|month|week|spring|summer|autumn|fall|winter)|[\d一二三四五六七八九〇]+年"),
    "number": re.compile(rf"\d|\b{_NUMBER_WORD}\b|[一二三四五六七八九十百千万億]", re.IGNORECASE),
    "person": re.compile(r"[A-ZÀ-Ž][\w’'\-]+(?:\s+(?:[A-Z]\.|al|van|von|de|der|bin|ibn))*\s+[A-ZÀ-Ž][\w’'\-]+|\b[A-Z][a-z]+\b"),
    "place": re.compile(r"\b(?:in|at|from|to|near|of|between|across|off)\s+(?:the\s+)?[A-ZÀ-Ž]"),
}
_ASKS: tuple[tuple[re.Pattern[str], AnswerType], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), kind)
    for pattern, kind in (
        (r"\b(?:when|(?:what|which|in what|in which)\s+(?:\w+\s+)?(?:year|date|month|day|decade|century|time))\b|\bhow long ago\b|\bsince when\b|いつ|何年|何時", "date"),
        (r"\bhow\s+(?:many|much|far|long|old|large|big|tall|often|high|fast|deep|wide|close)\b|\b(?:what|which)\s+(?:\w+\s+)?(?:percent(?:age)?|number|share|proportion|rate|rank|distance|amount|age|size|fraction|population|figure|total)\b|何人|いくつ|幾", "number"),
        (r"^\W*(?:and |but |so )?(?:who|whom|whose)\b|\b(?:by|to|with|from|of)\s+whom\b|\b(?:what|which)\s+(?:\w+\s+)?(?:person|politician|leader|president|minister|author|scholar|expert|official|admiral|general|name)\b|誰|だれ", "person"),
        (r"^\W*(?:and |but |so )?where\b|\b(?:what|which|in what|in which)\s+(?:\w+\s+)?(?:country|city|place|state|region|island|location|town|capital)\b|どこ", "place"),
    )
)


@dataclass(frozen=True)
class Question:
    """A question taken apart. `terms` are the stems it is about, in order, each once; `names` the capitalised words and
    figures in it, as written; `kind` what sort of thing would answer it, None when its words do not tell."""

    text: str
    terms: tuple[str, ...]
    names: tuple[str, ...]
    kind: AnswerType | None


@lru_cache(maxsize=256)
def parse(text: str) -> Question:
    """Take a question apart."""
    kind = next((kind for pattern, kind in _ASKS if pattern.search(text)), None)
    names = dict.fromkeys(m.group() for m in re.finditer(r"(?<=\s)[A-ZÀ-Ž][\w’'.\-]*\w|\b\d[\d.,]*\b", text))
    return Question(text, tuple(dict.fromkeys(content_tokens(text))), tuple(names), kind)


def offers(sentence: str, question: Question) -> bool:
    """Whether the sentence holds something of the kind asked for that the question does not already say."""
    if question.kind is None:
        return True
    asked = set(tokenize(question.text))
    return any(not set(tokenize(m.group())) <= asked for m in _HAS[question.kind].finditer(sentence))


def check_question(question: str) -> str:
    """The question without white space around it. Raises InputError when it is empty, overlong or not text."""
    question = question.strip()
    if not question or not any(character.isalnum() for character in question):
        raise InputError("The question is empty.", "Ask something in words.")
    if len(question) > LONGEST_QUESTION:
        raise InputError(f"The question has {len(question):,} characters; at most {LONGEST_QUESTION:,} are read.",
                         "Ask a shorter one; to look for a passage, use: rag quote.")
    return question
