"""Ways to make an unfaithful statement out of a sentence. Each says None where it cannot be sure of the outcome.

Conservative on purpose: a number is left alone after “more than”, and a country never becomes its capital.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from eval.drafts import names
from eval.drafts.kept import MONTHS, capitalized

_NUMBER = re.compile(r"(?<![\w.,+/–#-])(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![\w+/–-]|[.,]\d| [ap]\.m)")
# After these a smaller or a larger number may be true as well.
_BOUND = re.compile(
    r"\b(?:over|more than|at least|up to|nearly|almost)\b[^,;.]*\band\W+(?:\w+\W+)?$|"
    r"\b(?:more|less|fewer|greater|higher|lower|older|longer) than\W+(?:\w+\W+)?$|\b(?:over|under|at least|at most|up to|exceed\w*|"
    r"upwards of|almost|nearly|minimum|maximum|within|until|since|by|before|after|from|between|to|through)\W+(?:\w+\W+)?$",
    re.IGNORECASE,
)
_DAY = re.compile(rf"\b(?:{MONTHS}|Jan\.|Feb\.|Aug\.|Sept\.|Oct\.|Nov\.|Dec\.) $")
_MONTH = re.compile(rf" (?:{MONTHS})\b")
# No year is moved beyond this one: that would be seen at a glance.
_LATEST = 2025
_WORDS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_WORD = re.compile(r"\b(?:" + "|".join(_WORDS[1:]) + r")\b(?! (?:or|to) )")

_AUXILIARY = r"(?:is|are|was|were|has|have|had|will|would|can|could|should|must|does|do|did)"
_LEFT_BEHIND = re.compile(
    r"\b(?:any|anyone|anything|either|neither|nor|ever|until|but|whether|if|unless|only|even)\b", re.IGNORECASE
)
_NEGATED = re.compile(
    r"\b(?:not|no|never|none|nor|neither|cannot|without|few|little|hardly|rarely|nothing|nobody)\b|n[’']t\b", re.IGNORECASE
)
_HEDGE_WORD = (
    "(?:reportedly|allegedly|apparently|supposedly|purportedly|probably|possibly|perhaps|arguably|seemingly|presumably)"
)
_HEDGED = re.compile(rf"\b(?:{_HEDGE_WORD}|may|might|could|seems?|appears?|likely|[Ee]ven)\b")
# After “may” these tell what may come; other verbs often what is allowed.
_HAPPENS = (
    r"(?:lead|become|result|cause|help|mean|constrain|drive|prove|explain|consider|vary|affect|increase|reduce|limit|trigger|make|"
    r"prevent|develop|occur|happen|be (?:an?|the|due|room|that|one|more|less|of))\b"
)

_SAID = (
    r"(?:(?:argue|claim|believe|suggest|say|contend|assert|allege|think|warn|insist|maintain|estimate|speculate|hypothesize|"
    r"complain|predict)s?|(?:argu|claim|believ|suggest|contend|assert|alleg|warn|insist|maintain|estimat|speculat|hypothesiz|"
    r"complain|predict)ed|said|thought)"
)
_THAT = re.compile(
    rf"^(?P<who>[^,;:“”]{{2,70}}?) (?:(?:has|have|had) )?(?:(?:also|repeatedly|often|publicly|recently) )?{_SAID} that (?P<what>.+)$"
)
_ACCORDING = re.compile(r"^According to (?P<who>[^,;]{2,70}), (?P<what>.+)$")
_AFTER = re.compile(r"^(?P<what>[^“”\"]+), according to (?P<who>[^,;]{2,70})\.$")
# Whose view it is, where it is no person's; a court's or a register's word is no opinion.
_HOLDERS = re.compile(
    r"\b(?:critics?|scholars?|historians?|observers?|experts?|authors?|supporters?|opponents?|some|many|theory|advocates?|analysts?|"
    r"scientists?|economists?|researchers?|proponents?)\b",
    re.IGNORECASE,
)
# The text's own view needs no owner, findings are no opinions, and after “although” the clause is not the whole.
_OWN = re.compile(
    r"^(?:I|we|he|she|it(?! is\b)|this|they)\b|\b(?:this|the) (?:study|paper|report|article|author|section|chapter)\b|"
    r"^(?:although|while|because|if|when|since|as|in|after|before|despite|though)\b|\b(?:artifacts|poll\w*|data|evidence|results?)\b",
    re.IGNORECASE,
)
_HELD = re.compile(
    r"\b(is|are|was|were) (?:(?:often|widely|generally|sometimes|commonly|usually|also) )?(?:considered(?: to be)?|regarded as|"
    r"described as|seen as|viewed as|thought of as|deemed(?: to be)?) (?=(?:an?|the|one|among)\b.{0,30}\b(?:best|greatest|finest|"
    r"most|legitimate|important|great|masterpiece|leading|father|worst|major|influential|success|failure|classic|hero|heroes)\b)"
)
_OWNED = re.compile(r"\b(?:historiography|according|theory|tradition\w*|view)\b", re.IGNORECASE)
POINTING = re.compile(
    r"^(?:he|she|it|they|this|these|those|that|his|her|their|its|we|I|in|such|there|if|although|one|both|all)\b", re.IGNORECASE
)
_UNSURE = re.compile(
    r"\b(?:not|never|no|deny|denied|if|whether|nobody|would|could|might|may|unlikely)\b|n[’']t\b", re.IGNORECASE
)


Change = Callable[[random.Random, str, tuple[str, ...]], str | None]
"""From a sentence and the passage it stands in (the sentence included) to an unfaithful statement."""


def number(rng: random.Random, sentence: str, passage: tuple[str, ...]) -> str | None:
    """Another number: of another sentence of the passage where there is one like it, else one that stands nowhere."""
    sites = [m for m in _NUMBER.finditer(sentence) if not _BOUND.search(sentence[: m.start()])]
    if sites:
        site = rng.choice(sites)
        here = {m.group() for m in _NUMBER.finditer(sentence)}
        there = {m.group() for other in passage for m in _NUMBER.finditer(other)} - here
        alike = sorted(n for n in there if _year(n) == _year(site.group()) and _far(n, site.group()))
        if _value(site.group()) <= 31 and (_DAY.search(sentence[: site.start()]) or _MONTH.match(sentence[site.end() :])):
            alike, new = [], str(rng.choice([day for day in range(1, 29) if abs(day - _value(site.group())) > 1]))
        else:
            new = rng.choice(alike) if alike else _other(rng, site.group())
        return _put(sentence, site, new) if alike or new not in here | there else None
    worded = [m for m in _WORD.finditer(sentence) if not _BOUND.search(sentence[: m.start()])]
    if not worded:
        return None
    site = rng.choice(worded)
    new = rng.choice([word for word in _WORDS if abs(_WORDS.index(word) - _WORDS.index(site.group())) >= 1])
    return _put(sentence, site, new) if not re.search(rf"\b{new}\b", " ".join(passage)) else None


def _put(text: str, site: re.Match[str], new: str) -> str:
    return text[: site.start()] + new + text[site.end() :]


def _value(number: str) -> float:
    return float(number.replace(",", ""))


def _year(number: str) -> bool:
    return number.isdigit() and len(number) == 4 and 1000 <= int(number) <= 2099


def _far(one: str, other: str) -> bool:
    """Whether nobody would take one number for the other rounded."""
    a, b = _value(one), _value(other)
    return a != b if _year(one) else abs(a - b) >= 0.15 * max(a, b)


def _other(rng: random.Random, number: str) -> str:
    if _year(number):
        return str(int(number) + (-1 if int(number) > _LATEST - 15 else rng.choice((-1, 1))) * rng.randint(2, 15))
    whole, point, part = number.partition(".")
    value = int(whole.replace(",", ""))
    new = value + rng.choice((-1, 1)) * max(1, round(value * rng.uniform(0.25, 0.6)))
    new = value + 2 if new <= 0 else new
    return (f"{new:,}" if "," in number else str(new)) + point + part


def negation_dropped(rng: random.Random, sentence: str, passage: tuple[str, ...]) -> str | None:
    """“is not” becomes “is”, “cannot” “can”; where a word like “any” would be left behind, nothing."""
    if len(_NEGATED.findall(sentence)) != 1 or _LEFT_BEHIND.search(sentence):
        return None
    if "no longer " in sentence:
        return sentence.replace("no longer ", "still ", 1)
    if " not yet " in sentence:
        return sentence.replace(" not yet ", " already ", 1)
    if re.search(r"\bnot (?:just|merely|necessarily|all|every|always|least|simply|so|to|a|as)\b", sentence):
        return None
    said = re.sub(rf"\b({_AUXILIARY}) not\b|\b(can)not\b", lambda m: m[1] or m[2], sentence, count=1)
    said = said if said != sentence else re.sub(r"\b(has|have|had|was|were|is|are) never\b", r"\1", sentence, count=1)
    return said if said != sentence else None


def negation_added(rng: random.Random, sentence: str, passage: tuple[str, ...]) -> str | None:
    """The first auxiliary of the sentence is denied."""
    if _NEGATED.search(sentence) or _LEFT_BEHIND.search(sentence):
        return None
    site = re.search(r"\b(?:is|are|was|were|will|would|can|should|has been|have been|had been)\b(?= [a-z]+)", sentence)
    if site is None or re.search(
        r"\b(?:which|who|that|what|where|when|as|because|while|although|;)\b", sentence[: site.start()]
    ):
        return None
    head, _, tail = site.group().partition(" ")
    return _put(sentence, site, f"{head} not{' ' + tail if tail else ''}")


def hedge_dropped(rng: random.Random, sentence: str, passage: tuple[str, ...]) -> str | None:
    """What may be, is; what was reportedly so, was so."""
    if _NEGATED.search(sentence) or re.search(r"\b(?:hopes?|[Ii]f|whether|wherever|whatever|what (?:may|might))\b", sentence):
        return None
    ways = (
        (rf"^(?i:{_HEDGE_WORD}),? (\w)", lambda m: m[1].upper()),
        (rf" {_HEDGE_WORD}(?= )", lambda m: ""),
        (r"\b(?:is|are) (?:more |very |most )?likely to\b", lambda m: "will"),
        (rf"\b(?:may|might)(?= {_HAPPENS})", lambda m: "will"),
        (r"\b(?:may|might) well(?= [a-z]+)", lambda m: "will"),
        (r"\b(?:appears|seems) to be\b", lambda m: "is"),
        (r"\b(?:appear|seem) to be\b", lambda m: "are"),
        (r"\b(?:appears|seems) to have\b", lambda m: "has"),
        (r"\b(?:is|was) (?:thought|believed|said|alleged|rumored|rumoured) to (?:be|have been)\b", lambda m: m[0].split()[0]),
        (r"\b(?:almost|nearly|virtually) (?=all\b|every\b|always\b|no\b|entirely\b|certain\b)", lambda m: ""),
        (r"\bcould potentially\b", lambda m: "will"),
    )
    possible = [(pattern, new) for pattern, new in ways if re.search(pattern, sentence)]
    if not possible:
        return None
    pattern, new = rng.choice(possible)
    said = re.sub(pattern, new, sentence, count=1)
    return None if _HEDGED.search(said) else said  # a hedge that is left may do for both


def name_swapped(rng: random.Random, sentence: str, passage: tuple[str, ...]) -> str | None:
    """A person becomes another person of the passage, a country another country."""
    choices: list[tuple[int, int, str]] = []
    known = names.persons(passage)
    for name in names.persons([sentence]):
        others = names.other_persons(name, [sentence], known)
        at = sentence.find(name)
        choices += [(at, at + len(name), other) for other in others]
    if not choices:
        for site in names.countries(sentence):
            others = names.other_countries(site.group(), sentence)
            near = [other for other in others if other in " ".join(passage)]
            choices.append((site.start(), site.end(), rng.choice(near or others)))
    if not choices:
        return None
    start, end, new = rng.choice(choices)
    return sentence[:start] + new + sentence[end:]


def opinion_as_fact(rng: random.Random, sentence: str, passage: tuple[str, ...]) -> str | None:
    """Whose view it is goes; the view stays, as if the passage said it."""
    if match := _THAT.match(sentence) or _ACCORDING.match(sentence) or _AFTER.match(sentence):
        who, what = match["who"], match["what"]
        if _UNSURE.search(who) or _OWN.search(who) or POINTING.match(what) or len(what.split()) < 5:
            return None
        if re.search(r"\band that\b|\[", what):
            return None
        if match.re is not _THAT and not _HOLDERS.search(who) and not names.persons([who]):
            return None
        return capitalized(what.rstrip(".") + ".")
    if _NEGATED.search(sentence) or _OWNED.search(sentence) or not _HELD.search(sentence):
        return None
    return _HELD.sub(r"\1 ", sentence, count=1)


# By kind.
WITHIN: dict[str, Change] = {
    "number changed": number,
    "negation dropped": negation_dropped,
    "negation added": negation_added,
    "hedge dropped": hedge_dropped,
    "name swapped": name_swapped,
    "opinion stated as fact": opinion_as_fact,
}
