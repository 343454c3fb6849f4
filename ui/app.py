"""The page in Gradio Blocks: what a person does on the left, the source of what they follow on the right.

Citations are links (`#cite-START-END-DOCUMENT`) that name a place, so a click needs no memory of where it was shown.
The script of the source panel (page.js) hears the clicks of the whole page and asks the server for the place.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from ui.desk import Desk
from ui.render.markup import shown
from ui.views.ask import ask_view, welcome_html
from ui.views.common import QUIET
from ui.views.corpus import corpus_view, table_html
from ui.views.draft import draft_view
from ui.views.history import history_view
from ui.views.quote import quote_view
from ui.views.source import source_view

CSS = (Path(__file__).parent / "page.css").read_text(encoding="utf-8")
THEME = gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"])

# How often the page asks whether the assistant is ready, in seconds.
_TICK = 0.5


def build_app(desk: Desk, *, local: bool = True) -> gr.Blocks:
    """The page around a desk, which may still be opening its assistant; folders are named on it only if it is `local`."""
    with gr.Blocks(title="Chapter & Verse", analytics_enabled=False, fill_height=True) as page:
        head = gr.HTML(partial(head_html, desk), elem_id="cv-top", apply_default_css=False)
        with gr.Row(elem_id="cv-main"):
            with gr.Column(scale=6, elem_id="cv-left", min_width=320), gr.Tabs():
                with gr.Tab("Ask"):
                    chat = ask_view(desk)
                with gr.Tab("Check a quote"):
                    quote_view(desk)
                with gr.Tab("Check a draft"):
                    draft_view(desk)
                with gr.Tab("Corpus") as corpus:
                    table, changed = corpus_view(desk, local=local)
                with gr.Tab("History"):
                    history_view()
            with gr.Column(scale=5, elem_id="cv-right", min_width=320):
                source_view(desk)
        timer = gr.Timer(_TICK)

        def tick() -> tuple[Any, ...]:
            welcome = gr.Chatbot(placeholder=welcome_html(desk.suggestions)) if desk.suggestions else gr.skip()
            return head_html(desk), welcome, gr.Timer(active=not desk.settled)

        timer.tick(tick, None, [head, chat, timer], queue=False, **QUIET)
        changed.change(partial(head_html, desk), None, head, queue=False, **QUIET)
        corpus.select(partial(table_html, desk, local), None, table, queue=False, **QUIET)
    return page


def head_html(desk: Desk) -> str:
    """The head of the page: its name, and where the assistant stands."""
    state = desk.state
    return (
        '<header class="cv-head"><h1>Chapter &amp; Verse</h1>'
        "<p>Answers from your documents, every sentence with its exact place.</p>"
        f'<p class="cv-state cv-{state.phase}" role="status">{shown(state.text)}</p></header>'
    )
