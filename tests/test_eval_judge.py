"""A judge is shown with its agreement with people, gates nothing, and is missed by nobody who has none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from eval_world import Oracle, small_world
from scripted_llm import playing

from eval.cases import Cases
from eval.gates import load_gates
from eval.judge import judge_line, judge_run, labelled
from eval.places import Library
from eval.run import Run, choose, run_asker
from rag.errors import InputError
from rag.settings import RagSettings, load


@pytest.fixture
def run(tmp_path: Path) -> Run:
    world: tuple[Library, Cases] = small_world(tmp_path)
    return run_asker(Oracle(*world), choose(world[1], "release"), world[0])


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """Two claims of which one is supported, and two sentences of which one answers."""
    claims = [
        {"claim": f"Claim {label}.", "evidence": ["A.", "B."], "supporting_sentences": [[1]], "label": label}
        for label in ("supported", "partially_supported")
    ]
    text = "The mill stands. It was built in 1802."
    question = {
        "example_id": 2,
        "question_text": "when was it built",
        "paragraph_text": text,
        "sentence_starts": [0, 17],
        "annotation": {"selected_sentence": {"start": 17, "end": 38}},
    }
    for name, items in (("wice/claim.jsonl", claims), ("qed/dev.jsonl", [question])):
        (tmp_path / "sets" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "sets" / name).write_text("".join(json.dumps(item) + "\n" for item in items), encoding="utf-8")
    return tmp_path / "sets"


def settings(url: str, folder: Path) -> RagSettings:
    return load(llm_base_url=url, llm_model="judge-1", data=folder)


def test_labelled_pairs_are_half_true(people: Path) -> None:
    found = labelled(people)
    assert [(pair.given, pair.statement, pair.label) for pair in found["judged.grounded"]] == [
        ("B.", "Claim supported.", True),
        ("B.", "Claim partially_supported.", False),
    ]
    assert [(pair.statement, pair.label) for pair in found["judged.relevant"]] == [
        ("It was built in 1802.", True),
        ("The mill stands.", False),
    ]


def test_claims_are_judged_beside_the_agreement(run: Run, people: Path, tmp_path: Path) -> None:
    # Labelled: yes and yes to one true and one false claim, yes and no to the sentences; then one answer after the other.
    with playing("Yes", "yes.", "Yes", "No", "yes", "no", "Yes", "Yes", "maybe", "**Yes**", "no", "yes") as script:
        done = judge_run(run, people, settings(script.url, tmp_path / "data"), lambda *_: None)
    sent = [request["messages"][-1]["content"] for request in script.requests]
    assert sent[0] == "Source: B.\n\nStatement: Claim supported."
    assert sent[4] == "Source: The harbour opened in 1923.\n\nStatement: The harbour opened in 1923."
    assert sent[5] == "Question: When did the harbour open?\n\nStatement: The harbour opened in 1923."
    agreed = done.made["judge"]["agreement"]
    assert (agreed["judged.grounded"]["value"], agreed["judged.grounded"]["kappa"]) == (0.5, 0.0)
    assert (agreed["judged.relevant"]["value"], agreed["judged.relevant"]["kappa"]) == (1.0, 1.0)
    scores = [{name: row.scores[name].value for name in agreed} for row in done.rows if row.suite == "questions"]
    # q3 has two claims; of the first it was not said whether its source carries it.
    assert scores == [
        {"judged.grounded": 1.0, "judged.relevant": 0.0},
        {"judged.grounded": 1.0, "judged.relevant": 1.0},
        {"judged.grounded": 0.0, "judged.relevant": 1.0},
    ]
    assert done.figure("judged.grounded/all").n == 3  # type: ignore[union-attr]
    line = judge_line(done.made)
    assert line
    assert "judge-1, which agrees with people on judged.grounded: 0.50" in line
    assert "gate nothing" in line


def test_without_a_language_model_there_is_no_figure_but_a_reason(run: Run, people: Path, tmp_path: Path) -> None:
    done = judge_run(run, people, load(data=tmp_path / "data"), lambda *_: None)
    figure = done.figure("judged.grounded/all")
    assert figure
    assert (figure.value, figure.reason) == (None, "no language model is configured (RAG_LLM_BASE_URL, RAG_LLM_MODEL)")
    assert judge_line(done.made) is None
    assert run.figure("judged.relevant/all").reason == "not asked for (rag eval --judge PATH)"  # type: ignore[union-attr]


def test_a_judge_without_labelled_pairs_is_refused(run: Run, tmp_path: Path) -> None:
    with playing("yes") as script, pytest.raises(InputError, match="holds neither wice nor qed"):
        judge_run(run, tmp_path, settings(script.url, tmp_path / "data"), lambda *_: None)


@pytest.mark.parametrize(
    "text",
    [
        '[[gate]]\nname = "j"\nkey = "judged.grounded/all"\nfloor = 0.5\nmin_cases = 1\nwhy = "No."\n',
        '[[regression]]\nname = "j"\nmeasure = "judged.grounded"\np = 0.05\nmost_lost = 0.1\nwhy = "No."\n',
    ],
)
def test_a_judged_measure_gates_nothing(text: str, tmp_path: Path) -> None:
    (tmp_path / "gates.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="gates"):
        load_gates(tmp_path / "gates.toml")
