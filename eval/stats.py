"""Intervals and comparisons: what a figure over so many cases can and cannot say. Seeded, with numpy alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import comb, sqrt

import numpy as np
from numpy.typing import NDArray

SEED = 20161016
RESAMPLES = 2000

# The two-sided 95% point of the normal distribution.
_Z = 1.959963984540054


@dataclass(frozen=True)
class Interval:
    value: float
    low: float
    high: float
    n: int


def wilson(hits: int, n: int) -> Interval:
    """The 95% score interval of a proportion (Wilson 1927): unlike the textbook one, right for 0 of n and n of n."""
    share = hits / n
    centre = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z / (1 + _Z**2 / n) * sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
    return Interval(share, min(share, max(0.0, centre - half)), max(share, min(1.0, centre + half)), n)


def bootstrap(rows: Sequence[Sequence[float]], statistic: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> Interval:
    """The 95% percentile interval (Efron 1979) of a statistic of column means.

    `rows` are cases; `statistic` takes an array of column means, resample by resample, and gives one value for each.
    """
    table = np.asarray(rows, dtype=float)
    n = len(table)
    picks = np.random.default_rng(SEED).integers(0, n, size=(RESAMPLES, n))
    means = table[picks].mean(axis=1)
    low, high = np.quantile(statistic(means), [0.025, 0.975])
    value = float(statistic(table.mean(axis=0, keepdims=True))[0])
    return Interval(value, float(low), float(high), n)


def mean(values: Sequence[float]) -> Interval:
    """The mean with its interval: Wilson's where every value is 0 or 1, else by bootstrap."""
    if all(value in (0.0, 1.0) for value in values):
        return wilson(sum(map(int, values)), len(values))
    return bootstrap([[value] for value in values], lambda means: means[:, 0])


def f1(pairs: Sequence[tuple[bool, bool]]) -> Interval:
    """F1 of a yes-or-no decision over (should, did) pairs, by bootstrap over the pairs."""
    rows = [[float(should and did), float(should != did)] for should, did in pairs]

    def statistic(means: NDArray[np.float64]) -> NDArray[np.float64]:
        bottom = 2 * means[:, 0] + means[:, 1]
        return np.divide(2 * means[:, 0], bottom, out=np.zeros_like(bottom), where=bottom > 0)

    return bootstrap(rows, statistic)


def auroc(positive: Sequence[float], negative: Sequence[float]) -> Interval:
    """How often a positive case scores above a negative one, ties half (Mann-Whitney): 0.5 is a coin, 1 parts them wholly."""
    above, below = np.asarray(positive, dtype=float), np.asarray(negative, dtype=float)
    wins = (above[:, None] > below[None, :]) + 0.5 * (above[:, None] == below[None, :])
    random = np.random.default_rng(SEED)
    picks = [
        wins[random.integers(0, len(above), len(above))][:, random.integers(0, len(below), len(below))].mean()
        for _ in range(RESAMPLES // 4)
    ]
    low, high = np.quantile(picks, [0.025, 0.975])
    return Interval(float(wins.mean()), float(low), float(high), len(above) + len(below))


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of `values` do not exceed (nearest rank: always a value that was seen)."""
    ordered = sorted(values)
    return ordered[max(0, -(-int(share * 1000) * len(ordered) // 1000) - 1)]


@dataclass(frozen=True)
class Paired:
    """Two runs on the same cases: how many got better and worse, the mean change, and how likely chance does as much."""

    better: int
    worse: int
    change: float
    p: float
    test: str


def compare(before: Sequence[float], after: Sequence[float]) -> Paired:
    """Paired comparison: McNemar's exact test (1947) for 0/1 values, else a sign-flip test (Fisher 1935) by resampling."""
    differences = [new - old for old, new in zip(before, after, strict=True)]
    better, worse = sum(d > 0 for d in differences), sum(d < 0 for d in differences)
    change = sum(differences) / len(differences)
    if all(value in (0.0, 1.0) for value in [*before, *after]):
        return Paired(better, worse, change, _mcnemar(better, worse), "McNemar, exact")
    moved = np.array([d for d in differences if d])
    if not len(moved):
        return Paired(better, worse, change, 1.0, "sign flips")
    signs = np.random.default_rng(SEED).choice([-1.0, 1.0], size=(RESAMPLES * 5, len(moved)))
    # The observed outcome is one of those that chance could give, so it is counted too: p is never 0.
    extreme = int((np.abs(signs @ moved) >= abs(moved.sum()) - 1e-12).sum())
    return Paired(better, worse, change, (extreme + 1) / (RESAMPLES * 5 + 1), "sign flips")


def _mcnemar(better: int, worse: int) -> float:
    """Two-sided probability of a split at least as uneven, were better and worse equally likely."""
    n = better + worse
    tail = sum(comb(n, k) for k in range(min(better, worse) + 1)) / 2**n
    return float(min(1.0, 2 * tail))
