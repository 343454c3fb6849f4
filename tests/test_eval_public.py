"""Public sets: adapters over tiny files of the same form, measured end to end."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from eval_world import answer_from, small_world

from eval.cases import Gold, Question
from eval.places import Place
from eval.public import SETS, measure, measure_sets, unseen
from eval.public.claims import claim_figures, wice
from eval.public.files import natural
from eval.public.measure import CLAIM_SETS
from eval.public.overlap import seen_tasks
from eval.public.scifact import read_scifact
from eval.public.scores import plain_bm25, public_scores
from eval.public.sets import Task, World
from rag.errors import InputError
from rag.settings import load
from rag.types import Passage

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


CLAIM = "The mill opened in 2012."


def pair(name: str, year: str, label: str) -> dict[str, str]:
    return {"unique_id": name, "claim": CLAIM, "evidence": f"The mill opened in {year}.", "label": label}


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
                "question": "When was it built?",
                "corpus": "mill",
                "references": [{"content": PASSAGE[30:51], "start_index": 30, "end_index": 51}],
            }
        ),
        "qed/dev.jsonl": lines(
            {
                "example_id": 2,
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
        "scifact/corpus_train.csv": 'doc_id,title,abstract\n7,Milk,"[\'Milk is white.\'\n ""It isn\'t black.""]"\n8,Tea,"[\'Tea is green.\']"\n',
        "scifact/claims_validation.csv": (
            "id,claim,evidence_doc_id,evidence_label,evidence_sentences,cited_doc_ids\n"
            "1,Milk is black.,7,CONTRADICT,[0],[7]\n1,Milk is black.,7,CONTRADICT,[1],[7]\n2,Tea is green.,,,[],[8 9]\n"
        ),
        "vitaminc/vitaminc_real.jsonl": lines(
            *(pair("9_1", "2012", "SUPPORTS"), pair("9_2", "2011", "REFUTES"), pair("1_1", "3", "REFUTES"))
        ),
        "wice/claim.jsonl": lines(
            {"claim": CLAIM, "evidence": ["Nothing here.", CLAIM], "supporting_sentences": [[1]], "label": "supported"},
            {
                "claim": CLAIM,
                "evidence": ["A mill.", "It opened."],
                "supporting_sentences": [[0], [0, 1]],
                "label": "partially_supported",
            },
            {"claim": CLAIM, "evidence": ["Sheep."], "supporting_sentences": [[]], "label": "not_supported"},
        ),
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


def test_scifact_reads_the_same_as_csv_and_as_published(sets: Path, tmp_path: Path) -> None:
    abstracts, claims = read_scifact(sets / "scifact")
    milk = abstracts["7"]
    assert [milk.text[start:end] for start, end in milk.sentences] == ["Milk is white.", "It isn't black."]
    assert [(claim.cited, dict(claim.evidence)) for claim in claims] == [(("7",), {"7": {0, 1}}), (("8", "9"), {})]
    published = tmp_path / "published"
    published.mkdir()
    texts = {"7": ("Milk", ["Milk is white.", "It isn't black."]), "8": ("Tea", ["Tea is green."])}
    corpus = ({"doc_id": int(name), "title": title, "abstract": sentences} for name, (title, sentences) in texts.items())
    evidence = {"7": [{"sentences": [0], "label": "CONTRADICT"}, {"sentences": [1], "label": "CONTRADICT"}]}
    asked = (
        {"id": 1, "claim": "Milk is black.", "evidence": evidence, "cited_doc_ids": [7]},
        {"id": 2, "claim": "Tea is green.", "evidence": {}, "cited_doc_ids": [8, 9]},
    )
    (published / "corpus.jsonl").write_text(lines(*corpus), encoding="utf-8")
    (published / "claims_dev.jsonl").write_text(lines(*asked), encoding="utf-8")
    assert read_scifact(published) == (abstracts, claims)


def test_documents_are_ranked_by_their_first_passage(tmp_path: Path) -> None:
    library, cases = small_world(tmp_path)

    def passage(document: str) -> Passage:
        return Passage(document, 0, 4, 1.0)

    wanted = Question("q", "report", "abstracts", "?", (Gold(Place("b", 0, 4), "", 0), Gold(Place("c", 0, 4), "", 1)), ())
    answer = replace(answer_from(library, "?", []), passages=tuple(map(passage, "aabadd")))
    # Documents a, b, d: one of two wanted, at rank 2. 1/log2(3) over 1 + 1/log2(3).
    found = public_scores(wanted, answer, library)
    assert found["public.documents_ndcg@10"].value == pytest.approx(0.63093 / 1.63093, abs=1e-5)
    assert found["public.first_cited"].value == 0.0
    two = cases.questions[2]
    for places, first in (([gold.place for gold in two.gold], 1.0), ([Place("town.txt", 0, 26), two.gold[0].place], 0.0)):
        assert public_scores(two, answer_from(library, "?", places), library)["public.first_cited"].value == first


def test_plain_bm25_stands_beside(sets: Path) -> None:
    first, _ = SETS["scifact"](sets / "scifact")
    assert [score.value for score in plain_bm25(first)] == [1.0, 1.0]
    assert set(first.documents) == {"7.txt", "8.txt"}


def test_tokenised_text_is_read_as_written() -> None:
    assert natural("It is n't `` done '' ( yet ) , 9 @.@ 8 % of it .") == """It isn't "done" (yet), 9.8% of it."""


def test_claims_are_scored_by_pairs_pages_and_twins(sets: Path) -> None:
    figures = {figure.name: figure for name in CLAIM_SETS for figure in claim_figures(name, sets / name, lambda *_: None)}
    # The page that a model was trained on is left out; the twins differ in the year alone.
    assert figures["real: twins told apart, word overlap"].value == 1.0
    assert figures["real: twins told apart, word overlap"].n == 1
    assert figures["supported or partly, AUROC, word overlap"].value == 1.0
    assert figures["evidence sentence first, word overlap"].value == 1.0


def test_only_what_no_model_learnt_is_asked(sets: Path) -> None:
    raw = json.loads((sets / "squad2/dev.json").read_text(encoding="utf-8"))
    raw["data"].append({"title": "Normans", "paragraphs": PARAGRAPHS})
    (sets / "squad2/dev.json").write_text(json.dumps(raw), encoding="utf-8")
    (world,) = SETS["squad2"](sets / "squad2")
    assert set(world.documents) == {"Arn-more.txt", "Normans.txt"}
    assert len(world.tasks) == 3


def test_tasks_with_a_passage_that_training_saw_are_left_out(
    sets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twelve words in a row are an overlap, eleven are none; the ids found are those that the adapters leave out."""
    train = tmp_path / "train"
    (train / "public").mkdir(parents=True)
    words = PASSAGE.split()[:12]
    (train / "passages.jsonl").write_text(lines({"sentences": [" ".join(words[:11])]}), encoding="utf-8")
    assert seen_tasks(sets, train) == []
    (train / "public" / "more.jsonl").write_text(lines({"passage": " ".join(words[:12])}), encoding="utf-8")
    seen = seen_tasks(sets, train)
    assert {unseen.digest("qed", "2"), unseen.digest("clapnq", "k"), unseen.digest("mtrag", "m")} < set(seen)
    assert unseen.digest("wice", CLAIM) not in seen
    monkeypatch.setattr(unseen, "SEEN", frozenset([*seen, unseen.digest("wice", CLAIM), unseen.digest("nomiracl", "2")]))
    assert [list(SETS[name](sets / name)) for name in ("qed", "clapnq", "mtrag")] == [[], [], []]
    assert len(list(SETS["nomiracl"](sets / "nomiracl"))) == 1
    assert wice(sets / "wice") == []


def test_a_set_is_measured_end_to_end(sets: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    found = measure_sets(sets, load(), "squad2", 1, lambda *step: seen.append(step), sets / "read.jsonl")
    figures = {figure.name: figure for figure in found}
    assert figures["paragraph first"].value == 1.0
    assert figures["answer said"].n == 2
    assert figures["AUROC of the confidence"].n == 3
    assert seen == [("squad2", 3, 3)]
    read = [json.loads(line) for line in (sets / "read.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["answerable"] for row in read] == [True, True, False]
    # Of the marked paragraph "The bakery opened at five. Its bread is dark." the sentence that says the answer is gold.
    assert [sum(sentence[4] for sentence in row["sentences"]) for row in read] == [1, 1, 0]


def test_processes_are_replaced(sets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure, "_WORLDS_A_PROCESS", 1)
    seen: list[tuple[str, int, int]] = []
    measure_sets(sets, load(), "nomiracl", 1, lambda *step: seen.append(step))
    assert seen == [("nomiracl", 1, 2), ("nomiracl", 2, 2)]


def test_a_folder_without_sets_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds none of the public sets"):
        measure_sets(tmp_path, load(), None, 1, lambda *_: None)
    (tmp_path / "qed").mkdir()
    with pytest.raises(InputError, match=r"dev\.jsonl cannot be read"):
        measure_sets(tmp_path, load(), None, 1, lambda *_: None)
