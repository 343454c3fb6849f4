"""The gates stop a broken system, each fault by the gate that names it, and let the working one pass."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from eval.casefile import bundled_cases, load, read_library
from eval.collect import Asker, Case
from eval.faults import FAULTS, Fault, World
from eval.gates import Gates, bundled_gates, check, failures, load_gates
from eval.run import choose, run_asker
from rag.corpus import bundled as bundled_corpus
from rag.types import Answer, Exchange


class Remembering:
    """Asks the real assistant once and then repeats what it said."""

    def __init__(self, inner: Asker) -> None:
        self.inner = inner
        self.said: dict[tuple[str, tuple[Exchange, ...]], Answer] = {}

    def ask(self, question: str, history: Sequence[Exchange] = ()) -> Answer:
        key = (question, tuple(history))
        if key not in self.said:
            self.said[key] = self.inner.ask(question, history)
        return self.said[key]


@pytest.fixture(scope="module")
def world() -> World:
    library = read_library(bundled_corpus())
    return World(library, load(bundled_cases(), library))


@pytest.fixture(scope="module")
def chosen(world: World) -> list[Case]:
    return choose(world.cases, "quick")


@pytest.fixture(scope="module")
def asker(bundled: Any) -> Remembering:
    return Remembering(bundled)


@pytest.fixture(scope="module")
def gates() -> Gates:
    return load_gates(bundled_gates())


def test_the_working_system_passes(asker: Remembering, chosen: list[Case], world: World, gates: Gates) -> None:
    assert list(failures(check(gates, run_asker(asker, chosen, world.library, "quick")))) == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_stopped_by_its_gate(
    fault: Fault, asker: Remembering, chosen: list[Case], world: World, gates: Gates
) -> None:
    run = run_asker(fault.wrap(asker, world), chosen, world.library, "quick")
    failed = {verdict.gate for verdict in check(gates, run) if not verdict.passed}
    assert fault.gate in failed
