"""Does a figure belong to the same thing in the statement as in the passage?

Words vote. For a figure of the statement each content word near it is looked up in the passage, and where it
stands nearest to another figure of the same kind, it votes against. "Died in 1921" beside "born in 1921 and died in 1987":
"died" belongs to 1987 there. Nothing is said where the passage has no other figure that could be meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rag.quotes import lexicon
from rag.verify.doers import Item, named_in, same_name
from rag.verify.figures import Value, equal, values
from rag.verify.text import Word, alike, content
from rag.verify.types import Finding

# How many content words on each side of a figure vote; the next one counts 1, the second a quarter, the third a ninth.
_VOTERS = 6
# A border of clauses between a word and a figure counts as so many words.
_BORDER = 3.0
# Beyond this a word belongs to no figure.
_FAR = 9.0
_LINKS = lexicon.words(
    "and but while whereas although though which who whose whom where when after before since until as because"
)
_BORDERS = re.compile(rf"[,;:()—–]|\b(?:{'|'.join(sorted(_LINKS))})\b", re.IGNORECASE)
_STOP = re.compile(r"[.!?][”\"’')]*\s+(?=[A-Z“\"0-9])")
_ASIDE = re.compile(r"[—–,(]\s?(?:which|who|whose|where)\b[^—–,()]*[—–,)]")
_DATES = {"year", "month", "day", "weekday", "decade"}
# Figures that may be mistaken for one another.
_KINDS = {"number": "number", "percent": "percent", "part": "percent", "year": "year", "decade": "year", "day": "day", "month": "month", "weekday": "weekday", "ordinal": "ordinal"}  # fmt: skip


def misbound_values(statement: str, sentences: Sequence[str]) -> Iterator[Finding]:
    """Figures of the statement that the passage has, but for something else."""
    statement, window = _one_name(statement), _one_name(" ".join(sentences))
    ours, theirs = values(statement), values(window)
    for value in ours:
        kind = _KINDS.get(value.kind)
        rivals = [
            other for other in theirs if _KINDS.get(other.kind) == kind and (other.unit == value.unit or equal(value, other))
        ]
        if kind is None or not any(equal(value, other) for other in rivals):
            continue
        if kind in _DATES and _in_an_aside(statement, value, window):
            yield Finding("number", f"“{value.text}” stands in the cited passage, but for something else")
            continue
        if all(equal(value, other) for other in rivals):
            if kind in _DATES and _another_event(statement, value, sentences):
                yield Finding("number", f"“{value.text}” stands in the cited passage, but for something else")
            continue
        items = [Item(_key(other), other.start, other.end) for other in rivals]
        voters = _voters(statement, value.start, value.end, ours, kind)
        linked = [o for o in ours if _KINDS.get(o.kind) == kind and _linked(statement, o, value)]
        if _votes(voters, {_key(value), *map(_key, linked)}, window, items, theirs) < 0:
            yield Finding("number", f"“{value.text}” stands in the cited passage, but for something else")


def _one_name(text: str) -> str:
    """With "and" between capitalised words made no border of clauses: "Cooperation and Training Framework"; as long as before."""
    return re.sub(r"(\b[A-Z][\w-]*) and (?=[A-Z])", r"\1 &&& ", text)


def _linked(text: str, one: Value, other: Value) -> bool:
    """Whether two figures stand in one range, list or share: "from 2012 to 2014", "12, 15 and 20", "two of the seven"."""
    low, high = sorted((one, other), key=lambda value: value.start)
    return (
        low is not high
        and re.fullmatch(
            r"\s?(?:to|and|or|through|until|,|[-–—])\s?(?:and\s)?|\s(?:out\s)?of\s(?:the\s|its\s|all\s|[\w’']+[’']s\s)*",
            text[low.end : high.start],
        )
        is not None
    )


def _in_an_aside(statement: str, value: Value, window: str) -> bool:
    """Whether a date stands in the passage only in asides ("—which holds the chair in 2021—") of whose words, names apart, the
    statement has none."""
    asides = [match.span() for match in _ASIDE.finditer(window)]
    places = [next((a for a in asides if a[0] <= o.start < a[1]), None) for o in values(window) if equal(value, o)]
    ours = [word for word in content(statement) if word.text[:1].islower()]
    return bool(ours) and all(
        place is not None and not any(alike(w.stem, word.stem) for w in ours for word in content(window[place[0] : place[1]]))
        for place in places
    )


def _another_event(statement: str, value: Value, sentences: Sequence[str]) -> bool:
    """Whether the word before a date stands only in sentences of the passage that do not have this date."""
    before = [voter for voter in _voters(statement, value.start, value.end, values(statement), "") if voter.weight == 1.0]
    dated = [sentence for sentence in sentences if any(equal(value, other) for other in values(sentence))]
    return bool(before) and all(
        any(alike(word.stem, voter.stem) for sentence in sentences if sentence not in dated for word in content(sentence))
        and not any(alike(word.stem, voter.stem) for sentence in dated for word in content(sentence))
        for voter in before
    )


def _key(value: Value) -> object:
    return round(100 * value.value if value.kind == "part" else value.value, 6)


@dataclass(frozen=True)
class _Voter:
    """A word, or a figure of another kind, with the weight of its vote."""

    stem: str
    figure: tuple[str, object] | None
    weight: float


def _voters(statement: str, start: int, end: int, figures: Sequence[Value], kind: str) -> list[_Voter]:
    """What stands next to [start, end) in its clause, nearest first on each side."""
    own = content(statement)
    found: list[_Voter] = []
    for side in (-1, 1):
        around: list[tuple[int, _Voter]] = []
        for word in own:
            if any(f.start <= word.start < f.end for f in figures):
                continue
            between = statement[word.end : start] if side < 0 else statement[end : word.start]
            if any(
                end <= f.start < word.start and _KINDS.get(f.kind) == kind and _counted(statement, f, word) for f in figures
            ):
                continue  # "three of the ten ships sank": the ships are the ten's
            if (word.end <= start if side < 0 else word.start >= end) and not _BORDERS.search(between):
                around.append((abs(word.start - start), _Voter(word.stem, None, 1.0)))
        for figure in figures:
            between = statement[figure.end : start] if side < 0 else statement[end : figure.start]
            if _KINDS.get(figure.kind, kind) == kind or (figure.start < end and start < figure.end):
                continue
            if kind in _DATES and figure.kind in _DATES:
                continue  # the parts of a date stand together anyhow
            if (figure.end <= start if side < 0 else figure.start >= end) and not _BORDERS.search(between.strip(" ,")):
                around.append((abs(figure.start - start), _Voter("", (_KINDS[figure.kind], _key(figure)), 1.0)))
        nearest = sorted(around, key=lambda item: item[0])[:_VOTERS]
        found += [_Voter(v.stem, v.figure, 1.0 if v.figure else 1 / (n * n)) for n, (_, v) in enumerate(nearest, start=1)]
    return found


def _counted(text: str, figure: Value, word: Word) -> bool:
    """Whether a word is the first one behind a figure."""
    return not any(figure.end <= other.start < word.start for other in content(text))


def _votes(voters: Iterable[_Voter], keys: set[object], window: str, items: Sequence[Item], figures: Sequence[Value]) -> float:
    """For (positive) or against (negative) that an item of these keys is the one meant.

    What stands before all the figures of its sentence may govern each of them ("turnout was 61 percent in Bergen and 54 in
    Oslo"): it says nothing for the first one, and only half against the others.
    """
    total = 0.0
    for voter in voters:
        if voter.figure is not None:
            places = [(f.start, f.end) for f in figures if (_KINDS.get(f.kind), _key(f)) == voter.figure]
        else:
            places = [(w.start, w.end) for w in content(window) if alike(w.stem, voter.stem)]
        owned = [(start, owner) for start, end in places if (owner := _nearest(window, start, end, items)) is not None]
        owners = {owner for _, owner in owned}
        if not owners or (len(owners) > 1 and keys & owners):
            continue
        leads = voter.figure is None and all(_leads(window, start, items) for start, _ in owned)
        if keys & owners:
            total += 0.0 if leads else voter.weight
        else:
            total -= voter.weight / 2 if leads else voter.weight
    return total


def _leads(window: str, start: int, items: Sequence[Item]) -> bool:
    """Whether no figure stands before this place in its sentence."""
    opened = max((match.end() for match in _STOP.finditer(window[:start])), default=0)
    return not any(opened <= item.start < start for item in items)


def _nearest(window: str, start: int, end: int, items: Sequence[Item]) -> object | None:
    """The key of the item nearest to [start, end) in the window; None when two are as near, or none is near."""
    ranked = sorted((_distance(window, start, end, item), n) for n, item in enumerate(items))
    if not ranked or ranked[0][0] > _FAR:
        return None
    best = items[ranked[0][1]].key
    rival = next((distance for distance, n in ranked[1:] if items[n].key != best), None)
    return best if rival is None or rival > ranked[0][0] else None


def _distance(window: str, start: int, end: int, item: Item) -> float:
    """Content words between a word and an item, borders of clauses counted as several; sentences' ends are far."""
    if item.start < end and start < item.end:
        return 0.0
    low, high = (end, item.start) if item.start >= end else (item.end, start)
    between = window[low:high]
    borders = len(_BORDERS.findall(_without_asides(between))) + len(re.findall(r"[()]", between))
    stops = len(_STOP.findall(between))
    inside = sum(low <= word.start < high for word in content(window))
    # What leads to its figure ("died in 1987") is a little nearer than what follows ("1987 died").
    return inside + _BORDER * borders + 2 * _BORDER * stops + (0.1 if item.end <= start else 0.0)


def _without_asides(text: str) -> str:
    """Without what stands between two commas and opens with a relative pronoun: the sentence goes on over it."""
    return re.sub(r",\s(?:who|which|whose|whom|where|when)\b[^,;]*,", " ", text)


def respective(statement: str, sentences: Sequence[str]) -> Iterator[Finding]:
    """ "Leeds and Hull built 12 and 15 schools, respectively": each figure is that of the name in its place."""
    for sentence in sentences:
        if "respectively" not in sentence:
            continue
        theirs = _paired(sentence)
        if not theirs:
            continue
        claimed = _paired(statement) if "respectively" in statement else _single(statement)
        for name, figure in claimed:
            right = next((value for other, value in theirs if same_name(name, other)), None)
            if right is not None and not equal(figure, right):
                yield Finding("number", f"“{figure.text}” stands in the cited passage, but for something else")
                return


def _paired(sentence: str) -> list[tuple[object, Value]]:
    figures = [v for v in values(sentence) if v.kind in ("number", "percent", "year")]
    named = [item for item in named_in(sentence) if not any(v.start < item.end and item.start < v.end for v in figures)]
    return [(item.key, figure) for item, figure in zip(named, figures, strict=True)] if len(named) == len(figures) else []


def _single(statement: str) -> list[tuple[object, Value]]:
    figures, named = [v for v in values(statement) if v.kind in ("number", "percent", "year")], named_in(statement)
    return [(named[0].key, figures[0])] if len(figures) == len(named) == 1 else []
