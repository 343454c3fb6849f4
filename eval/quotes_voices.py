"""Seeded attribution: articles written from templates, in which it is known who says every sentence.

Sentences come from any texts, names from a list of given and family names in several orders; half of an article's sentences
are the author's own. Claims are true (by full name, other order, title, surname) or false (another person of the same
article, the author, a person of the same surname, somebody who is not there).
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

_GIVEN = (
    "Maria",
    "Kenji",
    "Amara",
    "John",
    "Wei-ling",
    "Sofia",
    "David",
    "Nobuko",
    "Elena",
    "Tomás",
    "Ingrid",
    "Rajesh",
    "Fatima",
    "Oliver",
    "Chih-ming",
    "Beatriz",
    "Samuel",
    "Yuki",
    "Lars",
    "Hannah",
)
_FAMILY = (
    "Okafor",
    "Tanaka",
    "Lindqvist",
    "Moreau",
    "Chen",
    "Alvarez",
    "Whitfield",
    "Kowalski",
    "Haddad",
    "Nakagawa",
    "Brennan",
    "Petrov",
    "Iyer",
    "Santos",
    "Vogel",
    "Mbeki",
    "Castellano",
    "Horvat",
    "Sørensen",
    "Matsuda",
)
_TITLES = ("Foreign Minister", "President", "Professor", "Admiral", "Dr.", "Senator", "Prime Minister", "Secretary")
_ROLES = (
    "a historian at the university",
    "the ministry’s spokeswoman",
    "who led the inquiry",
    "director of the institute",
    "a former ambassador",
)

# {n} full name, {s} surname, {t} title, {r} role, {q} the words, {l} the words with a small first letter, {c} a clause of the author's.
_DIRECT = (
    "{t} {n} said: “{q}”",
    "“{q_comma}” said {n}.",
    "“{q_comma}” {n} said on Tuesday.",
    "“{q_comma}” {t} {s} told reporters.",
    "As {n} argued, “{l}”",
    "According to {n}, “{l}”",
    "{n}, {r}, wrote that “{l}”",
    "In the words of {n}, {r}, “{l}”",
    "In a speech last May, {t} {n} warned that “{l}”",
    "“{q_comma}” according to {n}, {r}.",
    "{t} {n} tweeted that “{l}”",
    "Two days later, {n} declared: “{q}”",
    "{n} described the matter at length, noting that “{l}”",
    "“{q_comma}” explained {t} {n}, {r}.",
    "The report was criticized by many, but {n} insisted that “{l}”",
)
_INDIRECT = (
    "{t} {n} said that {l}",
    "{n}, {r}, argued that {l}",
    "According to {n}, {l}",
    "{t} {n} warned on Monday that {l}",
    "{n} has repeatedly claimed that {l}",
)
_FILLER = (
    "The debate went on for weeks.",
    "Many details remain open.",
    "The committee met again in the spring.",
    "Little of this was new to those who had followed the matter.",
)


@dataclass(frozen=True)
class Said:
    """A claim about who says `quote`: `true` when they do. `kind` names the way of speaking and of claiming."""

    quote: str
    speaker: str
    true: bool
    kind: str


def article(sentences: list[str], seed: int) -> tuple[str, str, list[Said]]:
    """An article, its author, and claims about its sentences."""
    rng = random.Random(seed)
    people = [(g, f) for g, f in zip(rng.sample(_GIVEN, 6), rng.sample(_FAMILY, 6), strict=True)]
    author, speakers, absent = people[0], people[1:5], people[5]
    paragraphs, claims = [], []
    for number, sentence in enumerate(rng.sample(sentences, min(8, len(sentences)))):
        sentence = re.sub(r"[“”\"]", "", sentence).strip()
        low = sentence[0].lower() + sentence[1:]
        given, family = rng.choice(speakers)
        full = f"{given} {family}"
        fields = {
            "n": full,
            "s": family,
            "t": rng.choice(_TITLES),
            "r": rng.choice(_ROLES),
            "q": sentence,
            "l": low,
            "q_comma": sentence.rstrip(".") + ",",
        }
        kind = ("direct", "author", "indirect", "direct")[number % 4]
        if kind == "author":
            paragraphs.append(f"{rng.choice(_FILLER)} {sentence} {rng.choice(_FILLER)}")
            claims.append(Said(sentence, f"{author[0]} {author[1]}", True, "author"))
            claims.append(Said(sentence, full, False, "author"))
            continue
        template = rng.choice(_DIRECT if kind == "direct" else _INDIRECT)
        # A first mention by surname alone would leave the reader guessing, too.
        opening = f"{full} was there. " if "{n}" not in template else ""
        paragraphs.append(f"{opening}{rng.choice(_FILLER)} {template.format(**fields)} {rng.choice(_FILLER)}")
        quote = sentence.rstrip(".")
        way = rng.choice((full, f"{family} {given}", family, f"{fields['t']} {family}"))
        claims.append(Said(quote, way, True, kind))
        other = rng.choice([p for p in speakers if p != (given, family)])
        wrong = rng.choice(
            (
                f"{other[0]} {other[1]}",
                other[1],
                f"{rng.choice([g for g in _GIVEN if g != given])} {family}",
                f"{absent[0]} {absent[1]}",
            )
        )
        claims.append(Said(quote, wrong, False, kind))
        if kind == "direct":
            claims.append(Said(quote, f"{author[0]} {author[1]}", False, "direct, author claimed"))
    return "\n\n".join(paragraphs), f"{author[0]} {author[1]}", claims
