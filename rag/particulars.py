"""The check by form: figures, dates, names and quoted words of a statement must stand in the text that carries it.

Numbers are compared by value and unit sign (1,234 = 1234, "three" = 3, "30 per cent" = 30%), dates by day and month in whatever
order, names by their words. Whether they stand there about the same thing is not seen here: the evidence model reads that.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from rag.lexical import content_tokens

_MONTH = (
    r"(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|"
    r"Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_DATES = (
    re.compile(r"(?<!\d)(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)(?!\d)"),
    re.compile(rf"(?<![\w.,]){_DAY}\s+(?:of\s+)?{_MONTH}"),
    re.compile(rf"\b{_MONTH}\s+{_DAY}(?![\d,.]*\d)"),
    re.compile(rf"\b{_MONTH}"),
)
_ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_ORDINALS = (
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_SCALES = {"hundred": 1e2, "dozen": 12.0, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_SHORT = {"k": 1e3, "m": 1e6, "mn": 1e6, "bn": 1e9, "tn": 1e12}
_SMALL = {
    **{word: float(n) for words in (_ONES, _ORDINALS) for n, word in enumerate(words.split())},
    **{form: 10.0 * n for n, word in enumerate(_TENS.split(), start=2) for form in (word, word[:-1] + "ieth")},
}
_UNIT = rf"(?:(?:{'|'.join(_TENS.split())})-)?(?:{'|'.join(_SMALL)})\b"
_SCALE = rf"(?:{'|'.join(_SCALES)})\b"
_NUMBER = re.compile(
    r"(?P<money>[A-Z]{0,3}[$€£¥₩₹]\s?)?(?:(?<![\w.,])(?P<minus>[-−]))?(?<![\d.,])"
    rf"(?:(?<![^\W\d_])(?P<figure>\d+(?:,\d{{3}})*(?:\.\d+)?)(?:(?P<short>bn|tn|mn|[mk])\b|(?P<tail>st|nd|rd|th|s)\b|(?![^\W\d_]))"
    rf"(?P<scales>(?:[\s-]{_SCALE})*)|\b(?P<words>(?:{_UNIT}[\s-])?{_SCALE}(?:[\s-](?:and\s)?(?:{_UNIT}|{_SCALE}))*|{_UNIT}))"
    r"(?:\s?(?P<after>%|°|€|£|per\s?cent|percent)(?:age\spoints?)?)?",
    re.IGNORECASE,
)
_WORD = re.compile(r"(?:[A-Z]\.){2,}|[^\W_]+(?:[’'][^\W_]+)*")
_POSSESSIVE = re.compile(r"[’'][sS]?$")
_QUOTED = re.compile(r"“([^“”]+)”|\"([^\"]+)\"|「([^「」]+)」|『([^『』]+)』")
# A name among Chinese or Japanese characters is known by its form only where it is written in katakana or stands by itself.
_HAN = "\u3400-\u9fff\uf900-\ufaff"
_CJK_NAME = re.compile(rf"[\u30a1-\u30fc・]{{2,}}|(?<![{_HAN}\u3041-\u30ff])[{_HAN}]{{2,4}}(?![{_HAN}\u3041-\u30ff])")
# Letters by which forms of a name may differ at its end, and that they must have in common: Japan, Japanese.
_ENDING, _COMMON = 3, 4


class Figure(NamedTuple):
    """A number or date. `kind`: "day" (month * 100 + day), "month", "decade", or the unit sign of a number, "" without one."""

    kind: str
    value: float
    start: int
    end: int


def foreign(statement: str, text: str, title: str = "") -> list[str]:
    """The figures, dates, names and quoted words of `statement`, as written, that do not stand in `text`.

    Names may also stand in `title`; a document's date is no date of what it tells, so figures may not.
    """
    statement, text, title = (unicodedata.normalize("NFKC", one) for one in (statement, text, title))
    known = {(figure.kind, figure.value) for figure in figures(text)}
    words = _WORD.findall(text)
    whole = f" {' '.join(map(_fold, words))} "
    missing = [m.group() for m in _QUOTED.finditer(statement) if f" {' '.join(map(_fold, _WORD.findall(m[0])))} " not in whole]
    rest = statement
    for one in figures(statement):
        rest = _without(rest, one.start, one.end)
        said_by_the_way = one.value == 1 and statement[one.start].isalpha()  # one of them, the first
        if (one.kind, one.value) not in known and not said_by_the_way:
            missing.append(statement[one.start : one.end].strip())
    words += _WORD.findall(title)
    plain, capitals = {_fold(word) for word in words}, {_fold(word) for word in words if word != word.lower()}
    acronyms = {word.replace(".", "") for word in words if word.isupper()}
    for name in _names(rest):
        bare, acronym = _fold(name), name.replace(".", "")
        stands = acronym in acronyms if _is_acronym(name) else bare in plain or any(_forms(bare, other) for other in capitals)
        if not stands:
            missing.append(name)
    missing += [name for name in _CJK_NAME.findall(rest) if name not in text and name not in title]
    return list(dict.fromkeys(missing))


def figures(text: str) -> list[Figure]:
    """The numbers and dates of `text` in order of place; a year is a number."""
    found: list[Figure] = []
    for pattern in _DATES:
        for match in pattern.finditer(text):
            found += _date(match)
            # What is read is taken out, so that "5 May" is no number 5 as well.
            text = _without(text, *match.span())
    found += [_number(match) for match in _NUMBER.finditer(text)]
    return sorted(found, key=lambda figure: (figure.start, figure.end))


def _date(match: re.Match[str]) -> Iterator[Figure]:
    parts = match.groupdict()
    name = parts["month"].lower()
    month = int(name) if name.isdigit() else _MONTHS.index(name[:3]) + 1
    yield Figure("month", float(month), *match.span())
    if parts.get("day"):
        yield Figure("day", 100.0 * month + int(parts["day"]), *match.span())
    if parts.get("year"):
        yield Figure("", float(parts["year"]), *match.span())


def _number(match: re.Match[str]) -> Figure:
    kind = (match["money"] or match["after"] or "").strip().lower()
    kind = "%" if kind.startswith("per") else kind
    if match["words"]:
        return Figure(kind, _composed(re.findall(r"[a-z]+", match["words"].lower())), *match.span())
    value = float(match["figure"].replace(",", "")) * (-1 if match["minus"] else 1)
    short = (match["short"] or "").lower()
    if len(short) > 1 or (short and match["money"]):  # "300m" may be metres
        value *= _SHORT[short]
    for scale in re.findall(r"[a-z]+", match["scales"].lower()):
        value *= _SCALES[scale]
    return Figure("decade" if match["tail"] == "s" else kind, value, *match.span())


def _composed(words: list[str]) -> float:
    """Two hundred and fifty thousand: 250,000."""
    total = current = 0.0
    for word in words:
        if word in _SMALL:
            current += _SMALL[word]
        elif word in ("hundred", "dozen"):
            current = max(1.0, current) * _SCALES[word]
        elif word in _SCALES:
            total, current = total + max(1.0, current) * _SCALES[word], 0.0
    return total + current


def _names(text: str) -> Iterator[str]:
    """Words with a capital, without "The" and other stop words; the first word of a sentence counts, for it may be a name."""
    for match in _WORD.finditer(text):
        word = _POSSESSIVE.sub("", match.group())
        if word != word.lower() and (_is_acronym(word) or content_tokens(word)):
            yield word


def _is_acronym(word: str) -> bool:
    return len(word) > 1 and word.isupper()


def _without(text: str, start: int, end: int) -> str:
    """`text` with blanks in the place of a range."""
    return text[:start] + " " * (end - start) + text[end:]


def _fold(word: str) -> str:
    """Without case, accents and possessive."""
    bare = unicodedata.normalize("NFKD", _POSSESSIVE.sub("", word))
    return "".join(char for char in bare if not unicodedata.combining(char)).casefold().replace("’", "'")


def _forms(one: str, other: str) -> bool:
    """Whether one name is the other with an ending."""
    short, long = sorted((one, other), key=len)
    return len(short) >= _COMMON and len(long) - len(short) <= _ENDING and long.startswith(short)
