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

AnswerType = Literal["day", "date", "duration", "percentage", "money", "measure", "count", "person", "place"]

_MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|Aug(?:ust|\.)?|Sept?(?:ember|\.)?|"
    r"Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_DAY = rf"\b{_MONTH}\s+\d{{1,2}}\b|\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}|\d{{1,2}}月\d{{1,2}}日"
_YEAR = r"\b(?:1\d|20)\d\d(?:s\b|\b)|\b\d{1,2}0s\b"
_DATE = (
    rf"{_DAY}|{_YEAR}|\b{_MONTH}(?=[\s,.)])|\b\d{{1,2}}(?:st|nd|rd|th)[\s-]century|"
    r"\b(?:last|this|next|earlier this|later that|following|previous|same)\s+(?:year|month|week|day|spring|summer|autumn|fall|winter|decade)|"
    r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|\b(?:today|yesterday|tomorrow|recently|currently)\b|"
    rf"\bcentur(?:y|ies)\b|\b(?:AD|BC|BCE|CE)\b|\b(?:years?|months?|weeks?|days?|decades?)\s+(?:later|earlier|ago|before|after)\b|[\d一二三四五六七八九〇]+年"
)
_WORD_NUMBER = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|"
    r"nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|trillions?|dozens?|"
    r"single|several|both|half|couple|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|no|none|only)"
)
_NUMBER = rf"\d[\d.,]*|\b{_WORD_NUMBER}\b|[一二三四五六七八九十百千万億]"
_UNIT = (
    r"(?:km|kilomet(?:er|re)s?|m|met(?:er|re)s?|miles?|feet|foot|ft|inch(?:es)?|cm|mm|yards?|acres?|hectares?|square|sq|tons?|tonnes?|kg|"
    r"kilograms?|pounds?|grams?|mg|lit(?:er|re)s?|gallons?|degrees?|°|knots?|mph|km/h|kph|hz|[kmg]hz|watts?|[kmg]w|volts?|[kmgt]b|bytes?|bits?|"
    r"[kmg]bps|years?|months?|weeks?|days?|hours?|minutes?|seconds?|times|fold|percent|per cent|%)"
)
_HAS: dict[AnswerType, re.Pattern[str]] = {
    "day": re.compile(_DAY, re.IGNORECASE),
    "date": re.compile(_DATE),
    "duration": re.compile(
        rf"(?:{_NUMBER})[\s-]+(?:more\s+)?(?:year|month|week|day|hour|minute|second|decade|centur|term|generation)|\bsince\b|"
        r"\bfrom\b.{2,30}\b(?:to|until)\b|\b\d{4}\s?[–—-]\s?\d{2,4}\b|\bfor\s+(?:a|many|several|some)\s+\w+|\bcentur(?:y|ies)\b|\bdecades?\b",
        re.IGNORECASE,
    ),
    "percentage": re.compile(
        r"\d\s?%|\bper\s?cent|\bpercent|\b(?:one|two|three|four|nine)[\s-](?:half|third|quarter|fourth|fifth|tenth)s?\b|"
        r"\b(?:half|third|quarter|fifth|tenth) of\b|\bout of (?:every )?\w+\b|％|割",
        re.IGNORECASE,
    ),
    "money": re.compile(
        r"[$€£¥￥₩]|\b(?:dollars?|euros?|yen|yuan|pounds?|pence|cents?|francs?|crowns?|rupees?|won|usd|eur|nt\$|sek|billion|million)\b|円|元",
        re.IGNORECASE,
    ),
    "measure": re.compile(rf"(?:{_NUMBER})[\s-]*(?:{_UNIT}\b|°)", re.IGNORECASE),
    "count": re.compile(_NUMBER, re.IGNORECASE),
    "person": re.compile(r"\b[A-ZÀ-Ž][\w’'\-]+"),
    "place": re.compile(r"\b[A-ZÀ-Ž][\w’'\-]+"),
}
_ASKS_FOR: tuple[tuple[str, AnswerType], ...] = (
    (r"\b(?:what|which|on what|on which|exact)\s+(?:exact\s+)?(?:date|day)\b|\bwhat day\b|何月何日|何日", "day"),
    (r"\b(?:percent(?:age)?|per cent|what (?:share|proportion|fraction)|how large a (?:share|majority))\b", "percentage"),
    (
        r"\bhow much\b.*\b(?:cost|pay|paid|spend|spent|money|worth|earn|charge|fund|invest|budget|price)|"
        r"\b(?:what|which|how (?:big|large|high)).*\b(?:budget|price|cost|salary|revenue|fee|fine|income|profit)\b(?! of .*(?:aggression|war))",
        "money",
    ),
    # Only the past: "when does it happen" is mostly answered by a condition.
    (
        r"\bhow long ago\b|(?:^\W*|\b(?:and|but|since|,)\s+)when\s+(?:exactly\s+)?(?:did|was|were|had|will)\b|\bfounded when\b|\bwhen\s*\?|"
        r"\b(?:what|which|in what|in which)\s+(?:\w+\s+)?(?:year|month|decade|century|time)\b|いつ|何年|何時",
        "date",
    ),
    (r"\bhow long\b|\bfor how many (?:years|months|days)\b", "duration"),
    (
        r"\bhow far (?:is|are|was|were|away|apart|from|does|do|off)\b|\bhow (?:tall|fast|deep|wide|heavy|old|high|hot|cold)\b|\b(?:what|which).*\b(?:top speed|speed|distance|height|weight|depth|width|length|temperature|altitude|range)\s+(?:of|is|was|does|did)\b",
        "measure",
    ),
    (
        r"\bhow many\b|\bhow much\b|\b(?:what|which)\s+(?:\w+\s+)?(?:number|amount|total|quantity|figure|population|rank)\b|何人|いくつ|幾",
        "count",
    ),
    (r"^\W*(?:and |but |so )?(?:who|whom|whose)\b|\b(?:by|to|with|from|of)\s+whom\b|誰|だれ", "person"),
    (
        r"^\W*(?:and |but |so )?where\b|\b(?:what|which|in what|in which)\s+(?:\w+\s+)?(?:country|city|place|state|region|island|location|town|capital)\b|どこ",
        "place",
    ),
)
_ASKS = tuple((re.compile(pattern, re.IGNORECASE), kind) for pattern, kind in _ASKS_FOR)
# Kinds whose forms are so plain that a sentence without one does not answer.
STRICT: frozenset[AnswerType] = frozenset({"day", "date", "duration", "percentage", "money", "measure", "count"})


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
    """Whether the sentence holds something of the kind asked for that the question does not already say.

    A year or a day is no count, and a date that the question names answers no question for a date.
    """
    kind = question.kind
    if kind is None:
        return True
    asked = set(tokenize(question.text))
    text = re.sub(_DATE, " ", sentence) if kind in ("count", "measure", "percentage", "money") else sentence
    found = (set(tokenize(match.group())) for match in _HAS[kind].finditer(text))
    return any(not stems or not stems <= asked for stems in found)  # a mere sign ("$") has no stem


def check_question(question: str) -> str:
    """The question without white space around it. Raises InputError when it is empty, overlong or not text."""
    question = question.strip()
    if not question or not any(character.isalnum() for character in question):
        raise InputError("The question is empty.", "Ask something in words.")
    if len(question) > LONGEST_QUESTION:
        raise InputError(
            f"The question has {len(question):,} characters; at most {LONGEST_QUESTION:,} are read.",
            "Ask a shorter one; to look for a passage, use: rag quote.",
        )
    return question
