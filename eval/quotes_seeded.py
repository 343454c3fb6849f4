"""Seeded quotation cases: true quotes with a printer's noise, and quotes changed in every way that ends careers.

Made from the sentences of any texts by a fixed seed, so a case is known by its number and no sentence need be stored.
Each case says which verdicts are right; what counts first is that no changed quote is ever called verbatim.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

VERBATIM = frozenset(("exact", "normalized", "elided"))

_MODALS = {
    "will": "would",
    "would": "will",
    "can": "could",
    "could": "can",
    "may": "will",
    "might": "will",
    "should": "must",
    "must": "should",
}
_HEDGES = (
    "reportedly",
    "allegedly",
    "apparently",
    "largely",
    "nearly",
    "almost",
    "only",
    "probably",
    "possibly",
    "likely",
    "partly",
    "often",
    "sometimes",
    "about",
    "approximately",
    "some",
    "most",
    "arguably",
    "potentially",
)
_TENSES = {
    "is": "was",
    "was": "is",
    "are": "were",
    "were": "are",
    "has": "had",
    "have": "had",
    "had": "has",
    "does": "did",
    "did": "does",
}
_UNITS = {
    "million": "billion",
    "billion": "million",
    "percent": "points",
    "%": " percent",
    "miles": "kilometers",
    "km": "miles",
    "meters": "feet",
    "years": "months",
    "months": "years",
    "days": "weeks",
    "century": "decade",
    "hours": "days",
    "dollars": "euros",
    "thousand": "hundred",
    "tons": "kilograms",
    "feet": "meters",
    "decade": "century",
}
_SYNONYMS = {
    "significant": "major",
    "important": "crucial",
    "large": "big",
    "many": "numerous",
    "several": "some",
    "begin": "start",
    "began": "started",
    "increase": "rise",
    "show": "demonstrate",
    "shows": "demonstrates",
    "support": "back",
    "use": "employ",
    "used": "employed",
    "help": "assist",
    "however": "nevertheless",
    "although": "though",
    "new": "novel",
    "include": "contain",
    "including": "containing",
    "also": "too",
    "people": "persons",
    "country": "nation",
    "countries": "nations",
    "recent": "late",
    "clear": "plain",
    "strong": "robust",
    "major": "big",
    "often": "frequently",
    "small": "little",
    "main": "chief",
    "between": "among",
    "because": "since",
    "various": "diverse",
    "great": "grand",
    "number": "amount",
    "made": "created",
}
_NEGATABLE = (
    "is",
    "are",
    "was",
    "were",
    "has",
    "have",
    "had",
    "will",
    "would",
    "can",
    "could",
    "should",
    "may",
    "might",
    "must",
    "does",
    "did",
)
_HOMOGLYPHS = str.maketrans({"a": "а", "e": "е", "o": "о", "p": "р", "c": "с"})
_LIGATURES = (("ffi", "ﬃ"), ("fi", "ﬁ"), ("fl", "ﬂ"), ("ff", "ﬀ"))


@dataclass(frozen=True)
class Case:
    """One seeded case. `right` are the verdicts that count as right; `half` is "tune" or "report"."""

    id: str
    kind: str
    quote: str
    right: tuple[str, ...]
    half: str
    speaker: str | None = None

    @property
    def true(self) -> bool:
        """Whether the words are really in the source."""
        return set(self.right) <= VERBATIM


def noisy(text: str, seed: int) -> str:
    """`text` as a PDF gives it: wrapped at 76 columns with hyphens, ligatures, soft hyphens and footnote numbers."""
    rng = random.Random(seed)
    out, note = [], 0
    for paragraph in re.split(r"\n\s*\n", text):
        words, line, lines = paragraph.split(), "", []
        for word in words:
            if re.search(r"[a-z]{3}[.]$", word) and rng.random() < 0.06:
                note += 1
                word += str(note)
            if rng.random() < 0.03:
                for plain, ligature in _LIGATURES:
                    word = word.replace(plain, ligature)
            elif rng.random() < 0.01 and len(word) > 7 and word.isalpha():
                word = word[:4] + "\u00ad" + word[4:]
            if len(line) + 1 + len(word) <= 76:
                line = f"{line} {word}".strip()
                continue
            room = 76 - len(line) - 2
            if 3 <= room < len(word) - 3 and re.fullmatch(r"[a-z]{7,}[.,]?", word):
                lines.append(f"{line} {word[:room]}-")
                line = word[room:]
            else:
                lines.append(line)
                line = word
        lines.append(line)
        out.append(" \n".join(lines))
    return "\n\n".join(out)


def _swap(rng: random.Random, text: str, table: dict[str, str]) -> str | None:
    spots = [m for m in re.finditer(r"[A-Za-z]+|%", text) if m.group() in table]
    if not spots:
        return None
    m = rng.choice(spots)
    return text[: m.start()] + table[m.group()] + text[m.end() :]


def digit(rng: random.Random, text: str, _: list[str]) -> str | None:
    spots = [m.start() for m in re.finditer(r"\d", text)]
    if not spots:
        return None
    at = rng.choice(spots)
    return text[:at] + str((int(text[at]) + rng.randint(1, 8)) % 10) + text[at + 1 :]


def digit_dropped(rng: random.Random, text: str, _: list[str]) -> str | None:
    spots = [m.start() for m in re.finditer(r"\d(?=\d)|(?<=\d)\d", text)]
    if not spots:
        return None
    at = rng.choice(spots)
    return text[:at] + text[at + 1 :]


def number_form(rng: random.Random, text: str, _: list[str]) -> str | None:
    return re.sub(r"(\d),(\d{3})", r"\1\2", text, count=1) if re.search(r"\d,\d{3}", text) else None


def negation(rng: random.Random, text: str, _: list[str]) -> str | None:
    if re.search(r"\b(?:not|no|never) ", text):
        return re.sub(r"\b(?:not|no|never) ", "", text, count=1)
    spots = [m.end() for m in re.finditer(r"\b(?:" + "|".join(_NEGATABLE) + r")(?= [a-z])", text)]
    if not spots:
        return None
    at = rng.choice(spots)
    return f"{text[:at]} not{text[at:]}"


def modal(rng: random.Random, text: str, _: list[str]) -> str | None:
    return _swap(rng, text, _MODALS)


def hedge(rng: random.Random, text: str, _: list[str]) -> str | None:
    spots = [m for m in re.finditer(r"\b[a-z]+ ", text) if m.group().strip() in _HEDGES]
    if not spots:
        return None
    m = rng.choice(spots)
    return text[: m.start()] + text[m.end() :]


def hedge_added(rng: random.Random, text: str, _: list[str]) -> str | None:
    spots = [m.end() for m in re.finditer(r"\b(?:" + "|".join(_NEGATABLE) + r") (?=[a-z])", text)]
    if not spots:
        return None
    at = rng.choice(spots)
    return f"{text[:at]}{rng.choice(_HEDGES[:9])} {text[at:]}"


def name(rng: random.Random, text: str, others: list[str]) -> str | None:
    spots = list(re.finditer(r"(?<=[a-z,] )[A-Z][a-z]{3,}\b", text))
    if not spots:
        return None
    m = rng.choice(spots)
    pool = [
        w
        for o in rng.sample(others, min(8, len(others)))
        for w in re.findall(r"(?<=[a-z] )[A-Z][a-z]{3,}\b", o)
        if w not in text
    ]
    return text[: m.start()] + rng.choice(pool) + text[m.end() :] if pool else None


def unit(rng: random.Random, text: str, _: list[str]) -> str | None:
    return _swap(rng, text, _UNITS)


def tense(rng: random.Random, text: str, _: list[str]) -> str | None:
    return _swap(rng, text, _TENSES)


def synonym(rng: random.Random, text: str, _: list[str]) -> str | None:
    return _swap(rng, text, _SYNONYMS)


def dropped_words(rng: random.Random, text: str, _: list[str]) -> str | None:
    words = text.split(" ")
    if len(words) < 12:
        return None
    count = rng.randint(1, 5)
    at = rng.randint(3, len(words) - count - 3)
    return " ".join(words[:at] + words[at + count :])


def dropped_clause(rng: random.Random, text: str, _: list[str]) -> str | None:
    spots = list(re.finditer(r", [^,]{12,80},", text))
    if not spots:
        return None
    m = rng.choice(spots)
    return text[: m.start()] + text[m.end() :]


def reordered(rng: random.Random, text: str, _: list[str]) -> str | None:
    parts = text.rstrip(".").split(", ")
    if len(parts) < 2 or min(len(p.split()) for p in parts) < 2:
        return None
    return ", ".join(parts[1:] + parts[:1])


def spliced(rng: random.Random, text: str, others: list[str]) -> str | None:
    far = [o for o in rng.sample(others, min(20, len(others))) if len(o.split()) >= 12 and o != text]
    words = text.split()
    if not far or len(words) < 12:
        return None
    theirs = far[0].split()
    return " ".join(words[: len(words) // 2] + theirs[len(theirs) // 2 :])


def one_word_swapped_places(rng: random.Random, text: str, _: list[str]) -> str | None:
    words = text.split(" ")
    at = rng.randrange(1, len(words) - 2) if len(words) > 5 else None
    if at is None or words[at].casefold() == words[at + 1].casefold():
        return None
    words[at], words[at + 1] = words[at + 1], words[at]
    return " ".join(words)


def ellipsis_hides(rng: random.Random, text: str, _: list[str]) -> str | None:
    spots = list(
        re.finditer(
            r"(?<=\w )(?:not|never|no longer|reportedly|allegedly|may|might|could|probably|unless|nearly|almost)(?= \w)", text
        )
    )
    if not spots:
        return None
    m = rng.choice(spots)
    return text[: m.start()] + rng.choice(["…", "...", "[...]"]) + text[m.end() :]


def bracket_name(rng: random.Random, text: str, others: list[str]) -> str | None:
    changed = name(rng, text, others)
    if changed is None:
        return None
    theirs, ours = changed.split(" "), text.split(" ")
    return (
        " ".join(re.sub(r"^([A-Z][a-z]+)", r"[\1]", a) if a != b else a for a, b in zip(theirs, ours, strict=True))
        if len(theirs) == len(ours)
        else None
    )


def bracket_not(rng: random.Random, text: str, others: list[str]) -> str | None:
    if re.search(r"\bnot\b", text):
        return None
    changed = negation(rng, text, others)
    return changed.replace(" not", " [not]", 1) if changed and " not" in changed else None


def case_changed(rng: random.Random, text: str, _: list[str]) -> str | None:
    spots = list(re.finditer(r"(?<=[a-z] )[A-Z][a-z]+|\b[A-Z]{2,}\b", text))
    if not spots:
        return None
    m = rng.choice(spots)
    return text[: m.start()] + m.group().lower() + text[m.end() :] if m.start() else None


def homoglyph(rng: random.Random, text: str, _: list[str]) -> str | None:
    spots = [m.start() for m in re.finditer(r"[aeopc]", text)]
    at = rng.choice(spots) if spots else None
    return text[:at] + text[at].translate(_HOMOGLYPHS) + text[at + 1 :] if at is not None else None


def apostrophe(rng: random.Random, text: str, _: list[str]) -> str | None:
    spots = [m.start(1) for m in re.finditer(r"\w([’'])\w", text)]
    at = rng.choice(spots) if spots else None
    return text[:at] + text[at + 1 :] if at is not None else None


def hyphen(rng: random.Random, text: str, _: list[str]) -> str | None:
    spots = [m.start(1) for m in re.finditer(r"[a-z]([-])[a-z]", text)]
    at = rng.choice(spots) if spots else None
    return text[:at] + rng.choice(["", " "]) + text[at + 1 :] if at is not None else None


def comma(rng: random.Random, text: str, _: list[str]) -> str | None:
    spots = [m.start() for m in re.finditer(r", ", text)]
    at = rng.choice(spots) if spots else None
    return text[:at] + text[at + 1 :] if at is not None else None


def inner_marks(rng: random.Random, text: str, _: list[str]) -> str | None:
    m = re.search(r"(?<=\w )[“\"]([^”\"]+)[”\"](?= \w)", text)
    return text[: m.start()] + m.group(1) + text[m.end() :] if m else None


def marks_added(rng: random.Random, text: str, _: list[str]) -> str | None:
    words = text.split(" ")
    if len(words) < 8:
        return None
    at = rng.randint(2, len(words) - 4)
    if not (words[at].isalpha() and words[at + 1].isalpha()):
        return None
    words[at], words[at + 1] = f"“{words[at]}", f"{words[at + 1]}”"
    return " ".join(words)


CHANGES: dict[str, Callable[[random.Random, str, list[str]], str | None]] = {
    "digit": digit,
    "digit dropped": digit_dropped,
    "number form": number_form,
    "negation": negation,
    "modal": modal,
    "hedge": hedge,
    "hedge added": hedge_added,
    "name": name,
    "unit": unit,
    "tense": tense,
    "synonym": synonym,
    "dropped words": dropped_words,
    "dropped clause": dropped_clause,
    "reordered": reordered,
    "words swapped": one_word_swapped_places,
    "spliced": spliced,
    "ellipsis hides": ellipsis_hides,
    "bracket name": bracket_name,
    "bracket not": bracket_not,
    "case": case_changed,
    "homoglyph": homoglyph,
    "apostrophe": apostrophe,
    "hyphen": hyphen,
    "comma": comma,
    "marks dropped": inner_marks,
    "marks added": marks_added,
}


def _straight(rng: random.Random, text: str) -> str:
    return text.translate(str.maketrans("“”‘’–—", "\"\"''--"))


def _curly(rng: random.Random, text: str) -> str:
    return re.sub(r"(?<=\w)'(?=\w)", "’", re.sub(r'"([^"]*)"', r"“\1”", text))


def _lower_first(rng: random.Random, text: str) -> str:
    return text[0].lower() + text[1:] if re.match(r"(?:The|In|This|While|However|These|For|As|It|A|There) ", text) else text


def _wrapped(rng: random.Random, text: str) -> str:
    words = text.split(" ")
    return "".join(w + (" \n" if i % 9 == 8 else " ") for i, w in enumerate(words)).strip()


def _hyphenated(rng: random.Random, text: str) -> str:
    spots = list(re.finditer(r"\b[a-z]{8,}\b", text))
    if not spots:
        return text
    m = rng.choice(spots)
    at = m.start() + rng.randint(3, len(m.group()) - 3)
    return text[:at] + "-\n" + text[at:]


def _stray(rng: random.Random, text: str) -> str:
    spots = [m.start() + 1 for m in re.finditer(r"\b[bcdfghjklmnpqrstvwz][a-z]{5,}\b", text)]
    at = rng.choice(spots) if spots else None
    return text[:at] + " " + text[at:] if at is not None else text


def _ligature(rng: random.Random, text: str) -> str:
    for plain, ligature in _LIGATURES:
        text = text.replace(plain, ligature)
    return text


def _wide(rng: random.Random, text: str) -> str:
    return re.sub(r"\d", lambda m: chr(ord(m.group()) + 0xFEE0), text)


def _soft(rng: random.Random, text: str) -> str:
    return re.sub(r"\b(\w{4})(\w{4,})", "\\1\u00ad\\2", text, count=2)


def _stop(rng: random.Random, text: str) -> str:
    return text.rstrip(".,;:") + rng.choice(".,") if text[-1] not in "?!" else text


NOISE: dict[str, Callable[[random.Random, str], str]] = {
    "as it stands": lambda _, t: t,
    "straight marks": _straight,
    "curly marks": _curly,
    "first letter": _lower_first,
    "wrapped": _wrapped,
    "line-end hyphen": _hyphenated,
    "stray space": _stray,
    "ligatures": _ligature,
    "full width": _wide,
    "soft hyphens": _soft,
    "stop moved": _stop,
    "corner marks": lambda _, t: f"「{t}」",
    "curly outside": lambda _, t: f"“{t}”",
    "straight outside": lambda _, t: f'"{t}"',
    "single outside": lambda _, t: f"‘{t}’",
    "double spaces": lambda _, t: t.replace(" ", "  ", 3),
}


def _half(text: str) -> str:
    return "tune" if sum(map(ord, text)) % 2 else "report"


def _part(rng: random.Random, sentence: str) -> str:
    """The sentence, or a stretch of whole words of it: quotations have every length."""
    words = sentence.split(" ")
    if len(words) < 8 or rng.random() < 0.4:
        return sentence
    length = rng.randint(4, len(words) - 1)
    at = rng.randint(0, len(words) - length)
    part = " ".join(words[at : at + length])
    # A cut right before a suffix mark or inside a figure is another matter: hand-written cases look at that.
    return part if re.match(r"[\w“\"(]", part) and re.search(r"[\w.,;”\")]$", part) else sentence


def make(sentences: Iterable[str], record: str, prefix: str, seed: int, each: int) -> list[Case]:
    """`each` cases of every kind from `sentences` of texts whose reading is `record` (white space made single)."""
    pool = [s for s in sentences if 6 <= len(s.split()) <= 60]
    cases: list[Case] = []
    folded = re.sub(r"\W+", " ", record).casefold()
    for kind, noise in NOISE.items():
        rng = random.Random(f"{seed}/{kind}")
        for number in range(each):
            sentence = _part(rng, rng.choice(pool))
            cases.append(
                Case(f"{prefix}/{kind}/{number}", kind, noise(rng, sentence), ("exact", "normalized"), _half(sentence))
            )
    for kind, change in CHANGES.items():
        rng = random.Random(f"{seed}/{kind}")
        made = tries = 0
        while made < each and tries < 60 * each:
            tries += 1
            sentence = rng.choice(pool)
            if kind in ("dropped words", "dropped clause") and re.search(r"…|\.\.\.", sentence):
                continue  # the rest would be a quotation with marks of its own
            changed = change(rng, sentence, pool)
            if changed is None or changed == sentence or len(changed.split()) < 4:
                continue
            plain = changed.strip()
            if plain in record:  # the change made another true quotation
                continue
            if kind in _WORDS_CHANGE and " " + re.sub(r"\W+", " ", plain).casefold().strip() + " " in folded:
                continue
            right = (
                ("spliced",)
                if kind == "spliced"
                else ("altered", "spliced")
                if kind in ("reordered", "dropped clause")
                else ("altered",)
            )
            cases.append(Case(f"{prefix}/{kind}/{made}", kind, plain, right, _half(sentence)))
            made += 1
    return cases


_WORDS_CHANGE = set(CHANGES) - {
    "case",
    "homoglyph",
    "apostrophe",
    "hyphen",
    "comma",
    "marks dropped",
    "marks added",
    "number form",
    "ellipsis hides",
    "bracket name",
    "bracket not",
}


def invented(sentences: Iterable[str], prefix: str, seed: int, count: int) -> list[Case]:
    """Sentences of texts that the corpus does not hold."""
    rng = random.Random(f"{seed}/invented")
    pool = [s for s in sentences if 6 <= len(s.split()) <= 40]
    return [
        Case(f"{prefix}/invented/{n}", "invented", s, ("not_found",), _half(s))
        for n, s in enumerate(rng.sample(pool, min(count, len(pool))))
    ]
