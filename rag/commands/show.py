"""`rag show`: the source itself, with a place marked."""

from __future__ import annotations

import re
from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer

from rag.commands.shared import Corpus, Data, Json, print_json, say
from rag.errors import InputError
from rag.types import FILE_NAME, Entry, SourceDoc

if TYPE_CHECKING:
    from rag.corpus import Listing

_PLACE = re.compile(r"^(?P<document>.+?)(?::(?P<start>\d+)-(?P<end>\d+)|#(?P<line>\d+))?$", re.DOTALL)

# Lines shown before and after the marked place.
_AROUND = 3


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("show", help="Show a source with a place marked, or list the documents.")(show)


def show(
    where: Annotated[
        str | None,
        typer.Argument(
            metavar="DOCUMENT[:START-END | #LINE]",
            help="A document, its characters or a line; none lists them.",
            show_default=False,
        ),
    ] = None,
    as_json: Json = False,
    corpus: Corpus = None,
    data: Data = None,
) -> None:
    from rag.cite import citation_json, cite, named, range_of
    from rag.commands.quote import opened
    from rag.corpus import list_documents
    from rag.readers import ocr
    from rag.reading import reading_of
    from rag.settings import load

    listing = list_documents(load(corpus=corpus, data=data).corpus)
    entries = {entry.document: entry for entry in listing.entries}
    if where is None:
        with closing(opened(corpus, data)) as sources:
            _list({**entries, **{source.document: source.entry for source in sources.documents}}, as_json)
        return
    match = _PLACE.match(where)
    assert match is not None  # any text of a character matches
    whole = named(where, entries)
    name = whole or named(match["document"], entries)
    if name is None:
        raise InputError(f"There is no document {match['document']!r}.", "List them with: rag show.")
    doc = _read(listing, entries[name], corpus, data)
    numbers = [] if whole else [int(n) if n else None for n in match.group("start", "end", "line")]
    start, end = range_of(doc, *numbers)
    citation = cite(doc, reading_of(doc), start, end)
    if as_json:
        print_json({"schema": 1, **citation_json(citation)})
        return
    say(
        f"{doc.entry.title}{_origin(doc.entry)}\n{doc.document}, lines {citation.line_start}-{citation.line_end}, characters {start}-{end}"
    )
    pages = range(citation.page or 0, (doc.page_of(end - 1) or 0) + 1)
    read = [page for page in pages if ocr.is_read(doc.reader, page)]
    say(f"page {ocr.ranges(read)} was read by OCR: check the words against it\n" if read else "")
    first, last = max(1, citation.line_start - _AROUND), min(doc.line_count, citation.line_end + _AROUND)
    for line in range(first, last + 1):
        span = doc.line_span(line)
        text = doc.text[span.start : span.end]
        if span.start < end and start < span.end and (start, end) != (0, len(doc.text)):
            a, b = max(start - span.start, 0), min(end - span.start, len(text))
            text = f"{text[:a]}⟦{text[a:b]}⟧{text[b:]}"
        say(f"{line:6}  {text}")


def _read(listing: Listing, entry: Entry, corpus: object, data: object) -> SourceDoc:
    """The document; a PDF, where there is an OCR, as it is kept: a scan takes seconds a page to read anew."""
    from rag.commands.quote import opened
    from rag.readers import ocr, read_document

    if entry.document.lower().endswith(".pdf") and ocr.engine() != ocr.UNREAD:
        with closing(opened(corpus, data)) as sources:
            for source in sources.documents:
                if source.document == entry.document:
                    return source.doc
    return read_document(listing.path_of(entry.document), entry)


def _list(entries: dict[str, Entry], as_json: bool) -> None:
    from rag.cite import entry_json

    if as_json:
        print_json({"schema": 1, "documents": [entry_json(entry) for entry in entries.values()]})
        return
    for entry in entries.values():
        say(f"{entry.date or 'undated':10}  {entry.document}  {entry.title}{_origin(entry)}")


def _origin(entry: Entry) -> str:
    """Where what the manifest does not give was read; that a title is the file's name can be seen."""
    read = [f"{field}: {where}" for field, where in entry.read_from.items() if (field, where) != ("title", FILE_NAME)]
    return f"  [{'; '.join(read)}]" if read else ""
