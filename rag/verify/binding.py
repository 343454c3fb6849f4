"""Does a figure or a name belong to the same thing in the statement as in the passage?

Words vote. For a figure (or a name) of the statement each content word near it is looked up in the passage, and where it
stands nearest to another figure of the same kind, it votes against. "Died in 1921" beside "born in 1921 and died in 1987":
"died" belongs to 1987 there. Nothing is said where the passage has no other figure or name that could be meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.quotes import lexicon, names
from rag.verify.figures import Value, equal, values
from rag.verify.text import Word, alike, content, words
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
_DATES = {"year", "month", "day", "weekday", "decade"}
# Figures that may be mistaken for one another.
_KINDS = {"number": "number", "percent": "percent", "part": "percent", "year": "year", "decade": "year", "day": "day", "month": "month", "weekday": "weekday", "ordinal": "ordinal"}  # fmt: skip


@dataclass(frozen=True)
class Item:
    """A figure or a name with its place; `key` is equal for the same one."""

    key: object
    start: int
    end: int


def misbound_values(statement: str, sentences: Sequence[str]) -> Iterator[Finding]:
    """Figures of the statement that the passage has, but for something else."""
    window = " ".join(sentences)
    ours, theirs = values(statement), values(window)
    for value in ours:
        kind = _KINDS.get(value.kind)
        rivals = [
            other for other in theirs if _KINDS.get(other.kind) == kind and (other.unit == value.unit or equal(value, other))
        ]
        if kind is None or not any(equal(value, other) for other in rivals):
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


# -- names -----------------------------------------------------------------------------------------------------------

_PREPOSITIONS = lexicon.words("by from to than over against for with in at on into near")
_AUXILIARIES = r"(?:has|have|had|was|were|is|are|been|being|be|did|does|do|not|will|would|may|might|could|can|should|also|then|later|once|first|\w+ly)"
# Verbs that say nothing without what follows them: "took part".
_LIGHT = lexicon.words("take make have give get do go come put hold be become keep bring set")
_PASSIVE = re.compile(r"\b(?:is|are|was|were|been|being|be)\s+(?:\w+ly\s+|not\s+|also\s+|later\s+)*$", re.IGNORECASE)


def misbound_names(statement: str, sentences: Sequence[str]) -> Iterator[Finding]:
    """Names that changed places: another one goes before the verb, or behind "by", "from", "to" and "than"."""
    ours = _named(statement)
    if not ours:
        return
    theirs = {sentence: _named(sentence) for sentence in sentences}
    for item in ours:
        named = any(_same(item.key, other.key) for found in theirs.values() for other in found)
        for judge in (_behind, _before):
            said = [
                judge(statement, item, sentence, found)
                for sentence, found in theirs.items()
                if named and (judge is _before or any(_same(item.key, other.key) for other in found))
            ]
            wrong = [words for words in said if words]
            if wrong and "" not in said:
                yield Finding("name", f"the cited passage says it of another: “{wrong[0]}”")
                return


@lru_cache(maxsize=1024)
def _named(text: str) -> tuple[Item, ...]:
    found, at = [], 0
    for name in names.capitalised(text):
        start = text.find(name, at)
        if start < 0:
            continue
        at = start + len(name)
        parts = frozenset(names.parts(name))
        if parts:
            found.append(Item(parts, start, at))
    return tuple(found)


def _same(one: object, other: object) -> bool:
    assert isinstance(one, frozenset)
    assert isinstance(other, frozenset)
    return any(alike(a, b) for a in one for b in other)


def _lead(text: str, item: Item) -> tuple[Word | None, str]:
    """The content word that leads to a name over a preposition, and the preposition."""
    match = re.search(r"([^\W_]+)[”\"’]?\s+(\w+)\s+(?:the\s+|its\s+|an?\s+)?$", text[: item.start])
    if match is None or match[2].lower() not in _PREPOSITIONS:
        return None, ""
    lead = next((word for word in content(text) if word.start == match.start(1)), None)
    return lead, match[2].lower()


def _behind(statement: str, item: Item, sentence: str, theirs: Sequence[Item]) -> str | None:
    """The passage's own name behind the same word and preposition ("painted by …"); empty when it is the same, None when
    the passage has no such place."""
    lead, preposition = _lead(statement, item)
    if not preposition:
        return None
    found = [(other, *_lead(sentence, other)) for other in theirs]
    right = [other for other, word, p in found if p == preposition and (lead is None or (word and alike(word.stem, lead.stem)))]
    if not right:
        return None
    if any(_same(item.key, other.key) for other in right) or _listed(sentence, right, item):
        return ""
    return sentence[max(0, right[0].start - 25) : right[0].end].strip()


def _before(statement: str, item: Item, sentence: str, theirs: Sequence[Item]) -> str | None:
    """The passage's own doer of the same verb; empty when it is the same, None when it cannot be told."""
    after = [w for w in words(statement) if item.end <= w.start <= item.end + 40 and not re.fullmatch(_AUXILIARIES, w.fold)]
    if (
        not after
        or after[0].stem in _LIGHT
        or after[0].text[:1].isupper()
        or not re.fullmatch(rf"\s(?:{_AUXILIARIES}\s){{0,3}}", statement[item.end : after[0].start])
    ):
        return None
    verb = after[0]
    verbs = [w for w in words(sentence) if alike(w.stem, verb.stem) and w.text[:1].islower()]
    if len(verbs) != 1:
        return None
    ours, passive = _doer(statement, verb, _named(statement))
    doer, other_passive = _doer(sentence, verbs[0], theirs)
    if ours is None and passive and other_passive:  # "was succeeded by": who goes before the verb suffers it in both
        ours, doer = _goes_before(statement, verb, _named(statement)), _goes_before(sentence, verbs[0], theirs)
    if ours is None or doer is None:
        return None
    if _same(ours.key, doer.key) or _listed(sentence, [doer], ours):
        return ""
    return sentence[min(doer.start, verbs[0].start) : max(doer.end, verbs[0].end)]


def _doer(text: str, verb: Word, named: Sequence[Item]) -> tuple[Item | None, bool]:
    """Who does what the verb says, and whether it is told in the passive voice."""
    if _PASSIVE.search(text[: verb.start]):
        by = next(
            (i for i in named if i.start >= verb.end and re.search(r"\bby\s+(?:the\s+)?$", text[verb.end : i.start])), None
        )
        return by, True
    return _goes_before(text, verb, named), False


def _goes_before(text: str, verb: Word, named: Sequence[Item]) -> Item | None:
    """The name that stands before a verb as its subject, over an aside between commas ("Holm, a pupil of Berg, wrote")."""
    before = [item for item in named if item.end <= verb.start]
    if not before:
        return None
    gap = text[before[-1].end : verb.start]
    if re.fullmatch(rf",\s(?:{_AUXILIARIES}\s){{0,3}}", gap):
        opened = text.rfind(",", 0, before[-1].end)
        outside = [item for item in before if item.end == opened]
        return outside[-1] if outside else None
    if not re.fullmatch(rf"\s(?:{_AUXILIARIES}\s){{0,3}}", gap):
        return None
    # "The head of Berg said": the subject is what the name belongs to.
    if re.search(r"\b(?:of|for|in|at|with|from|to|by|near|on|like|than)\s+(?:the\s+)?$", text[: before[-1].start]):
        return None
    return before[-1]


def _listed(sentence: str, right: Sequence[Item], item: Item) -> bool:
    """Whether the name stands in one list with the right one: "by Berg and Holm"."""
    for other in right:
        for own in _named(sentence):
            if not _same(own.key, item.key):
                continue
            low, high = sorted((own, other), key=lambda i: i.start)
            if re.fullmatch(r",?\s*(?:and|or|as well as|along with|&)?\s*(?:the\s+)?|(?:,\s+[^,;.]{1,30}){0,3},?\s+(?:and|or)\s+(?:the\s+)?", sentence[low.end : high.start]):  # fmt: skip
                return True
    return False


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
            right = next((value for other, value in theirs if _same(name, other)), None)
            if right is not None and not equal(figure, right):
                yield Finding("number", f"“{figure.text}” stands in the cited passage, but for something else")
                return


def _paired(sentence: str) -> list[tuple[object, Value]]:
    figures = [v for v in values(sentence) if v.kind in ("number", "percent", "year")]
    named = [item for item in _named(sentence) if not any(v.start < item.end and item.start < v.end for v in figures)]
    return [(item.key, figure) for item, figure in zip(named, figures, strict=True)] if len(named) == len(figures) else []


def _single(statement: str) -> list[tuple[object, Value]]:
    figures, named = [v for v in values(statement) if v.kind in ("number", "percent", "year")], _named(statement)
    return [(named[0].key, figures[0])] if len(figures) == len(named) == 1 else []


def compared(statement: str, sentences: Sequence[str]) -> Iterator[Finding]:
    """ "A is older than B": what stands on either side of "than" must not have changed sides."""
    ours = _sides(statement)
    if ours is None:
        return
    for sentence in sentences:
        theirs = _sides(sentence)
        if theirs is None:
            continue
        kept = [sum(alike(a, b) for a in ours[side] for b in theirs[side]) for side in (0, 1)]
        turned = [sum(alike(a, b) for a in ours[side] for b in theirs[1 - side]) for side in (0, 1)]
        if all(turned) and sum(turned) > sum(kept):
            yield Finding("order", "what is compared stands the other way round in the cited passage")
            return


def _sides(text: str) -> tuple[set[str], set[str]] | None:
    matches = list(re.finditer(r"\b(?:more|less|fewer|rather|\w{2,}er)\b(?=(?:\s\w+){0,3}?\s(than)\b)", text))
    match = matches[-1] if matches else None
    if match is None or re.match(r"\s(?:\d|half|an?\s\w+\s(?:years?|months?))", text[match.end() :]):
        return None
    found = [
        {w.stem for w in content(text) if w.end <= match.start()},
        {w.stem for w in content(text) if w.start >= match.end(1)},
    ]
    both = {a for a in found[0] for b in found[1] if alike(a, b)}
    return found[0] - both, {b for b in found[1] if not any(alike(a, b) for a in both)}
