"""`rag sync`: bring the index up to date."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rag.commands.shared import Corpus, Data, Json, print_json, say

if TYPE_CHECKING:
    from rag.index import SyncReport


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("sync", help="Bring the index up to date with the corpus.")(sync)


def sync(
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Throw the index away and build it anew.")] = False,
    as_json: Json = False,
    corpus: Corpus = None,
    data: Data = None,
) -> None:
    from rag.commands.session import assistant, progress_bar, resolve, warn

    with assistant(sync=False, corpus=resolve(corpus), data=resolve(data)) as opened:
        with progress_bar() as progress:
            report = opened.sync(progress, rebuild=rebuild)
        warn(report)
        if as_json:
            print_json(to_json(report, opened.status()))
            return
        for what in ("added", "changed", "removed"):
            for name in getattr(report, what):
                say(f"{what:8} {name}")
        status = opened.status()
        say(f"{status['documents']} documents, {status['characters']:,} characters; {report.unchanged} unchanged.")


def to_json(report: SyncReport, status: dict[str, Any]) -> dict[str, Any]:
    """What a sync did and what is indexed now, as one JSON object."""
    return {"schema": 1, **asdict(report), **status}
