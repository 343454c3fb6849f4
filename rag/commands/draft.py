"""`rag draft`: every quotation of an article checked, worst first, for a copy editor to walk through."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.commands.shared import Corpus, Data, Json, note, print_json, say

if TYPE_CHECKING:
    from rag.quotes import DraftQuote, DraftReport

_COLOURS = {
    "exact": "#cfe8cf",
    "normalized": "#dcefd0",
    "elided": "#eef0c4",
    "altered": "#f6c9c0",
    "spliced": "#f6c9c0",
    "misattributed": "#f3b8d0",
    "not_found": "#e2e2e2",
}


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("draft")(draft)


def draft(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The article: .txt, .md, .docx or .html.")],
    html: Annotated[
        Path | None, typer.Option("--html", metavar="OUT", help="Also write a copy with the quotations marked.")
    ] = None,
    json_output: Json = False,
    corpus: Corpus = None,
    data: Data = None,
) -> None:
    """Check every quotation in an article against the documents."""
    from rag.commands.quote import opened
    from rag.errors import InputError
    from rag.quotes import check_draft

    sources = opened(corpus, data)
    try:
        report = check_draft(sources, file)
    finally:
        sources.close()
    if html is not None:
        try:
            html.write_text(page(report), encoding="utf-8")
        except OSError as error:
            raise InputError(
                f"{html} cannot be written: {error.strerror}.", "Name a file in a folder you may write to."
            ) from error
        note(f"rag: wrote {html}")
    print_json(report.to_json()) if json_output else show(report)


def show(report: DraftReport) -> None:
    """The list for people."""
    if not report.quotes:
        say(f"{report.draft}: no quotations.")
        return
    for quote in report.quotes:
        place = (
            f"line {quote.line_start}" if quote.line_start == quote.line_end else f"lines {quote.line_start}-{quote.line_end}"
        )
        say(f"{_headline(quote)}  {report.draft}, {place}" + (f", {quote.speaker}" if quote.speaker else ""))
        say(f"    {_short(quote.quote)}")
        for line in _remarks(quote):
            say(f"    {line}")
        for match in quote.verdict.matches[:2]:
            c = match.citation
            say(
                f"    → {c.document}, line {c.line_start}"
                + (f", {c.speaker}" if c.speaker else "")
                + f": “{_short(c.reading_text)}”"
            )
    counts = {kind: sum(q.verdict.verdict == kind and not q.note for q in report.quotes) for kind in _COLOURS}
    counts["looking like a title"] = sum(q.note is not None for q in report.quotes)
    say(
        f"{len(report.quotes)} quotations: "
        + ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in counts.items() if count)
    )


def _headline(quote: DraftQuote) -> str:
    return quote.verdict.verdict.upper().replace("_", " ") if quote.note is None else quote.note.upper()


def _remarks(quote: DraftQuote) -> list[str]:
    from rag.quotes.types import in_words

    verdict = quote.verdict
    lines = [f"{d.kind}: “{_short(d.quote)}” for “{_short(d.source)}”" for d in verdict.differences[:5]]
    if verdict.attribution.status in ("different", "unsure") and quote.speaker:
        lines.append(f"speaker {verdict.attribution.status}: {verdict.attribution.why}")
    return lines + [f"context, {in_words(risk.kind)}: {_short(risk.text)}" for risk in verdict.context_risk]


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 160 else text[:159] + "…"


def page(report: DraftReport) -> str:
    """The draft as a web page, each quotation marked with its verdict; nothing in it is fetched from anywhere."""
    parts, position = [], 0
    for number, quote in enumerate(sorted(report.quotes, key=lambda q: q.char_start), start=1):
        remarks = [quote.note or quote.verdict.verdict.replace("_", " "), *_remarks(quote)]
        parts.append(escape(report.text[position : quote.char_start]))
        parts.append(
            f'<mark id="q{number}" style="background:{_COLOURS[quote.verdict.verdict]}" title="{escape(chr(10).join(remarks))}">'
            f"{escape(report.text[quote.char_start : quote.char_end])}</mark><sup>{number} {escape(remarks[0])}</sup>"
        )
        position = quote.char_end
    parts.append(escape(report.text[position:]))
    order = {id(q): n for n, q in enumerate(sorted(report.quotes, key=lambda q: q.char_start), start=1)}
    items = "\n".join(
        f'<li><a href="#q{order[id(q)]}">{escape(_short(q.quote))}</a>: <b>{escape(q.note or q.verdict.verdict.replace("_", " "))}</b>'
        + "".join(f"<br>{escape(line)}" for line in _remarks(q))
        + "".join(
            f"<br>→ {escape(m.citation.document)}, line {m.citation.line_start}: “{escape(_short(m.citation.reading_text))}”"
            for m in q.verdict.matches[:2]
        )
        + "</li>"
        for q in report.quotes
    )
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(report.draft)}: quotations</title></head>\n'
        f'<body style="font-family:serif;max-width:44em;margin:2em auto">\n<ol>\n{items}\n</ol>\n<hr>\n'
        f'<div style="white-space:pre-wrap">{"".join(parts)}</div>\n</body></html>\n'
    )
