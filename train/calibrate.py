"""Fit what a reading is worth: from the readings of many questions over several corpora to the weights in `rag/decide.py`.

    python train/calibrate.py ROWS.jsonl…

A row is a question: {"set", "answerable", "kind", "sentences": [[answers, window, certain, retrieved, gold], …]}, as
`rag eval --strangers … --readings FILE` and `rag eval --public … --readings FILE` write them; no question may come from what the
model was trained on. Each set counts alike, answerable and unanswerable ones of a set alike. First the order of sentences (the
gold one first), then log-odds that the question is answered, by logistic regression; figures for each set with the others' weights.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

Row = dict[str, Any]


def order(rows: Sequence[Row], window: float, retrieved: float) -> dict[str, float]:
    """Share of answerable questions, by set, whose best sentence is a gold one."""
    hits: dict[str, list[float]] = {}
    for row in rows:
        table = np.array(row["sentences"])
        if row["answerable"] and len(table) and table[:, 4].any():
            best = (table[:, 0] + window * table[:, 1] + retrieved * table[:, 3]).argmax()
            hits.setdefault(row["set"], []).append(table[best, 4])
    return {name: float(np.mean(found)) for name, found in hits.items()}


def features(row: Row, window: float, retrieved: float) -> np.ndarray:
    """What speaks for an answer: the best sentence's readings and its passage's retrieval score, and 1."""
    table = np.array(row["sentences"])
    if not len(table):
        return np.array([-8.0, -8.0, -8.0, 0.0, 1.0])
    best = table[(table[:, 0] + window * table[:, 1] + retrieved * table[:, 3]).argmax()]
    return np.array([*best[:4], 1.0])


def weigh(rows: Sequence[Row]) -> np.ndarray:
    """Each set and each of its two sides counts alike."""
    keys = [(row["set"], row["answerable"]) for row in rows]
    return np.array([1 / keys.count(key) for key in keys])


def fit(x: np.ndarray, y: np.ndarray, w: np.ndarray, ridge: float = 0.02) -> np.ndarray:
    """Weights of a ridged logistic regression, by Newton's method; the last is the bias."""
    beta, w = np.zeros(x.shape[1]), w / w.sum()
    penalty = ridge * np.diag([*[1.0] * (x.shape[1] - 1), 0.0])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ beta))
        gradient = x.T @ (w * (p - y)) + penalty @ beta
        beta -= np.linalg.solve((x * (w * p * (1 - p))[:, None]).T @ x + penalty + 1e-9 * np.eye(x.shape[1]), gradient)
    return beta


def auroc(yes: np.ndarray, no: np.ndarray) -> float:
    """How often an answerable question scores above an unanswerable one, ties half."""
    return (
        float(((yes[:, None] > no[None]) + 0.5 * (yes[:, None] == no[None])).mean()) if len(yes) and len(no) else float("nan")
    )


def main() -> None:
    rows = [json.loads(line) for path in sys.argv[1:] for line in Path(path).read_text(encoding="utf-8").splitlines()]
    tried = {(a, b): order(rows, a, b) for a, b in product((0.0, 0.25, 0.5, 1.0), (0.5, 1.0, 2.0, 3.0))}
    for (a, b), found in sorted(tried.items(), key=lambda item: -np.mean(list(item[1].values())))[:5]:
        print(f"window {a}, retrieved {b}: gold first " + ", ".join(f"{name} {share:.2f}" for name, share in found.items()))
    window, retrieved = max(tried, key=lambda key: float(np.mean(list(tried[key].values()))))
    x = np.array([features(row, window, retrieved) for row in rows])
    y = np.array([float(row["answerable"]) for row in rows])
    w = weigh(rows)
    print("weights (answers, window, certain, retrieved, bias):", np.round(fit(x, y, w), 3))
    sets = sorted({row["set"] for row in rows})
    for name in sets:
        own = np.array([row["set"] == name for row in rows])
        odds = x[own] @ fit(x[~own], y[~own], w[~own]) if len(sets) > 1 else x[own] @ fit(x, y, w)
        right = odds[y[own] == 1]
        kinds = [row["kind"] for row in rows if row["set"] == name]
        line = [f"{name}: {len(right)} answerable"]
        for kind in sorted({k for k, yes in zip(kinds, y[own], strict=True) if not yes}):
            wrong = odds[[k == kind and not yes for k, yes in zip(kinds, y[own], strict=True)]]
            floor = np.quantile(right, 0.05) if len(right) else 0.0
            line.append(
                f"{kind} ({len(wrong)}) AUROC {auroc(right, wrong):.2f}, refused at 5% false {np.mean(wrong < floor):.2f}"
            )
        print("; ".join(line) + (f"; odds at 5%: {np.quantile(right, 0.05):.2f}" if len(right) else ""))


if __name__ == "__main__":
    main()
