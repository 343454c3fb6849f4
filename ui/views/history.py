"""The history of a person's questions: it lives in the browser's storage, and the server never sees it."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

_SCRIPT = (Path(__file__).parent.parent / "history.js").read_text(encoding="utf-8")

_FRAME = """<div class="cv-history"><label>Search <input type="search" placeholder="Words of a question or an answer"></label>
<p class="cv-mode"></p><ul></ul><button type="button" class="cv-forget">Delete all</button></div>"""


def history_view() -> None:
    """Put the history here."""
    gr.HTML(_FRAME, elem_id="cv-history", js_on_load=_SCRIPT, apply_default_css=False)
