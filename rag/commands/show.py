"""`rag show`: the source itself, with a place marked."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from rag.commands.shared import Corpus, Data, Json, print_json, say
from rag.errors import InputError

_PLACE = re.compile(r"^(?P<document>.+?)(?::(?P<start>\d+)-(?P<end>\d+)|#(?P<line>\d+))?$")

# Lines shown before and after the marked place.
_AROUND = 3


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("show", help="Show a source with a place marked, or list the documents.")(show)


def show(
    where: Annotated[
        str | None,
        typer.Argument(metavar="DOCUMENT[:START-END | #LINE]", help="A document, its characters or a line; none lists them.", show_default=False),
    ] = None,
    as_json: Json = False,
    corpus: Corpus = None,
    data: Data = None,
) -> None:
    from rag.commands.sources import documents

    library = documents(corpus, data)
    if where is None:
        if as_json:
            print_json({"schema": 1, "documents": [
                {"document": d.document, "title": d.entry.title, "authors": list(d.entry.authors), "publisher": d.entry.publisher,
                 "date": d.entry.date, "url": d.entry.url, "inferred": dict(d.entry.inferred), "characters": len(d.text),
                 "lines": d.line_count, "pages": len(d.page_starts) or None}
                for d in library.values()
            ]})
            return
        for doc in library.values():
            say(f"{doc.entry.date or 'undated':10}  {doc.document}  {doc.entry.title}")
        return
    doc, start, end = _locate(where, library)
    from rag.answer_json import citation_json
    from rag.cite import cite
    from rag.reading import read

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


def _locate(where: str, library: dict[str, object]) -> tuple[object, int, int]:
    match = _PLACE.match(where)
    assert match is not None  # any text of a character matches
    name = where if where in library else match["document"]
    if name not in library:
        # A name without its folder is enough when it is the only one.
        alike = [path for path in library if path.endswith(f"/{name}")]
        if len(alike) != 1:
            raise InputError(f"There is no document {name!r}.", "List them with: rag show.")
        name = alike[0]
    doc = library[name]
    if where == name or (match["start"] is None and match["line"] is None):
        return doc, 0, len(doc.text)
    if match["line"] is not None:
        try:
            span = doc.line_span(int(match["line"]))
        except IndexError as error:
            raise InputError(f"{name} has {doc.line_count} lines, no line {match['line']}.", "Count from 1.") from error
        return doc, span.start, max(span.end, span.start + 1)
    start, end = int(match["start"]), int(match["end"])
    if not start < end <= len(doc.text):
        raise InputError(f"{name} has characters 0-{len(doc.text)}, no range {start}-{end}.", "Write START-END with START below END.")
    return doc, start, end
