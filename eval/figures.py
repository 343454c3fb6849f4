"""Rows of scores into figures: every measure over the tune half, the report half and all cases.

A figure is the mean over the rows that have the score, except for three that a mean cannot give: F1, how well the
score of the best passage parts answerable from unanswerable questions, and the document that fares worst.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from eval import stats
from eval.measures import MEASURES, Figure, Measure, Row

PARTS = ("tune", "report", "all")

# A document with fewer questions than this says nothing by its figure.
_FEWEST_QUESTIONS = 2

_NEEDS_BOTH = "needs both answerable and unanswerable questions"


def figures(rows: Sequence[Row]) -> list[Figure]:
    """Every measure over every part that was run, in the order of the registry."""
    found = []
    for measure in MEASURES.values():
        for part in PARTS:
            chosen = [row for row in rows if part in ("all", row.split)]
            if not chosen:
                continue
            found.append(_figure(measure, part, None, chosen))
            if measure.by_kind:
                for kind in sorted({row.kind for row in _with(measure, chosen)}):
                    found.append(_figure(measure, part, kind, [row for row in chosen if row.kind == kind]))
    return found


def _with(measure: Measure, rows: Iterable[Row]) -> Iterator[Row]:
    return (row for row in rows if value_of(row, measure.name) is not None)


def value_of(row: Row, name: str) -> float | None:
    """The value of a row's score called `name`; None when it has none or it does not apply."""
    score = row.scores.get(name)
    return score.value if score else None


def figure_of(name: str, rows: Sequence[Row]) -> Figure:
    """One measure over these rows, as a figure of the report half."""
    return _figure(MEASURES[name], "report", None, rows)


def _figure(measure: Measure, part: str, kind: str | None, rows: Sequence[Row]) -> Figure:
    interval, reason = _SPECIAL.get(measure.name, _mean)(measure, rows)
    if interval is None:
        return Figure(measure.name, part, kind, None, None, None, 0, reason)
    # Rounded well below what any interval can tell, so that the order of a sum on another machine changes nothing.
    value, low, high = (round(number, 9) for number in (interval.value, interval.low, interval.high))
    return Figure(measure.name, part, kind, value, low, high, interval.n, reason)


Found = tuple[stats.Interval | None, str]


def _mean(measure: Measure, rows: Sequence[Row]) -> Found:
    values = [value for row in rows if (value := value_of(row, measure.name)) is not None]
    if not values:
        return None, f"no {measure.over} among {len(rows)} cases"
    return stats.mean(values), f"mean over {len(values)} {measure.over}"


def _f1(measure: Measure, rows: Sequence[Row]) -> Found:
    pairs = [
        (value_of(row, "refusal.recall") is not None, value_of(row, "refusal.precision") is not None)
        for row in rows
        if "refusal.precision" in row.scores
    ]
    if len({should for should, _ in pairs}) < 2:
        return None, _NEEDS_BOTH
    return stats.f1(pairs), f"over {len(pairs)} {measure.over}"


def _auroc(measure: Measure, rows: Sequence[Row]) -> Found:
    scored = [(row, score) for row in rows if (score := value_of(row, "refusal.score")) is not None]
    unanswerable = [score for row, score in scored if value_of(row, "refusal.recall") is not None]
    answerable = [score for row, score in scored if value_of(row, "refusal.recall") is None]
    if not answerable or not unanswerable:
        return None, _NEEDS_BOTH
    return stats.auroc(answerable, unanswerable), f"over {len(scored)} {measure.over}"


def _worst_document(measure: Measure, rows: Sequence[Row]) -> Found:
    """An average forgives a retriever that forgot a small document; the worst document does not."""
    by_document: dict[str, list[float]] = {}
    for row in rows:
        if (value := value_of(row, "retrieval.recall@20")) is not None:
            for document in row.documents:
                by_document.setdefault(document, []).append(value)
    ranked = sorted((sum(v) / len(v), document) for document, v in by_document.items() if len(v) >= _FEWEST_QUESTIONS)
    if not ranked:
        return None, f"no document with {_FEWEST_QUESTIONS} questions"
    return stats.mean(by_document[ranked[0][1]]), f"{ranked[0][1]}, the worst of {len(ranked)} documents"


def _judged(measure: Measure, rows: Sequence[Row]) -> Found:
    """A mean like others; where there is none, why nobody judged."""
    reasons = [row.scores[measure.name].reason for row in rows if measure.name in row.scores]
    found, reason = _mean(measure, rows)
    return (found, reason) if found else (None, reasons[0] if reasons else "not asked for (rag eval --judge PATH)")


_SPECIAL: dict[str, Callable[[Measure, Sequence[Row]], Found]] = {
    "refusal.f1": _f1,
    "refusal.auroc": _auroc,
    "retrieval.worst_document": _worst_document,
    "judged.grounded": _judged,
    "judged.relevant": _judged,
}
