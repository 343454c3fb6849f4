"""Whether the claimed speaker and document are those of the matched words; when that cannot be told, it says so.

*confirmed*, *different* and *unsure* are kept apart, and only *different* makes a verdict `misattributed`. It takes a
voice that the text itself names, or an author who is known, or a claimed person whom the text speaks of in the third person.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from rag.quotes import names
from rag.quotes.belonging import apart
from rag.quotes.compare import Run
from rag.quotes.countries import state
from rag.quotes.mentions import another, reported_here, told_of
from rag.quotes.passages import passage
from rag.quotes.people import resolve
from rag.quotes.speech import Voice, voice
from rag.quotes.store import Source
from rag.quotes.types import Attribution, Verdict
from rag.quotes.verdicts import WHOLE
from rag.types import Span

# Places whose voice is read; a phrase that stands in more is nobody's in particular.
_MOST_VOICES = 50
_MOST_VOICES_UNASKED = 12


@dataclass(frozen=True)
class Attributed:
    """The verdict after attribution; `places`, `speakers` and `voices` run in parallel, best first."""

    verdict: Verdict
    places: tuple[tuple[Run, ...], ...]
    speakers: tuple[str | None, ...]
    voices: tuple[Voice, ...]
    attribution: Attribution


def decide(places: tuple[tuple[Run, ...], ...], verdict: Verdict, claimed: str | None, document: Source | None) -> Attributed:
    """Order `places` by how well they fit the claims, and turn the verdict when none fits."""
    ordered = list(places)
    rank = {"confirmed": 0, "not_asked": 1, "unsure": 2, "different": 3}
    judged = []
    most = _MOST_VOICES if claimed else _MOST_VOICES_UNASKED
    for index, runs in enumerate(ordered):
        read = index < most and verdict != "spliced"
        said = _voice(runs) if read else Voice("unsure")
        speaker = speaker_of(said, runs[0].source)
        fit = (
            judge(claimed, said, runs[0].source, Span(runs[0].start, runs[-1].end))
            if claimed
            else Attribution("not_asked", speaker)
        )
        there = document is None or any(run.source is document for run in runs)
        judged.append((not there, rank[fit.status], index, runs, speaker, said, fit))
    judged.sort(key=lambda j: j[:3])
    if not judged:
        return Attributed(verdict, (), (), (), Attribution("not_asked" if claimed is None else "unsure"))
    elsewhere, _, _, _, speaker, _, fit = judged[0]
    if verdict in WHOLE and (elsewhere or fit.status == "different"):
        verdict = "misattributed"
    if elsewhere and document is not None:
        why = f"the words stand in {judged[0][3][0].source.document}, not in {document.document}"
        fit = Attribution("different", fit.found, f"{why}; {fit.why}" if fit.why else why)
    return Attributed(verdict, tuple(j[3] for j in judged), tuple(j[4] for j in judged), tuple(j[5] for j in judged), fit)


def _voice(runs: tuple[Run, ...]) -> Voice:
    """Who speaks at a place; pieces of one speech, each in quotation marks of its own, have one speaker."""
    reading = runs[0].source.reading
    said = voice(reading, runs[0].start, runs[-1].end)
    if len(runs) == 1 or said.kind in ("direct", "unsure"):
        return said
    each = [voice(reading, run.start, run.end) for run in runs]
    if all(one.kind == "direct" for one in each) and len({one.speaker for one in each}) == 1:
        return each[0]
    return Voice("unsure") if any(one.kind in ("direct", "unsure") for one in each) else said


def speaker_of(said: Voice, source: Source) -> str | None:
    """Who says the words, for a citation: the quoted or reported person or body, else the writers; None when unknown."""
    if said.kind in ("direct", "indirect"):
        return said.speaker
    if said.kind == "author" and source.entry.writers:
        return ", ".join(source.entry.writers)
    return None


def judge(claimed: str, said: Voice, source: Source, place: Span) -> Attribution:
    """Whether `claimed` is who says the words at reading range `place`."""
    if said.speaker:
        said = replace(said, speaker=_in_small_letters(said.speaker))
    if said.speaker and apart(claimed, said.speaker):
        return Attribution("different", said.speaker, f"{said.speaker} says this: {said.cue}")
    if _described(claimed) and not state(claimed):
        # "Japan’s defense minister" may be whom the text names; a mere description never convicts.
        named = resolve(source.reading, claimed, place.start) or claimed
        fit = _judge(named, said, source, place)
        return replace(fit, status="unsure") if fit.status == "different" else fit
    return _judge(claimed, said, source, place)


def _judge(claimed: str, said: Voice, source: Source, place: Span) -> Attribution:
    speaker = speaker_of(said, source)
    # An author that the file names may not be the only one who speaks in it: that confirms, and never convicts.
    authors, writers = source.entry.authors, source.entry.writers
    author = _author(claimed, source)
    if said.kind == "unsure":
        why = said.cue or "the words stand in quotation marks, and the text does not say whose they are"
        return Attribution("unsure", None, why)
    if said.kind == "author":
        if author == "same":
            return Attribution("confirmed", speaker or ", ".join(authors) or None, "the text's author writes the words")
        if author == "unsure":
            return Attribution(
                "unsure",
                speaker,
                "the words are the text's own, and its author is not known"
                if not authors
                else f"the text names {', '.join(authors)} as its author",
            )
        if reported_here(claimed, source, place):
            return Attribution("unsure", speaker, f"the author writes these words in a sentence on what {claimed} says")
        if writers:
            return Attribution("different", speaker, f"{speaker} writes these words; nobody is quoted")
        who = "who else may speak in it" if authors else "its author"
        return Attribution("unsure", None, f"the words are the text's own, and {who} is not known")
    if said.speaker is None:
        if author == "same" and (writers or said.kind != "direct"):
            return Attribution(
                "different" if said.kind == "direct" else "confirmed", None, f"the text gives the words to another: {said.cue}"
            )
        return Attribution("unsure", None, f"the text does not name who says this: {said.cue}")
    likeness = compare_names(claimed, said.speaker)
    if likeness == "same" and said.denied:
        return Attribution("unsure", speaker, f"the text says that the words are denied: {said.denied}")
    if likeness == "same":
        return Attribution("confirmed", speaker, said.cue if said.kind == "direct" else f"in the writer's words: {said.cue}")
    if author == "same":
        if said.kind == "indirect":
            return Attribution("confirmed", speaker, f"the author reports in these words what {said.speaker} says")
        if not writers:
            return Attribution("unsure", speaker, f"the text gives these words to {said.speaker}: {said.cue}")
        return Attribution("different", speaker, f"the author quotes {said.speaker}: {said.cue}")
    if likeness == "unsure" and not (
        names.person(claimed) and told_of(claimed, said.speaker, passage(source.reading, place.start))
    ):
        return Attribution("unsure", speaker, f"the text gives these words to {said.speaker}: {said.cue}")
    return (
        Attribution("different", speaker, f"{said.speaker} says this: {said.cue}")
        if another(claimed, said.speaker, source, place.start)
        else (
            Attribution(
                "unsure", speaker, f"the text gives these words to {said.speaker}, who may be {claimed} or not: {said.cue}"
            )
        )
    )


def _in_small_letters(label: str) -> str:
    """A name as it is written in running text: "MR. O'HARA" of a transcript's label is Mr. O'Hara."""
    return " ".join(word.title() if len(word) > 2 and word == word.upper() else word for word in label.split())


def compare_names(claimed: str, found: str) -> names.Likeness:
    """Like `names.same`, but a description ("Japan’s defense minister") is compared by its own words, and of several
    speakers one is enough."""
    parts = found.split(", ")
    if len(parts) > 1 and all(names.person(part) for part in parts):
        likenesses = [names.same(claimed, part) for part in parts]
        return "same" if "same" in likenesses else "unsure" if "unsure" in likenesses else "different"
    states = state(claimed), state(found)
    if all(states):
        return "same" if states[0] == states[1] else "unsure" if states[0] & states[1] else "different"
    if _described(claimed) or _described(found):
        ours, theirs = _content(claimed), _content(found)
        if ours and theirs and (ours == theirs or (len(ours) > 1 and ours < theirs) or (len(theirs) > 1 and theirs < ours)):
            return "same"
        if not _described(claimed) and not _described(found):
            return names.same(claimed, found)
        plain = names.same(claimed, found)
        return "different" if plain == "different" else "unsure"
    return names.same(claimed, found)


def _described(name: str) -> bool:
    """Whether a name is a description of somebody: it holds small words that are no part of a name."""
    return bool(re.search(r"(?<![-’'\w])[a-z]{3,}", re.sub(r"\b(?:of|the|and|for|von|van|bin|der|del)\b", "", name)))


def _content(name: str) -> frozenset[str]:
    words = re.findall(r"[^\W_]+", re.sub(r"[’']s\b", "", name.casefold()))
    return frozenset(w for w in words if w not in ("the", "a", "an", "of", "for", "and", "in", "on", "s"))


def _author(claimed: str, source: Source) -> names.Likeness:
    """Whether `claimed` is an author of the document."""
    if re.fullmatch(r"(?:the )?(?:\w+['’]s )?authors?(?: of .*)?", claimed.strip(), re.IGNORECASE):
        return "same"
    likenesses = [names.same(claimed, author) for author in source.entry.authors]
    if "same" in likenesses:
        return "same"
    if source.entry.publisher and (
        names.same(claimed, source.entry.publisher) == "same" or claimed.casefold() in source.entry.publisher.casefold()
    ):
        return "unsure"
    if "unsure" in likenesses:
        return "unsure"
    return "different"
