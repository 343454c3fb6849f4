"""The corpus: what is in it, adding and removing documents, and reading the folder again after files have changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import gradio as gr

from rag.corpus import READABLE
from rag.errors import RagError
from rag.library import LARGEST, REMOVED
from ui.desk import Desk
from ui.render.corpus import corpus_html
from ui.render.markup import shown
from ui.views.common import QUIET, guarded, told, working

if TYPE_CHECKING:
    from rag.index import SyncReport

_SCRIPT = (Path(__file__).parent.parent / "corpus.js").read_text(encoding="utf-8")

# How often the page is told how far the reading is, in seconds.
_TELL = 0.3

# Files at once: more are put into the folder by hand.
_MOST_FILES = 100


def corpus_view(desk: Desk, *, local: bool) -> tuple[gr.HTML, gr.HTML]:
    """Put the corpus here; gives the table, which is filled when its tab is opened, and what tells of changes."""
    refusal = desk.library.refusal if desk.library else "This server takes no documents."
    if refusal is None:
        kinds = ", ".join(suffix[1:].upper() for suffix in READABLE if suffix != ".htm")
        files = gr.File(
            file_count="multiple",
            label=f"Add documents ({kinds}; up to {LARGEST // 2**20} MB each)",
            elem_id="cv-add",
            height=84,
        )
    else:
        note = f"{shown(refusal)} To add documents here, serve a folder of your own: <code>rag serve --corpus FOLDER</code>"
        gr.HTML(f'<p class="cv-mode cv-note-own">{note}</p>', apply_default_css=False)
    with gr.Row(elem_classes="cv-controls"):
        again = gr.Button("Read the folder again", elem_id="cv-reread", size="sm")
    said = gr.HTML("", elem_id="cv-changed", apply_default_css=False)
    table = gr.HTML("", elem_id="cv-corpus", js_on_load=_SCRIPT, apply_default_css=False)

    def reread() -> Iterator[tuple[str, str]]:
        for message in _reread(desk, ()):
            yield message, gr.skip()
        yield message, table_html(desk, local)

    again.click(reread, None, [said, table], concurrency_limit=1, concurrency_id="corpus", **QUIET)
    if refusal is not None:
        return table, said

    def add(paths: list[str] | None) -> Iterator[tuple[object, ...]]:
        message = ""
        for message in added(desk, [Path(path) for path in paths or ()]):
            yield gr.skip(), message, gr.skip()
        yield None, message, table_html(desk, local)

    def remove(event: gr.EventData) -> Iterator[tuple[object, ...]]:
        message = ""
        for message in removed(desk, event._data):
            yield message, gr.skip()
        yield message, table_html(desk, local)

    files.upload(add, files, [files, said, table], concurrency_limit=1, concurrency_id="corpus", **QUIET)
    table.delete(remove, None, [said, table], concurrency_limit=1, concurrency_id="corpus", **QUIET)
    return table, said


def table_html(desk: Desk, local: bool) -> str:
    """The documents as they were last read."""

    def made() -> str:
        sources, library = desk.sources, desk.library
        documents = [(source.doc, source.reading) for source in sources.documents]
        folders = (library.root, library.data) if library and local else None
        removable = library is not None and library.refusal is None
        return corpus_html(documents, sources.warnings, desk.status(), folders=folders, removable=removable)

    return guarded(made)


def added(desk: Desk, files: Sequence[Path]) -> Iterator[str]:
    """Put files into the library, one after the other, and read them: what is being done, at last what came of it."""
    assert desk.library is not None
    lines: list[str] = []
    for number, path in enumerate(files[:_MOST_FILES], start=1):
        yield working(f"Reading {number} of {len(files)}: {path.name} …")
        try:
            desk.library.put(path.name, path)
        except RagError as error:
            lines.append(str(error))
    if len(files) > _MOST_FILES:
        lines.append(f"{len(files) - _MOST_FILES} files were left out: at most {_MOST_FILES} are taken at once.")
    yield from _reread(desk, lines)


def removed(desk: Desk, wanted: object) -> Iterator[str]:
    """Take a document out of the library: what is being done, at last what came of it."""
    assert desk.library is not None
    document = wanted.get("document") if isinstance(wanted, dict) else None
    yield working(f"Removing {document} …")
    try:
        desk.library.take_out(str(document))
    except RagError as error:
        yield told(error)
        return
    yield from _reread(desk, (), f" The file is kept in the folder {REMOVED}.")


def _reread(desk: Desk, refused: Sequence[str], more: str = "") -> Iterator[str]:
    """Read the folder again, telling how far it is, and at last what has changed and what was `refused` before."""
    reports: list[SyncReport] = []
    errors: list[Exception] = []

    def work() -> None:
        try:
            reports.append(desk.reread())
        except Exception as error:  # told where the page is told of everything
            errors.append(error)

    thread = Thread(target=work, name="reread", daemon=True)
    thread.start()
    while thread.is_alive():
        yield working(desk.state.text if desk.state.phase == "indexing" else "Reading the folder …")
        thread.join(_TELL)
    not_taken = "".join(f"<li>{shown(line)}</li>" for line in refused)
    problems = f'<div class="cv-notice" role="alert">Not added:<ul>{not_taken}</ul></div>' if refused else ""
    if errors:
        yield problems + told(errors[0])
        return
    report = reports[0]
    changes = [
        f"{len(names)} {what}"
        for what, names in (("added", report.added), ("changed", report.changed), ("removed", report.removed))
        if names
    ]
    yield f'{problems}<p class="cv-who" role="status">Read: {shown(", ".join(changes) or "nothing had changed")}.{shown(more)}</p>'
