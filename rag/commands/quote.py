"""`rag quote`: is a quotation in the documents, word for word, who said it, and what was left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from rag.commands.shared import (
    Batch,
    Corpus,
    Data,
    Export,
    Json,
    answer_each,
    check_export,
    counting,
    note,
    print_json,
    requests,
    say,
)

if TYPE_CHECKING:
    from rag.quotes import QuoteVerdict, Sources

_HEADLINES = {
    "exact": "EXACT: the words stand there, character for character.",
    "normalized": "SAME WORDS: only what a printer or a keyboard does is different.",
    "elided": "SHORTENED, with its marks: what stands there stands in order in one place.",
    "altered": "ALTERED: this is not what the source says.",
    "spliced": "SPLICED: pieces of different places, joined as if they were one.",
    "misattributed": "REAL WORDS, WRONG MOUTH OR PLACE.",
    "not_found": "NOT FOUND in these documents.",
}
# Places printed for people; --json lists more.
_SHOWN = 5
# Lines on standard error about documents that could not be read, or were read by OCR.
_MOST_WARNINGS = 20


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("quote")(quote)


def quote(
    text: Annotated[
        str | None, typer.Argument(metavar="[TEXT]", help="The quotation, with or without quotation marks.")
    ] = None,
    speaker: Annotated[
        str | None, typer.Option("--speaker", metavar="NAME", help="Who is said to have said or written it.")
    ] = None,
    document: Annotated[str | None, typer.Option("--document", metavar="PATH", help="The document said to hold it.")] = None,
    batch: Batch = None,
    json_output: Json = False,
    export: Export = None,
    corpus: Corpus = None,
    data: Data = None,
) -> None:
    """Check a quotation word for word against the documents."""
    from rag.errors import InputError
    from rag.quotes import check

    if (text is None) == (batch is None):
        raise InputError("Give one quotation, or --batch FILE.", 'For example: rag quote "grave concern" --speaker Kishi')
    if batch is not None and (speaker is not None or document is not None):
        raise InputError(
            "--speaker and --document belong into the lines of the batch file.", 'Write {"quote": …, "speaker": …}.'
        )
    if text is not None:
        _needs_words(text)
    check_export(export, batch)
    asked = requests(batch, "quote") if batch is not None else ()
    with_sources = opened(corpus, data)
    try:
        if text is not None:
            verdict = check(with_sources, text, speaker, document)
            if export is not None:
                from rag.export import formats, verdicts

                formats.write(export, verdicts.export(verdict, export.suffix.lower(), with_sources))
                note(f"rag: wrote {export}")
            print_json(verdict.to_json()) if json_output else show(verdict)
            return
        answer_each(asked, lambda number, request: _answer(with_sources, number, request, json_output))
    finally:
        with_sources.close()


def _answer(sources: Sources, number: int, request: dict[str, Any], json_output: bool) -> None:
    """Print the verdict on a request of a batch. Raises InputError."""
    from rag.errors import InputError
    from rag.quotes import check

    given = [request.get("speaker"), request.get("document")]
    if any(value is not None and not isinstance(value, str) for value in given):
        raise InputError("`speaker` and `document` must be text.", "Leave out what is not known.")
    verdict, id_ = check(sources, request["quote"], given[0], given[1]), request.get("id")
    if json_output:
        print_json({**verdict.to_json(), "id": id_})
    else:
        say(f"{number if id_ is None else id_}\t{verdict.verdict}\t{' '.join(verdict.quote.split())[:100]}")


def _needs_words(text: str) -> None:
    """Refuse an empty quotation before any document is opened."""
    from rag.errors import InputError

    if not any(char.isalnum() for char in text):
        raise InputError("The quote holds no words.", "Give the words that were quoted.")


def misleads(quote: str, sentences: tuple[str, ...]) -> bool:
    """`rag.support.misleads`, which opens the evidence model only once a quotation is found."""
    from rag.support import misleads

    return misleads(quote, sentences)


def opened(corpus: object, data: object) -> Sources:
    """The corpus of the settings, opened; what could not be read is said on stderr."""
    from rag.quotes import open_sources
    from rag.settings import load

    settings = load(corpus=corpus, data=data)
    sources = open_sources(settings.corpus, settings.data, counting(), misleads)
    for warning in sources.warnings[:_MOST_WARNINGS]:
        note(f"rag: {warning}")
    if len(sources.warnings) > _MOST_WARNINGS:  # an archive of scans has one for each
        note(f"rag: and {len(sources.warnings) - _MOST_WARNINGS} more; see: rag doctor")
    return sources


def show(verdict: QuoteVerdict) -> None:
    """A verdict for people."""
    from rag.quotes.types import in_words

    say(_HEADLINES[verdict.verdict])
    for difference in verdict.differences[:20]:
        ours = f"“{difference.quote}”" if difference.quote else "nothing"
        theirs = f"“{difference.source}”" if difference.source else "nothing"
        say(f"  {difference.kind}: the quote has {ours}, the source {theirs}")
    if verdict.normalizations and verdict.verdict != "altered":
        say(f"  made the same by: {', '.join(verdict.normalizations)}")
    if verdict.attribution.status != "not_asked":
        say(
            f"  speaker {verdict.claimed_speaker or ''}: {verdict.attribution.status}"
            + (f" — {verdict.attribution.why}" if verdict.attribution.why else "")
        )
    for risk in verdict.context_risk:
        say(f"  mind the context, {in_words(risk.kind)}: {risk.text}")
    if verdict.note:
        say(f"  {verdict.note}")
    for match in verdict.matches[:_SHOWN]:
        c = match.citation
        page = f", page {c.page}" if c.page else ""
        lines = f"line {c.line_start}" if c.line_start == c.line_end else f"lines {c.line_start}-{c.line_end}"
        say(f"  {c.document}, {lines}{page}" + (f" — {c.speaker}" if c.speaker else ""))
        words = c.reading_text
        say(f"    “{words if len(words) <= 300 else words[:299] + '…'}”")
    if verdict.occurrences > 1:
        say(f"  stands in {verdict.occurrences} places")
    searched = verdict.searched
    if verdict.verdict in ("not_found", "altered", "spliced"):
        say(f"  searched: {searched.documents} documents, {searched.characters:,} characters")
    if searched.unreadable:
        say(f"  could not be read: {', '.join(searched.unreadable)}")
