"""The report says which answers got worse and why, and needs nothing but itself."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from eval_world import Oracle, answer_from, small_world

from eval.cases import Cases, Question
from eval.compare import changes
from eval.gates import check, load_gates
from eval.measures import Row
from eval.places import Library
from eval.releases import last_release
from eval.report import write_report
from eval.report.moved import in_common, summary, worse_cases
from eval.run import Run, choose, read_run, run_asker
from eval.scorers import Score
from rag.types import Answer


class Hurt(Oracle):
    """Answers its first question from the wrong sentence, and nothing it should refuse is refused."""

    def _gold(self, case: object) -> Answer:  # type: ignore[override]
        found = super()._gold(case)  # type: ignore[arg-type]
        if isinstance(case, Question) and case.id != "q1":
            return found
        return answer_from(self.library, found.question, [self.wrong])

    @property
    def wrong(self) -> object:
        from eval.places import Place

        return Place("town.txt", 0, 26)


@pytest.fixture
def world(tmp_path: Path) -> tuple[Library, Cases]:
    return small_world(tmp_path)


@pytest.fixture
def written(world: tuple[Library, Cases], tmp_path: Path) -> Path:
    library, cases = world
    before, after = (run_asker(asker(library, cases), choose(cases, "release"), library) for asker in (Oracle, Hurt))
    gates = tmp_path / "gates.toml"
    gates.write_text('[[gate]]\nname = "facts"\nkey = "answer.facts/all"\nfloor = 0.99\nmin_cases = 1\nwhy = "It <must>."\n')
    verdicts = check(load_gates(gates), after)
    return write_report("1.2.10", after, before, verdicts, cases, library, tmp_path / "reports")


def test_the_page_shows_the_lost_answer_before_and_after(written: Path) -> None:
    page = written.read_text(encoding="utf-8")
    assert "1 of 1 gates FAILED: this may not be released." in page
    assert "It &lt;must&gt;." in page
    lost = page[page.index("Which answers got worse, and why") : page.index("At a glance")]
    assert "4 answers got worse and 0 better since the last release." in lost  # q1, u1, u2 and one side of x1
    assert lost.index("When did the harbour open?") < lost.index("By measure")
    assert "no longer says it (missing: 1923); its evidence is no longer among the passages found" in lost
    assert "before<blockquote>The harbour opened in 1923. [1]" in lost
    assert "now<blockquote>The town has 3,000 people. [1]" in lost


def run_of(*rows: tuple[str, dict[str, float]]) -> Run:
    made = tuple(
        Row(
            "questions",
            name,
            "tune",
            "fact",
            f"{name}?",
            "!",
            "…",
            (f"{name[0]}.txt",),
            {k: Score(v, "") for k, v in values.items()},
        )
        for name, values in rows
    )
    return Run("quick", made, ())


def test_losses_are_put_together_case_by_case() -> None:
    good = {
        "answer.facts": 1.0,
        "refusal.false": 0.0,
        "retrieval.recall@20": 1.0,
        "retrieval.recall@5": 1.0,
        "retrieval.mrr": 1.0,
    }
    before = run_of(("a1", good), ("a2", good), ("b1", {**good, "answer.facts": 0.0}), ("b2", good))
    after = run_of(
        ("a1", {**good, "answer.facts": 0.0, "refusal.false": 1.0}),
        ("a2", {**good, "retrieval.recall@20": 0.0, "retrieval.recall@5": 0.0}),
        ("b1", good),
        ("b2", {**good, "retrieval.mrr": 0.5}),
    )
    found = changes(before, after)
    assert summary(found) == "2 answers got worse and 1 better since the last release."
    # What follows from a refusal or from lost evidence is not said again; a rank lower is no loss that a reader sees.
    assert [(case.after.id, case.why) for case in worse_cases(found)] == [
        ("a1", ("refused, though the documents say",)),
        ("a2", ("its evidence is no longer among the passages found",)),
    ]
    assert list(in_common(worse_cases(found))) == ["2 of 2 need: a.txt", "2 of 2 are of the kind: fact (questions)"]


def test_the_worst_come_first_with_their_evidence(written: Path) -> None:
    page = written.read_text(encoding="utf-8")
    worst = page[page.index("The worst cases") :]
    assert worst.index("answered though the corpus does not say") < worst.index("missing: 1923; the evidence was not retrieved")
    assert "harbour.txt, line 1" in worst


def test_the_page_needs_nothing_else(written: Path) -> None:
    page = written.read_text(encoding="utf-8")
    assert page.count("<svg") >= 3
    loaded = re.findall(r"""(?:src|href)\s*=\s*["']?([^"'\s>]+)|url\(([^)]+)\)|@import""", page)
    assert all(next(filter(None, found)).startswith("#") for found in loaded)
    assert "<script" not in page


def test_markdown_and_the_next_comparison(written: Path) -> None:
    text = written.with_suffix(".md").read_text(encoding="utf-8")
    assert "**1 of 1 gates FAILED: this may not be released.**" in text
    assert "- **q1** When did the harbour open?\n    - no longer says it (missing: 1923)" in text
    assert "    - before: The harbour opened in 1923. [1]\n    - now: The town has 3,000 people. [1]" in text
    kept = read_run(written.with_suffix(".json"))
    assert isinstance(kept, Run)
    assert json.loads(written.with_suffix(".json").read_text(encoding="utf-8"))["answers"] == {}


def test_the_same_run_makes_the_same_page(world: tuple[Library, Cases], tmp_path: Path) -> None:
    library, cases = world
    run = run_asker(Oracle(library, cases), choose(cases, "release"), library)
    still = Run(run.profile, run.rows, run.figures, run.answers, {}, {})
    pages = [write_report("1", still, None, [], cases, library, tmp_path / name).read_bytes() for name in "ab"]
    assert pages[0] == pages[1]


def test_the_last_release_is_found_by_version(tmp_path: Path) -> None:
    assert last_release(tmp_path) is None
    for name in ("0.9.0", "0.10.0", "0.2.0"):
        (tmp_path / f"{name}.json").write_text("{}", encoding="utf-8")
    assert last_release(tmp_path) == tmp_path / "0.10.0.json"
    # One that is made again is compared with the one before it, not with itself.
    assert last_release(tmp_path, but="0.10.0") == tmp_path / "0.9.0.json"
