"""Names keep what they do: who goes before a verb, stands behind "by", "from" or "to", or on which side of "than"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.quotes import lexicon, names
from rag.verify.text import Word, alike, content, words
from rag.verify.types import Finding


@dataclass(frozen=True)
class Item:
    """A figure or a name with its place; `key` is equal for the same one."""

    key: object
    start: int
    end: int


_PREPOSITIONS = lexicon.words("by from to than over against for with in at on into near")
_AUXILIARIES = r"(?:has|have|had|was|were|is|are|been|being|be|did|does|do|not|will|would|may|might|could|can|should|also|then|later|once|first|\w+ly)"
# Verbs that say nothing without what follows them: "took part".
_LIGHT = lexicon.words("take make have give get do go come put hold be become keep bring set")
_PASSIVE = re.compile(r"\b(?:is|are|was|were|been|being|be)\s+(?:\w+ly\s+|not\s+|also\s+|later\s+)*$", re.IGNORECASE)


def misbound_names(statement: str, sentences: Sequence[str]) -> Iterator[Finding]:
    """Names that changed places: another one goes before the verb, or behind "by", "from", "to" and "than"."""
    ours = named_in(statement)
    if not ours:
        return
    theirs = {sentence: named_in(sentence) for sentence in sentences}
    for item in ours:
        named = any(same_name(item.key, other.key) for found in theirs.values() for other in found)
        for judge in (_behind, _before):
            said = [
                judge(statement, item, sentence, found)
                for sentence, found in theirs.items()
                if named and (judge is _before or any(same_name(item.key, other.key) for other in found))
            ]
            wrong = [words for words in said if words]
            if wrong and "" not in said:
                yield Finding("name", f"the cited passage says it of another: “{wrong[0]}”")
                return


@lru_cache(maxsize=1024)
def named_in(text: str) -> tuple[Item, ...]:
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


def same_name(one: object, other: object) -> bool:
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
    if any(same_name(item.key, other.key) for other in right) or _listed(sentence, right, item):
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
    ours, passive = _doer(statement, verb, named_in(statement))
    doer, other_passive = _doer(sentence, verbs[0], theirs)
    if ours is None and passive and other_passive:  # "was succeeded by": who goes before the verb suffers it in both
        ours, doer = _goes_before(statement, verb, named_in(statement)), _goes_before(sentence, verbs[0], theirs)
    if ours is None or doer is None:
        return None
    if same_name(ours.key, doer.key) or _listed(sentence, [doer], ours):
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
        for own in named_in(sentence):
            if not same_name(own.key, item.key):
                continue
            low, high = sorted((own, other), key=lambda i: i.start)
            if re.fullmatch(r",?\s*(?:and|or|as well as|along with|&)?\s*(?:the\s+)?|(?:,\s+[^,;.]{1,30}){0,3},?\s+(?:and|or)\s+(?:the\s+)?", sentence[low.end : high.start]):  # fmt: skip
                return True
    return False


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
