"""Figures, dates, names and quoted words of a statement: each must stand in what it cites, and about the same thing."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from itertools import pairwise

from rag.quotes import lexicon, names
from rag.quotes.countries import COUNTRY
from rag.quotes.tokens import plain
from rag.reading.words import english
from rag.types import Entry
from rag.verify.attribution import claimed
from rag.verify.binding import misbound_values, respective
from rag.verify.doers import compared, misbound_names
from rag.verify.figures import MAY_BE, Value, equal, values
from rag.verify.text import alike, content, fold, holds, stem, without_references, words
from rag.verify.types import Finding

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
# Words before a title that make it another office.
_RANKS = lexicon.words("vice deputy acting assistant lieutenant under honorary interim associate junior")
_PAST = lexicon.words("former late then ex")
# What turns the words behind it round.
_TURNED = re.compile(
    r"\b(?:not|never|hardly|no longer|anything but|far from|nothing but|less than|neither|nor|without)\s+(?:an?\s+|the\s+|\")*$",
    re.IGNORECASE,
)
_ROUGHLY = re.compile(r"\b(?:estimat\w*|about|around|roughly|approximate\w*|some)\b", re.IGNORECASE)
_THEN = re.compile(r"\b(?:was|were|had|then|served|until|when|in \d{4})\b")
_NAME_RUN = re.compile(r"\b[A-Z][\w-]+(?:[’']s)?(?:\s(?:(?:of|for)\s(?:the\s)?)?[A-Z][\w-]+)+")
_NUMERAL = re.compile(r"\b([A-Za-z][a-z]+)\s([IVX]{1,4}|[A-Z])\b(?![’'\w-]|\.\s?[A-Z])")


def unsupported_values(statement: str, sentences: Sequence[str], entry: Entry) -> list[Finding]:
    """Figures of the statement that the passage does not have, or has about something else, in another unit, or not so exactly."""
    statement = without_references(statement)
    sentences = [without_references(sentence) for sentence in sentences]
    window = " ".join(sentences)
    theirs, said = values(window), {value.value for value in values(statement)}
    found: list[Finding] = []
    for value in values(statement):
        if value.kind == "small":
            if value.text.lower() == "first" and not re.search(r"\bat\s+$", statement[: value.start]) and not re.search(
                r"\b(?:first|1st|initial|debut|earliest|maiden)\w*", window, re.IGNORECASE
            ):  # fmt: skip
                found.append(Finding("number", f"“{value.text}” is not in the cited passage"))
            continue
        same = [other for other in theirs if equal(value, other)]
        if value.kind == "month" and value.year is None and not same:
            same = [other for other in theirs if other.kind == "day" and other.value // 100 == value.value]
        if not same:
            if not _of_entry(value, statement, entry):
                found.append(Finding("number", f"“{value.text}” is not in the cited passage"))
            continue
        reason = _otherwise(value, same, said)
        if reason:
            found.append(Finding("number", reason))
        elif value.kind in ("number", "percent", "part") and not _company(statement, value, window, same):
            found.append(Finding("number", f"“{value.text}” stands in the cited passage, but for something else"))
    if not found:
        found += [*respective(statement, sentences), *misbound_values(statement, sentences)]
    return found


def _otherwise(value: Value, same: Sequence[Value], said: Container[float]) -> str:
    """What every place of the figure in the passage says otherwise, in words; empty when one agrees.

    `said` are all the statement's figures: who gives both ends gives the range.
    """
    if value.kind in ("month", "day") and value.year is not None:
        dated = [other for other in same if other.year is not None]
        if dated and all(other.year != value.year for other in dated):
            return f"“{value.text} {value.year}” is not in the cited passage"
        if not dated:
            return ""
    agreeing = [
        o
        for o in same
        if not (value.unit and o.unit and value.unit != o.unit) and not (value.per and o.per and value.per != o.per)
    ]
    if not agreeing:
        return f"“{value.text}” stands in the cited passage in another unit"
    ended = [other for other in agreeing if other.other_end is None or value.other_end is not None or other.other_end in said]
    if not ended:
        return f"“{value.text}” is one end of a range in the cited passage"
    bound = [
        o for o in ended if value.bound in MAY_BE[o.bound].split(" ") or (o.bound == "~" and _ROUGHLY.search(value.before))
    ]
    if not bound:
        return f"the cited passage does not say it so exactly: “{_bounded(ended[0])}”"
    placed = [other for other in bound if _goes(value, other)]
    return "" if placed else f"the cited passage says “{placed_words(bound[0])}”"


def _bounded(value: Value) -> str:
    said = {"~": "about", ">": "more than", ">=": "at least", "<": "less than (or nearly)", "<=": "at most"}
    return f"{said.get(value.bound, '')} {value.text}".strip()


def placed_words(value: Value) -> str:
    """A figure with the preposition before it."""
    return f"{value.preposition} {value.text}".strip()


def _goes(value: Value, other: Value) -> bool:
    """Whether the preposition before a figure may stand for the one before the other."""
    ours, theirs = value.preposition, other.preposition
    counts = {"by", "to", "from"} if value.kind in ("number", "percent", "part") else set()
    for strict in (counts, {"before", "after", "until", "till"}):
        if ours in strict and theirs in strict and ours != theirs and {ours, theirs} != {"until", "till"}:
            return False
    if theirs in ("before", "after"):
        return ours in (theirs, "by" if theirs == "before" else "since", "")
    return not (ours in ("before", "after") and theirs in ("in", "on", "at"))


def _of_entry(value: Value, statement: str, entry: Entry) -> bool:
    """Whether a year is the cited document's own and the statement uses it so: "a 2016 article", "writing in 2016"."""
    if value.kind not in ("year", "number") or not entry.date or not entry.date.startswith(f"{value.value:.0f}"):
        return False
    around = statement[max(0, value.start - 30) : value.end + 30]
    return bool(re.search(r"\b(?:article|report|study|paper|essay|book|writing|wrote|published)\b", around, re.IGNORECASE))


def _company(statement: str, ours: Value, window: str, same: Sequence[Value]) -> bool:
    """Whether a figure has at least one neighbour in common with the passage's."""
    near = _around(statement, ours)
    return not near or any(alike(a, b) for theirs in same for a in near for b in _around(window, theirs, 2 * _REACH))


def _around(text: str, value: Value, reach: int = _REACH) -> set[str]:
    found = content(text)
    before = [word.stem for word in found if word.end <= value.start][-reach:]
    after = [word.stem for word in found if word.start >= value.end][:reach]
    return {*before, *after}


def unsupported_names(statement: str, sentences: Sequence[str], entry: Entry) -> list[Finding]:
    """Names of the statement that neither the passage nor what is known about its document has, or has otherwise."""
    window = " ".join(sentences)
    return [
        *_missing(statement, window, entry),
        *_numerals(statement, window),
        *_scattered(statement, window),
        *_titles(statement, window),
        *misbound_names(statement, sentences),
        *compared(statement, sentences),
    ]


def _missing(statement: str, window: str, entry: Entry) -> list[Finding]:
    """Names with a word that the passage does not have. The author and publisher count as known where they are the source."""
    speaker = claimed(statement) or ""
    source = [name for name in (*entry.authors, entry.publisher or "") if speaker and names.same(speaker, name) == "same"]
    known = " ".join((window, entry.title, *source))
    forms = {word.fold.replace(".", "") for word in words(known)}
    have = frozenset(word.stem for word in words(known)) | {stem(form) for form in forms}
    known_names = names.capitalised(known)
    found = []
    for name in names.capitalised(statement):
        initial = statement.lstrip("“\"‘'( ").startswith(name.split()[0])
        for part in re.findall(r"[^\W_]+(?:[.’'-][^\W_]+)*", name):
            folded = fold(part).replace(".", "")
            pieces = [folded, *folded.split("-")]
            if folded in names.TITLES or len(folded) < 2 or any(p in forms or holds(have, stem(p)) for p in pieces):
                continue
            if folded.replace("-", "") in {form.replace("-", "") for form in forms}:
                continue
            if initial and folded in lexicon.STOP:
                continue
            if initial and part == name.split()[0] and len(name.split()) == 1 and english(part) and _ORDINARY.search(folded):
                continue  # an ordinary word that opens the sentence
            if initial and any(
                value.start <= len(statement) - len(statement.lstrip("“\"‘'( ")) < value.end for value in values(statement)
            ):
                continue  # a number in words
            if any(names.same(name, other) == "same" for other in known_names):
                continue
            if part[:1].isupper() or not part.isascii():
                found.append(Finding("name", f"“{part}” is not in the cited passage"))
                break
    return found


def _numerals(statement: str, window: str) -> Iterator[Finding]:
    """ "World War I", "hepatitis B": the letter behind the word must stand so in the passage."""
    for match in _NUMERAL.finditer(statement):
        word, letter = match[1], match[2]
        if (
            fold(word) in lexicon.STOP
            or (letter == "I" and word.islower())
            or (letter == "A" and statement[match.end() : match.end() + 2].strip()[:1].islower())
        ):
            continue  # "as I said", "in A minor" is rare enough
        if not re.search(rf"\b{re.escape(word)}s?\s(?:\w{{1,3}}\s(?:and|or)\s)?{letter}\b", window, re.IGNORECASE):
            yield Finding("name", f"“{match.group()}” is not in the cited passage")


_DIRECTIONS = lexicon.words("north south east west northern southern eastern western central new upper lower greater great")


def _scattered(statement: str, window: str) -> Iterator[Finding]:
    """ "The University of Bonn" of a University of Graz and a town of Bonn: the parts of a name stand together."""
    theirs = [word.stem for word in words(re.sub(r"\([^()]*\)", "", window))]
    for match in _NAME_RUN.finditer(statement):
        run = [word for word in words(match.group()) if word.fold not in names.TITLES and word.fold not in names.OPENERS]
        run = [word for word in run if word.text[:1].isupper()]
        for left, right in pairwise(run):
            told = {word.fold for word in (left, right)}
            if told & COUNTRY.keys() and not told & _DIRECTIONS:
                continue  # "Taiwan's president Tsai" may be told in any order
            places = [[n for n, one in enumerate(theirs) if alike(one, word.stem)] for word in (left, right)]
            if all(places) and not any(abs(a - b) <= 5 for a in places[0] for b in places[1]):
                yield Finding("name", f"“{match.group()}” does not stand so in the cited passage")
                return


def _titles(statement: str, window: str) -> Iterator[Finding]:
    """An office given to a person who has another one in the passage, or has it only as vice, deputy or former."""
    for title, person in _offices(statement):
        theirs = [other for other, name in _offices(window) if name == person]
        if theirs and not any(_same_office(set(title), set(other)) for other in theirs):
            yield Finding("name", f"the cited passage has {person.title()} as “{' '.join(theirs[0])}”")
            return
        if theirs and not set(title) & _PAST and all(set(other) & _PAST for other in theirs) and not _THEN.search(statement):
            yield Finding("name", f"the cited passage has {person.title()} as “{' '.join(theirs[0])}”")
            return
    ours = [word.fold for word in words(statement)]
    for at, office in enumerate(ours):
        if office in names.TITLES and office not in _RANKS and not (at and ours[at - 1] in _RANKS):
            said = [word.fold for word in words(window)]
            held = [said[n - 1] if n else "" for n, word in enumerate(said) if word == office]
            if held and all(before in _RANKS for before in held):
                yield Finding("name", f"the cited passage says “{held[0]} {office}”")
                return


def _same_office(ours: set[str], theirs: set[str]) -> bool:
    """Whether two runs of titles may be one office: one is part of the other, and what is left over is no rank."""
    ours, theirs = ours - _PAST, theirs - _PAST
    return (ours <= theirs or theirs <= ours) and not (ours ^ theirs) & _RANKS


def _offices(text: str) -> list[tuple[tuple[str, ...], str]]:
    """Runs of titles with the surname-like word behind them, folded."""
    found = []
    tokens = [fold(word) for word in re.findall(r"[^\W_]+(?:[’'-][^\W_]+)*", text)]
    cased = re.findall(r"[^\W_]+(?:[’'-][^\W_]+)*", text)
    for at, word in enumerate(cased):
        if not word[:1].isupper() or tokens[at] in names.TITLES or not at:
            continue
        start = at
        while start and tokens[start - 1] in names.TITLES:
            start -= 1
        if start < at:
            found.append((tuple(tokens[start:at]), tokens[at]))
    return found


def misquoted(statement: str, window: str) -> list[Finding]:
    """Words in quotation marks that do not stand so in the window."""
    source = _printed(window)
    found = []
    for match in _QUOTED.finditer(statement):
        quoted = next(group for group in match.groups() if group)
        inner = _printed(quoted).strip(" ,.;:")
        places = [
            place
            for form in (inner, inner[:1].swapcase() + inner[1:])
            for place in re.finditer(rf"(?<!\w){re.escape(form)}(?!\w)", source)
        ]
        if not places:
            found.append(Finding("quotation", f"“{quoted}” does not stand word for word in the cited passage"))
        elif all(_TURNED.search(source[: place.start()]) for place in places) and not _TURNED.search(
            _printed(statement[: match.start()])
        ):
            turn = _TURNED.search(source[: places[0].start()])
            assert turn is not None
            found.append(Finding("quotation", f"“{quoted}” stands behind “{turn.group().strip()}” in the cited passage"))
        elif all(
            source[: place.start()].endswith('"') and _of_another(statement[: match.start()], source[: place.start()], window)
            for place in places
        ):
            found.append(Finding("quotation", f"“{quoted}” is said of something else in the cited passage"))
    return found


def _of_another(before: str, source: str, window: str) -> bool:
    """Whether another word leads to the quotation than in the source, which has this word elsewhere."""
    ours, theirs = (
        [w for w in content(re.split(r"[.;:,]\s", text)[-1]) if not w.fold.endswith("ly")][-1:] for text in (before, source)
    )
    return (
        bool(ours and theirs)
        and not alike(ours[0].stem, theirs[0].stem)
        and any(alike(ours[0].stem, word.stem) for word in content(window))
        and not any(alike(theirs[0].stem, word.stem) for word in content(before))
    )


def _printed(text: str) -> str:
    """With one form of quotation marks, dashes and spaces: what a printer may change."""
    text = re.sub(r"[“”„\"「」]", '"', plain(text))
    text = re.sub(r"[‘’‚]", "'", text)
    return re.sub(r"\s+", " ", re.sub(r"\s*[–—]\s*|\s+-+\s+", " – ", text)).strip()
