"""Figures of a text: numbers however written, shares, ordinals, years, months, days of the month and of the week.

A figure is more than its number: its unit, its bound ("at least", "nearly"), whether it is the end of a range and the word
before it ("by", "to", "before") are part of what it says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from rag.quotes import lexicon

Bound = Literal["=", "~", ">", ">=", "<", "<="]

_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_SHORT_SCALES = {"m": 1e6, "mn": 1e6, "bn": 1e9, "k": 1e3, "tn": 1e12}
_UNITS_TO_NINETEEN = lexicon.listed(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen"
)
_TENS = lexicon.listed("twenty thirty forty fifty sixty seventy eighty ninety")
_CARDINALS = {word: float(n) for n, word in enumerate(_UNITS_TO_NINETEEN)} | {
    word: 10.0 * n for n, word in enumerate(_TENS, start=2)
}
_ORDINAL_WORDS = lexicon.listed(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth "
    "seventeenth eighteenth nineteenth"
)
_ORDINALS = {word: float(n) for n, word in enumerate(_ORDINAL_WORDS, start=1)} | {
    f"{word[:-1]}ieth": value for word, value in _CARDINALS.items() if word.endswith("ty")
}
MONTHS = lexicon.listed("january february march april may june july august september october november december")
_WEEKDAYS = lexicon.listed("monday tuesday wednesday thursday friday saturday sunday")

_DIGITS = re.compile(
    r"(?P<minus>(?<![\w.,])[-−]|\bminus\s)?(?P<sign>NT\$|US\$|A\$|[$€£¥])?\s?(?P<figure>(?<![\w.])\d(?:[\d,]*\d)?(?:\.\d+)?)"
    r"(?:(?P<ordinal>st|nd|rd|th)\b)?(?P<decade>[’']?s\b)?"
    r"(?:[\s-]?(?P<scale>hundred|thousand|million|billion|trillion)\b|(?P<short>bn|tn|mn|m|k)\b)?(?P<percent>\s?%|[\s-]?per\s?cent\b(?!\w))?",
    re.IGNORECASE,
)
_DECADE_FIGURE = re.compile(r"(?<![\w.,])(\d{4}|\d0)[’']?s\b")
_NUMBER_WORD = "|".join((*_CARDINALS, *_SCALES, "dozen"))
_SPELLED = re.compile(
    rf"\b(?:(?P<half>half\s+an?\s+)|(?:an?\s+)(?=hundred|thousand|million|billion|trillion|dozen))?(?P<run>(?:{_NUMBER_WORD})"
    rf"(?:(?:[\s-]+|\s+and\s+)(?:{_NUMBER_WORD}))*)\b(?:[\s-](?P<last>{'|'.join(_ORDINALS)})\b)?(?P<plus>\s+and\s+a\s+half\b)?(?P<percent>\s?%|[\s-]per\s?cent\b)?",
    re.IGNORECASE,
)
_ORDINAL = re.compile(rf"\b(?:{'|'.join(_ORDINALS)})\b", re.IGNORECASE)
_PLENTY = re.compile(r"\b(?P<word>dozens|hundreds|thousands|millions|billions|trillions)\b", re.IGNORECASE)
_FRACTION = re.compile(
    r"\b(?P<over>one|two|three)[\s-](?P<under>half|third|fourth|quarter|fifth|tenth)s?\b|"
    r"\ba[\s-](?P<one>half|third|quarter|fourth|fifth|tenth)(?=\s+of\b|[.,;)])|\b(?P<bare>half|quarter)\b(?=\s+(?:of|the|its|their|all|his|her)\b)",
    re.IGNORECASE,
)
_OVER = {"one": 1.0, "two": 2.0, "three": 3.0}
_UNDER = {"half": 2.0, "third": 3.0, "fourth": 4.0, "quarter": 4.0, "fifth": 5.0, "tenth": 10.0}
_MONTH = re.compile(
    r"\b(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|"
    r"Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_WEEKDAY = re.compile(rf"\b(?:{'|'.join(day.capitalize() for day in _WEEKDAYS)})\b")
_ISO = re.compile(r"\b(?P<year>(?:1\d|20)\d\d)-(?P<month>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12]\d|3[01])\b")
_DAY_AFTER = re.compile(r"\s+(\d{1,2})(?:st|nd|rd|th)?\b(?!\d|\s*%)")
_DAY_BEFORE = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?$")
_YEAR_AFTER = re.compile(r"(?:\s+\d{1,2}(?:st|nd|rd|th)?)?,?\s+(?:of\s+)?((?:1\d|20)\d\d)\b")
# "1914–18", "2021-22"
_SHORT_RANGE = re.compile(r"\b((?:1\d|20)\d)(\d)[-–](\d\d)\b(?![-–\d])")

_UNIT_WORDS = {
    "mile": "mile miles mi", "km": "km kilometer kilometers kilometre kilometres", "metre": "m meter meters metre metres",
    "foot": "ft foot feet", "inch": "inch inches", "yard": "yard yards", "cm": "cm centimeter centimeters centimetre centimetres",
    "mm": "mm millimeter millimeters millimetre millimetres", "kg": "kg kilo kilos kilogram kilograms", "g": "g gram grams gramme grammes",
    "mg": "mg milligram milligrams", "pound": "lb lbs", "ounce": "oz ounce ounces", "ton": "ton tons tonne tonnes",
    "acre": "acre acres", "hectare": "ha hectare hectares", "litre": "liter liters litre litres", "gallon": "gallon gallons",
    "barrel": "barrel barrels", "second": "seconds", "minute": "min minute minutes", "hour": "hour hours", "day": "day days",
    "week": "week weeks", "month": "month months", "year": "year years", "decade": "decade decades", "century": "century centuries",
    "watt": "watt watts", "kw": "kw kilowatt kilowatts", "mw": "mw megawatt megawatts", "gw": "gw gigawatt gigawatts",
    "celsius": "celsius °c", "fahrenheit": "fahrenheit °f", "usd": "dollar dollars usd", "twd": "ntd", "eur": "euro euros eur", "jpy": "yen jpy",
    "gbp": "gbp sterling", "cny": "yuan renminbi rmb", "krw": "won", "franc": "franc francs", "rupee": "rupee rupees", "rouble": "rouble roubles ruble rubles",
    "mark": "marks", "lira": "lira lire", "point": "point points",
}  # fmt: skip
_UNIT_OF = {word: unit for unit, forms in _UNIT_WORDS.items() for word in forms.split()}
_SIGNS = {"$": "usd", "us$": "usd", "nt$": "twd", "a$": "aud", "€": "eur", "£": "gbp", "¥": "jpy"}
_UNIT = re.compile(
    rf"[\s-]?(?:degrees?\s|metric\s|square\s|cubic\s|nautical\s|US\s|American\s)*({'|'.join(map(re.escape, _UNIT_OF))})\b(?!-?old)",
    re.IGNORECASE,
)
_PER = re.compile(r"[^,;.]{0,40}?\b(?:an?|per|each|every)\s+(second|minute|hour|day|week|month|year)\b", re.IGNORECASE)

_BOUNDS_BEFORE: tuple[tuple[Bound, str], ...] = (
    ("<=", r"no more than|not more than|at most|up to|as many as|as much as|a maximum of|no later than|not exceeding"),
    (">=", r"no (?:less|fewer) than|not less than|at least|a minimum of|no earlier than"),
    (">", r"more than|over|above|greater than|exceed\w*|upwards of|surpass\w*|topped|topping|well over|in excess of"),
    ("<", r"less than|fewer than|under|below|nearly|almost|close to|just short of|approaching"),
    ("~", r"about|around|approximately|roughly|some|an? estimated|circa|c\.|ca\.|or so"),
)  # fmt: skip
_BEFORE = [(bound, re.compile(rf"\b(?:{words})\s+(?:the\s+|an?\s+)?$", re.IGNORECASE)) for bound, words in _BOUNDS_BEFORE]
_AFTER: tuple[tuple[Bound, re.Pattern[str]], ...] = (
    (">=", re.compile(r"\s*(?:\w+\s+)?(?:or more|or older|or later|at least|and (?:more|over|above))\b|\+", re.IGNORECASE)),
    ("<=", re.compile(r"\s*(?:\w+\s+)?(?:or less|or fewer|at most|at the most)\b", re.IGNORECASE)),
    ("~", re.compile(r"\s*(?:\w+\s+)?or so\b", re.IGNORECASE)),
)
# Characters before a figure that are kept for what they say of it.
_LED = 40
# What may be said of a figure of which the source says this: no more than it says.
MAY_BE: dict[Bound, str] = {"=": "= ~ >= <=", "~": "~", ">": "> >= ~", ">=": ">= ~", "<": "< <= ~", "<=": "<= ~"}
_PREPOSITION = re.compile(r"\b(by|to|from|before|after|until|till|since|in|on|at|of|for|between|than)\s+(?:the\s+|an?\s+|about\s+|around\s+|early\s+|late\s+|mid-?\s*)*$", re.IGNORECASE)  # fmt: skip


@dataclass(frozen=True)
class Value:
    """A figure. `start` and `end` are its range in the text, `text` how it is written there.

    `kind` is what may be compared with what; a day is month x 100 + day, its `year` that of the same date if it stands there.
    `unit` and `per` are empty where none stands beside it. `before` are the characters before it. `other_end` is set on the ends of "between X and Y" and "3 to 5".
    """

    value: float
    kind: Literal["number", "percent", "part", "ordinal", "small", "plenty", "year", "decade", "month", "day", "weekday"]
    start: int
    end: int
    text: str
    unit: str = ""
    per: str = ""
    bound: Bound = "="
    preposition: str = ""
    before: str = ""
    other_end: float | None = None
    year: int | None = None


@lru_cache(maxsize=4096)
def values(text: str) -> tuple[Value, ...]:
    """All figures of a text, in order. "One", "first" and "second" are `small`: mostly they count nothing."""
    found: list[Value] = []
    for value in (*_dates(text), *_shares(text), *_digits(text), *_words(text)):
        if not any(value.start < other.end and other.start < value.end and _clash(value, other) for other in found):
            found.append(value)
    found.sort(key=lambda value: (value.start, value.kind))
    return tuple(_ranged(text, [_described(text, value) for value in found]))


def equal(one: Value, other: Value) -> bool:
    """Whether two figures are the same one: half is 50 percent, a figure may be written in words."""
    kinds = {one.kind, other.kind}
    if kinds == {"part", "percent"}:
        share, percent = (one, other) if one.kind == "part" else (other, one)
        return abs(100 * share.value - percent.value) < 0.5
    same = abs(one.value - other.value) <= 1e-9 * max(1.0, abs(one.value))
    if kinds == {"small", "number"} or kinds == {"small", "ordinal"} or kinds == {"year", "number"}:
        return same
    if kinds == {"number", "plenty"}:
        return False
    return same and one.kind == other.kind


def _clash(one: Value, other: Value) -> bool:
    """A month stands inside its day; nothing else shares its characters."""
    return not ({one.kind, other.kind} == {"day", "month"} or (one.kind == "year" and other.kind == "day"))


def _dates(text: str) -> Iterator[Value]:
    for match in _ISO.finditer(text):
        year, month, day = (int(match[part]) for part in ("year", "month", "day"))
        yield Value(100.0 * month + day, "day", *match.span(), match.group(), year=year)
        yield Value(float(month), "month", match.start("month"), match.end("month"), match.group())
        yield Value(float(year), "year", *match.span("year"), match["year"])
    for match in _MONTH.finditer(text):
        if not _is_month(text, match):
            continue
        number = month_number(match["month"])
        after, before = _DAY_AFTER.match(text, match.end()), _DAY_BEFORE.search(text[: match.start()])
        dated = _YEAR_AFTER.match(text, match.end())
        of = int(dated[1]) if dated else None
        named = after if after and not (dated and dated.start(1) == after.start(1)) else before
        yield Value(float(number), "month", *match.span(), match.group(), year=of)
        if named and int(named[1]) <= 31:
            start, end = min(match.start(), named.start(1)), max(match.end(), named.end(1))
            written = text[start:end].strip()
            yield Value(100.0 * number + float(named[1]), "day", start, end, written, year=of)
    for match in _WEEKDAY.finditer(text):
        yield Value(float(_WEEKDAYS.index(match.group().lower())), "weekday", *match.span(), match.group())


def _is_month(text: str, match: re.Match[str]) -> bool:
    """Whether "May" and "March" are months here and no verbs."""
    rest, before = text[match.end() :], text[: match.start()]
    if match["month"] == "May":
        return bool(
            _DAY_AFTER.match(text, match.end())
            or re.match(r",?\s+\d{4}|\s*$|[.,]", rest)
            or re.search(r"\b(?:in|of|since|until|by|last|early|late|mid|from|to|and|between)[\s-]$|\d\s$", before)
        )
    return not (match["month"] in ("Mar", "March") and match.start() == 0 and re.match(r"\s+(?:to|on|for|of)\b", rest))


def month_number(name: str) -> int:
    """1 to 12 for a month's name or its short form."""
    return next(n for n, month in enumerate(MONTHS, start=1) if month.startswith(name.lower()[:3]))


def _shares(text: str) -> Iterator[Value]:
    for match in _FRACTION.finditer(text):
        under = (match["under"] or match["one"] or match["bare"]).lower()
        yield Value(_OVER[(match["over"] or "one").lower()] / _UNDER[under], "part", *match.span(), match.group())


def _digits(text: str) -> Iterator[Value]:
    for match in _SHORT_RANGE.finditer(text):
        first, last = int(match[1] + match[2]), int(match[1][:2] + match[3])
        if first < last:
            yield Value(float(first), "year", match.start(), match.end(2), str(first))
            yield Value(float(last), "year", *match.span(3), str(last))
    for match in _DECADE_FIGURE.finditer(text):
        yield Value(float(match[1]) % 100 if len(match[1]) == 2 else float(match[1]), "decade", *match.span(), match.group())
    for match in _DIGITS.finditer(text):
        if match["decade"] or not match["figure"]:
            continue
        number = float(match["figure"].replace(",", ""))
        sign = _SIGNS.get((match["sign"] or "").lower(), "")
        start, end = match.start("figure"), match.end()
        short = match["short"]
        if match["scale"]:
            number *= _SCALES[match["scale"].lower()]
        elif short and (sign or short.lower() in ("bn", "tn", "mn")):
            number *= _SHORT_SCALES[short.lower()]
        elif short:
            end = match.start("short")
        if match["minus"] and not re.search(r"\d\s?$", text[: match.start()]):
            number, start = -number, match.start()
        kind: Literal["percent", "ordinal", "number", "year"] = (
            "percent" if match["percent"] else "ordinal" if match["ordinal"] else "number"
        )
        if kind == "number" and not sign and end - start == 4 and match["figure"].isdigit() and 1000 <= number < 2200:
            kind = "year" if _is_year(text, start, end) else "number"
        yield Value(number, kind, start, end, text[start:end].strip(), unit=sign)


def _is_year(text: str, start: int, end: int) -> bool:
    """Whether four digits are a year: after what leads to a date, or with nothing behind them that they could count."""
    if re.search(r"\b(?:in|since|until|till|by|from|to|before|after|of|and|between|during|early|late|mid|circa|around|year|through)[\s-]$", text[:start], re.IGNORECASE):  # fmt: skip
        return not re.match(
            r"\s+(?:people|men|women|soldiers|troops|workers|tons?|tonnes|miles|km|dollars|euros|yen)\b", text[end:]
        )
    return not re.match(r"\s+(?:[a-z]+\s)?[a-z]+s\b", text[end:])


def _words(text: str) -> Iterator[Value]:
    for match in _SPELLED.finditer(text):
        parts = [word for word in re.split(r"[\s-]+", match["run"].lower()) if word != "and"]
        number = _composed(parts) * (0.5 if match["half"] else 1.0) + (0.5 if match["plus"] else 0.0)
        if match["last"]:
            yield Value(number + _ORDINALS[match["last"].lower()], "ordinal", *match.span(), match.group())
            continue
        kind: Literal["percent", "small", "number"] = (
            "percent" if match["percent"] else "small" if match.group().lower() == "one" else "number"
        )
        yield Value(number, kind, *match.span(), match.group())
    for match in _ORDINAL.finditer(text):
        word = match.group().lower()
        yield Value(_ORDINALS[word], "small" if word in ("first", "second") else "ordinal", *match.span(), match.group())
    for match in _PLENTY.finditer(text):
        word = match["word"].lower()[:-1]
        yield Value(_SCALES.get(word, 12.0), "plenty", *match.span(), match.group())


def _composed(words: list[str]) -> float:
    """Two hundred and fifty thousand: 250,000."""
    total = current = 0.0
    for word in words:
        if word in _CARDINALS:
            current += _CARDINALS[word]
        elif word in ("hundred", "dozen"):
            current = max(1.0, current) * (100.0 if word == "hundred" else 12.0)
        else:
            total, current = total + max(1.0, current) * _SCALES[word], 0.0
    return total + current


def _described(text: str, value: Value) -> Value:
    """With what stands around it: unit, rate, bound and preposition."""
    if value.kind in ("month", "weekday", "small", "plenty"):
        return replace(value, preposition=_before(text, value), before=text[max(0, value.start - _LED) : value.start])
    before, after = text[: value.start], text[value.end :]
    before = re.sub(r"(?:NT\$|US\$|A\$|[$€£¥])\s?$", "", before)
    unit, per = value.unit, ""
    if value.kind in ("number", "percent", "part"):
        found = _UNIT.match(after)
        unit = unit or (_UNIT_OF[found[1].lower()] if found else "")
        rate = _PER.match(after)
        per = rate[1].lower() if rate else ""
    bounds: list[Bound] = []
    if value.kind in ("number", "percent", "part", "year"):
        bounds = [bound for bound, words in _BEFORE if words.search(before)] or [b for b, words in _AFTER if words.match(after)]
    if re.search(r"[~≈]\s?$", before):
        bounds = ["~"]
    bound: Bound = bounds[0] if bounds else "="
    led = text[max(0, value.start - _LED) : value.start]
    return replace(value, unit=unit, per=per, bound=bound, preposition=_before(text, value), before=led)


def _before(text: str, value: Value) -> str:
    match = _PREPOSITION.search(re.sub(r"(?:NT\$|US\$|A\$|[$€£¥])\s?$", "", text[: value.start]))
    return match[1].lower() if match else ""


def _ranged(text: str, found: list[Value]) -> Iterator[Value]:
    """The ends of ranges marked: "between X and Y", "3 to 5", "3–5"; not "from X to Y", which may tell a change."""
    ends: dict[int, float] = {}
    for left, right in pairwise(found):
        link, lead = text[left.end : right.start], text[max(0, left.start - 12) : left.start].lower()
        if (re.search(r"\bbetween\s+\S{0,4}$", lead) and re.fullmatch(r"\s(?:\w+\s)?and\s\S{0,3}", link)) or (
            left.kind in ("number", "percent")
            and right.kind in ("number", "percent")
            and re.fullmatch(r"\s?(?:to|or|[-–—])\s?\S?", link)
            and not re.search(r"\bfrom\s+\S{0,4}$", lead)
        ):
            ends |= {left.start: right.value, right.start: left.value}
    for value in found:
        yield replace(value, other_end=ends[value.start]) if value.start in ends else value
