"""The gates stop a broken system, each fault by the gate that names it, and let the working one pass."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from eval.casefile import bundled_cases, load, read_library
from eval.collect import Asker, Case, collect
from eval.drafts.cases import Draft
from eval.drafts.faults import VERIFIER_FAULTS, VerifierFault
from eval.drafts.rows import draft_rows, drafts_of, library_verifier
from eval.faults import FAULTS, Fault, World, by_similarity
from eval.gates import Gates, bundled_gates, check, load_gates
from eval.measures import Row
from eval.quotations import Quotation, checker, quotation_rows, quotations
from eval.run import Run, choose, evaluate
from rag.corpus import bundled as bundled_corpus
from rag.quotes import open_sources
from rag.types import Answer, Exchange

# The first that asks, asks some fifty questions, which takes minutes where others keep the cores busy.
pytestmark = pytest.mark.timeout(1800)

# Of the quick profile's cases every so manieth of a kind (facts: all, some of each document): enough for each fault's gate to
# tell the broken from the working system.
_EVERY = 2


class Remembering:
    """Asks the real assistant once and then repeats what it said."""

    def __init__(self, inner: Asker) -> None:
        self.inner = inner
        self.said: dict[tuple[str, ...], Answer] = {}

    def ask(self, question: str, history: Sequence[Exchange] = ()) -> Answer:
        # What was answered before does not count: a follow-up is understood from the questions before it (rag/history.py).
        key = (question, *(turn.question for turn in history))
        if key not in self.said:
            self.said[key] = self.inner.ask(question, history)
        return self.said[key]


@pytest.fixture(scope="module")
def world() -> World:
    library = read_library(bundled_corpus())
    return World(library, load(bundled_cases(), library))


@pytest.fixture(scope="module")
def chosen(world: World) -> list[Case]:
    """Some cases of each kind; all of them are asked by `rag eval`, which .ci/run holds to every gate."""
    by_kind: dict[tuple[type, str], list[Case]] = defaultdict(list)
    for case in choose(world.cases, "quick"):
        by_kind[type(case), getattr(case, "kind", "")].append(case)
    return [case for (_, kind), cases in by_kind.items() for case in cases[:: 1 if kind == "fact" else _EVERY]]


@pytest.fixture(scope="module")
def asker(bundled: Any) -> Remembering:
    return Remembering(bundled)


@pytest.fixture(scope="module")
def drafts(world: World) -> list[Draft]:
    return drafts_of(bundled_corpus(), world.library, "quick")


@pytest.fixture(scope="module")
def verified(drafts: list[Draft]) -> list[Row]:
    return draft_rows(drafts, library_verifier())


@pytest.fixture(scope="module")
def quoted() -> list[Quotation]:
    return quotations(bundled_corpus(), open_sources(bundled_corpus(), None), "quick")


@pytest.fixture(scope="module")
def checked(quoted: list[Quotation]) -> list[Row]:
    """What the real quote checker says, asked once."""
    return quotation_rows(quoted, checker(open_sources(bundled_corpus(), None)))


@pytest.fixture(scope="module")
def others(verified: list[Row], checked: list[Row]) -> list[Row]:
    return [*checked, *verified]


def asked(asker: Asker, chosen: list[Case], world: World, others: list[Row]) -> Run:
    return evaluate(collect(asker, chosen, lambda _: None), world.library, "quick", {}, others)


@pytest.fixture(scope="module")
def gates() -> Gates:
    """The shipped gates, but for how many cases a figure has to rest on."""
    shipped = load_gates(bundled_gates())
    return replace(shipped, gates=tuple(replace(gate, min_cases=1) for gate in shipped.gates))


@pytest.fixture(scope="module")
def working(asker: Remembering, chosen: list[Case], world: World, others: list[Row]) -> Run:
    return asked(asker, chosen, world, others)


def test_a_quote_checker_by_similarity_is_stopped(
    world: World, gates: Gates, quoted: list[Quotation], checked: list[Row]
) -> None:
    texts = [source.reading.text for source in world.library.values()]
    for rows, stopped in ((checked, False), (quotation_rows(quoted, by_similarity(texts)), True)):
        run = evaluate([], world.library, "quick", {}, rows)
        failed = {verdict.gate for verdict in check(gates, run) if not verdict.passed}
        assert ("no-false-verbatim" in failed) is stopped


def test_the_verifier_passes(world: World, gates: Gates, verified: list[Row]) -> None:
    failed = {
        verdict.gate for verdict in check(gates, evaluate([], world.library, "quick", {}, verified)) if not verdict.passed
    }
    assert not failed & {fault.gate for fault in VERIFIER_FAULTS}


@pytest.mark.parametrize("fault", VERIFIER_FAULTS, ids=lambda fault: fault.name)
def test_a_broken_verifier_is_stopped_by_its_gate(
    fault: VerifierFault, world: World, gates: Gates, drafts: list[Draft]
) -> None:
    run = evaluate([], world.library, "quick", {}, draft_rows(drafts, fault.verify))
    assert fault.gate in {verdict.gate for verdict in check(gates, run) if not verdict.passed}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_stopped_by_its_gate_and_the_working_system_passes_it(
    fault: Fault, asker: Remembering, chosen: list[Case], world: World, gates: Gates, others: list[Row], working: Run
) -> None:
    # Some gates are a release's alone: the quick profile has too few such cases for a figure.
    profile = next(gate.profile for gate in gates.gates if gate.name == fault.gate)

    def failed(run: Run) -> set[str]:
        verdicts = check(gates, replace(run, profile=profile or run.profile))
        return {verdict.gate for verdict in verdicts if not verdict.passed}

    assert fault.gate in failed(asked(fault.wrap(asker, world), chosen, world, others))
    assert fault.gate not in failed(working)
