"""What is in the corpus: where the index stands, a timeline, a table by date, and what could not be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rag.reading import ReadingText
from rag.types import SourceDoc
from ui.render.markup import date_of, opening, shown
from ui.render.timeline import timeline_html


def corpus_html(
    documents: Iterable[tuple[SourceDoc, ReadingText]],
    warnings: Sequence[str],
    status: Mapping[str, Any] | None = None,
    *,
    folders: tuple[Path, Path] | None = None,
    removable: bool = False,
) -> str:
    """The documents, oldest first and undated last, and one line for each thing that was passed over.

    `status` is the assistant's, None while it is being opened; `folders` are the documents' and the index's, None where
    they are nobody's business; `removable` puts a button beside each document.
    """
    ordered = sorted(documents, key=lambda pair: (pair[0].entry.date or "~", pair[0].document))
    characters = sum(len(doc.text) for doc, _ in ordered)
    rows = "".join(_row(doc, reading, removable) for doc, reading in ordered)
    count = f"{len(ordered)} document{'s' if len(ordered) != 1 else ''}, {characters:,} characters"
    last = '<th scope="col"><span class="cv-sr">Remove</span></th>' if removable else ""
    return (
        f'<div class="cv-places">{timeline_html(ordered)}<table class="cv-table cv-documents"><caption>{count}</caption>'
        f'<thead><tr><th scope="col">Date</th><th scope="col">Document</th><th scope="col">Characters</th>{last}</tr></thead>'
        f"<tbody>{rows}</tbody></table>{_unread(warnings)}{_standing(status, folders)}</div>"
    )


def _row(doc: SourceDoc, reading: ReadingText, removable: bool) -> str:
    entry = doc.entry
    title = opening(doc, reading, entry.title) or shown(entry.title)
    by = " · ".join(shown(part) for part in (", ".join(entry.authors), entry.publisher) if part)
    about = "<br>".join(part for part in (by, shown(doc.document)) if part)
    last = f"<td>{_remove(entry.title)}</td>" if removable else ""
    return (
        f'<tr data-document="{shown(doc.document)}"><td>{date_of(entry)}</td><td>{title}<br><small>{about}</small></td>'
        f"<td>{len(doc.text):,}</td>{last}</tr>"
    )


def _remove(title: str) -> str:
    """The button, and the question that page script corpus.js shows in its place."""
    return (
        f'<button type="button" data-remove>Remove<span class="cv-sr"> {shown(title)}</span></button>'
        '<span class="cv-sure" role="group" aria-label="Remove?" hidden>Remove it? '
        '<button type="button" data-sure>Remove</button> <button type="button" data-keep>Keep</button></span>'
    )


def _unread(warnings: Sequence[str]) -> str:
    if not warnings:
        return '<p class="cv-mode">Every file was read.</p>'
    items = "".join(f"<li>{shown(warning)}</li>" for warning in warnings)
    return f'<p class="cv-label">Not read, or read with a warning</p><ul class="cv-unread">{items}</ul>'


def _standing(status: Mapping[str, Any] | None, folders: tuple[Path, Path] | None) -> str:
    """Where the index stands."""
    facts = {"State": "being opened"}
    if status is not None:
        facts = {
            "Indexed": f"{status['documents']} documents, {status['units']:,} sentences and passages",
            "Embedding model": str(status["embedding_model"]),
            "Fingerprint": str(status["fingerprint"]),
        }
    if folders is not None:
        facts |= {"Documents": str(folders[0]), "Folder of the index": str(folders[1])}
    rows = "".join(f"<dt>{shown(name)}</dt><dd>{shown(value)}</dd>" for name, value in facts.items())
    return f'<p class="cv-label">The index</p><dl class="cv-standing">{rows}</dl>'
