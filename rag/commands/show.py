"""`rag show`: the source itself, with a place marked."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from rag.commands.shared import Corpus, Data, Json, print_json, say
from rag.errors import InputError
from rag.types import Entry, SourceDoc, Span

_PLACE = re.compile(r"^(?P<document>.+?)(?::(?P<start>\d+)-(?P<end>\d+)|#(?P<line>\d+))?$")

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
    from rag.cite import citation_json, cite
    from rag.corpus import list_documents
    from rag.readers import read_document
    from rag.reading import read
    from rag.settings import load

    listing = list_documents(load(corpus=corpus, data=data).corpus)
    entries = {entry.document: entry for entry in listing.entries}
    if where is None:
        _list(entries, as_json)
        return
    match = _PLACE.match(where)
    assert match is not None  # any text of a character matches
    whole = _named(where, entries)
    name = whole or _named(match["document"], entries)
    if name is None:
        raise InputError(f"There is no document {match['document']!r}.", "List them with: rag show.")
    doc = read_document(listing.path_of(name), entries[name])
    start, end = (0, len(doc.text)) if whole else _range(doc, match)
    citation = cite(doc, read(doc.text, doc.page_starts), start, end)
    if as_json:
        print_json({"schema": 1, **citation_json(citation)})
        return
    say(f"{doc.entry.title}\n{doc.document}, lines {citation.line_start}-{citation.line_end}, characters {start}-{end}\n")
    first, last = max(1, citation.line_start - _AROUND), min(doc.line_count, citation.line_end + _AROUND)
    for line in range(first, last + 1):
        span = doc.line_span(line)
        text = doc.text[span.start : span.end]
        if span.start < end and start < span.end and (start, end) != (0, len(doc.text)):
            a, b = max(start - span.start, 0), min(end - span.start, len(text))
            text = f"{text[:a]}⟦{text[a:b]}⟧{text[b:]}"
        say(f"{line:6}  {text}")


def _list(entries: dict[str, Entry], as_json: bool) -> None:
    if as_json:
        fields = ("document", "title", "authors", "publisher", "date", "url", "inferred")
        print_json({"schema": 1, "documents": [{name: getattr(entry, name) for name in fields} for entry in entries.values()]})
        return
    for entry in entries.values():
        say(f"{entry.date or 'undated':10}  {entry.document}  {entry.title}")


def _named(name: str, entries: dict[str, Entry]) -> str | None:
    """The document called `name`; a name without its folder is enough when it is the only one."""
    if name in entries:
        return name
    alike = [path for path in entries if path.endswith(f"/{name}")]
    return alike[0] if len(alike) == 1 else None


def _range(doc: SourceDoc, match: re.Match[str]) -> Span:
    if match["line"] is not None:
        try:
            span = doc.line_span(int(match["line"]))
        except IndexError as error:
            raise InputError(f"{doc.document} has {doc.line_count} lines, no line {match['line']}.", "Count from 1.") from error
        return Span(span.start, min(max(span.end, span.start + 1), len(doc.text)))
    start, end = int(match["start"]), int(match["end"])
    if not start < end <= len(doc.text):
        raise InputError(
            f"{doc.document} has characters 0-{len(doc.text)}, no range {start}-{end}.", "Write START-END, START below END."
        )
    return Span(start, end)
