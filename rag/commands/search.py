"""`rag search`: passages, no answer."""

from __future__ import annotations

from typing import Annotated

import typer

from rag.commands.shared import Authors, Corpus, Data, Documents, Json, Since, Until, print_json, say


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("search", help="Find passages; no answer is made.")(search)


def search(
    query: Annotated[str, typer.Argument(help="What to look for.", show_default=False)],
    as_json: Json = False,
    top_k: Annotated[int | None, typer.Option("--top-k", help="How many passages.", show_default="20")] = None,
    document: Documents = None,
    author: Authors = None,
    since: Since = None,
    until: Until = None,
    corpus: Corpus = None,
    data: Data = None,
) -> None:
    from rag.questions import check_question

    check_question(query)
    from rag.commands.session import assistant, resolve

    with assistant(corpus=resolve(corpus), data=resolve(data), top_k=top_k) as opened:
        from rag.cite import cite, search_json
        from rag.commands.ask import place
        from rag.types import Scope

        passages = opened.search(query, scope=Scope(tuple(document or ()), tuple(author or ()), since, until))
        found = [cite(*opened.document(p.document), p.char_start, p.char_end) for p in passages]
        if as_json:
            print_json(search_json(query, zip(passages, found, strict=True)))
            return
        for number, citation in enumerate(found, start=1):
            say(f"{number}. {place(citation)}\n   {citation.reading_text}\n")
