"""The same inputs give the same figures, to the last digit: twice, and from one process or two."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from eval.casefile import bundled_cases, load, read_library
from eval.run import Run, ask_all, choose, evaluate, to_json
from eval.session import Wanted, perform
from rag.corpus import bundled as bundled_corpus
from rag.settings import RagSettings
from rag.settings import load as load_settings


@pytest.fixture
def settings(bundled_data: Path, tmp_path: Path) -> RagSettings:
    """Over a copy of the index: a run brings it up to date, and the other tests have it open."""
    shutil.copytree(bundled_data, tmp_path / "data")
    return load_settings(data=tmp_path / "data")


def without_clock(run: Run) -> dict[str, Any]:
    """A run file's figures, scores, reasons and raw answers."""
    shown = to_json(run)
    answers = {name: {**answer, "timings_ms": {}} for name, answer in shown["answers"].items()}
    return {**{key: shown[key] for key in ("figures_sha256", "figures", "rows")}, "answers": answers}


def test_every_suite_comes_out_the_same(settings: RagSettings) -> None:
    library = read_library(bundled_corpus())
    one_of_each = {type(case): case for case in choose(load(bundled_cases(), library), "quick")}
    chosen = list(one_of_each.values())
    assert len(chosen) == 6

    def asked(jobs: int) -> dict[str, Any]:
        transcripts = ask_all(settings, chosen, jobs, lambda _: None, lambda *_: None)
        return without_clock(evaluate(transcripts, library, "quick", {}))

    first = asked(1)
    assert first["answers"]
    assert asked(1) == first
    assert asked(2) == first


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_whole_release_comes_out_the_same(settings: RagSettings) -> None:
    wanted = Wanted(settings, "release", None, None, 1, None, None, None)
    one, two = (without_clock(perform(replace(wanted, jobs=jobs)).run) for jobs in (1, 2))
    assert len(one["rows"]) > 1000
    assert one == two
