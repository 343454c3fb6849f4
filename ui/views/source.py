"""The source panel beside every view, and the script that hears the clicks on places anywhere on the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from rag.errors import RagError
from ui.desk import Desk
from ui.render.source import EMPTY, View, problem_html, source_html
from ui.views.common import QUIET

_SCRIPT = (Path(__file__).parent.parent / "page.js").read_text(encoding="utf-8")


def source_view(desk: Desk) -> None:
    """Put the panel here."""
    panel = gr.HTML(EMPTY, elem_id="cv-panel", js_on_load=_SCRIPT, apply_default_css=False)

    def show(event: gr.EventData) -> str:
        return open_place(desk, event._data)

    panel.select(show, None, panel, queue=False, **QUIET)


def open_place(desk: Desk, wanted: Any) -> str:
    """The source panel for what the page's script asks; whatever it is, the answer is a panel."""
    try:
        view: View = wanted["view"] if wanted.get("view") in ("passage", "whole", "file") else "passage"
        start, end, index, count = (int(wanted[name]) for name in ("start", "end", "index", "count"))
        doc, reading = desk.document(str(wanted["document"]))
        return source_html(doc, reading, start, end, view=view, index=index, count=count)
    except RagError as error:
        return problem_html(str(error))
    except (AttributeError, KeyError, TypeError, ValueError):
        return problem_html("There is no such place in the documents.")
