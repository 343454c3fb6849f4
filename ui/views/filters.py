"""Which documents a question is put to: one line that says how many, and behind it fields for document, author, date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import gradio as gr

from rag.errors import RagError
from rag.scope import select
from rag.types import Scope
from ui.desk import Desk
from ui.views.common import QUIET, notice

_ALL = "Searching all documents"


class Filters(NamedTuple):
    """The filters on the page: what folds them away, and the fields, whose values `scope_of` takes in this order."""

    row: gr.Accordion
    fields: list[gr.components.Component]


def filters_view(desk: Desk) -> Filters:
    """Put the filters here."""
    with gr.Accordion(_ALL, open=False, elem_id="cv-filters") as row:
        with gr.Row(elem_classes="cv-narrow"):
            documents = gr.Dropdown([], multiselect=True, label="Documents", elem_id="cv-documents", min_width=240)
            authors = gr.Dropdown([], multiselect=True, label="Authors", elem_id="cv-authors", min_width=240)
        with gr.Row(elem_classes="cv-narrow"):
            since = gr.Textbox(label="From", placeholder="2016 or 2016-10", elem_id="cv-since", max_lines=1, min_width=110)
            until = gr.Textbox(label="To", placeholder="2021 or 2021-03", elem_id="cv-until", max_lines=1, min_width=110)
            clear = gr.Button("Search all", size="sm", elem_id="cv-all", min_width=80, scale=0)
        said = gr.HTML("", elem_id="cv-scope", apply_default_css=False)
    fields = [documents, authors, since, until]

    def offered(chosen: list[str], by: list[str], first: str | None, last: str | None) -> tuple[Any, ...]:
        """What there is to choose, as the documents are now; what is gone is chosen no longer."""
        titles, names = _choices(desk)
        paths = {path for _, path in titles}
        kept, writers = [path for path in chosen if path in paths], [name for name in by if name in names]
        label, problem = searching(desk, scope_of(kept, writers, first, last))
        return (
            gr.Dropdown(choices=titles, value=kept),
            gr.Dropdown(choices=names, value=writers),
            gr.Accordion(label=label),
            problem,
        )

    def told(*values: Any) -> tuple[Any, str]:
        label, problem = searching(desk, scope_of(*values))
        return gr.Accordion(label=label), problem

    row.expand(offered, fields, [documents, authors, row, said], queue=False, **QUIET)
    for field in fields:
        field.change(told, fields, [row, said], queue=False, **QUIET)
    clear.click(lambda: ([], [], "", ""), None, fields, queue=False, **QUIET)
    return Filters(row, fields)


def scope_of(documents: Sequence[str], authors: Sequence[str], since: str | None, until: str | None) -> Scope:
    """The scope that the fields say."""
    return Scope(tuple(documents), tuple(authors), (since or "").strip() or None, (until or "").strip() or None)


def searching(desk: Desk, scope: Scope) -> tuple[str, str]:
    """The line that says how many documents are searched, and what is wrong with the fields, if anything, as HTML."""
    try:
        entries = [source.entry for source in desk.sources.documents]
        chosen = select(scope, entries)
        return (_ALL if chosen is None else f"Searching {len(chosen)} of {len(entries)} documents"), ""
    except RagError as error:
        return "Searching nothing", notice(str(error))


def _choices(desk: Desk) -> tuple[list[tuple[str, str]], list[str]]:
    """Documents (what is shown, path) by date and authors by name; none while the texts cannot be read."""
    try:
        entries = [source.entry for source in desk.sources.documents]
    except RagError:
        return [], []
    authors = {author for entry in entries for author in entry.authors}
    titles = Counter(entry.title for entry in entries)
    documents = []
    for entry in sorted(entries, key=lambda entry: (entry.date or "~", entry.document)):
        where = f" ({entry.document})" if titles[entry.title] > 1 else ""
        documents.append((f"{entry.date or 'undated'} · {entry.title}{where}", entry.document))
    return documents, sorted(authors, key=lambda name: (name.split()[-1:], name))
