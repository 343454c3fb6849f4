"""Ways to make an unfaithful statement out of two sentences of passages that lie apart: neither says what it says.

Each says None where it cannot be sure of that.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from eval.drafts import names
from eval.drafts.changed import POINTING
from eval.drafts.kept import MONTHS, first_small

_DATED = re.compile(rf"^(?P<when>In (?:(?:early|late|mid-?) ?)?(?:(?:{MONTHS}) )?\d{{4}}), ")
_TIME = re.compile(
    r"\d|\b(?:century|centuries|decades?|years?|months?|days?|weeks?|during|after|before|since|when|then|later|recent\w*|last|next|now|"
    r"today|currently|early|earlier|first|once|until|while|previous\w*|former\w*|ago|already|always|never|time|period|era|"
    rf"{MONTHS})\b",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"^(?P<name>[A-Z][\w’'.-]*(?: [A-Z][\w’'.-]*){0,3}) (?P<rest>(?:is|was|has|had|will|would|also|[a-z]+ed|became|began|won|led|"
    r"wrote|made|took|held|gave|went|came|built|served|brought|wanted|saw|called)\b.*)$"
)
_OPENS = re.compile(r"^(?:The|An?|Some|Many|Most|Several) [^,]+$")


def cause_invented(rng: random.Random, one: str, other: str, people: Collection[str]) -> str | None:
    """Two sentences that stand far apart, one as the other's reason."""
    a, b = one.rstrip("."), other.rstrip(".")
    return rng.choice(
        (
            f"{a} because {first_small(b)}.",
            f"Because {first_small(b)}, {first_small(a)}.",
            f"{b}, which is why {first_small(a)}.",
            f"{b}; as a result, {first_small(a)}.",
        )
    )


def _short(sentence: str) -> bool:
    return len(sentence.split()) <= 20 and sentence.count(",") < 2 and _plain(sentence)


def _plain(sentence: str) -> bool:
    return bool(
        sentence.endswith(".")
        and (_OPENS.match(sentence) or _acts(sentence))
        and not re.search(r"[;:“”\"()—]|\b(?:because|therefore|thus|hence|so|since|due|result|cause\w*|led)\b", sentence)
    )


def _acts(sentence: str) -> bool:
    match = _SUBJECT.match(sentence)
    return match is not None and first_small(sentence) == sentence and not POINTING.match(sentence)


def subject_merged(rng: random.Random, one: str, other: str, people: Collection[str]) -> str | None:
    """The one sentence's subject did what the other sentence says of another of its sort."""
    first, second = _SUBJECT.match(one), _SUBJECT.match(other)
    if first is None or second is None:
        return None
    name, instead = first["name"], second["name"]
    sorts = {names.sort(name, people), names.sort(instead, people)}
    if len(sorts) > 1 or None in sorts or ("country" in sorts and name not in names.other_countries(instead, "")):
        return None
    if any(token in other for token in name.split()) or any(token in one for token in instead.split()):
        return None
    return f"{name} {second['rest']}"


def _undated(sentence: str) -> bool:
    acting = _SUBJECT.match(sentence)
    past = re.search(r"\b(?:was|were)\b", sentence) or (acting and re.match(r"[a-z]+ed\b", acting["rest"]))
    present = re.search(r"\b(?:is|are|has|have|can|may|will|would|be|includes?|sees?)\b", sentence)
    return bool(past and not present and not _TIME.search(sentence) and _plain(sentence))


def date_merged(rng: random.Random, one: str, other: str, people: Collection[str]) -> str | None:
    """What the other sentence tells without a date happened when the one's event did."""
    dated = _DATED.match(one)
    return f"{dated['when']}, {first_small(other)}" if dated else None


@dataclass(frozen=True)
class Merge:
    """`merge` makes an unfaithful statement of two sentences of passages that lie apart; `one` and `other` say which fit.

    Its last argument are the persons whom the texts name.
    """

    one: Callable[[str], bool]
    other: Callable[[str], bool]
    merge: Callable[[random.Random, str, str, Collection[str]], str | None]


# By kind.
ACROSS: dict[str, tuple[Merge, ...]] = {
    "cause invented": (Merge(_short, _short, cause_invented),),
    "two passages merged": (
        Merge(_acts, _acts, subject_merged),
        Merge(lambda sentence: bool(_DATED.match(sentence)), _undated, date_merged),
    ),
}
