"""Gates: what a run must reach to be released, and what it must not lose.

`gates.toml` holds two kinds. A `[[gate]]` is a floor or a ceiling for one figure, with the bound of the interval that
counts (`value`, `low` or `high`), the fewest cases it may rest on, and why; one with a `profile` holds for that profile
only. A `[[regression]]` compares a measure case by case with an earlier run: it fails when the mean got worse and chance
alone would do as much with a probability below `p`, and also when more than the share `most_lost` of the cases got
worse, whatever was gained elsewhere: ten lost answers do not hide behind eleven gained. Of few cases one is a large
share, so `spared` lost cases never fail by their share alone. Nothing passes by being absent: a measure that vanished,
has no value or rests on too few cases fails its gate.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from eval.compare import Change, changes
from eval.measures import MEASURES
from eval.run import Run
from rag.errors import InputError


@dataclass(frozen=True)
class Gate:
    """`key` names a figure (`measure/part` or `measure/part/kind`) or a number under `performance` (dotted)."""

    name: str
    key: str
    floor: float | None
    ceiling: float | None
    bound: Literal["value", "low", "high"]
    min_cases: int
    why: str
    profile: str | None = None


@dataclass(frozen=True)
class RegressionGate:
    name: str
    measure: str
    p: float
    most_lost: float
    why: str
    spared: int = 0

    def may_be_lost(self, n: int) -> int:
        """How many of `n` cases may have got worse."""
        return max(self.spared, int(self.most_lost * n))


@dataclass(frozen=True)
class Verdict:
    """What a gate says of a run: `line` is the one line a person reads."""

    gate: str
    passed: bool
    line: str


@dataclass(frozen=True)
class Gates:
    gates: tuple[Gate, ...]
    regressions: tuple[RegressionGate, ...]


def bundled_gates() -> Path:
    """The gates of the bundled cases."""
    return Path(__file__).resolve().parent / "gates.toml"


def load_gates(path: Path) -> Gates:
    """The gates in `path`. Raises InputError for unknown keys, impossible values and names used twice."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path.name} cannot be read: {error}.", "Name a gates file with --gates FILE.") from error
    if unknown := sorted(set(raw) - {"gate", "regression"}):
        raise InputError(f"{path.name}: unknown table {unknown[0]!r}.", "Known are [[gate]] and [[regression]].")
    gates = tuple(_gate(table, path.name) for table in raw.get("gate", []))
    regressions = tuple(_regression(table, path.name) for table in raw.get("regression", []))
    names = [gate.name for gate in gates] + [gate.name for gate in regressions]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"{path.name}: two gates are called {name}.", "Give each its own name.")
    return Gates(gates, regressions)


def _gate(table: dict[str, Any], file: str) -> Gate:
    _check(table, file, needed=("name", "key", "min_cases", "why"), allowed=("floor", "ceiling", "bound", "profile"))
    bound = table.get("bound", "value")
    if bound not in ("value", "low", "high"):
        raise InputError(f"{file}, gate {table['name']}: bound {bound!r}.", "Write value, low or high.")
    if ("floor" in table) == ("ceiling" in table):
        raise InputError(f"{file}, gate {table['name']}: either a floor or a ceiling is needed.", "Give exactly one.")
    if str(table["key"]).startswith("judged."):
        raise InputError(f"{file}, gate {table['name']}: a judged measure gates nothing.", "Gate a measure that is counted.")
    floor, ceiling = (float(table[side]) if side in table else None for side in ("floor", "ceiling"))
    return Gate(table["name"], table["key"], floor, ceiling, bound, int(table["min_cases"]), table["why"], table.get("profile"))


def _regression(table: dict[str, Any], file: str) -> RegressionGate:
    _check(table, file, needed=("name", "measure", "p", "most_lost", "why"), allowed=("spared",))
    if table["measure"] not in MEASURES or table["measure"].startswith("judged."):
        raise InputError(
            f"{file}, gate {table['name']}: no measure that gates is called {table['measure']!r}.", "See docs/evaluation.md."
        )
    p, most_lost, spared = float(table["p"]), float(table["most_lost"]), int(table.get("spared", 0))
    return RegressionGate(table["name"], table["measure"], p, most_lost, table["why"], spared)


def _check(table: dict[str, Any], file: str, needed: Sequence[str], allowed: Sequence[str]) -> None:
    name = table.get("name", "without a name")
    for key in needed:
        if key not in table:
            raise InputError(f"{file}, gate {name}: `{key}` is missing.", "Every gate has one.")
    if unknown := sorted(set(table) - {*needed, *allowed}):
        raise InputError(f"{file}, gate {name}: unknown key {unknown[0]!r}.", f"Known: {', '.join([*needed, *allowed])}.")


def check(gates: Gates, run: Run, before: Run | None = None) -> list[Verdict]:
    """Every gate's verdict on `run`, in file order; regressions are judged only against an earlier run."""
    verdicts = [_judge(gate, run) for gate in gates.gates if gate.profile in (None, run.profile)]
    if before is not None:
        found = {change.measure: change for change in changes(before, run)}
        verdicts += [_judge_change(gate, found.get(gate.measure)) for gate in gates.regressions]
    return verdicts


def _judge(gate: Gate, run: Run) -> Verdict:
    found = _number(gate, run)
    if isinstance(found, str):
        return Verdict(gate.name, False, f"{gate.name}: {gate.key} {found}. {gate.why}")
    value, n, reason = found
    word, limit = ("floor", gate.floor) if gate.floor is not None else ("ceiling", gate.ceiling or 0.0)
    kept = value >= limit if word == "floor" else value <= limit
    which = "" if gate.bound == "value" else f" ({gate.bound} bound)"
    passed = kept and n >= gate.min_cases
    few = "" if n >= gate.min_cases else f", but rests on {n} cases, {gate.min_cases} are needed"
    of = f" ({reason})" if reason and not passed else ""
    return Verdict(gate.name, passed, f"{gate.name}: {gate.key}{which} is {value:.4g}{of}, {word} {limit:.4g}{few}. {gate.why}")


def _number(gate: Gate, run: Run) -> tuple[float, int, str] | str:
    """The number a gate looks at, the cases it rests on and what it is taken over, or why there is none."""
    if gate.key.startswith("performance."):
        node: Any = run.performance
        for part in gate.key.split(".")[1:]:
            node = node.get(part) if isinstance(node, dict) else None
        if not isinstance(node, int | float):
            return "has vanished"
        return float(node), len(run.answers), ""
    figure = run.figure(gate.key)
    if figure is None:
        return "has vanished"
    number = getattr(figure, gate.bound)
    return f"has no value: {figure.reason}" if number is None else (float(number), figure.n, figure.reason)


def _judge_change(gate: RegressionGate, change: Change | None) -> Verdict:
    if change is None:
        return Verdict(gate.name, False, f"{gate.name}: no case has {gate.measure} in both runs. {gate.why}")
    most = gate.may_be_lost(change.n)
    passed = not (change.net_loss and change.paired.p < gate.p) and len(change.worse) <= most
    return Verdict(
        gate.name,
        passed,
        f"{gate.name}: {gate.measure} got worse for {len(change.worse)} cases and better for {len(change.better)} "
        f"of {change.n}, at most {most} may be lost "
        f"(p = {change.paired.p:.3g}, {change.paired.test}; limit {gate.p:.3g}). {gate.why}",
    )


def failures(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """One line for each gate that failed."""
    return (verdict.line for verdict in verdicts if not verdict.passed)
