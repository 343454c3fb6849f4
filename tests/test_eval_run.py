"""Runs: the same figures every time, a file that can be read back, comparison, gates and the command itself."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
import typer
from eval_world import Oracle, answer_from, small_world, write_cases, write_corpus
from typer.testing import CliRunner, Result

from eval.cases import Cases, ConflictCase, Conversation, Question, Unanswerable
from eval.collect import every, sample
from eval.command import register
from eval.compare import changes
from eval.compare import lines as comparison_lines
from eval.gates import check, failures, load_gates
from eval.junit import write_junit
from eval.measures import MEASURES
from eval.places import Library
from eval.run import Run, choose, performance, read_run, run_asker, save, to_json
from eval.table import lines
from rag.errors import InputError
from rag.models.session import SHA256
from rag.settings import DEFAULT_MODEL


@pytest.fixture
def world(tmp_path: Path) -> tuple[Library, Cases]:
    return small_world(tmp_path)


@pytest.fixture
def run(world: tuple[Library, Cases]) -> Run:
    library, cases = world
    return run_asker(Oracle(library, cases), choose(cases, "release"), library)


def gates_file(folder: Path, text: str) -> Path:
    path = folder / "gates.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_oracle_is_perfect(run: Run) -> None:
    imperfect = {
        figure.key: figure.value
        for figure in run.figures
        if figure.value is not None and figure.value != (0.0 if MEASURES[figure.measure].better == "lower" else 1.0)
    }
    # Two gold groups cannot both come first, nor both be said in the first sentence.
    assert set(imperfect) <= {
        f"{name}/{part}"
        for name in ("retrieval.recall@1", "answer.facts_first", "answer.words")
        for part in ("tune", "report", "all")
    }
    assert run.figure("refusal.f1/all").value == 1.0  # type: ignore[union-attr]


def test_what_does_not_apply_has_a_reason_and_no_value(run: Run) -> None:
    missing = [figure for figure in run.figures if figure.value is None]
    assert missing
    assert all(figure.reason and figure.low is None and figure.n == 0 for figure in missing)
    assert "NaN" not in json.dumps(to_json(run))


def test_the_same_input_gives_the_same_figures(run: Run, world: tuple[Library, Cases]) -> None:
    library, cases = world
    again = run_asker(Oracle(library, cases), choose(cases, "release"), library)
    assert to_json(again)["figures_sha256"] == to_json(run)["figures_sha256"]


def test_a_run_file_reads_back(run: Run, tmp_path: Path) -> None:
    back = read_run(save(run, tmp_path / "runs"))
    assert (back.rows, back.figures) == (run.rows, run.figures)
    (tmp_path / "no.json").write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match=r"no\.json is no run file"):
        read_run(tmp_path / "no.json")


def test_the_table_shows_halves_apart(run: Run) -> None:
    text = "\n".join(lines(run))
    assert text.index("TUNE half") < text.index("REPORT half")
    assert "no conflicts named among" in text


def test_choosing(world: tuple[Library, Cases]) -> None:
    _, cases = world
    assert {case.split for case in choose(cases, "release", split="report")} == {"report"}
    assert [case.id for case in choose(cases, "release", only="two_p")] == ["q3", "q3~"]
    with pytest.raises(InputError, match="begins with 'zzz'"):
        choose(cases, "release", only="zzz")
    assert [
        case.id for case in sample(every(cases), dict.fromkeys((Question, Unanswerable, Conversation, ConflictCase), 1))
    ] == ["q1", "q2", "u1", "u2", "c1", "x1"]


def test_performance_is_measured_by_stage() -> None:
    found = performance([{"retrieve": t, "total": t + 1} for t in range(1, 21)])
    assert found["latency_ms"]["retrieve"] == {"median": 10, "p95": 19, "worst": 20, "n": 20}
    assert found["peak_memory_mib"] > 10


def test_a_lost_answer_is_shown_beside_a_gained_one(run: Run, world: tuple[Library, Cases]) -> None:
    library, cases = world

    class Worse(Oracle):
        def _gold(self, case: object) -> object:  # type: ignore[override]
            found = super()._gold(case)  # type: ignore[arg-type]
            return answer_from(self.library, found.question, []) if case is self.lost else found

        lost = cases.questions[0]

    worse = run_asker(Worse(library, cases), choose(cases, "release", only="questions"), library)
    facts = next(change for change in changes(run, worse) if change.measure == "answer.facts")
    assert [(moved.after.id, moved.was, moved.now) for moved in facts.worse] == [("q1", 1.0, 0.0)]
    assert facts.paired.test == "McNemar, exact"
    assert any("q1       1.00 → 0.00  When did the harbour open?" in line for line in comparison_lines(changes(run, worse)))


GATE = """
[[gate]]
name = "facts"
key = "answer.facts/all"
{bounds}
min_cases = {least}
why = "It must."
"""


@pytest.mark.parametrize(
    ("bounds", "least", "failure"),
    [
        ("floor = 1.0", 3, None),
        (
            'floor = 0.9\nbound = "low"',
            3,
            r"facts: answer\.facts/all \(low bound\) is 0\.4385 \(mean over 3 questions\), floor 0\.9\. It must\.",
        ),
        ("ceiling = 0.5", 3, r"is 1 \(mean over 3 questions\), ceiling 0\.5"),
        ("floor = 1.0", 4, "but rests on 3 cases, 4 are needed"),
    ],
)
def test_gates(run: Run, tmp_path: Path, bounds: str, least: int, failure: str | None) -> None:
    import re

    verdicts = check(load_gates(gates_file(tmp_path, GATE.format(bounds=bounds, least=least))), run)
    found = list(failures(verdicts))
    assert bool(found) == (failure is not None)
    assert failure is None or re.search(failure, found[0])


def test_a_gate_whose_measure_vanished_fails(run: Run, tmp_path: Path) -> None:
    gates = load_gates(gates_file(tmp_path, GATE.format(bounds="floor = 0.0", least=1)))
    gone = replace(run, figures=tuple(figure for figure in run.figures if figure.measure != "answer.facts"))
    assert list(failures(check(gates, gone))) == ["facts: answer.facts/all has vanished. It must."]
    unasked = replace(
        run, figures=tuple(replace(figure, value=None, low=None, high=None, reason="no questions") for figure in run.figures)
    )
    assert "has no value: no questions" in next(failures(check(gates, unasked)))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GATE.format(bounds="", least=1), "either a floor or a ceiling"),
        (GATE.format(bounds="floor = 1\nceiling = 2", least=1), "either a floor or a ceiling"),
        (GATE.format(bounds='floor = 1\nbound = "middle"', least=1), "bound 'middle'"),
        (GATE.format(bounds="floor = 1\ncolour = 2", least=1), "unknown key 'colour'"),
        (GATE.format(bounds="floor = 1", least=1) * 2, "two gates are called facts"),
        ("[[gate]]\nname = 'x'", "`key` is missing"),
        ("[[doors]]\nname = 'x'", "unknown table 'doors'"),
    ],
)
def test_a_spoilt_gate_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        load_gates(gates_file(tmp_path, text))


def test_a_regression_gate_looks_at_the_lost_cases(tmp_path: Path) -> None:
    """A fall that chance does not explain fails, and so do ten lost answers behind eleven gained."""
    from eval.figures import figures
    from eval.measures import Row
    from eval.scorers import Score

    def made(values: list[float]) -> Run:
        rows = tuple(
            Row("questions", f"q{n}", "tune", "fact", "?", "!", "…", (), {"answer.facts": Score(value, "")})
            for n, value in enumerate(values)
        )
        return Run("release", rows, tuple(figures([*rows])))

    text = '[[regression]]\nname = "lost"\nmeasure = "answer.facts"\np = 0.05\nmost_lost = 0.1\nwhy = "No."\n'
    gates = load_gates(gates_file(tmp_path, text))
    before = made([1.0] * 80 + [0.0] * 20)
    assert not list(failures(check(gates, before, before)))
    assert not list(failures(check(gates, made([0.0] * 2 + [1.0] * 78 + [0.0] * 20), before)))
    fallen = made([0.0] * 9 + [1.0] * 71 + [0.0] * 20)
    assert "got worse for 9 cases and better for 0 of 100" in next(failures(check(gates, fallen, before)))
    hidden = made([0.0] * 11 + [1.0] * 69 + [1.0] * 12 + [0.0] * 8)
    assert "worse for 11 cases and better for 12 of 100, at most 10 may be lost" in next(failures(check(gates, hidden, before)))
    few, fewer = made([1.0] * 8 + [0.0] * 2), made([0.0] * 2 + [1.0] * 8)
    assert list(failures(check(gates, fewer, few)))
    spared = load_gates(gates_file(tmp_path, text + "spared = 2\n"))
    assert not list(failures(check(spared, fewer, few)))
    assert list(failures(check(spared, made([0.0] * 3 + [1.0] * 7), few)))
    assert list(failures(check(spared, hidden, before)))


def test_junit(run: Run, tmp_path: Path) -> None:
    gates = load_gates(gates_file(tmp_path, GATE.format(bounds="ceiling = 0.5", least=1)))
    write_junit(check(gates, run), tmp_path / "gates.xml")
    suite = ElementTree.parse(tmp_path / "gates.xml").getroot()
    assert (suite.get("tests"), suite.get("failures")) == ("1", "1")


class Command:
    """`rag eval` over the small world."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.corpus, self.cases = write_corpus(folder / "corpus"), write_cases(folder / "cases")
        self.app = typer.Typer()
        register(self.app)
        self.app.command("other")(lambda: None)  # with one command alone typer would leave its name out

    def __call__(self, *options: str) -> Result:
        places = ["--corpus", str(self.corpus), "--cases", str(self.cases), "--data", str(self.folder / "data")]
        return CliRunner().invoke(self.app, ["eval", *places, *options])


@pytest.fixture
def rag_eval(tmp_path: Path) -> Command:
    return Command(tmp_path)


def test_the_command_gives_the_same_figures_with_two_jobs(rag_eval: Command) -> None:
    one, two = (json.loads(rag_eval("--json", "--jobs", jobs).stdout) for jobs in ("1", "2"))
    assert one["figures_sha256"] == two["figures_sha256"]
    assert one["made"]["corpus"]["documents"] == 2
    assert one["made"]["model"] == {"embedding": DEFAULT_MODEL, "weights": dict(SHA256)}
    assert str(rag_eval.folder) not in json.dumps(one)
    assert len(list((rag_eval.folder / "data" / "runs").iterdir())) == 2


def test_the_command_fails_when_a_gate_does(rag_eval: Command, tmp_path: Path) -> None:
    gates = gates_file(tmp_path, GATE.format(bounds="floor = 0.0", least=99))
    done = rag_eval("--gates", str(gates), "--junit", str(tmp_path / "gates.xml"), "--out", str(tmp_path / "out"))
    assert done.exit_code == 1
    assert "GATE FAILED  facts: answer.facts/all" in done.stdout
    assert "0 of 1 gates passed." in done.stdout
    before = next((tmp_path / "out").iterdir())
    assert rag_eval("--diff", str(before)).exit_code == 0
    assert "Gates not checked" in rag_eval("--only", "q1").stderr
