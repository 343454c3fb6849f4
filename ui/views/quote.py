"""Check a quote: paste it, say who is quoted, and see it beside its source; or a list of quotes, one a line."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import gradio as gr

from rag.quotes import QuoteVerdict, check
from ui.api.models import MOST_QUOTES
from ui.desk import Desk
from ui.render.quote import verdict_html, verdict_line
from ui.views.common import QUIET, guarded, notice, working

_EMPTY = '<p class="cv-mode">The verdict appears here, with the words of the source beside the words of the quote.</p>'


def quote_view(desk: Desk) -> None:
    """Put the quote checker here."""
    quote = gr.Textbox(
        elem_id="cv-quote",
        label="Quote",
        placeholder="Paste a quotation, with or without its marks",
        lines=3,
        max_lines=10,
        autofocus=False,
    )
    speaker = gr.Textbox(elem_id="cv-speaker", label="Speaker (optional)", placeholder="Who is said to have said it")
    many = gr.Checkbox(elem_id="cv-many", label="Each line is a quote of its own")
    with gr.Row(elem_classes="cv-controls"):
        go = gr.Button("Check the quote", elem_id="cv-check", variant="primary", size="sm")
        clear = gr.Button("Clear", size="sm")
    result = gr.HTML(_EMPTY, elem_id="cv-verdict", apply_default_css=False)

    def checked(text: str, who: str, each_line: bool) -> Iterator[str]:
        yield working("Comparing with the documents …")
        yield quotes_html(desk, text, who, each_line)

    for event in (go.click, speaker.submit):
        event(checked, [quote, speaker, many], result, concurrency_limit=4, **QUIET)
    clear.click(lambda: ("", "", _EMPTY), None, [quote, speaker, result], queue=False, **QUIET)


def quotes_html(desk: Desk, text: str, speaker: str, each_line: bool) -> str:
    """The verdict on a quote, or on every line."""
    if not each_line:
        return guarded(partial(_one, desk, text, speaker))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        return notice("There is no quote. Write one a line.")
    if len(lines) > MOST_QUOTES:
        return notice(
            f"These are {len(lines)} quotes; at most {MOST_QUOTES} are checked here. For more use: rag quote --batch."
        )
    return "".join(guarded(partial(_folded, desk, line, speaker)) for line in lines)


def _one(desk: Desk, text: str, speaker: str) -> str:
    return _checked(desk, text, speaker)[1]


def _folded(desk: Desk, text: str, speaker: str) -> str:
    verdict, html = _checked(desk, text, speaker)
    return f'<details class="cv-folded"><summary>{verdict_line(verdict)}</summary>{html}</details>'


def _checked(desk: Desk, text: str, speaker: str) -> tuple[QuoteVerdict, str]:
    """The verdict on one quote, kept for export, and its HTML."""
    sources = desk.sources
    verdict = check(sources, text, speaker.strip() or None)
    return verdict, verdict_html(verdict, desk.source, desk.exports.verdict(verdict, sources))
