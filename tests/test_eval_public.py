"""Public sets: adapters over tiny files of the same form, measured end to end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.public import SETS, measure_sets
from eval.public.sets import Task, World
from rag.errors import InputError
from rag.settings import load

PARAGRAPHS = [
    {
        "context": "The lighthouse of Arn was built in 1874 by Ida Holm.",
        "qas": [
            {
                "id": "a",
                "question": "Who built the lighthouse of Arn?",
                "is_impossible": False,
                "answers": [{"text": "Ida Holm", "answer_start": 43}],
            },
            {"id": "b", "question": "Who painted the lighthouse of Arn?", "is_impossible": True, "answers": []},
        ],
    },
    {
        "context": "The bakery  opened at five.\nIts bread is dark.",
        "qas": [
            {
                "id": "c",
                "question": "When did the bakery open?",
                "is_impossible": False,
                "answers": [{"text": "five", "answer_start": 22}],
            }
        ],
    },
]
PASSAGE = "The mill stands by the river. It was built in 1802. The miller was deaf."


def lines(*items: object) -> str:
    return "".join(json.dumps(item) + "\n" for item in items)


@pytest.fixture
def sets(tmp_path: Path) -> Path:
    prompt = "…\n\nQUESTION:\nWhen was it built?\n\nCONTEXTS:\n[1] Mill: built in 1802.\n\n[2] Barn: red.\n\nOUTPUT:\n"
    clap = {"id": "k", "input": "when was the mill built", "passages": [{"text": PASSAGE}]}
    turns = [
        {"speaker": s, "text": t}
        for s, t in (("user", "What stands there?"), ("agent", "A mill."), ("user", "When was it built?"))
    ]
    mt = {"task_id": "m", "contexts": [{"text": PASSAGE}], "input": turns}
    files = {
        "squad2/dev.json": json.dumps({"data": [{"title": "Arn & more", "paragraphs": PARAGRAPHS}]}),
        "chunking/corpora/mill.md": PASSAGE,
        "chunking/questions.jsonl": lines(
            {
                "question": "When?",
                "corpus": "mill",
                "references": [{"content": PASSAGE[30:51], "start_index": 30, "end_index": 51}],
            }
        ),
        "qed/dev.jsonl": lines(
            {
                "example_id": 1,
                "question_text": "when was the mill built",
                "paragraph_text": PASSAGE,
                "original_nq_answers": [[{"string": "1802"}]],
                "annotation": {"explanation_type": "single_sentence", "selected_sentence": {"start": 30, "end": 52}},
            }
        ),
        "clapnq/answerable.jsonl": lines({**clap, "output": [{"selected_sentences": ["It was built in 1802."]}]}),
        "clapnq/unanswerable.jsonl": lines(clap),
        "nomiracl/relevant.jsonl": lines({"query_id": "1", "prompt": prompt}),
        "nomiracl/non_relevant.jsonl": lines({"query_id": "2", "prompt": prompt}),
        "mtrag/tasks.jsonl": lines(*({**mt, "answerability": [label]} for label in ("ANSWERABLE", "UNANSWERABLE", "PARTIAL"))),
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_every_gold_span_lies_in_its_document(sets: Path) -> None:
    for name, adapt in SETS.items():
        worlds = list(adapt(sets / name))
        assert worlds
        for world in worlds:
            assert isinstance(world, World)
            for task in world.tasks:
                assert isinstance(task, Task)
                for gold in getattr(task.case, "gold", ()):
                    assert world.documents[gold.place.document][gold.place.start : gold.place.end] == gold.text != ""


def test_what_the_adapters_make(sets: Path) -> None:
    (squad,) = SETS["squad2"](sets / "squad2")
    assert squad.documents == {
        "Arn-more.txt": "The lighthouse of Arn was built in 1874 by Ida Holm.\n\nThe bakery opened at five. Its bread is dark.\n"
    }
    assert [task.case.kind for task in squad.tasks] == ["answerable", "answerable", "unanswerable"]
    answerable, unanswerable = SETS["mtrag"](sets / "mtrag")
    assert [(turn.question, turn.answer) for turn in answerable.tasks[0].history] == [("What stands there?", "A mill.")]
    assert unanswerable.tasks[0].case.kind == "unanswerable"
    first, _ = SETS["nomiracl"](sets / "nomiracl")
    assert list(first.documents.values()) == ["Mill: built in 1802.\n", "Barn: red.\n"]


def test_a_set_is_measured_end_to_end(sets: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    found = measure_sets(sets, load(), "squad2", 1, lambda *step: seen.append(step))
    figures = {figure.name: figure for figure in found}
    assert figures["paragraph first"].value == 1.0
    assert figures["answer said"].n == 2
    assert seen == [("squad2", 3, 3)]


def test_a_folder_without_sets_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds none of the public sets"):
        measure_sets(tmp_path, load(), None, 1, lambda *_: None)
    (tmp_path / "qed").mkdir()
    with pytest.raises(InputError, match=r"dev\.jsonl cannot be read"):
        measure_sets(tmp_path, load(), None, 1, lambda *_: None)
