"""A run for people: a table for each half, with value, 95% interval and number of cases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from eval.judge import judge_line
from eval.measures import MEASURES, Figure
from eval.public import SetFigures
from eval.run import Run

_PART = {"tune": "TUNE half (looked at while building)", "report": "REPORT half (not looked at)"}


def lines(run: Run, by_kind: bool = False) -> Iterator[str]:
    """The table, line by line. Kinds are shown where asked for; a measure without cases says why."""
    for part, title in _PART.items():
        chosen = [figure for figure in run.figures if figure.part == part and (by_kind or figure.kind is None)]
        if not chosen:
            continue
        yield f"{title}"
        yield f"  {'measure':<34} {'value':>7}   {'95% interval':<15} {'n':>4}"
        group = ""
        for figure in chosen:
            if figure.measure.split(".")[0] != group:
                group = figure.measure.split(".")[0]
            yield f"  {_line(figure)}"
        yield ""
    if judge := judge_line(run.made):
        yield judge
    yield from _performance(run.performance)


def _line(figure: Figure) -> str:
    name = f"  {figure.kind}" if figure.kind else figure.measure
    if figure.value is None:
        return f"{name:<34} {'–':>7}   {figure.reason}"
    mark = {"lower": " ↓", "higher": "", "neither": ""}[MEASURES[figure.measure].better] if figure.measure in MEASURES else ""
    return f"{name + mark:<34} {number(figure.value):>7}   {number(figure.low)} to {number(figure.high):<8} {figure.n:>4}"


def set_lines(found: SetFigures) -> Iterator[str]:
    """Figures on public sets, beside published ones."""
    name, width = "", max((len(figure.name) for figure in found), default=0)
    for figure in found:
        if figure.set != name:
            name = figure.set
            yield name
        interval = f"{number(figure.low)} to {number(figure.high)}"
        yield f"  {figure.name:<{width}} {number(figure.value):>7}   {interval:<15} {figure.n:>4}   {figure.published}".rstrip()


def number(value: float | None) -> str:
    """Three figures are more than any of these intervals can carry."""
    return "–" if value is None else f"{value:.1f}" if abs(value) >= 10 else f"{value:.3f}"


def _performance(performance: Any) -> Iterator[str]:
    latency = performance.get("latency_ms", {})
    if latency:
        yield f"{'latency, ms':<16} {'median':>8} {'p95':>8} {'worst':>8} {'n':>6}"
        for stage, values in latency.items():
            yield f"  {stage:<14} {values['median']:>8.0f} {values['p95']:>8.0f} {values['worst']:>8.0f} {values['n']:>6}"
    if performance.get("peak_memory_mib"):
        yield f"peak memory {performance['peak_memory_mib']} MiB"
