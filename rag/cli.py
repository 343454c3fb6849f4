"""The command `rag`: gathers the commands and turns errors into one line and an exit status."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from importlib.metadata import version
from typing import Annotated

import typer

from rag.errors import RagError

# In the order in which --help lists them. `ui` and `eval` stand above the library, so they are loaded by name.
_COMMANDS = (
    "rag.commands.ask",
    "rag.commands.brief",
    "rag.commands.quote",
    "rag.commands.draft",
    "rag.commands.search",
    "rag.commands.verify",
    "rag.commands.show",
    "rag.commands.sync",
    "ui.command",
    "ui.api.stdio",
    "eval.command",
    "rag.commands.doctor",
)

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Answers from your documents, every sentence with its exact place; quotations checked word by word.",
)


def _version(asked: bool) -> None:
    if asked:
        sys.stdout.write(f"chapter-and-verse {version('chapter-and-verse')}\n")
        raise typer.Exit


@app.callback()
def _main(
    show_version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    pass


for _name in _COMMANDS:
    import_module(_name).register(app)


def main() -> None:
    """Run the command. Exit status 0: it worked; 2: bad usage or input; 1: anything else."""
    try:
        app()
    except RagError as error:
        sys.stderr.write(f"rag: {' '.join(str(error).split())}\n")
        sys.exit(error.exit_status)
    except BrokenPipeError:
        # The reader has gone (rag … | head): nothing is wrong, and nothing more can be said.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except KeyboardInterrupt:
        sys.stderr.write("rag: interrupted.\n")
        sys.exit(1)
