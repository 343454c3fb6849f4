"""Check a draft: upload or paste an article, and walk through its quotations, worst first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import gradio as gr

from rag.errors import InputError
from rag.quotes import check_draft
from ui.api.models import LARGEST_UPLOAD, LONGEST_ARTICLE
from ui.desk import Desk
from ui.render.draft import draft_html
from ui.views.common import QUIET, guarded, working

_SUFFIXES = [".txt", ".md", ".docx", ".html", ".htm"]

_EMPTY = '<p class="cv-mode">Every quotation is compared with the documents; the ones to look at first come first.</p>'


def draft_view(desk: Desk) -> None:
    """Put the draft checker here."""
    text = gr.Textbox(elem_id="cv-draft", label="Article", placeholder="Paste the article, or upload it", lines=5, max_lines=8)
    with gr.Row(elem_classes="cv-controls"):
        go = gr.Button("Check the draft", elem_id="cv-check-draft", variant="primary", size="sm")
        file = gr.UploadButton("Upload an article", elem_id="cv-file", file_types=_SUFFIXES, size="sm")
        clear = gr.Button("Clear", size="sm")
    result = gr.HTML(_EMPTY, elem_id="cv-report", apply_default_css=False)

    def pasted(article: str) -> Iterator[str]:
        yield working("Comparing every quotation with the documents …")
        yield guarded(lambda: pasted_html(desk, article))

    def uploaded(path: str) -> Iterator[str]:
        yield working("Comparing every quotation with the documents …")
        yield guarded(lambda: uploaded_html(desk, Path(path)))

    go.click(pasted, text, result, concurrency_limit=2, **QUIET)
    file.upload(uploaded, file, result, concurrency_limit=2, **QUIET)
    clear.click(lambda: ("", _EMPTY), None, [text, result], queue=False, **QUIET)


def uploaded_html(desk: Desk, path: Path) -> str:
    """The report on an uploaded file. Raises RagError."""
    if path.stat().st_size > LARGEST_UPLOAD:
        raise InputError(f"{path.name}: larger than {LARGEST_UPLOAD // 10**6} MB.", "Use: rag draft FILE.")
    return draft_html(check_draft(desk.sources, path), desk.source)


def pasted_html(desk: Desk, article: str) -> str:
    """The report on pasted text. Raises RagError."""
    if not article.strip():
        raise InputError("There is no article.", "Paste it, or upload a file.")
    if len(article) > LONGEST_ARTICLE:
        raise InputError(
            f"The article has {len(article):,} characters; at most {LONGEST_ARTICLE:,} are read here.", "Use: rag draft FILE."
        )
    with TemporaryDirectory() as folder:
        path = Path(folder) / "article.txt"
        path.write_text(article, encoding="utf-8", newline="")
        return draft_html(check_draft(desk.sources, path), desk.source)
