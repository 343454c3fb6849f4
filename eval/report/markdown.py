"""The report in Markdown: what a person reads in a pull request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eval.compare import Change, got_worse
from eval.gates import Verdict
from eval.judge import judge_line
from eval.report.moved import in_common, summary, worse_cases
from eval.report.worst import Shown
from eval.run import Run
from eval.table import number


def text(
    name: str, run: Run, before: Run | None, verdicts: Sequence[Verdict], moved: Sequence[Change], shown: Sequence[Shown]
) -> str:
    """The whole report."""
    parts = [_head(name, run, verdicts), _lost(before, moved), _figures(run, before), _worst(shown), _made(run)]
    return "\n".join(line for part in parts for line in part) + "\n"


def headline(verdicts: Sequence[Verdict]) -> str:
    """The one line that matters."""
    failed = [verdict for verdict in verdicts if not verdict.passed]
    if not verdicts:
        return "No gates were checked."
    return (
        f"{len(failed)} of {len(verdicts)} gates FAILED: this may not be released."
        if failed
        else f"All {len(verdicts)} gates passed."
    )


def origin(run: Run) -> str:
    """What was run: profile, cases, commit."""
    code = run.made.get("code", {})
    if not code.get("commit"):
        commit = "no commit recorded"
    else:
        commit = f"commit {code['commit'][:9]}{' with uncommitted changes' if code['dirty'] else ''}"
    return f"Profile {run.profile}, {len(run.rows)} cases, {commit}."


def _head(name: str, run: Run, verdicts: Sequence[Verdict]) -> Iterator[str]:
    yield from (f"# Evaluation of {name}", "", f"**{headline(verdicts)}**", "")
    yield from (f"- {verdict.line}" for verdict in verdicts if not verdict.passed)
    yield from ("", origin(run), "")


def _lost(before: Run | None, moved: Sequence[Change]) -> Iterator[str]:
    yield from ("## Which answers got worse, and why", "")
    if before is None:
        yield from ("There is no earlier release to compare with.", "")
        return
    lost = worse_cases(moved)
    yield from (f"**{summary(moved)}**", "")
    if shared := list(in_common(lost)):
        yield from (f"In common: {'; '.join(shared)}.", "")
    for case in lost:
        yield f"- **{case.after.id}** {case.after.question}"
        yield f"    - {'; '.join(case.why)}"
        yield f"    - expected: {case.after.expected}"
        yield f"    - before: {case.before.got}"
        yield f"    - now: {case.after.got}"
    yield from ("", "| measure | worse | better | of | p |", "| --- | ---: | ---: | ---: | ---: |")
    for change in got_worse(moved):
        yield f"| {change.measure} | {len(change.worse)} | {len(change.better)} | {change.n} | {change.paired.p:.3g} |"
    yield ""


def _figures(run: Run, before: Run | None) -> Iterator[str]:
    judge = judge_line(run.made)
    yield from (
        "## Figures",
        "",
        *((judge, "") if judge else ()),
        "| measure | half | value | 95% interval | n | last release |",
        "| --- | --- | ---: | --- | ---: | ---: |",
    )
    for figure in run.figures:
        if figure.kind is None and figure.part != "all":
            old = before.figure(figure.key) if before else None
            interval = f"{number(figure.low)} to {number(figure.high)}" if figure.value is not None else figure.reason
            yield (
                f"| {figure.measure} | {figure.part} | {number(figure.value)} | {interval} | {figure.n} | "
                f"{number(old.value) if old else '–'} |"
            )
    yield ""


def _worst(shown: Sequence[Shown]) -> Iterator[str]:
    yield from ("## The worst cases", "")
    for case in shown:
        yield f"- **{case.row.id}** ({case.row.kind}, {case.row.split}): {case.row.question}"
        yield f"    - wrong: {case.problem}"
        yield f"    - expected: {case.row.expected}"
        yield f"    - got: {case.row.got}"
    yield ""


def _made(run: Run) -> Iterator[str]:
    yield from ("## How to make it again", "")
    for key, value in run.made.items():
        yield f"- {key}: {value}"
