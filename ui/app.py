"""The page in Gradio Blocks: a conversation on the left, the source of the citation that was clicked on the right.

The chat's messages are HTML made by `ui.render`; citations are links (`#cite-START-END-DOCUMENT`) that name a place,
so a click needs no memory of which answer it was in. The script of the source panel (page.js) hears the clicks of the
whole page and asks the server for the place.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from rag.errors import RagError
from rag.types import Answer, Exchange
from ui.desk import Desk
from ui.render.answer import answer_html
from ui.render.markup import shortened, shown
from ui.render.source import EMPTY, View, problem_html, source_html

_FOLDER = Path(__file__).parent
CSS = (_FOLDER / "page.css").read_text(encoding="utf-8")
_SCRIPT = (_FOLDER / "page.js").read_text(encoding="utf-8")

THEME = gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"])

# A pasted book is refused by the assistant; this much of it is shown back.
_SHOWN_QUESTION = 500

_BUG = "Something went wrong here; the terminal that runs rag serve shows what. This is a bug: please report it."

# How often the page asks whether the assistant is ready, in seconds.
_TICK = 0.5

_PLACEHOLDER = """<div class="cv-welcome"><h2>Ask the documents</h2>
<p>Every sentence of an answer carries a number. Choose it to see the words in their source.</p></div>"""


@dataclass(frozen=True)
class Turn:
    """A question and what came back: an answer, or a notice when there was none."""

    question: str
    html: str
    answer: Answer | None = None


def build_app(desk: Desk) -> gr.Blocks:
    """The page around a desk, which may still be opening its assistant."""
    with gr.Blocks(title="Chapter & Verse", analytics_enabled=False, fill_height=True) as page:
        head = gr.HTML(lambda: head_html(desk), elem_id="cv-top", apply_default_css=False)
        with gr.Row(elem_id="cv-main"):
            with gr.Column(scale=6, elem_id="cv-left", min_width=320):
                chat = _ask_view(desk)
            with gr.Column(scale=5, elem_id="cv-right", min_width=320):
                _source_view(desk)
        timer = gr.Timer(_TICK)

        def tick() -> tuple[Any, ...]:
            examples = [{"text": question} for question in desk.suggestions]
            return head_html(desk), gr.Chatbot(examples=examples) if examples else gr.skip(), gr.Timer(active=not desk.settled)

        timer.tick(tick, None, [head, chat, timer], queue=False, show_progress="hidden", api_visibility="private")
    return page


def head_html(desk: Desk) -> str:
    """The head of the page: its name, and where the assistant stands."""
    state = desk.state
    return (
        '<header class="cv-head"><h1>Chapter &amp; Verse</h1>'
        "<p>Answers from your documents, every sentence with its exact place.</p>"
        f'<p class="cv-state cv-{state.phase}" role="status">{shown(state.text)}</p></header>'
    )


def _ask_view(desk: Desk) -> gr.Chatbot:
    turns = gr.State([])
    chat = gr.Chatbot(
        elem_id="cv-chat",
        label="Conversation",
        show_label=False,
        container=False,
        placeholder=_PLACEHOLDER,
        height=None,
        scale=1,
        layout="panel",
        buttons=[],
        feedback_options=None,
        latex_delimiters=[],
        allow_tags=False,
        line_breaks=False,
    )
    with gr.Row(elem_id="cv-asking"):
        box = gr.Textbox(
            elem_id="cv-question",
            label="Your question",
            placeholder="Ask the documents a question",
            lines=1,
            max_lines=6,
            submit_btn="Ask",
            container=False,
            autofocus=True,
            scale=1,
        )
    with gr.Row(elem_id="cv-controls"):
        stop = gr.Button("Stop", size="sm", variant="secondary")
        retry = gr.Button("Ask again", size="sm", variant="secondary")
        clear = gr.Button("Clear", size="sm", variant="secondary")

    def ask(question: str, earlier: list[Turn]) -> Iterator[tuple[Any, ...]]:
        yield from ((messages(said), said, "") for said in converse(desk, question, earlier))

    def again(earlier: list[Turn]) -> Iterator[tuple[Any, ...]]:
        if earlier:
            yield from ask(earlier[-1].question, earlier[:-1])

    outputs = [chat, turns, box]
    quiet = {"show_progress": "hidden", "api_visibility": "private"}
    running = [
        box.submit(ask, [box, turns], outputs, concurrency_limit=8, **quiet),
        retry.click(again, turns, outputs, concurrency_limit=8, **quiet),
    ]

    def example(chosen: gr.SelectData, earlier: list[Turn]) -> Iterator[tuple[Any, ...]]:
        yield from ask(str(chosen.value.get("text", "")), earlier)

    running.append(chat.example_select(example, turns, outputs, concurrency_limit=8, **quiet))
    stop.click(lambda said: messages(said), turns, chat, cancels=running, queue=False, **quiet)
    clear.click(lambda: ([], [], ""), None, outputs, cancels=running, queue=False, **quiet)
    return chat


def converse(desk: Desk, question: str, earlier: list[Turn]) -> Iterator[list[Turn]]:
    """The conversation with `question` in it: first while it is being answered, then with what came back."""
    while not desk.wait(_TICK):
        yield [*earlier, Turn(question, _working(desk.state.text))]
    yield [*earlier, Turn(question, _working("Searching the documents …"))]
    history = [Exchange(turn.question, " ".join(claim.text for claim in turn.answer.claims)) for turn in earlier if turn.answer]
    try:
        answer = desk.ask(question, history)
        yield [*earlier, Turn(question, answer_html(answer, desk.document), answer)]
    except RagError as error:
        yield [*earlier, Turn(question, _notice(str(error)))]
    except Exception:
        traceback.print_exc(file=sys.stderr)
        yield [*earlier, Turn(question, _notice(_BUG))]


def _working(text: str) -> str:
    return f'<div class="cv-working">{shown(text)}</div>'


def _notice(text: str) -> str:
    return f'<div class="cv-notice">{shown(text)}</div>'


def messages(turns: Sequence[Turn]) -> list[dict[str, str]]:
    """A conversation as the chat's messages."""
    found = []
    for turn in turns:
        asked = shown(shortened(turn.question, _SHOWN_QUESTION)) or "<em>(nothing)</em>"
        found.append({"role": "user", "content": f'<div class="cv-asked">{asked}</div>'})
        found.append({"role": "assistant", "content": turn.html})
    return found


def _source_view(desk: Desk) -> None:
    panel = gr.HTML(EMPTY, elem_id="cv-panel", js_on_load=_SCRIPT, apply_default_css=False)

    def show(event: gr.EventData) -> str:
        return open_place(desk, event._data)

    panel.select(show, None, panel, queue=False, show_progress="hidden", api_visibility="private")


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
