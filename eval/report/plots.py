"""Plots as SVG text for the report, drawn with matplotlib. Text stays text, so it can be searched and read aloud."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Mapping
from typing import Any

import matplotlib as mpl

mpl.use("svg")
from matplotlib.figure import Figure as Canvas

from eval.figures import value_of
from eval.run import Run
from eval.scorers.retrieval import CUTS

# Okabe and Ito's colours, which people who do not see red or green tell apart too.
_COLOURS = {"tune": "#999999", "report": "#0072B2", "before": "#E69F00"}
_VERDICTS = ("exact", "normalized", "elided", "altered", "spliced", "misattributed", "not_found")


def _svg(canvas: Canvas) -> str:
    """The drawing as an SVG element. A fixed salt and no date: the same figures give the same file."""
    out = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": "chapter-and-verse", "svg.fonttype": "none", "font.family": "sans-serif"}):
        canvas.savefig(out, format="svg", metadata={"Date": None, "Creator": None}, bbox_inches="tight")
    text = out.getvalue()
    return text[text.index("<svg") :]


def recall_by_k(run: Run, before: Run | None) -> str | None:
    """Whole evidence in the first k passages, with intervals."""
    canvas = Canvas(figsize=(5, 3.2))
    axes = canvas.subplots()
    drawn = False
    for label, source, part in (("tune", run, "tune"), ("report", run, "report"), ("before", before, "report")):
        found = [source.figure(f"retrieval.recall@{k}/{part}") for k in CUTS] if source else []
        points = [(k, f.value, f.low, f.high) for k, f in zip(CUTS, found, strict=False) if f and f.value is not None]
        if points:
            ks, values, lows, highs = zip(*points, strict=True)
            axes.plot(
                ks, values, marker="o", color=_COLOURS[label], label=f"{label} half" if label != "before" else "last release"
            )
            axes.fill_between(ks, lows, highs, color=_COLOURS[label], alpha=0.15)
            drawn = True
    axes.set(xlabel="k passages", ylabel="whole evidence", ylim=(0, 1), xticks=CUTS)
    axes.legend(loc="lower right", frameon=False)
    return _svg(canvas) if drawn else None


def refusal_trade_off(run: Run) -> str | None:
    """What refusing below a score would give: refused unanswerable questions against refused answerable ones."""
    scored = [(row, score) for row in run.rows if (score := value_of(row, "refusal.score")) is not None]
    bad = sorted(score for row, score in scored if value_of(row, "refusal.recall") is not None)
    good = sorted(score for row, score in scored if value_of(row, "refusal.recall") is None)
    if not bad or not good:
        return None
    refused = [row for row, _ in scored if value_of(row, "refusal.precision") is not None]
    wrongly = sum(value_of(row, "refusal.recall") is None for row in refused)
    cuts = [*sorted({*bad, *good}), float("inf")]
    canvas = Canvas(figsize=(5, 3.2))
    axes = canvas.subplots()
    axes.plot(
        [sum(s < c for s in good) / len(good) for c in cuts],
        [sum(s < c for s in bad) / len(bad) for c in cuts],
        color=_COLOURS["report"],
        label="by the first passage's score",
    )
    axes.plot([0, 1], [0, 1], color=_COLOURS["tune"], linestyle=":", label="a coin")
    here = (wrongly / len(good), (len(refused) - wrongly) / len(bad))
    axes.plot(*([at] for at in here), marker="o", color=_COLOURS["before"], linestyle="", label="this release")
    axes.set(xlabel="answerable questions refused", ylabel="unanswerable ones refused", xlim=(0, 1), ylim=(0, 1.02))
    axes.legend(loc="lower right", frameon=False)
    return _svg(canvas)


def quote_confusion(run: Run) -> str | None:
    """Verdicts that were right against verdicts that were given."""
    table = Counter(
        (row.expected.split(" or ")[0] if row.got not in row.expected.split(" or ") else row.got, row.got)
        for row in run.rows
        if row.suite == "quotes"
    )
    if not table:
        return None
    canvas = Canvas(figsize=(5, 3.8))
    axes = canvas.subplots()
    counts = [[table[right, given] for given in _VERDICTS] for right in _VERDICTS]
    shares = [[count / max(1, sum(row)) for count in row] for row in counts]
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for y, row in enumerate(counts):
        for x, count in enumerate(row):
            if count:
                axes.text(x, y, str(count), ha="center", va="center", color="white" if shares[y][x] > 0.5 else "black")
    axes.set_xticks(range(len(_VERDICTS)), _VERDICTS, rotation=35, ha="right")
    axes.set_yticks(range(len(_VERDICTS)), _VERDICTS)
    axes.set(xlabel="verdict given", ylabel="right verdict")
    return _svg(canvas)


def latency(performance: Mapping[str, Any]) -> str | None:
    """Median, p95 and worst of each stage."""
    stages = performance.get("latency_ms") or {}
    if not stages:
        return None
    canvas = Canvas(figsize=(5, 2.6))
    axes = canvas.subplots()
    for offset, (which, colour) in enumerate((("median", "#0072B2"), ("p95", "#56B4E9"), ("worst", "#CCCCCC"))):
        places = [number + 0.27 * (offset - 1) for number in range(len(stages))]
        axes.barh(places, [stage[which] for stage in stages.values()], height=0.25, color=colour, label=which)
    axes.set_yticks(range(len(stages)), list(stages))
    axes.invert_yaxis()
    axes.set(xlabel="milliseconds")
    axes.legend(frameon=False)
    return _svg(canvas)
