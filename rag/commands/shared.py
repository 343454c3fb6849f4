"""What the commands share: their common options, JSON on stdout, people's text, input files."""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from rag.errors import InputError
from rag.export import formats

# Columns of a line of prose.
_WIDTH = 100

Corpus = Annotated[Path | None, typer.Option("--corpus", help="Folder of documents.", show_default="the bundled corpus")]
Data = Annotated[
    Path | None, typer.Option("--data", help="Folder of the index; also RAG_DATA.", show_default="a folder of yours")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object (JSON Lines with --batch).")]
Documents = Annotated[
    list[str] | None,
    typer.Option(
        "--document",
        metavar="NAME",
        help="Search this document only: a path, a file name or a pattern; repeatable.",
        show_default=False,
    ),
]
Authors = Annotated[
    list[str] | None,
    typer.Option("--author", metavar="NAME", help="Search this author's documents only; repeatable.", show_default=False),
]
Since = Annotated[
    str | None,
    typer.Option(metavar="DATE", help="Search documents of this date or later (2021, 2021-03); undated ones are left out."),
]
Until = Annotated[
    str | None, typer.Option(metavar="DATE", help="Search documents of this date or earlier; undated ones are left out.")
]
Export = Annotated[
    Path | None,
    typer.Option(
        "--export",
        metavar="FILE",
        help="Also write it to a new file: .md, .docx (footnotes) or .html (an evidence packet, see rag verify).",
        show_default=False,
    ),
]
Batch = Annotated[
    str | None, typer.Option("--batch", metavar="FILE", help="JSON Lines, one request a line; - is standard input.")
]


def check_export(export: Path | None, batch: str | None) -> None:
    """Refuse a file that cannot be written before the work is done. Raises InputError."""
    if export is not None and batch is not None:
        raise InputError("--export takes one result, no batch.", "Leave out --batch or --export.")
    if export is not None:
        formats.check(export)


def counting() -> Callable[[str], None]:
    """Progress over documents: a line now and then, since a handful is read at once and only a long wait needs explaining."""
    count = itertools.count(1)

    def progress(document: str) -> None:
        if (number := next(count)) % 25 == 0:
            note(f"rag: reading documents … {number}")

    return progress


def print_json(value: Any) -> None:
    """One JSON value on one line of stdout, flushed so that a reader gets it at once."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def say(text: str = "") -> None:
    """A line on stdout for people."""
    sys.stdout.write(text + "\n")


def say_bold(pieces: Sequence[tuple[str, bool]], indent: int = 0) -> None:
    """Words on stdout for people, broken into lines; those that are bold are so on a terminal only."""
    from rich.console import Console
    from rich.text import Text

    from rag.export.visible import visible

    text = Text.assemble(*((visible(words), "bold" if bold else "") for words, bold in pieces))
    console = Console(width=_WIDTH, highlight=False)
    for line in text.wrap(console, _WIDTH - indent):
        line.rstrip()
        console.print(Text.assemble(" " * indent, line))


def note(text: str) -> None:
    """A line on stderr: progress and warnings never mix with the answer."""
    sys.stderr.write(text + "\n")


Request = dict[str, Any] | InputError
"""A request of a batch, or what is wrong with its line."""


def requests(batch: str, needed: str) -> list[Request]:
    """The requests of a batch file, in order; each has `needed`. Raises InputError when the file cannot be read."""
    try:
        lines = sys.stdin.readlines() if batch == "-" else Path(batch).read_text(encoding="utf-8").split("\n")
    except OSError as error:
        raise InputError(
            f"{batch} cannot be read: {error.strerror}.", "Name a JSON Lines file, or - for standard input."
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(f"{batch} is not UTF-8 (byte {error.start}).", "Save it as UTF-8.") from error
    return [_request(f"{batch}, line {n}", line, needed) for n, line in enumerate(lines, start=1) if line.strip()]


def _request(where: str, line: str, needed: str) -> Request:
    try:
        request = json.loads(line)
    except (ValueError, RecursionError) as error:
        return InputError(f"{where}: not JSON ({error}).", "Write one JSON object a line.")
    if not isinstance(request, dict) or not isinstance(request.get(needed), str):
        return InputError(f"{where}: `{needed}` is missing or no text.", f'Write {{"id": …, "{needed}": "…"}}.')
    return request


def answer_each(asked: Iterable[Request], answer: Callable[[int, dict[str, Any]], None]) -> None:
    """Have `answer` print the result of every request (numbered from 1), in order; a bad one gets its error in its place.

    Raises typer.Exit at the end when one was bad.
    """
    bad = False
    for number, request in enumerate(asked, start=1):
        id_ = None if isinstance(request, InputError) else request.get("id")
        try:
            if isinstance(request, InputError):
                raise request
            answer(number, request)
        except InputError as error:
            bad = True
            note(f"rag: request {number}: {error}")
            print_json({"id": id_, "error": error.message, "next_step": error.remedy})
    if bad:
        raise typer.Exit(InputError.exit_status)
