"""One function per operation: a checked request in, the contract's JSON object out. Routes and tools both call these.

All of them block while they work. They raise RagError and nothing else that a caller could be to blame for.
"""

from __future__ import annotations

import os
import re
from collections.abc import Generator
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rag.answer import claim_json, to_json
from rag.cite import citation_json, cite, entry_json, named, range_of, search_json
from rag.commands.sync import to_json as sync_json
from rag.errors import InputError
from rag.quotes import check, check_draft
from rag.types import Answer, Exchange, Scope
from ui.api.models import AskRequest, QuoteItem, QuoteRequest, QuotesRequest, Scoped, SearchRequest, Spot
from ui.api.problems import NoSuchDocument, told
from ui.desk import Desk

Json = dict[str, Any]


def ask(desk: Desk, request: AskRequest) -> Json:
    """Answer a question."""
    return to_json(desk.ask(request.question, _history(request), _scope(request), request.top_k))


def stream(desk: Desk, request: AskRequest) -> Generator[tuple[str, Json]]:
    """Name and data of each event: `claim` for every verified claim, then `answer`."""
    for item in desk.stream(request.question, _history(request), _scope(request), request.top_k):
        if isinstance(item, Answer):
            yield "answer", to_json(item)
        else:
            citations = [citation_json(citation) for citation in item.citations]
            yield "claim", {"claim": claim_json(item.claim), "citations": citations}


def search(desk: Desk, request: SearchRequest) -> Json:
    """Find passages."""
    passages = desk.search(request.query, _scope(request), request.top_k)
    places = [cite(*desk.document(p.document), p.char_start, p.char_end) for p in passages]
    return search_json(request.query, zip(passages, places, strict=True))


def quote(desk: Desk, request: QuoteRequest) -> Json:
    """Check a quotation."""
    return check(desk.sources, request.quote, request.speaker, request.document).to_json()


def quotes(desk: Desk, request: QuotesRequest) -> Json:
    """Check quotations in order. Raises InputError, naming the number from 1, for one that cannot be checked."""
    return {"schema": 1, "results": [_numbered(desk, n, item) for n, item in enumerate(request.quotes, start=1)]}


def _numbered(desk: Desk, number: int, item: QuoteItem) -> Json:
    try:
        return {**quote(desk, item), "id": item.id}
    except InputError as error:
        raise InputError(f"Quote {number}: {error.message}", error.remedy) from error


def draft(desk: Desk, name: str, content: bytes) -> Json:
    """Check every quotation of an article; the kind of file is told by its name's ending."""
    ending = re.search(r"\.[a-z0-9]{1,10}$", name.lower())
    with TemporaryDirectory() as folder:
        # The caller's name is never a path here: no folder in it may be followed.
        path = Path(folder) / f"article{ending.group() if ending else ''}"
        path.write_bytes(content)
        return {**check_draft(desk.sources, path).to_json(), "draft": name}


def show(desk: Desk, document: str, spot: Spot) -> Json:
    """A place of a document, or all of it. Raises NoSuchDocument."""
    name = named(document, [source.document for source in desk.sources.documents])
    if name is None:
        raise NoSuchDocument(f"There is no document {document!r}.", "Ask for the list of documents.")
    doc, reading = desk.document(name)
    return {"schema": 1, **citation_json(cite(doc, reading, *range_of(doc, spot.start, spot.end, spot.line)))}


def documents(desk: Desk) -> Json:
    """What is in the corpus."""
    return {"schema": 1, "documents": [entry_json(source.entry) for source in desk.sources.documents]}


def sync(desk: Desk) -> Json:
    """Bring the index up to date with the corpus folder."""
    report = desk.reread()
    return sync_json(report, _index(desk) or {})


def status(desk: Desk) -> Json:
    """Where the server stands, and what is indexed."""
    state = desk.state
    program = f"chapter-and-verse {version('chapter-and-verse')}"
    return {"schema": 1, "program": program, "phase": state.phase, "message": _message(desk), "index": _index(desk)}


def _message(desk: Desk) -> str:
    return desk.state.text if desk.state.error is None else " ".join(told(desk.state.error))


def _index(desk: Desk) -> Json | None:
    state = desk.status()
    if state is not None and os.path.isabs(state["embedding_model"]):
        state["embedding_model"] = Path(state["embedding_model"]).name  # where it lies is nobody else's business
    return state


def _history(request: AskRequest) -> list[Exchange]:
    return [Exchange(turn.question, turn.answer) for turn in request.history]


def _scope(request: Scoped) -> Scope:
    return Scope(tuple(request.documents), tuple(request.authors), request.since, request.until)
