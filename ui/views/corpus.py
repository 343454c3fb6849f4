"""The corpus: what is in it, what could not be read, and reading it again after files have changed."""

from __future__ import annotations

from collections.abc import Iterator

import gradio as gr

from ui.desk import Desk
from ui.render.corpus import corpus_html
from ui.render.markup import shown
from ui.views.common import QUIET, guarded, working


def corpus_view(desk: Desk) -> gr.HTML:
    """Put the corpus here; gives the table, which is filled when its tab is opened."""
    table = gr.HTML("", elem_id="cv-corpus", apply_default_css=False)
    with gr.Row(elem_classes="cv-controls"):
        again = gr.Button("Read the folder again", elem_id="cv-reread", size="sm")

    def reread() -> Iterator[str]:
        yield working("Reading the folder again …")
        yield guarded(lambda: _reread(desk))

    again.click(reread, None, table, concurrency_limit=1, **QUIET)
    return table


def table_html(desk: Desk) -> str:
    """The table of documents as they were last read."""

    def made() -> str:
        sources = desk.sources
        return corpus_html([(source.doc, source.reading) for source in sources.documents], sources.warnings)

    return guarded(made)


def _reread(desk: Desk) -> str:
    report = desk.reread()
    changes = [
        f"{len(names)} {what}"
        for what, names in (("added", report.added), ("changed", report.changed), ("removed", report.removed))
        if names
    ]
    return f'<p class="cv-who">Read again: {shown(", ".join(changes) or "nothing had changed")}.</p>{table_html(desk)}'
