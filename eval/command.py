"""`rag eval`: measure the assistant, compare with the last release, and stop one that got worse."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from rag.commands.shared import Corpus, Data, Json, note, print_json, say

if TYPE_CHECKING:
    from eval.session import Done
    from rag.settings import RagSettings

_group = typer.Typer(invoke_without_command=True, no_args_is_help=False, rich_markup_mode=None, add_completion=False)


def register(app: typer.Typer) -> None:
    app.add_typer(_group, name="eval", help="Measure the answers, and fail when they are not good enough.")


@_group.callback(invoke_without_command=True)
def evaluate(
    context: typer.Context,
    profile: Annotated[
        Literal["quick", "release", "public"], typer.Option(help="quick: a minute; release: every case; public: --public.")
    ] = "quick",
    split: Annotated[Literal["tune", "report"] | None, typer.Option(help="Only this half of the cases.")] = None,
    only: Annotated[str | None, typer.Option(metavar="PREFIX", help="Only suites, kinds or ids that begin so.")] = None,
    jobs: Annotated[int, typer.Option(min=1, max=64, help="Processes that ask at the same time.")] = 1,
    diff: Annotated[
        Path | None,
        typer.Option(metavar="RUN", help="Compare case by case with this run file.", show_default="the last release"),
    ] = None,
    kinds: Annotated[bool, typer.Option("--kinds", help="Show the measures for each kind of case too.")] = False,
    cases: Annotated[Path | None, typer.Option(help="Folder of cases.", show_default="the bundled cases")] = None,
    gates: Annotated[Path | None, typer.Option(help="Gates file.", show_default="the bundled gates")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the run file.", show_default="runs/ in the data folder")] = None,
    junit: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the gates as JUnit XML too.")] = None,
    report: Annotated[
        str | None, typer.Option(metavar="NAME", help="Write NAME.html, .md and .json: into eval/reports, or --out if given.")
    ] = None,
    public: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Measure on the public sets in this folder instead (--only: one set).")
    ] = None,
    strangers: Annotated[
        list[Path] | None,
        typer.Option(metavar="PATH", help="Measure on this strangers' corpus instead; may be repeated (--only: some cases)."),
    ] = None,
    readings: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="With --public or --strangers: write the evidence model's readings of each question."
        ),
    ] = None,
    judge: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="Let the configured language model judge too; PATH has labelled pairs (wice, qed)."),
    ] = None,
    corpus: Corpus = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Ask the cases, print each measure with its 95% interval, check the gates. Exit status 1 when a gate fails."""
    if context.invoked_subcommand is not None:
        return
    from eval.junit import write_junit
    from eval.releases import RELEASES
    from eval.run import save
    from eval.session import Wanted, perform
    from rag.settings import load

    settings = load(corpus=corpus, data=data)
    if public or profile == "public":
        _public(settings, public, only, jobs, readings, json)
        return
    if strangers:
        _strangers(settings, strangers, data, only, readings, json)
        return
    done = perform(Wanted(settings, profile, split, only, jobs, cases, gates, diff, judge, report))
    for line in done.notes:
        note(line)
    path = save(done.run, out or settings.data / "runs")
    note(f"Run written to {path}")
    if report:
        from eval.report import write_report

        page = write_report(report, done.run, done.before, done.verdicts, done.cases, done.library, out or RELEASES)
        note(f"Report written to {page}")
    if junit:
        write_junit(done.verdicts, junit)
    _print_json(done, path) if json else _print(done, kinds)
    if any(not verdict.passed for verdict in done.verdicts):
        raise typer.Exit(1)


@_group.command()
def new(
    out: Annotated[Path, typer.Option(help="Folder for the cases.")],
    count: Annotated[int, typer.Option(min=1, max=1000, help="How many questions to propose.")] = 40,
    corpus: Corpus = None,
) -> None:
    """Propose cases from a corpus, for you to mend and accept."""
    from eval.casefile import read_library
    from eval.propose import propose, write_proposals
    from rag.settings import load

    proposals = propose(read_library(load(corpus=corpus).corpus), count)
    folder = write_proposals(proposals, out)
    for suite, cases in proposals.items():
        say(f"{len(cases)} proposals in {folder / suite}.jsonl")
    say(f"Mend what is good and move it to {out}; then: rag eval --corpus … --cases {out}")


def _public(settings: RagSettings, folder: Path | None, only: str | None, jobs: int, readings: Path | None, json: bool) -> None:
    """Figures on public sets, beside those that others published."""
    from eval.public import measure_sets
    from eval.session import progress
    from eval.table import set_lines
    from rag.errors import InputError

    if folder is None:
        raise InputError("The public profile needs the folder of the sets.", "Name it with --public PATH.")
    with progress() as bar:
        task = bar.add_task("Public sets", total=None)
        found = measure_sets(
            folder,
            settings,
            only,
            jobs,
            lambda name, done, total: bar.update(task, description=name, completed=done, total=total),
            readings,
        )
    if json:
        print_json({"schema": 1, "profile": "public", "figures": [vars(figure) for figure in found]})
    else:
        for line in set_lines(found):
            say(line)


def _strangers(
    settings: RagSettings, folders: list[Path], data: Path | None, only: str | None, readings: Path | None, json: bool
) -> None:
    """Figures on corpora that nobody here has seen, and with --json a row for each case."""
    from eval.readings import write_readings
    from eval.session import progress
    from eval.strangers import measure_strangers, to_json
    from eval.table import set_lines

    with progress() as bar:
        task = bar.add_task("Strangers", total=None)
        found = measure_strangers(
            folders,
            settings,
            data,
            only,
            lambda name, done, total: bar.update(task, description=name, completed=done, total=total),
        )
    for line in found.notes:
        note(line)
    if readings:
        write_readings(readings, (row.reading for row in found.rows if row.reading))
    if json:
        figures, rows = [vars(figure) for figure in found.figures], [to_json(row) for row in found.rows]
        print_json({"schema": 1, "profile": "strangers", "notes": found.notes, "figures": figures, "rows": rows})
    else:
        for line in set_lines(found.figures):
            say(line)


def _print_json(done: Done, path: Path) -> None:
    from eval.run import to_json

    shown = {key: value for key, value in to_json(done.run).items() if key not in ("rows", "answers")}
    print_json({**shown, "run": path.name, "gates": [vars(verdict) for verdict in done.verdicts]})


def _print(done: Done, kinds: bool) -> None:
    from eval import compare, table
    from eval.gates import failures

    for line in table.lines(done.run, by_kind=kinds):
        say(line)
    if done.before:
        for line in compare.lines(compare.changes(done.before, done.run)):
            say(line)
    for line in failures(done.verdicts):
        say(f"GATE FAILED  {line}")
    if done.verdicts:
        say(f"{sum(verdict.passed for verdict in done.verdicts)} of {len(done.verdicts)} gates passed.")
