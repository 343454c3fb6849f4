"""From an answer or a verdict to what its export says."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from rag.export import wording
from rag.export.report import Heading, Note, Paragraph, Report, Run, Table
from rag.quotes.types import QuoteVerdict, in_words
from rag.types import Answer, Citation, Claim, Conflict

# A refusal lists this many of the passages that came nearest.
_NEAREST = 5

# Places printed with a verdict; it says how many more there are.
_PLACES = 10

Block = Heading | Paragraph | Table
Inferred = Mapping[str, Collection[str]]
"""By document, the names of what it does not print about itself and somebody inferred: its date, its authors."""


def answer_report(answer: Answer, retrieved: Sequence[Citation], inferred: Inferred) -> Report:
    """What an export of an answer says; `retrieved` are its passages, best first, without numbers."""
    by_number = {citation.number: citation for citation in answer.citations if citation.number is not None}
    blocks: list[Block] = []
    if answer.standalone_question:
        blocks.append(_plain(f"Understood as: {answer.standalone_question}", "remark"))
    if caution := wording.caution(answer):
        blocks.append(Paragraph(_runs(caution)))
    if answer.key is not None:
        blocks.append(Paragraph((Run(answer.key.text, "strong", answer.key.citations),), "key"))
    blocks += [_claim(claim) for claim in answer.claims]
    for conflict in answer.conflicts:
        blocks += _conflict(conflict, by_number)
    called = {n for claim in answer.claims for n in claim.citations} | {n for c in answer.conflicts for n in c.citations}
    called |= set(answer.key.citations if answer.key is not None else ())
    uncalled = sorted(by_number.keys() - called)
    if uncalled:
        blocks.append(Paragraph((Run("Cited besides:", notes=tuple(uncalled)),)))
    if not answer.claims and retrieved:
        blocks.append(Heading("Nearest passages"))
        for citation in retrieved[:_NEAREST]:
            blocks += [_plain(f"“{wording.words(citation)}”", "quote"), Paragraph(_reference(citation, inferred), "remark")]
    if answer.withheld:
        blocks.append(Heading("Withheld"))
        blocks += [Paragraph((Run(held.text), Run(f" ({held.reason})", "emphasis")), "item") for held in answer.withheld]
    blocks += _searched_by(answer)
    notes = tuple(_note(number, citation, inferred) for number, citation in sorted(by_number.items()))
    return Report("Answer", answer.question, tuple(blocks), notes)


def _claim(claim: Claim) -> Paragraph:
    """A sentence, its label if it is not its source's word for word, and the calls of its notes behind both."""
    runs = _runs(wording.emphasised(claim.text, claim.words))
    if label := wording.SUPPORT[claim.support]:
        runs += (Run(f" ({label})", "emphasis"),)
    return Paragraph((*runs[:-1], replace(runs[-1], notes=claim.citations)))


def _runs(pieces: Sequence[wording.Piece]) -> tuple[Run, ...]:
    return tuple(Run(text, "strong" if bold else "plain") for text, bold in pieces)


def _conflict(conflict: Conflict, by_number: dict[int, Citation]) -> list[Block]:
    """What differs, newest source first."""
    sides = (
        Paragraph(
            (
                Run(f"{wording.who_and_when(cited)}: ", "strong"),
                Run(f"“{wording.words(cited)}”", notes=(cited.number or 0,)),
            ),
            "item",
        )
        for cited in wording.newest_first(by_number[number] for number in conflict.citations)
    )
    return [_plain(f"The documents differ on {conflict.about}:"), *sides]


def _searched_by(answer: Answer) -> list[Block]:
    state = answer.corpus
    searched = wording.documents(state.documents)
    if answer.scope is not None:
        searched = f"{len(answer.scope)} of {searched}"
    lines = [
        f"{wording.STATUSES[answer.status]}. {wording.mode(answer)}. Searched: {searched}, fingerprint {state.fingerprint}."
    ]
    if answer.scope is not None:
        lines.append(f"Searched were only: {', '.join(answer.scope)}.")
    return [_plain(line, "remark") for line in lines]


def verdict_report(verdict: QuoteVerdict, inferred: Inferred) -> Report:
    """What an export of a verdict says."""
    name = verdict.verdict.replace("_", " ")
    blocks: list[Block] = [
        _plain(verdict.quote, "quote"),
        Paragraph((Run(f"{name.capitalize()}. ", "strong"), Run(wording.VERDICTS[verdict.verdict]))),
        *_claimed(verdict),
    ]
    blocks += [
        Paragraph((Run("Mind the context: ", "strong"), Run(f"{in_words(risk.kind)}. Left out: “{risk.text}”")))
        for risk in verdict.context_risk
    ]
    if verdict.differences:
        rows = tuple((d.kind, d.quote or "—", d.source or "—") for d in verdict.differences)
        blocks += [Heading("Differences"), Table(("Kind", "The quote has", "The source has"), rows)]
    elif verdict.normalizations:
        blocks.append(_plain(f"Made the same by: {', '.join(verdict.normalizations)}."))
    shown = verdict.matches[:_PLACES]
    if shown:
        blocks.append(Heading("Where it stands" if not verdict.differences else "What the source says"))
    for number, match in enumerate(shown, start=1):
        blocks.append(Paragraph((Run(f"“{wording.words(match.citation)}”", notes=(number,)),), "quote"))
    if verdict.occurrences > len(shown) > 0:
        blocks.append(_plain(f"It stands in {verdict.occurrences:,} places; {len(shown)} are listed."))
    searched = verdict.searched
    blocks.append(_plain(f"Searched: {wording.documents(searched.documents)}, {searched.characters:,} characters.", "remark"))
    if verdict.note:
        blocks.append(_plain(verdict.note, "remark"))
    if searched.unreadable:
        blocks.append(_plain(f"Could not be read: {', '.join(searched.unreadable)}.", "remark"))
    notes = tuple(_note(number, match.citation, inferred) for number, match in enumerate(shown, start=1))
    return Report("Verdict", f"Quote check: {name}", tuple(blocks), notes)


def _claimed(verdict: QuoteVerdict) -> list[Block]:
    found: list[Block] = []
    if verdict.attribution.status != "not_asked":
        said = Run(f"Speaker {verdict.claimed_speaker or ''}: ", "strong")
        why = f". {verdict.attribution.why}" if verdict.attribution.why else "."
        found.append(Paragraph((said, Run(verdict.attribution.status + why))))
    if verdict.claimed_document is not None:
        found.append(_plain(f"Said to stand in: {verdict.claimed_document}"))
    return found


def _plain(text: str, kind: str = "body") -> Paragraph:
    return Paragraph((Run(text),), kind)  # type: ignore[arg-type]


def _note(number: int, citation: Citation, inferred: Inferred) -> Note:
    return Note(number, (*_reference(citation, inferred), Run(f": “{wording.words(citation)}”")))


def _reference(citation: Citation, inferred: Inferred) -> tuple[Run, ...]:
    """Who, what, when and where, the title set off; what the document does not say itself is named."""
    authors = ", ".join(citation.authors)
    before = f"{authors}, " if authors else ""
    guessed = [name for name in ("title", "authors", "publisher", "date") if name in inferred.get(citation.document, ())]
    not_printed = f" ({', '.join(guessed)} inferred)" if guessed else ""
    after = [part for part in (citation.publisher, f"{citation.date or 'undated'}{not_printed}", citation.url) if part]
    speaker = f", said by {citation.speaker}" if citation.speaker and citation.speaker != authors else ""
    place = f"{citation.document}, {wording.lines_of(citation)}, characters {citation.char_start}–{citation.char_end}{speaker}"
    runs = (
        Run(before),
        Run(citation.title, "emphasis"),
        Run("".join(f", {part}" for part in after) + f". {place}"),
    )
    return tuple(run for run in runs if run.text)
