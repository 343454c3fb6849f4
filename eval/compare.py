"""Two runs, case by case: what got better, what got worse, and whether chance would do as much."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from eval.measures import MEASURES, Row
from eval.run import Run
from eval.stats import Paired, compare


@dataclass(frozen=True)
class Moved:
    """A case whose score changed: the rows before and after, and the two values."""

    before: Row
    after: Row
    was: float
    now: float


@dataclass(frozen=True)
class Change:
    """One measure over the cases that have it in both runs. `better` and `worse` take the measure's direction into account."""

    measure: str
    n: int
    better: tuple[Moved, ...]
    worse: tuple[Moved, ...]
    paired: Paired
    lower_is_better: bool

    @property
    def net_loss(self) -> bool:
        """Whether the mean moved the wrong way."""
        return self.paired.change > 0 if self.lower_is_better else self.paired.change < 0


def changes(before: Run, after: Run) -> list[Change]:
    """Every measure with a direction that both runs have, in the order of the registry.

    Cases are matched by suite and id and must ask the same and expect the same: a case that was rewritten is another.
    """
    return [change for name in MEASURES if (change := _change(name, before, after))]


def _change(name: str, before: Run, after: Run) -> Change | None:
    direction = MEASURES[name].better
    pairs = list(_pairs(name, before, after))
    if not pairs or direction == "neither":
        return None
    lower = direction == "lower"
    moved = [pair for pair in pairs if pair.was != pair.now]
    better = tuple(pair for pair in moved if (pair.now < pair.was) == lower)
    lost = (pair for pair in moved if (pair.now < pair.was) != lower)
    worse = tuple(sorted(lost, key=lambda pair: (-abs(pair.now - pair.was), pair.after.id)))
    return Change(name, len(pairs), better, worse, compare([p.was for p in pairs], [p.now for p in pairs]), lower)


def got_worse(found: Sequence[Change]) -> list[Change]:
    """The changes that lost a case, those first that chance explains least and that lost more than they gained."""
    lost = [change for change in found if change.worse]
    return sorted(lost, key=lambda change: (not change.net_loss, change.paired.p))


def _pairs(name: str, before: Run, after: Run) -> Iterator[Moved]:
    earlier = {(row.suite, row.id, row.question, row.expected): row for row in before.rows}
    for row in after.rows:
        old = earlier.get((row.suite, row.id, row.question, row.expected))
        if old is None or name not in row.scores or name not in old.scores:
            continue
        was, now = old.scores[name].value, row.scores[name].value
        if was is not None and now is not None:
            yield Moved(old, row, was, now)


def lines(found: list[Change], at_most: int = 5) -> Iterator[str]:
    """The comparison for people: one line a measure that moved, and the cases that lost most."""
    for change in found:
        if not change.better and not change.worse:
            continue
        yield (
            f"{change.measure:<28} {change.paired.change:+.3f}  worse {len(change.worse)}, better {len(change.better)} of "
            f"{change.n}  p = {change.paired.p:.3g} ({change.paired.test})"
        )
        for moved in change.worse[:at_most]:
            yield f"    {moved.after.id:<8} {moved.was:.2f} → {moved.now:.2f}  {moved.after.question}"
        if len(change.worse) > at_most:
            yield f"    … and {len(change.worse) - at_most} more"
