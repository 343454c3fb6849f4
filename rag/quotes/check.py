"""From a pasted quotation to its verdict.

1. Every place that holds its words is compared in full. A place without differences makes it *exact* or *normalized*.
2. Else, if it carries marks of omission or brackets, its fragments are laid in order: *elided*, or *altered* when a mark
   hides or changes something.
3. Else rare words locate where it may stem from, and an alignment tells *altered* (one place, with the differences),
   *spliced* (whole fragments of several places) and *not_found* apart.
4. A verdict of real words is turned into *misattributed* when somebody else says them, or another document holds them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.cite import cite, named
from rag.errors import InputError
from rag.quotes import attribution, changed, context, elision, find, languages, marks
from rag.quotes.compare import Run, compare
from rag.quotes.pasted import Pasted, paste
from rag.quotes.store import Source, Sources
from rag.quotes.tokens import Token
from rag.quotes.types import Match, QuoteVerdict, Risk, Verdict
from rag.quotes.verdicts import WHOLE, Found
from rag.types import Citation, Span

# Places listed with a verdict; `occurrences` counts all.
MOST_MATCHES = 50
# Places compared in full. A phrase that stands in more is common, whichever are listed.
_MOST_COMPARED = 150
# Places compared before a phrase whose words stand there, but never as quoted, is given up.
_MOST_SEARCHED = 2000
NOT_JUDGED = "The language is not known: the words were compared, the context was not judged."
# Longer than any quotation; a million characters still pass, more is a file pasted by mistake.
_LONGEST = 2_000_000


def check(sources: Sources, quote: str, speaker: str | None = None, document: str | None = None) -> QuoteVerdict:
    """Check `quote` against the opened corpus.

    Raises InputError for a quote without a word in it, one longer than two million characters, an empty speaker's name,
    or a `document` that is not in the corpus.
    """
    if len(quote) > _LONGEST:
        raise InputError(f"The quote has {len(quote):,} characters; {_LONGEST:,} is the most.", "Quote a part of it.")
    pasted = paste(quote)
    if not pasted.tokens:
        raise InputError("The quote holds no words.", "Give the words that were quoted.")
    if speaker is not None and not any(char.isalnum() for char in speaker):
        raise InputError("The speaker's name is empty.", "Name the speaker, or leave --speaker out.")
    wanted = _document(sources, document) if document is not None else None
    found = search(sources, pasted)
    verdict = attribution.decide(found.places, found.verdict, speaker, wanted)
    places = verdict.places[:MOST_MATCHES]
    matches = tuple(
        Match(_citation(run, who), run.used) for runs, who in zip(places, verdict.speakers, strict=False) for run in runs
    )
    risks: tuple[Risk, ...] = ()
    note = None
    if places and found.verdict in WHOLE:
        first = places[0][0]
        note = None if languages.language(first.source.reading.text, first.start) else NOT_JUDGED
        misleads = sources.misleads if note is None else None
        risks = context.risks(places[0], verdict.voices[0], speaker, verdict.attribution.status == "confirmed", misleads)
    return QuoteVerdict(
        quote=quote,
        verdict=verdict.verdict,
        searched=sources.searched,
        matches=matches,
        differences=found.differences,
        normalizations=found.names,
        context_risk=risks,
        occurrences=found.occurrences,
        attribution=verdict.attribution,
        claimed_speaker=speaker,
        claimed_document=document,
        note=note,
    )


def search(sources: Sources, pasted: Pasted) -> Found:
    """The verdict on the words of `pasted`."""
    near: list[Run] = []
    for words in [pasted.tokens] if pasted.without_notes == pasted.tokens else [pasted.tokens, pasted.without_notes]:
        if not words:
            continue
        runs = list(_compared(sources, pasted, words))
        if found := _whole(sources, pasted, words, runs):
            return found
        near += runs
    marked = marks.parse(pasted)
    if marked and (found := _elided(sources, pasted, marked)):
        return found
    return _furniture(sources, pasted) or changed.search(sources, pasted, near, marked) or Found("not_found")


def _compared(sources: Sources, pasted: Pasted, words: list[Token]) -> Iterator[Run]:
    """The places that hold `words`, each compared in full, until enough of them are the quote character for character.

    A common phrase stands in thousands of places: while none is sound, many are looked at, since one of them may be.
    """
    exact = sound = 0
    for number, place in enumerate(find.occurrences(sources, words, _MOST_SEARCHED)):
        if exact >= MOST_MATCHES or (sound and number >= _MOST_COMPARED):
            return
        run = compare(pasted.text, words, place.source, place.words)
        sound += not run.differences
        exact += not run.differences and not run.risks and _exact(run, pasted)
        yield run


def _furniture(sources: Sources, pasted: Pasted) -> Found | None:
    """The quote, character for character, in what the reading leaves out of a page: a form, a page's head or foot."""
    runs = []
    for source in sources.documents:
        for span in source.furniture:
            for core in pasted.cores:
                found = re.search(rf"(?<!\w){re.escape(core)}(?!\w)", source.doc.text[span.start : span.end])
                if found:
                    place = Span(span.start + found.start(), span.start + found.end())
                    near = source.reading.from_record(span.start, span.end)
                    runs.append(Run(source, near.start, max(near.end, near.start + 1), place, core, (), (), ()))
                    break
    return Found("exact", tuple((run,) for run in runs), (), (), len(runs)) if runs else None


def _whole(sources: Sources, pasted: Pasted, words: list[Token], runs: list[Run]) -> Found | None:
    """The quote as one unbroken stretch, of which `runs` are the candidates: exact or normalized, or None."""
    sound = [run for run in runs if not run.differences]
    if not sound:
        return None
    exact = [run for run in sound if _exact(run, pasted)]
    rest = [run for run in sound if run not in exact]
    ordered = sorted(exact, key=lambda run: len(run.risks)) + sorted(rest, key=lambda run: (len(run.names), len(run.risks)))
    total = find.count(sources, words) if len(runs) >= MOST_MATCHES else len(runs)
    occurrences = len(sound) if total <= len(runs) else total
    names = () if exact else tuple(dict.fromkeys([*pasted.cleaning, *ordered[0].names]))
    return Found("exact" if exact else "normalized", tuple((run,) for run in ordered), (), names, occurrences)


def _exact(run: Run, pasted: Pasted) -> bool:
    if "stop at the closing mark" in run.names or "first letter case" in run.names:
        return False
    if not pasted.cleaning:
        return run.literal
    return run.source.doc.text[run.record.start : run.record.end] in pasted.cores


def _elided(sources: Sources, pasted: Pasted, marked: marks.Marked) -> Found | None:
    places = elision.lay(sources, marked)
    if not places:
        return None
    best = places[0]
    names = tuple(dict.fromkeys([*pasted.cleaning, *(name for run in best.runs for name in run.names)]))
    if best.sound:
        sound = [laid.runs for laid in places if laid.sound]
        verdict: Verdict = "elided" if best.marked else "normalized"
        return Found(verdict, tuple(sound), (), names, len(sound))
    differences = (*best.differences, *(d for run in best.runs for d in run.differences))
    return Found("altered", (best.runs,), differences, names, 1)


def _document(sources: Sources, document: str) -> Source:
    by_path = {source.document: source for source in sources.documents}
    if (path := named(document, by_path)) is None:
        raise InputError(f"{document} is not in the corpus.", "Name a document by its path below the corpus folder.")
    return by_path[path]


def _citation(run: Run, speaker: str | None) -> Citation:
    return cite(run.source.doc, run.source.reading, run.record.start, run.record.end, speaker=speaker)
