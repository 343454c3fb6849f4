"""The report as one HTML file: no script, nothing loaded from anywhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from eval.compare import Change, got_worse
from eval.gates import Verdict
from eval.judge import judge_line
from eval.measures import MEASURES, Figure
from eval.report import plots
from eval.report.markdown import headline, origin
from eval.report.moved import MovedCase, in_common, summary, worse_cases
from eval.report.worst import Shown
from eval.run import Run
from eval.table import number

HALVES = ("tune", "report")

# Lost cases that stand open at the top; the others are a click away.
SHOWN = 15

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --bad: #b3261e; --good: #146c2e; }
@media (prefers-color-scheme: dark) { :root { --bad: #ff8a80; --good: #81c995; } svg { background: #fff; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 0 auto; padding: 1rem; }
h1 { margin-bottom: 0; } h2 { border-top: 1px solid var(--line); padding-top: 1rem; }
h3 { font-size: 1rem; margin: 1.4rem 0 0; } h3 .where { font-weight: 400; } h3 + p { margin: .2rem 0; }
table { border-collapse: collapse; } td, th { padding: .15rem .7rem; text-align: left; border-bottom: 1px solid var(--line); }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
.bad { color: var(--bad); } .good { color: var(--good); } .big { font-size: 1.5rem; font-weight: 600; }
.plots { display: flex; flex-wrap: wrap; gap: 1rem; } figure { margin: 0; } svg { max-width: 100%; height: auto; }
details { border-bottom: 1px solid var(--line); padding: .4rem 0; } summary { cursor: pointer; }
.sides { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; }
blockquote { margin: .3rem 0; padding-left: .7rem; border-left: 3px solid var(--line); }
.where { color: #777; font-size: .85rem; } pre { white-space: pre-wrap; }
"""


def html(
    name: str, run: Run, before: Run | None, verdicts: Sequence[Verdict], moved: Sequence[Change], shown: Sequence[Shown]
) -> str:
    """The whole page."""
    body = "\n".join(
        line
        for part in (
            _head(name, run, verdicts),
            _lost(before, moved),
            _plots(run, before),
            _worst(shown),
            _figures(run, before),
            _gates(verdicts),
            _made(run),
        )
        for line in part
    )
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Evaluation of {escape(name)}</title><style>{_STYLE}</style></head>\n<body>\n{body}\n</body></html>\n"
    )


def _head(name: str, run: Run, verdicts: Sequence[Verdict]) -> Iterator[str]:
    failed = [verdict for verdict in verdicts if not verdict.passed]
    yield f"<h1>Evaluation of {escape(name)}</h1>"
    yield f'<p class="big {"bad" if failed else "good"}">{escape(headline(verdicts))}</p>'
    if failed:
        yield f"<ul>{''.join(f'<li>{escape(verdict.line)}</li>' for verdict in failed)}</ul>"
    yield f"<p>{escape(origin(run))}</p>"


def _lost(before: Run | None, moved: Sequence[Change]) -> Iterator[str]:
    yield "<h2>Which answers got worse, and why</h2>"
    if before is None:
        yield "<p>There is no earlier release to compare with.</p>"
        return
    lost = worse_cases(moved)
    yield f'<p class="{"bad" if lost else "good"}"><b>{escape(summary(moved))}</b></p>'
    if shared := list(in_common(lost)):
        yield f"<p><b>In common: {escape('; '.join(shared))}.</b></p>"
    for case in lost[:SHOWN]:
        yield from _lost_case(case)
    if lost[SHOWN:]:
        yield f"<details><summary>{len(lost) - SHOWN} more</summary>"
        for case in lost[SHOWN:]:
            yield from _lost_case(case)
        yield "</details>"
    yield "<details><summary>By measure, with what chance would do</summary><table>"
    yield _cells("th", "measure", "worse", "better", "of", "mean change", "p", "test", "meaning")
    for change in got_worse(moved):
        counts = (str(len(change.worse)), str(len(change.better)), str(change.n))
        chance = (f"{change.paired.change:+.3f}", f"{change.paired.p:.3g}", change.paired.test)
        yield _cells("td", change.measure, *counts, *chance, MEASURES[change.measure].meaning)
    yield "</table></details>"


def _lost_case(case: MovedCase) -> Iterator[str]:
    row = case.after
    place = _span("where", f"{row.id}, {row.kind}, {row.split}{''.join(f', needs {document}' for document in row.documents)}")
    yield f"<h3>{escape(row.question)} {place}</h3>"
    yield f'<p><span class="bad">{escape("; ".join(case.why))}</span><br>expected: {escape(row.expected)}</p>'
    yield (
        f'<div class="sides"><div>before<blockquote>{escape(case.before.got)}</blockquote></div>'
        f"<div>now<blockquote>{escape(row.got)}</blockquote></div></div>"
    )


def _plots(run: Run, before: Run | None) -> Iterator[str]:
    drawn = (
        ("Whole evidence by number of passages", plots.recall_by_k(run, before)),
        ("Refusing: the trade-off and the chosen point", plots.refusal_trade_off(run)),
        ("Quotations: right and given verdicts", plots.quote_confusion(run)),
        ("Latency by stage", plots.latency(run.performance)),
    )
    yield '<h2>At a glance</h2><div class="plots">'
    yield from (f"<figure><figcaption>{escape(title)}</figcaption>{svg}</figure>" for title, svg in drawn if svg)
    yield "</div>"


def _figures(run: Run, before: Run | None) -> Iterator[str]:
    yield "<h2>Figures</h2><p>The tune half was looked at while building, the report half was not. “before” is the last"
    yield "release, report half. ↓: less is better.</p>"
    if judge := judge_line(run.made):
        yield f"<p>{escape(judge)}</p>"
    yield "<table>"
    yield _cells(
        "th", "measure", *(f"{half}{what}" for half in HALVES for what in (" half", ", 95%", ", n")), "before", "meaning"
    )
    for measure in MEASURES.values():
        halves = [run.figure(f"{measure.name}/{half}") for half in HALVES]
        if all(figure is None for figure in halves):
            continue
        name = f"{measure.name} ↓" if measure.better == "lower" else measure.name
        old = before.figure(f"{measure.name}/report") if before else None
        yield _cells("td", name, *(text for figure in halves for text in _texts(figure)), _value(old), measure.meaning)
    yield "</table>"


def _texts(figure: Figure | None) -> tuple[str, str, str]:
    if figure is None or figure.value is None:
        return "–", figure.reason if figure else "", ""
    return number(figure.value), f"{number(figure.low)} to {number(figure.high)}", str(figure.n)


def _value(figure: Figure | None) -> str:
    return number(figure.value) if figure else "–"


def _cells(tag: str, *texts: str) -> str:
    """A table row; figures and dashes stand to the right."""
    cells = (f"<{tag}{' class=n' if text[:1].isdigit() or text == '–' else ''}>{escape(text)}</{tag}>" for text in texts)
    return f"<tr>{''.join(cells)}</tr>"


def _span(css: str, text: str) -> str:
    return f'<span class="{css}">{escape(text)}</span>'


def _gates(verdicts: Sequence[Verdict]) -> Iterator[str]:
    yield "<h2>Gates</h2><ul>"
    yield from (f'<li class="{"good" if verdict.passed else "bad"}">{escape(verdict.line)}</li>' for verdict in verdicts)
    yield "</ul>"


def _worst(shown: Sequence[Shown]) -> Iterator[str]:
    yield "<h2>The worst cases</h2><p>Open one to see the words that should have been found beside those that were.</p>"
    for case in shown:
        row = case.row
        head = f"<b>{escape(row.id)}</b> {escape(row.question)} {_span('bad', case.problem)}"
        yield f"<details><summary>{head} {_span('where', f'{row.kind}, {row.split}')}</summary>"
        yield f"<p>expected: {escape(row.expected)}</p><p>got: {escape(row.got)}</p>"
        yield f'<div class="sides"><div>gold{_quoted(case.should)}</div><div>first passages{_quoted(case.did)}</div></div>'
        yield "</details>"


def _quoted(places: Sequence[tuple[str, str]]) -> str:
    return (
        "".join(
            f'<blockquote>{escape(words)}<br><span class="where">{escape(where)}</span></blockquote>' for where, words in places
        )
        or "<blockquote>none</blockquote>"
    )


def _made(run: Run) -> Iterator[str]:
    yield "<h2>How to make it again</h2><table>"
    yield from (f"<tr><td>{escape(key)}</td><td>{escape(str(value))}</td></tr>" for key, value in run.made.items())
    yield "</table>"
