"""Ways to say a sentence again without a change of what it says. Each says None where it cannot be sure."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

# Words that begin a sentence with a capital letter and would not carry one inside.
_SMALL = re.compile(
    r"^(?:The|A|An|This|That|These|Those|There|It|He|She|They|We|His|Her|Its|Their|Our|In|On|At|By|For|From|With|As|After|Before|"
    r"During|Since|While|Although|Though|If|When|Some|Many|Most|Several|All|Both|Each|Every|Such|Other|Another|One|Two|Three|"
    r"Four|Five|More|Few|No|Not|Only|However|Moreover|Furthermore|According|Under|Over|Among|Between|Because|Despite|But|And|Or|So|Yet)\b"
)
_CONNECTIVE = re.compile(
    r"^(?:However|Moreover|Furthermore|Additionally|In addition|For example|For instance|Also|Indeed|In fact|Finally|Nevertheless|"
    r"Meanwhile|Similarly|Importantly|Accordingly|In short|Of course|In other words|Therefore|Thus|Hence|Consequently|As a result), "
)
_END = re.compile(r"^(?P<head>.{40,}?), (?:which|who|whose|including|thereby|such as)\b[^,;:—]*\.$")
_VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|would|can|could|may|does|did|became|began|made|led|[a-z]{3,}(?:ed|es))\b"
)
_TAKES_BACK = re.compile(
    r"\b(?:not|no|never|false|wrong|disput\w*|den(?:y|ied|ies)|alleg\w*|claim\w*|if|unless|except|but|however|only|though|although|may|"
    r"might|could|none|few)\b|n[’']t\b"
)
_LINKED = re.compile(
    r"[,;:“”\"()—]|\b(?:that|which|who|and|but|or|when|while|after|before|since|until|because|if|as|during|where|whose|by|from|to|than)\b"
)
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_SAYS = r"(?:says|said|states|stated|argues|argued|argue|claims|claimed|claim|believes|believe|contends|contended|insists|insisted|maintains|maintained|warns|warned)"
_THAT = re.compile(
    rf"^(?P<who>(?:[A-Z][\w’'.-]*|[Tt]he [\w’'-]+|[Ss]ome [\w’'-]+)(?: (?!not\b|never\b)[\w’'.-]+){{0,4}}) (?P<verb>{_SAYS}) that (?P<what>[^“”]+)$"
)
_ACCORDING = re.compile(r"^According to (?P<who>[A-Z][\w’'.-]*(?: [\w’'.-]+){0,4}), (?P<what>[^“”]+)$")
_PRONOUN = re.compile(r"^(?:He|She|It|They|This|That|These|Those|We|I|His|Her|Their|Its|Others|However)\b")

_SAME = {
    "approximately": "about",
    "perhaps": "possibly",
    "nearly": "almost",
    "probably": "likely",
    "numerous": "many",
    "began": "started",
    "United States": "U.S.",
}

Rewording = Callable[[random.Random, str], str | None]


def capitalized(text: str) -> str:
    return text[:1].upper() + text[1:]


def first_small(text: str) -> str:
    """`text` as it goes on inside a sentence: small where its first word is no name."""
    return text[:1].lower() + text[1:] if _SMALL.match(text) else text


def without_parentheses(text: str) -> str:
    """Without what stands in round brackets, unless that takes something back."""
    said = re.sub(r"\s+\(([^()]*)\)(?=[\s.,;:]|$)", lambda m: m[0] if _TAKES_BACK.search(m[1]) else "", text)
    return said if said.count("(") == said.count(")") else text


def bare(text: str) -> str:
    """Without brackets and without a word that only links it to the sentence before."""
    return capitalized(_CONNECTIVE.sub("", without_parentheses(text)))


def verbatim(rng: random.Random, sentence: str) -> str | None:
    return sentence


def parenthesis_dropped(rng: random.Random, sentence: str) -> str | None:
    return without_parentheses(sentence)


def connective_dropped(rng: random.Random, sentence: str) -> str | None:
    return capitalized(_CONNECTIVE.sub("", sentence))


def end_dropped(rng: random.Random, sentence: str) -> str | None:
    """Without a last clause that adds something about what was named before it."""
    match = _END.match(without_parentheses(sentence))
    if match is None or not _VERB.search(match["head"]) or _TAKES_BACK.search(sentence[match.end("head") :]):
        return None
    return f"{match['head']}."


def date_moved(rng: random.Random, sentence: str) -> str | None:
    """A year from the end of a simple sentence to its beginning, or back."""
    front = re.match(rf"^In ((?:(?:{MONTHS}) )?\d{{4}}), (.+)\.$", sentence)
    if front and not _LINKED.search(front[2]) and not re.search(r"\d", front[2]):
        return f"{capitalized(front[2])} in {front[1]}."
    back = re.match(rf"^(.+) in ((?:(?:{MONTHS}) )?\d{{4}})\.$", sentence)
    if back and not _LINKED.search(back[1]) and not re.search(r"\d", back[1]) and not _PRONOUN.match(sentence):
        return f"In {back[2]}, {first_small(back[1])}."
    return None


def attribution_kept(rng: random.Random, sentence: str) -> str | None:
    """“X argued that” becomes “According to X”, and back."""
    if match := _THAT.match(sentence):
        if (
            _PRONOUN.match(sentence)
            or _PRONOUN.match(capitalized(match["what"]))
            or re.search(r"\b(?:has|have|had|latter|former|\w+ly|also)$", match["who"])
            or re.search(r"\band that\b|\[", match["what"])
        ):
            return None
        return f"According to {first_small(match['who'])}, {match['what']}"
    if (match := _ACCORDING.match(sentence)) and not _PRONOUN.match(capitalized(match["what"])):
        return (
            f"{capitalized(match['what'].rstrip('.'))}, {match['who']} said."
            if rng.random() < 0.5
            else f"{match['who']} said that {first_small(match['what'])}"
        )
    return None


def format_changed(rng: random.Random, sentence: str) -> str | None:
    """Numbers and dates in another usual form."""
    ways: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
        (r"(?<![\d.,])(\d+)\.(\d) million\b", lambda m: f"{m[1]},{m[2]}00,000"),
        (r"(?<![\d.,])(\d{1,3}) million\b", lambda m: f"{m[1]},000,000"),
        (r"(?<![\d.,])(\d{1,3}),000,000\b(?!,)", lambda m: f"{m[1]} million"),
        (r"(?<![\d.,])(\d{1,3}),(\d{3})\b(?!,)", lambda m: f"{m[1]}{m[2]}"),
        (r"(?<=\d) percent\b", lambda m: "%"),
        (r"(?<=\d)%", lambda m: " percent"),
        (rf"\b({MONTHS}) (\d{{1,2}}), (\d{{4}})\b,?", lambda m: f"{m[2]} {m[1]} {m[3]}"),
        (rf"\b(\d{{1,2}}) ({MONTHS}) (\d{{4}})\b", lambda m: f"{m[2]} {m[1]}, {m[3]}"),
    )
    possible = [(pattern, new) for pattern, new in ways if re.search(pattern, sentence)]
    if not possible:
        return None
    pattern, new = rng.choice(possible)
    return re.sub(pattern, new, sentence, count=1)


def word_exchanged(rng: random.Random, sentence: str) -> str | None:
    """A word for one that says the same here, hedges for hedges."""
    possible = [word for word in _SAME if re.search(rf"(?<=[a-z] ){word}(?= [a-z\d])", sentence)]
    if not possible or re.search(r"[“”\"]", sentence):
        return None
    word = rng.choice(possible)
    return re.sub(rf"(?<=[a-z] ){word}(?= [a-z\d])", _SAME[word], sentence, count=1)


def joined(rng: random.Random, one: str, other: str) -> str | None:
    """Two sentences that follow each other, as one."""
    if max(len(one.split()), len(other.split())) > 18 or not one.endswith(".") or re.search(r"[;:“”\"]", one + other):
        return None
    return f"{one[:-1]}; {first_small(other)}"


ALONE: dict[str, Rewording] = {
    "verbatim": verbatim,
    "parenthesis dropped": parenthesis_dropped,
    "connective dropped": connective_dropped,
    "end dropped": end_dropped,
    "date moved": date_moved,
    "attribution kept": attribution_kept,
    "format changed": format_changed,
    "word exchanged": word_exchanged,
}
