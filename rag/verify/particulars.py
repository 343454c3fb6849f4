"""Figures, dates, names and quoted words of a statement: each must stand in what it cites, and about the same thing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rag.quotes import names
from rag.quotes.tokens import plain
from rag.reading.words import english
from rag.types import Entry
from rag.verify.text import alike, content, fold, stem, words
from rag.verify.types import Finding

_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "m": 1e6, "bn": 1e9, "k": 1e3}
_CARDINALS = {
    word: float(n)
    for n, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
} | {
    word: float(n * 10)
    for n, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2)
}
_ORDINALS = {
    word: float(n)
    for n, word in enumerate(
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth"],
        start=1,
    )
}
_FRACTION = re.compile(
    r"\b(?P<over>one|two|three|a)[\s-](?P<under>half|third|fourth|quarter|fifth|tenth)s?\b|\b(?P<bare>half|quarter)\b",
    re.IGNORECASE,
)
_OVER = {"one": 1.0, "a": 1.0, "two": 2.0, "three": 3.0}
_UNDER = {"half": 2.0, "third": 3.0, "fourth": 4.0, "quarter": 4.0, "fifth": 5.0, "tenth": 10.0}
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_FIGURE = re.compile(
    r"(?P<sign>[$€£¥]|NT\$|US\$)?(?P<figure>\d(?:[\d,]*\d)?(?:\.\d+)?)(?P<ordinal>st|nd|rd|th)?(?P<decade>s\b)?"
    r"(?:[\s-]?(?P<scale>hundred|thousand|million|billion|trillion|bn|m|k)\b)?(?P<percent>\s?%|\s?per\s?cent\b)?",
    re.IGNORECASE,
)
_SPELLED = re.compile(
    rf"\b(?P<word>{'|'.join((*_CARDINALS, *_ORDINALS))})(?:[\s-](?P<one>one|two|three|four|five|six|seven|eight|nine))?\b"
    r"(?:\s(?P<scale>hundred|thousand|million|billion|trillion)\b)?(?P<percent>\s?%|\s?per\s?cent\b)?",
    re.IGNORECASE,
)
_MONTH = re.compile(
    r"\b(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|"
    r"Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_MONTH_YEAR = re.compile(_MONTH.pattern + r"(?:\s+\d{1,2}(?:st|nd|rd|th)?)?,?\s+(?:of\s+)?(?P<year>(?:1\d|20)\d\d)\b")
_DAY_AFTER = re.compile(r"\s+(\d{1,2})(?:st|nd|rd|th)?\b(?!\d)")
_DAY_BEFORE = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?$")
_QUOTED = re.compile(
    r"“([^“”]+)”|\"([^\"]+)\"|(?<!\w)‘([^‘’]+(?:’\w[^‘’]*)*)’(?!\w)|(?<!\w)'([^']+(?:'\w[^']*)*)'(?!\w)|「([^「」]+)」"
)
# Endings of words that are no names; the dictionary has names, too.
_ORDINARY = re.compile(
    r"(?:tions?|sions?|ments?|ness(?:es)?|it(?:y|ies)|isms?|[ae]nces?|ings?|ships?|[eo]rs?|als?|ures?|ages?|hoods?|ic|ous|ive|able|ible|ful|less|ed|ly|"
    r"ists?|c(?:y|ies)|th|doms?)$|^(?:people|women|men|children|talks|trade|ties|links|aid|help|work|law|laws|war|peace|power|food|tourists|visits?|plans?|"
    r"fears?|hopes?|calls?|views?|votes?|bans?|deals?|jobs?|costs?|sales|prices|exports|imports|money|funds?|troops|ships|forces|data|experts?|critics?)$"
)
# How far around a figure its subject is looked for, in content words.
_REACH = 6


@dataclass(frozen=True)
class Value:
    """A figure: its value, what kind of figure it is, where it stands, and how it is written."""

    value: float
    kind: str
    start: int
    end: int
    text: str


@lru_cache(maxsize=4096)
def values(text: str) -> tuple[Value, ...]:
    """All figures of a text, months as ("month", 1 to 12)."""
    return tuple(sorted(_values(text), key=lambda value: value.start))


def _values(text: str) -> Iterator[Value]:
    taken: list[tuple[int, int]] = []
    for match in _FIGURE.finditer(text):
        figure = match["figure"].rstrip(",")
        try:
            number = float(figure.replace(",", ""))
        except ValueError:
            continue
        scale = _SCALES.get((match["scale"] or "").lower(), 1.0)
        kind = "percent" if match["percent"] else "decade" if match["decade"] else "ordinal" if match["ordinal"] else "number"
        taken.append(match.span())
        yield Value(number * scale, kind, *match.span(), match.group().strip())
    for match in _FRACTION.finditer(text):
        over, under = (match["over"] or "one").lower(), (match["under"] or match["bare"]).lower()
        taken.append(match.span())
        yield Value(_OVER[over] / _UNDER[under], "part", *match.span(), match.group())
    for match in _SPELLED.finditer(text):
        if any(match.start() < end and start < match.end() for start, end in taken):
            continue
        word = match["word"].lower()
        number = _CARDINALS.get(word, _ORDINALS.get(word, 0.0)) + (_CARDINALS[match["one"].lower()] if match["one"] else 0.0)
        scale = _SCALES.get((match["scale"] or "").lower(), 1.0)
        kind = "percent" if match["percent"] else "ordinal" if word in _ORDINALS else "number"
        if word in ("one", "second", "first") and kind != "percent" and scale == 1.0:
            kind = f"word {word}"  # "one of", "a second", "at first": mostly no figures
        yield Value(number * scale, kind, *match.span(), match.group())
    for match in _MONTH.finditer(text):
        if match["month"] == "May" and not (_DAY_AFTER.match(text, match.end()) or re.match(r",?\s+\d{4}|\s*$|[.,]", text[match.end() :])
                                            or re.search(r"\b(?:in|of|since|until|by|last|early|late|mid|from|to|and|between)[\s-]$|\d\s$", text[: match.start()])):  # fmt: skip
            continue
        if (
            match["month"] in ("Mar", "March")
            and re.match(r"\s+(?:to|on|for|of)\b", text[match.end() :])
            and match.start() == 0
        ):
            continue
        number = next(n for n, month in enumerate(_MONTHS, start=1) if month.startswith(match["month"].lower()[:3]))
        yield Value(float(number), "month", *match.span(), match.group())
        day = _DAY_AFTER.match(text, match.end()) or _DAY_BEFORE.search(text[: match.start()])
        if day:
            yield Value(number * 100 + float(day.group(1)), "day", min(match.start(), day.start(1)), max(match.end(), day.end(1)), f"{match.group()} {day.group(1)}")  # fmt: skip


def unsupported_values(statement: str, window: str, entry: Entry) -> list[Finding]:
    """Figures of the statement that the window does not have, or has about something else."""
    ours, theirs = values(statement), values(window)
    found = list(_misdated(statement, window))
    for value in ours:
        if value.kind.startswith("word "):
            if (
                value.kind == "word first"
                and not re.search(r"\bat\s+$", statement[: value.start])
                and not re.search(r"\b(?:first|1st|initial|debut|earliest|maiden)\w*", window, re.IGNORECASE)
            ):
                found.append(Finding("number", f"“{value.text}” is not in the cited passage"))
            continue
        same = [other for other in theirs if _equal(value, other)]
        if not same:
            if not _of_entry(value, statement, entry):
                found.append(Finding("number", f"“{value.text}” is not in the cited passage"))
        elif value.kind in ("number", "percent") and not any(
            _about_the_same(statement, value, window, other) for other in same
        ):
            found.append(Finding("number", f"“{value.text}” stands in the cited passage, but for something else"))
    return found


def _misdated(statement: str, window: str) -> Iterator[Finding]:
    """A month joined to a year that the window has, but not in that month."""
    have = {(_month(match), match["year"]) for match in _MONTH_YEAR.finditer(window)}
    for match in _MONTH_YEAR.finditer(statement):
        if (_month(match), match["year"]) not in have:
            yield Finding("number", f"“{match.group()}” is not in the cited passage")


def _month(match: re.Match[str]) -> int:
    return next(n for n, month in enumerate(_MONTHS, start=1) if month.startswith(match["month"].lower()[:3]))


def _equal(one: Value, other: Value) -> bool:
    if abs(one.value - other.value) > 1e-9 * max(1.0, abs(one.value)):
        return False
    kinds = {one.kind.removeprefix("word "), other.kind.split(" ")[0]}
    if one.kind in ("month", "day", "percent", "decade") or other.kind in ("month", "day", "percent", "decade"):
        return one.kind == other.kind
    return "ordinal" not in kinds or kinds <= {"ordinal", "word"} or one.kind == other.kind


def _of_entry(value: Value, statement: str, entry: Entry) -> bool:
    """Whether a year is the cited document's own and the statement uses it so: "a 2016 article", "writing in 2016"."""
    if not entry.date or not entry.date.startswith(f"{value.value:.0f}"):
        return False
    around = statement[max(0, value.start - 30) : value.end + 30]
    return bool(re.search(r"\b(?:article|report|study|paper|essay|book|writing|wrote|published)\b", around, re.IGNORECASE))


def _about_the_same(statement: str, ours: Value, window: str, theirs: Value) -> bool:
    """Whether a figure counts the same thing in both: it has company in common, and what it counts has no other figure."""
    near = _around(statement, ours)
    if near and not any(alike(a, b) for a in near for b in _around(window, theirs, 2 * _REACH)):
        return False
    if 1000 <= ours.value <= 2100 and ours.kind == "number":
        return True  # a year counts nothing
    votes = [owner == theirs.value for word in _counted(statement, ours) for owner in _owners(word, window)]
    return not votes or 2 * sum(votes) >= len(votes)


def _counted(text: str, value: Value) -> list[str]:
    """Stems of the words behind a figure, up to the next figure or the clause's end."""
    rest = text[value.end :]
    stop = re.search(r"[,;:.!?()—–](?=\s|$)|\band\b", rest)
    end = value.end + (stop.start() if stop else len(rest))
    following = min((other.start for other in values(text) if other.start >= value.end), default=end)
    return [word.stem for word in content(text) if value.end <= word.start < min(end, following)][:4]


def _owners(stem_: str, window: str) -> set[float]:
    """The figure behind which a word stands in the window, if it stands there in one place only."""
    found = content(window)
    places = [at for at, word in enumerate(found) if alike(word.stem, stem_)]
    if len(places) != 1:
        return set()
    place = found[places[0]]
    before = [v for v in values(window) if v.kind in ("number", "percent") and v.end <= place.start]
    if not before:
        return set()
    between = [w for w in found[: places[0]] if w.start >= before[-1].end]
    return {before[-1].value} if len(between) <= 4 else set()


def _around(text: str, value: Value, reach: int = _REACH) -> set[str]:
    found = content(text)
    before = [word.stem for word in found if word.end <= value.start][-reach:]
    after = [word.stem for word in found if word.start >= value.end][:reach]
    return {*before, *after}


def unsupported_names(statement: str, window: str, entry: Entry) -> list[Finding]:
    """Names of the statement that neither the window nor what is known about its document has."""
    known = " ".join((window, entry.title, *entry.authors, entry.publisher or ""))
    forms = {word.fold.replace(".", "") for word in words(known)}
    have = {word.stem for word in words(known)} | {stem(form) for form in forms}
    known_names = names.capitalised(known)
    found = []
    for name in names.capitalised(statement):
        initial = statement.lstrip("“\"‘'( ").startswith(name.split()[0])
        for part in re.findall(r"[^\W_]+(?:[.’'-][^\W_]+)*", name):
            folded = fold(part).replace(".", "")
            pieces = [folded, *folded.split("-")]
            if folded in names.TITLES or len(folded) < 2 or any(p in forms or stem(p) in have for p in pieces):
                continue
            if folded.replace("-", "") in {form.replace("-", "") for form in forms}:
                continue
            if initial and part == name.split()[0] and len(name.split()) == 1 and english(part) and _ORDINARY.search(folded):
                continue  # an ordinary word that opens the sentence
            if any(names.same(name, other) == "same" for other in known_names):
                continue
            if part[:1].isupper() or not part.isascii():
                found.append(Finding("name", f"“{part}” is not in the cited passage"))
                break
    return found


def misquoted(statement: str, window: str) -> list[Finding]:
    """Words in quotation marks that do not stand so in the window."""
    source = _printed(window)
    found = []
    for match in _QUOTED.finditer(statement):
        quoted = next(group for group in match.groups() if group)
        words_quoted = _printed(quoted).strip(" ,.;:")
        if not re.search(rf"(?<!\w){re.escape(words_quoted)}(?!\w)", source) and not re.search(
            rf"(?<!\w){re.escape(words_quoted[:1].swapcase() + words_quoted[1:])}(?!\w)", source
        ):
            found.append(Finding("quotation", f"“{quoted}” does not stand word for word in the cited passage"))
    return found


def _printed(text: str) -> str:
    """With one form of quotation marks, dashes and spaces: what a printer may change."""
    text = re.sub(r"[“”„\"「」]", '"', plain(text))
    text = re.sub(r"[‘’‚]", "'", text)
    return re.sub(r"\s+", " ", re.sub(r"\s*[–—]\s*|\s+-+\s+", " – ", text)).strip()
