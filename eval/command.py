"""`rag eval`: measure the assistant, compare with an earlier run, and stop a release that got worse."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from rag.commands.shared import Corpus, Data, Json, note, print_json, say

if TYPE_CHECKING:
    from eval.run import Run

_group = typer.Typer(invoke_without_command=True, no_args_is_help=False, rich_markup_mode=None, add_completion=False)


def register(app: typer.Typer) -> None:
    app.add_typer(_group, name="eval", help="Measure the answers, and fail when they are not good enough.")


@_group.callback(invoke_without_command=True)
def evaluate(
    context: typer.Context,
    profile: Annotated[Literal["quick", "release", "public"], typer.Option(
        help="quick: under a minute; release: every case; public: the sets at --public.")] = "quick",
    split: Annotated[Literal["tune", "report"] | None, typer.Option(help="Only this half of the cases.")] = None,
    only: Annotated[str | None, typer.Option(metavar="PREFIX", help="Only suites, kinds or ids that begin so.")] = None,
    jobs: Annotated[int, typer.Option(min=1, max=64, help="Processes that ask at the same time.")] = 1,
    kinds: Annotated[bool, typer.Option("--kinds", help="Show the measures for each kind of case too.")] = False,
    cases: Annotated[Path | None, typer.Option(help="Folder of cases.", show_default="the bundled cases")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the run file.", show_default="runs/ in the data folder")] = None,
    corpus: Corpus = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Ask the cases, print each measure with its 95% interval, check the gates. Exit status 1 when a gate fails."""
    if context.invoked_subcommand is not None:
        return
    from eval.run import save, to_json
    from rag.settings import load

    settings = load(corpus=corpus, data=data)
    run = _run(settings, profile, split, only, jobs, cases)
    path = save(run, out or settings.data / "runs")
    note(f"Run written to {path}")
    if json:
        print_json({**{key: value for key, value in to_json(run).items() if key not in ("rows", "answers")}, "run": path.name})
    else:
        _print(run, kinds)


def _run(settings: Any, profile: str, split: str | None, only: str | None, jobs: int, folder: Path | None) -> Run:
    """Load the cases, ask them behind a progress bar on stderr, and score."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from eval import run
    from eval.cases import bundled_cases, load, read_library

    library = read_library(settings.corpus)
    cases = load(folder or bundled_cases(), library)
    chosen = run.choose(cases, profile, split, only)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        indexing, asking = bar.add_task("Indexing", total=None), bar.add_task("Asking", total=len(chosen))
        transcripts = run.ask_all(
            settings, chosen, jobs, lambda steps: bar.advance(asking, steps),
            lambda what, done, total: bar.update(indexing, description=f"Indexing {what}", completed=done, total=total),
        )
    return run.evaluate(transcripts, library, profile, run.provenance_of(settings, library, cases, chosen))


def _print(run: Run, kinds: bool) -> None:
    from eval.table import lines

    for line in lines(run, by_kind=kinds):
        say(line)
