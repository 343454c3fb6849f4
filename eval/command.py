"""`rag eval`: measure the assistant, compare with an earlier run, and stop a release that got worse."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from rag.commands.shared import Corpus, Data, Json, note, print_json, say

if TYPE_CHECKING:
    from eval.gates import Verdict
    from eval.run import Run
    from rag.settings import RagSettings

_group = typer.Typer(invoke_without_command=True, no_args_is_help=False, rich_markup_mode=None, add_completion=False)


def register(app: typer.Typer) -> None:
    app.add_typer(_group, name="eval", help="Measure the answers, and fail when they are not good enough.")


@_group.callback(invoke_without_command=True)
def evaluate(
    context: typer.Context,
    profile: Annotated[Literal["quick", "release"], typer.Option(help="quick: under a minute; release: every case.")] = "quick",
    split: Annotated[Literal["tune", "report"] | None, typer.Option(help="Only this half of the cases.")] = None,
    only: Annotated[str | None, typer.Option(metavar="PREFIX", help="Only suites, kinds or ids that begin so.")] = None,
    jobs: Annotated[int, typer.Option(min=1, max=64, help="Processes that ask at the same time.")] = 1,
    diff: Annotated[Path | None, typer.Option(metavar="RUN", help="Compare case by case with this run file.")] = None,
    kinds: Annotated[bool, typer.Option("--kinds", help="Show the measures for each kind of case too.")] = False,
    cases: Annotated[Path | None, typer.Option(help="Folder of cases.", show_default="the bundled cases")] = None,
    gates: Annotated[Path | None, typer.Option(help="Gates file.", show_default="the bundled gates")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the run file.", show_default="runs/ in the data folder")] = None,
    junit: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the gates as JUnit XML too.")] = None,
    corpus: Corpus = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Ask the cases, print each measure with its 95% interval, check the gates. Exit status 1 when a gate fails."""
    if context.invoked_subcommand is not None:
        return
    from eval.junit import write_junit
    from eval.run import read_run, save, to_json
    from rag.settings import load

    settings = load(corpus=corpus, data=data)
    before = read_run(diff) if diff else None
    run = _run(settings, profile, split, only, jobs, cases)
    path = save(run, out or settings.data / "runs")
    note(f"Run written to {path}")
    verdicts = _gates(run, before, gates, bundled=cases is None and corpus is None, whole=split is None and only is None)
    if junit:
        write_junit(verdicts, junit)
    if json:
        shown = {key: value for key, value in to_json(run).items() if key not in ("rows", "answers")}
        print_json({**shown, "run": path.name, "gates": [vars(verdict) for verdict in verdicts]})
    else:
        _print(run, kinds, before)
        _print_gates(verdicts)
    if any(not verdict.passed for verdict in verdicts):
        raise typer.Exit(1)


def _run(settings: RagSettings, profile: str, split: str | None, only: str | None, jobs: int, folder: Path | None) -> Run:
    """Load the cases, ask them behind a progress bar on stderr, and score."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from eval import quotations, run
    from eval.casefile import bundled_cases, load, read_library

    library = read_library(settings.corpus)
    cases = load(folder or bundled_cases(), library)
    quoted = quotations.quotations(settings.corpus, profile, split) if only in (None, "quotes") else []
    chosen = run.choose(cases, profile, split, only) if only != "quotes" else []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        indexing, asking = bar.add_task("Indexing", total=None), bar.add_task("Asking", total=len(chosen))
        checking = bar.add_task("Checking quotations", total=len(quoted))
        transcripts = run.ask_all(
            settings,
            chosen,
            jobs,
            lambda steps: bar.advance(asking, steps),
            lambda what, done, total: bar.update(indexing, description=f"Indexing {what}", completed=done, total=total),
        )
        verdict_of = quotations.checker(settings.corpus)
        quotes = quotations.quotation_rows(quoted, verdict_of, lambda steps: bar.advance(checking, steps))
    return run.evaluate(transcripts, library, profile, run.provenance_of(settings, library, cases, chosen), quotes)


def _gates(run: Run, before: Run | None, path: Path | None, bundled: bool, whole: bool) -> list[Verdict]:
    """The verdicts of the gates that fit this run; says so on stderr when none does."""
    from eval.gates import bundled_gates, check, load_gates

    if not whole:
        note("Gates not checked: they are set for whole profiles, without --split and --only.")
        return []
    if path is None and not bundled:
        note("Gates not checked: the bundled gates are set for the bundled cases. Name yours with --gates FILE.")
        return []
    return check(load_gates(path or bundled_gates()), run, before)


def _print(run: Run, kinds: bool, before: Run | None) -> None:
    from eval import compare, table

    for line in table.lines(run, by_kind=kinds):
        say(line)
    if before:
        for line in compare.lines(compare.changes(before, run)):
            say(line)


def _print_gates(verdicts: list[Verdict]) -> None:
    from eval.gates import failures

    for line in failures(verdicts):
        say(f"GATE FAILED  {line}")
    if verdicts:
        say(f"{sum(verdict.passed for verdict in verdicts)} of {len(verdicts)} gates passed.")
