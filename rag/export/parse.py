"""The contract's JSON back into the frozen values. What is missing, of another kind or points at nothing is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from rag.quotes.types import (
    Attribution,
    AttributionStatus,
    Difference,
    DifferenceClass,
    Match,
    QuoteVerdict,
    Risk,
    RiskKind,
    Searched,
    Verdict,
)
from rag.types import Answer, Citation, Claim, Conflict, CorpusState, Key, Passage, SupportKind, Withheld


class Malformed(ValueError):
    """A value that is not what the contract says; the text names it."""


def answer(value: Mapping[str, Any]) -> Answer:
    """An answer from its JSON object; one of a packet that was made before there were keys, words and missing parts has none.

    Raises Malformed.
    """
    citations = tuple(citation(item) for item in objects(value, "citations"))
    numbers = [c.number for c in citations]
    if None in numbers or len(set(numbers)) != len(numbers):
        raise Malformed("citations: each needs a number of its own")
    claims = tuple(Claim(*_said(item, numbers), _words(item)) for item in objects(value, "claims"))
    key = None if value.get("key") is None else Key(*_said(mapping(value, "key"), numbers))
    corpus = mapping(value, "corpus")
    return Answer(
        question=text(value, "question"),
        standalone_question=_maybe(value, "standalone_question"),
        mode=_one_of(value, "mode", ("extractive", "generative")),
        model=_maybe(value, "model"),
        status=_one_of(value, "status", ("answered", "partial", "not_in_corpus")),
        message=_maybe(value, "message"),
        claims=claims,
        withheld=tuple(Withheld(text(item, "text"), text(item, "reason")) for item in objects(value, "withheld")),
        citations=citations,
        conflicts=tuple(Conflict(text(item, "about"), _numbers(item, numbers)) for item in objects(value, "conflicts")),
        passages=tuple(
            Passage(text(item, "document"), whole(item, "char_start"), whole(item, "char_end"), _score(item))
            for item in objects(value, "passages")
        ),
        corpus=CorpusState(text(corpus, "fingerprint"), whole(corpus, "documents")),
        timings_ms={},
        scope=texts(value, "scope") if value.get("scope") is not None else None,
        key=key,
        missing=texts(value, "missing") if "missing" in value else (),
        kind=text(value, "kind") if "kind" in value else "fact",
    )


def verdict(value: Mapping[str, Any]) -> QuoteVerdict:
    """A verdict from its JSON object. Raises Malformed."""
    searched, attribution = mapping(value, "searched"), mapping(value, "attribution")
    return QuoteVerdict(
        quote=text(value, "quote"),
        verdict=_one_of(value, "verdict", get_args(Verdict)),
        searched=Searched(whole(searched, "documents"), whole(searched, "characters"), texts(searched, "unreadable")),
        matches=tuple(Match(citation(item), text(item, "fragment")) for item in objects(value, "matches")),
        differences=tuple(
            Difference(text(item, "quote"), text(item, "source"), _one_of(item, "class", get_args(DifferenceClass)))
            for item in objects(value, "differences")
        ),
        normalizations=texts(value, "normalizations"),
        context_risk=tuple(
            Risk(_one_of(item, "kind", get_args(RiskKind)), text(item, "text")) for item in objects(value, "context_risk")
        ),
        occurrences=whole(value, "occurrences"),
        attribution=Attribution(
            _one_of(attribution, "status", get_args(AttributionStatus)), _maybe(attribution, "found"), text(attribution, "why")
        ),
        claimed_speaker=_maybe(value, "claimed_speaker"),
        claimed_document=_maybe(value, "claimed_document"),
        note=_maybe(value, "note"),
    )


def citation(value: Mapping[str, Any]) -> Citation:
    """A citation from its JSON object, with or without a number. Raises Malformed."""
    start, end = whole(value, "char_start"), whole(value, "char_end")
    if end <= start or end - start != len(text(value, "source_text")):
        raise Malformed(f"char_start and char_end: {start}-{end} is not the length of source_text")
    return Citation(
        document=text(value, "document"),
        title=text(value, "title"),
        authors=texts(value, "authors"),
        publisher=_maybe(value, "publisher"),
        date=_maybe(value, "date"),
        url=_maybe(value, "url"),
        page=None if value.get("page") is None else whole(value, "page"),
        line_start=whole(value, "line_start"),
        line_end=whole(value, "line_end"),
        char_start=start,
        char_end=end,
        source_text=text(value, "source_text"),
        reading_text=text(value, "reading_text"),
        speaker=_maybe(value, "speaker"),
        number=None if value.get("number") is None else whole(value, "number"),
    )


def text(value: Mapping[str, Any], name: str) -> str:
    """A field that is text. Raises Malformed."""
    found = value.get(name)
    if not isinstance(found, str):
        raise Malformed(f"{name}: not text")
    return found


def whole(value: Mapping[str, Any], name: str) -> int:
    """A field that is a whole number, not negative. Raises Malformed."""
    found = value.get(name)
    if not isinstance(found, int) or isinstance(found, bool) or found < 0:
        raise Malformed(f"{name}: not a whole number")
    return found


def texts(value: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """A field that is a list of texts. Raises Malformed."""
    found = value.get(name)
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        raise Malformed(f"{name}: not a list of texts")
    return tuple(found)


def objects(value: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """A field that is a list of objects. Raises Malformed."""
    found = value.get(name)
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise Malformed(f"{name}: not a list of objects")
    return found


def mapping(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A field that is an object. Raises Malformed."""
    found = value.get(name)
    if not isinstance(found, dict):
        raise Malformed(f"{name}: not an object")
    return found


def _maybe(value: Mapping[str, Any], name: str) -> str | None:
    return None if value.get(name) is None else text(value, name)


def _score(value: Mapping[str, Any]) -> float:
    found = value.get("score")
    if not isinstance(found, int | float) or isinstance(found, bool):
        raise Malformed("score: not a number")
    return float(found)


def _numbers(value: Mapping[str, Any], known: Sequence[int | None]) -> tuple[int, ...]:
    found = value.get("citations")
    if not isinstance(found, list) or not found or not all(isinstance(n, int) and n in known for n in found):
        raise Malformed("citations: points at nothing")
    return tuple(found)


def _said(value: Mapping[str, Any], known: Sequence[int | None]) -> tuple[str, tuple[int, ...], SupportKind]:
    """Text, citations and support of a claim or a key."""
    return text(value, "text"), _numbers(value, known), _one_of(value, "support", get_args(SupportKind))


def _words(value: Mapping[str, Any]) -> tuple[tuple[int, int], ...]:
    """The ranges of a claim's text that answer."""
    found, most = value.get("words", []), len(text(value, "text"))
    if not isinstance(found, list):
        raise Malformed("words: not a list")
    for place in found:
        pair = isinstance(place, list) and len(place) == 2 and all(type(end) is int for end in place)
        if not pair or not 0 <= place[0] < place[1] <= most:
            raise Malformed(f"words: {place!r} is no range of the text")
    return tuple((start, end) for start, end in found)


def _one_of(value: Mapping[str, Any], name: str, allowed: tuple[str, ...]) -> Any:
    found = value.get(name)
    if found not in allowed:
        raise Malformed(f"{name}: {found!r} is none of {', '.join(allowed)}")
    return found
