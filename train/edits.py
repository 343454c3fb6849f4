"""Statements made out of a text's own sentences: still true of it, or no longer.

The faithful ones say less, or the same in another order. The unfaithful ones change one particular, as a model's draft
does: a figure, a name, a negation, a hedge, a cause, who said it, who did it to whom.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.quotes.lexicon import listed, words

_NUMBER = re.compile(r"(?<![\w.,])\d[\d,]*(?:\.\d+)?(?![\w])")
_WORD_NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve", "twenty")
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "last")
_MONTHS = listed("January February March April May June July August September October November December")
_NAME = re.compile(r"(?<![.!?“\"] )(?<!^)\b(?:[A-Z][\w’'-]+)(?: (?:of |the |de |von )?[A-Z][\w’'-]+){0,3}")
_AUX = re.compile(
    r"\b(is|are|was|were|has|have|had|can|could|will|would|should|must|may|might|does|do|did)\b(?! not\b|n[’']t\b)"
)
_NEGATION = re.compile(
    r"\b(?:(is|are|was|were|has|have|had|can|could|will|would|should|must|does|do|did|may|might) not|never|no longer) "
)
_HEDGED = re.compile(
    r"\b(?:reportedly|allegedly|possibly|probably|perhaps|likely|apparently|supposedly|presumably|nearly|almost|partly|"
    r"in part|largely|often|sometimes|usually|generally|about|around|approximately|at least|up to|mostly|some|many of) "
)
_MODAL = re.compile(r"\b(?:may|might|could|can|should|would) (be|have|not|\w+)\b")
_SAID = re.compile(
    r"^(.{3,80}?\b(?:said|says|argued|argues|claimed|claims|believed|believes|suggested|suggests|stated|states|wrote|warned|"
    r"reported|reports|thought|thinks|considered|estimated|estimates|predicted|alleged|asserted|maintains|maintained) that )(.+)$"
)
_ACCORDING = re.compile(r"^(According to [^,]{3,60}, )(.+)$|^(.+?)(, according to [^,.]{3,60})\.$")
_CONDITION = re.compile(r"^((?:If|Unless|When|Once|Should) [^,]{5,80}, )(.+)$|^(.+?)( (?:if|unless|provided that) .{5,80})\.$")
_OPPOSITES = listed(
    "increase/decrease increased/decreased increases/decreases rise/fall rose/fell rising/falling more/less "
    "more/fewer higher/lower larger/smaller before/after first/last northern/southern north/south eastern/western "
    "east/west supported/opposed supports/opposes support/oppose accepted/rejected won/lost above/below most/few "
    "all/some always/rarely began/ended begins/ends allowed/banned included/excluded majority/minority strong/weak "
    "stronger/weaker early/late older/younger best/worst positive/negative gained/lost public/private with/without "
    "maximum/minimum agreed/refused many/few success/failure successful/unsuccessful male/female left/right "
    "improved/worsened over/under short/long expensive/cheap same/different only/also import/export imports/exports"
)
_OPPOSITE = {a: b for pair in _OPPOSITES for a, b in (pair.split("/"), pair.split("/")[::-1])}
_SYNONYMS = dict(
    pair.split("/")
    for pair in listed(
        "began/started founded/established built/constructed large/big several/various near/close_to many/numerous "
        "obtained/got killed/slain purchased/bought created/made located/situated children/kids film/movie received/got "
        "approximately/about assisted/helped however/though located/found died/passed_away ended/finished "
        "important/significant main/principal"
    )
)
_SMALL = words("The A An In On At Of This That These It He She They And But As For To By With From After Before")


@dataclass(frozen=True)
class Made:
    """A statement made from a passage, the kind of edit, and whether the passage still supports it."""

    claim: str
    kind: str
    supported: bool


def _swap(text: str, start: int, end: int, new: str) -> str:
    return re.sub(r"\s+", " ", text[:start] + new + text[end:]).replace(" ,", ",").replace(" .", ".").strip()


def _raised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _stopped(text: str) -> str:
    return text.rstrip(" ,;:.") + "."


def _lowered(text: str) -> str:
    first = text.split(" ", 1)[0]
    return text[:1].lower() + text[1:] if first in _SMALL else text


class Editor:
    """Makes statements from sentences. `names` and `rng` are the pool of names to swap in and the source of chance."""

    def __init__(self, names: Sequence[str], rng: random.Random) -> None:
        self.names = list(names)
        self.rng = rng

    def unfaithful(self, before: str, sentence: str, after: str) -> list[Made]:
        """All statements of this kind that the sentence and its neighbours allow, in random order."""
        makers: list[tuple[str, Callable[[str], str | None]]] = [
            ("number", self._number),
            ("name", self._name),
            ("negation", self._negation),
            ("hedge", self._hedge),
            ("opposite", self._opposite),
            ("attribution", self._attribution),
            ("condition", self._condition),
            ("roles", self._roles),
        ]
        made = [Made(_raised(claim), kind, False) for kind, make in makers if (claim := make(sentence)) and claim != sentence]
        for other in (before, after):
            if other:
                for kind, maker in (("cause", self._cause), ("merged", self._merged)):
                    if claim := maker(sentence, other):
                        made.append(Made(_raised(claim), kind, False))
        self.rng.shuffle(made)
        return made

    def faithful(self, before: str, sentence: str, after: str) -> list[Made]:
        """The sentence itself, shorter, in another order, or joined with its neighbour."""
        made = [Made(sentence, "same", True)]
        for kind, text in (
            ("parenthesis", re.sub(r" ?\([^()]*\)", "", sentence)),
            ("relative", re.sub(r", (?:which|who|where) [^,]+(?:,|(?=\.$))", "", sentence)),
            (
                "apposition",
                re.sub(r"(\b[A-Z][a-z]+), (?:a|an|the) [^,]{3,60},(?= (?:is|was|has|had|\w+ed)\b)", r"\1", sentence, count=1),
            ),
            ("synonym", self._synonym(sentence)),
            ("moved", self._moved(sentence)),
            ("half", self._half(sentence)),
        ):
            if text and text != sentence and len(text.split()) >= 4:
                made.append(Made(_raised(_stopped(text)), kind, True))
        for first, second in ((before, sentence), (sentence, after)):
            if (
                first
                and second
                and len((first + second).split()) < 50
                and second.split()[0] in ("The", "It", "He", "She", "They")
            ):
                made.append(Made(f"{first.rstrip(' .')}, and {_lowered(second)}", "joined", True))
        return made

    def reported(self, sentence: str) -> list[tuple[str, Made]]:
        """The sentence put into somebody's mouth or hedged, with statements that keep this and that do not."""
        if self.rng.random() > 0.15 or not self.names or _SAID.match(sentence) or _ACCORDING.match(sentence):
            return []
        plain = _stopped(sentence)
        if self.rng.random() < 0.5:
            who = self.rng.choice(self.names)
            way = self.rng.choice(
                ["{} said that {}", "{} argues that {}", "According to {}, {}", "{} believes that {}", "{} claimed that {}"]
            )
            text, kept = (
                way.format(who, _lowered(plain)) for way in (way, self.rng.choice(["According to {}, {}", "{} says {}"]))
            )
            kinds = ("reported", "reporting")
        else:
            found = next(iter(_AUX.finditer(plain)), None)
            if found is None:
                return []
            word = self.rng.choice(["reportedly", "allegedly", "possibly", "probably", "likely", "apparently"])
            text = kept = _swap(plain, found.end(), found.end(), f" {word}")
            kinds = ("hedged", "hedging")
        return [(text, Made(plain, kinds[0], False)), (text, Made(_raised(kept), kinds[1], True))]

    def _number(self, text: str) -> str | None:
        found = list(_NUMBER.finditer(text))
        words = [m for m in re.finditer(r"\b[A-Za-z]+\b", text) if m[0] in (*_WORD_NUMBERS, *_ORDINALS, *_MONTHS)]
        if not found and not words:
            return None
        match = self.rng.choice(found + words)
        old = match[0]
        if old[0].isdigit():
            value = float(old.replace(",", ""))
            whole = "." not in old
            if whole and 1000 <= value <= 2100 and "," not in old:
                new = str(int(value) + self.rng.choice([-10, -3, -2, -1, 1, 2, 3, 10]))
            elif whole:
                change = max(1, round(value * self.rng.choice([0.02, 0.1, 0.5, 1.0])))
                new = f"{max(0, int(value) + self.rng.choice([-1, 1]) * change):,}"
                if "," not in old:
                    new = new.replace(",", "")
            else:
                new = f"{value + self.rng.choice([-1.1, -0.4, 0.3, 0.7, 2.1]):.{len(old.split('.')[1])}f}"
        else:
            pool = next(p for p in (_WORD_NUMBERS, _ORDINALS, tuple(_MONTHS)) if old in p)
            new = self.rng.choice([word for word in pool if word != old])
        return None if new == old else _swap(text, *match.span(), new)

    def _name(self, text: str) -> str | None:
        found = [m for m in _NAME.finditer(text) if m[0] not in _MONTHS]
        if not found:
            return None
        match = self.rng.choice(found)
        others = [name for name in self.names if name not in text and match[0] not in name]
        alike = [name for name in others if len(name.split()) == len(match[0].split())]
        return _swap(text, *match.span(), self.rng.choice(alike or others)) if others else None

    def _negation(self, text: str) -> str | None:
        if match := _NEGATION.search(text):
            return _swap(text, *match.span(), f"{match[1] or ''} ")
        found = list(_AUX.finditer(text))
        if not found:
            return None
        match = self.rng.choice(found)
        return _swap(text, match.end(), match.end(), self.rng.choice([" not", " never", " no longer"]))

    def _hedge(self, text: str) -> str | None:
        found: list[tuple[re.Match[str], str]] = [(m, "") for m in _HEDGED.finditer(text)]
        found += [(m, f"will {m[1]}") for m in _MODAL.finditer(text) if m[1] != "not"]
        if not found:
            return None
        match, new = self.rng.choice(found)
        if match[0].startswith(("some ", "many ", "often ", "sometimes ", "usually ", "generally ")):
            new = {"some": "all ", "many": "all "}.get(match[0].split()[0], "always ")
        return _swap(text, *match.span(), new)

    def _opposite(self, text: str) -> str | None:
        found = [m for m in re.finditer(r"\b[a-z]+\b", text) if m[0] in _OPPOSITE]
        if not found:
            return None
        match = self.rng.choice(found)
        return _swap(text, *match.span(), _OPPOSITE[match[0]])

    def _attribution(self, text: str) -> str | None:
        if match := _SAID.match(text):
            return match[2]
        if match := _ACCORDING.match(text):
            return match[2] or _stopped(match[3])
        return None

    def _condition(self, text: str) -> str | None:
        if match := _CONDITION.match(text):
            return match[2] or _stopped(match[3])
        return None

    def _roles(self, text: str) -> str | None:
        found = [m for m in _NAME.finditer(text) if m[0] not in _MONTHS]
        if len(found) < 2:
            return None
        one, other = sorted(self.rng.sample(found, 2), key=lambda m: m.start())
        between = text[one.end() : other.start()]
        if one[0] == other[0] or re.fullmatch(r"(?:,| and| or|, and|/)+ ?", between):
            return None
        return text[: one.start()] + other[0] + between + one[0] + text[other.end() :]

    def _cause(self, one: str, other: str) -> str | None:
        if len((one + other).split()) > 60 or re.search(r"\b(?:because|due to|result|therefore|thus|caused)\b", one + other):
            return None
        joint = self.rng.choice(
            [" because ", " as a result of the fact that ", ", which was caused by the fact that ", " since "]
        )
        first, second = (one, other) if self.rng.random() < 0.5 else (other, one)
        return first.rstrip(" .") + joint + _lowered(second)

    def _merged(self, one: str, other: str) -> str | None:
        verbs = [next(iter(_AUX.finditer(text)), None) for text in (one, other)]
        if verbs[0] is None or verbs[1] is None or verbs[0].start() < 4:
            return None
        subject, rest = one[: verbs[0].start()], other[verbs[1].start() :]
        if subject.strip().lower() == other[: verbs[1].start()].strip().lower() or subject.strip() in (
            "He",
            "She",
            "It",
            "They",
        ):
            return None
        return subject + rest

    def _synonym(self, text: str) -> str | None:
        found = [m for m in re.finditer(r"\b[a-z]+\b", text) if m[0] in _SYNONYMS]
        if not found:
            return None
        match = self.rng.choice(found)
        return _swap(text, *match.span(), _SYNONYMS[match[0]].replace("_", " "))

    def _moved(self, text: str) -> str | None:
        if match := re.match(r"^((?:In|On|During|By|After|Since|At) [^,]{2,40}), ([^,;]+?)\.$", text):
            return (
                None if re.search(r" and \w+(?:ed|s)? | \d{4}", match[2]) else f"{match[2]} {match[1][0].lower()}{match[1][1:]}"
            )
        if match := re.match(r"^([^,;\d]{20,}?) ((?:in|on|during|since) (?:[A-Z]\w+ )?\d[\w ]{0,12})\.$", text):
            return f"{_raised(match[2])}, {_lowered(match[1])}"
        return None

    def _half(self, text: str) -> str | None:
        parts = re.split(r", (?:and|but) (?=(?:the|it|he|she|they|this|these|[A-Z]\w+) )|; ", text)
        if len(parts) < 2 or _CONDITION.match(text) or _SAID.match(text):
            return None
        return parts[0] if len(parts[0].split()) >= 5 else None


def names_in(text: str) -> list[str]:
    """The names of a text, for the pool."""
    return sorted({m[0] for m in _NAME.finditer(text) if m[0] not in _MONTHS and m[0].split()[0] not in _SMALL})
