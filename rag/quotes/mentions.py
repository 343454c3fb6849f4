"""What a text says of a claimed person: spoken of as another, addressed, reported, or holding another office."""

from __future__ import annotations

import re

from rag.quotes import names
from rag.quotes.belonging import home
from rag.quotes.countries import countries
from rag.quotes.passages import Passage, passage
from rag.quotes.store import Source
from rag.quotes.verbs import SPEECH
from rag.types import Span


def reported_here(claimed: str, source: Source, place: Span) -> bool:
    """Whether the sentence tells, in the author's words, what `claimed` says or wants: "Hsiao called for [a dialogue]"."""
    here = passage(source.reading, place.start)
    if here is None:
        return False
    rest = here.masked[: max(0, place.start - here.start)] + " | " + here.masked[place.end - here.start :]
    named = any(names.same(claimed, run) == "same" for run in names.capitalised(rest))
    return named and any(word in SPEECH for word in re.findall(r"[a-z]+", rest))


# A by-line or a signature names a person without speaking of them.
_SIGNATURE = re.compile(r"^\s*(?:By|by|BY|Author)\b|/s/|\b(?:By|Name|Signed|Signature|Authors?|Editor|Contact)s?\s*:")


def spoken_of(claimed: str, source: Source) -> bool:
    """Whether the text speaks of `claimed` in the third person (a by-line or a note on the author does not count)."""
    own = names.parts(claimed)
    if not own:
        return False
    text = source.reading.text
    for match in re.finditer("|".join(re.escape(word) for word in claimed.split() if names.parts(word)), text):
        line_start = text.rfind("\n", 0, match.start()) + 1
        line_end = text.find("\n", match.start())
        line = text[line_start : line_end if line_end != -1 else len(text)]
        if _SIGNATURE.search(line) or re.search(rf"{re.escape(claimed)}\s+is\s+(?:a|an|the)\b", line):
            continue
        around = text[max(0, match.start() - 60) : match.end() + 60]
        if any(names.same(claimed, run) == "same" for run in names.capitalised(around)):
            return True
    return bool(_reversed_name(claimed, text))


def told_of(claimed: str, found: str, here: Passage | None) -> bool:
    """Whether the sentence whose subject is `found` names `claimed` behind it, not as one who says something: "the minister
    called on Biden". A name behind a subject is never that subject's own."""
    if here is None:
        return False
    begin = here.masked.replace("\n", " ").find(found)
    if begin == -1:
        return False
    rest = here.masked[begin + len(found) :]
    for run in names.capitalised(rest):
        if names.same(claimed, run) == "same":
            following = re.match(r"\W*(\w+)", rest[rest.find(run) + len(run) :])
            before = rest[: rest.find(run)].rstrip()
            return not (following and following.group(1) in SPEECH) and not before.endswith(",")
    return False


def _reversed_name(claimed: str, text: str) -> bool:
    words = claimed.split()
    return len(words) == 2 and f"{words[1]} {words[0]}" in text


def another(claimed: str, found: str, source: Source, place: int) -> bool:
    """Whether `claimed` is surely somebody else than `found`, who has another name or only a description."""
    if names.person(found) and names.person(claimed):
        return True
    if countries(claimed) & (home(source.reading.text, found) if names.person(found) else countries(found)):
        return False  # a country's minister or ministry speaks for it
    if any(names.same(claimed, author) == "same" for author in source.entry.writers):
        return True
    if names.person(claimed) and names.person(found) is None:
        # A description or a body may be the claimed person, unless the text names that person, and not here.
        here = passage(source.reading, place)
        before = passage(source.reading, place, -1)
        near = (here.text if here else "") + (before.text if before else "")
        named_here = any(names.same(claimed, run) == "same" for run in names.capitalised(near))
        theirs, own = countries(found), home(source.reading.text, claimed)
        if theirs and own and not theirs & own:
            return True
        return (not named_here or told_of(claimed, found, here)) and spoken_of(claimed, source)
    # "The allies", "both governments" name nobody: a body may be among them.
    return bool(names.capitalised(found))
