"""The conversation: a question, its answer, the next one. Its messages are HTML made by `ui.render.answer`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import gradio as gr

from rag.brief import Section
from rag.types import Answer, CitedClaim, Exchange, Scope
from ui.desk import Desk
from ui.render.answer import answer_html, claims_html
from ui.render.brief import brief_html, section_html, unanswered_html
from ui.render.markup import shortened, shown
from ui.views.common import QUIET, told, working
from ui.views.filters import filters_view, scope_of

# A pasted book is refused by the assistant; this much of it is shown back.
_SHOWN_QUESTION = 500

# How often a waiting question looks whether the assistant is ready, in seconds.
_WAIT = 0.3

# Questions at once: each waits for its turn at the desk, so this bounds threads and not work.
_AT_ONCE = 32


@dataclass(frozen=True)
class Turn:
    """A question and what came back: an answer, or a notice when there was none; not `done` while it is being answered."""

    question: str
    html: str
    answer: Answer | None = None
    done: bool = True


@dataclass
class Conversation:
    """What was asked in one tab of a browser. `ended` counts how often it was stopped or cleared: what began before shows and
    remembers nothing more, also where Gradio does not hear a cancellation because the work is just beginning."""

    turns: list[Turn] = field(default_factory=list)
    ended: int = 0


def ask_view(desk: Desk) -> gr.Chatbot:
    """Put the conversation here; gives the chat, whose welcome names questions once the corpus has been read."""
    talk = gr.State(Conversation())
    chat = gr.Chatbot(
        elem_id="cv-chat",
        label="Conversation",
        show_label=False,
        container=False,
        placeholder=welcome_html(()),
        height=None,
        scale=1,
        layout="panel",
        buttons=[],
        feedback_options=None,
        latex_delimiters=[],
        allow_tags=False,
        line_breaks=False,
        autoscroll=False,
    )
    filters = filters_view(desk)
    box = gr.Textbox(
        elem_id="cv-question",
        label="Your question",
        placeholder="Ask the documents a question",
        lines=1,
        max_lines=6,
        submit_btn="Ask",
        container=False,
        autofocus=True,
        scale=0,
    )
    with gr.Row(elem_classes="cv-controls"):
        stop, retry, clear = (gr.Button(label, size="sm") for label in ("Stop", "Ask again", "Clear"))
        longer = gr.Button("Brief me", size="sm", elem_id="cv-brief-me")

    def ask(question: str, talk: Conversation, *narrowed: Any) -> Iterator[tuple[Any, ...]]:
        yield from remembered(talk, converse(desk, question, list(talk.turns), scope_of(*narrowed)))

    def again(talk: Conversation, *narrowed: Any) -> Iterator[tuple[Any, ...]]:
        if talk.turns:
            *earlier, last = talk.turns
            yield from remembered(talk, converse(desk, last.question, earlier, scope_of(*narrowed)))

    def at_length(text: str, talk: Conversation, *narrowed: Any) -> Iterator[tuple[Any, ...]]:
        yield from remembered(talk, briefed(desk, text, list(talk.turns), scope_of(*narrowed)))

    outputs = [chat, box]
    running = [
        box.submit(ask, [box, talk, *filters.fields], outputs, concurrency_limit=_AT_ONCE, **QUIET),
        retry.click(again, [talk, *filters.fields], outputs, concurrency_limit=_AT_ONCE, **QUIET),
        longer.click(at_length, [box, talk, *filters.fields], outputs, concurrency_limit=_AT_ONCE, **QUIET),
    ]
    box.submit(lambda: gr.Accordion(open=False), None, filters.row, queue=False, **QUIET)
    stop.click(stopped, talk, chat, cancels=running, queue=False, **QUIET)
    clear.click(cleared, talk, outputs, cancels=running, queue=False, **QUIET)
    return chat


def welcome_html(suggestions: Sequence[str]) -> str:
    """What stands in an empty chat; a suggestion is put into the question's field and asked by page.js."""
    items = "".join(f'<li><a href="#ask">{shown(question)}</a></li>' for question in suggestions)
    return (
        '<div class="cv-welcome"><h2>Ask the documents</h2>'
        "<p>Every sentence of an answer carries a number. Choose it to see the words in their source.</p>"
        f"{f'<ul>{items}</ul>' if items else ''}</div>"
    )


def remembered(talk: Conversation, states: Iterator[list[Turn]]) -> Iterator[tuple[Any, ...]]:
    """What the chat and the question's field become, state by state, until the conversation is stopped or cleared. Only what
    is done is remembered."""
    began = talk.ended
    for turns in states:
        if talk.ended != began:
            return
        if turns[-1].done:
            talk.turns = turns
        yield messages(turns), ""


def stopped(talk: Conversation) -> list[dict[str, str]]:
    """The conversation as it was before the question that is being answered."""
    talk.ended += 1
    return messages(talk.turns)


def cleared(talk: Conversation) -> tuple[list[dict[str, str]], str]:
    """An empty chat and an empty field."""
    talk.turns, talk.ended = [], talk.ended + 1
    return [], ""


def converse(desk: Desk, question: str, earlier: list[Turn], scope: Scope) -> Iterator[list[Turn]]:
    """The conversation with `question` in it: while it is being answered, with every sentence that is ready, and then
    with all that came back. Closing it stops the work."""
    history = [Exchange(turn.question, " ".join(claim.text for claim in turn.answer.claims)) for turn in earlier if turn.answer]

    def answered() -> Iterator[Turn]:
        ready: list[CitedClaim] = []
        for item in desk.stream(question, history, scope):
            if isinstance(item, Answer):
                yield Turn(question, answer_html(item, desk.document, desk.exports.answer(item)), item)
                return  # while this runs, the page takes no other question
            else:
                ready.append(item)
                yield Turn(question, claims_html(ready, desk.document) + working("…"), done=False)

    return _in_conversation(desk, question, earlier, "Searching the documents …", answered)


def briefed(desk: Desk, text: str, earlier: list[Turn], scope: Scope) -> Iterator[list[Turn]]:
    """The conversation with a brief in it, section by section. The first line of `text` is what it is about, each further
    line one of its questions; without any the language model proposes them, or the documents are asked one by one."""
    topic, *questions = [line.strip() for line in text.splitlines() if line.strip()] or [""]

    def answered() -> Iterator[Turn]:
        ready: list[str] = []
        for item in desk.brief(topic, questions, scope):
            if isinstance(item, Section):
                if item.answer.claims:
                    ready.append(section_html(item, desk.document, desk.exports.answer(item.answer)))
                more = working(f"Part {item.number + 1} of {item.of} …") if item.number < item.of else ""
                yield Turn(topic, brief_html([*ready, more]), done=False)
            else:
                yield Turn(topic, brief_html([*ready, unanswered_html(item.unanswered)]))

    return _in_conversation(desk, topic, earlier, "Planning the brief …", answered)


def _in_conversation(
    desk: Desk, question: str, earlier: list[Turn], first: str, answered: Callable[[], Iterator[Turn]]
) -> Iterator[list[Turn]]:
    """The conversation while the desk opens, with `first` while nothing is ready, then as `answered` gives it; an error ends it."""
    while not desk.wait(_WAIT):
        yield [*earlier, Turn(question, working(desk.state.text), done=False)]
    yield [*earlier, Turn(question, working(first), done=False)]
    try:
        for turn in answered():
            yield [*earlier, turn]
    except Exception as error:
        yield [*earlier, Turn(question, told(error))]


def messages(turns: Sequence[Turn]) -> list[dict[str, str]]:
    """A conversation as the chat's messages."""
    found = []
    for turn in turns:
        asked = shown(shortened(turn.question, _SHOWN_QUESTION)) or "<em>(nothing)</em>"
        found.append({"role": "user", "content": f'<div class="cv-asked">{asked}</div>'})
        found.append({"role": "assistant", "content": turn.html})
    return found
