"""What a model's answers show, for judging by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from scripted_evidence import wants
from scripted_llm import answer, playing

import rag.support
from eval.cases import Cases, Question, Unanswerable
from eval.shown import ask, asked, figures, keep_verdicts, read, write
from rag.assistant import Assistant
from rag.decide import Decision, Sentence
from rag.models import Support
from rag.settings import load

SENTENCE = "The harbour of Norby was opened by the engineer Karl Lund in 1912, and ships from the north came at once."
SAID = "The engineer Karl Lund opened the harbour of Norby in 1912."
QUESTION = Question("q1", "tune", "fact", "When was the harbour of Norby opened?", (), (("1912",), ("Karl Lund",)))


@pytest.fixture
def corpus(make_corpus: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A corpus of one document, over which all is decided and supported: no test hangs on how well the reading is done."""

    class Model:
        def support(self, pairs: list[tuple[str, Any]]) -> list[Support]:
            return [Support(1.0, 0.0, 0.0) for _ in pairs]

    def decide(question: str, read: list[Sentence], judge: object, kind: str) -> Decision:
        return Decision("answered", (next(one for one in read if one.text == SENTENCE),), 0.6)

    monkeypatch.setattr(rag.support, "bundled_evidence", Model)
    monkeypatch.setattr("rag.synthesize.decide", decide)
    wants(monkeypatch, "fact")
    folder: Path = make_corpus({"norby.txt": f"{SENTENCE} The town has a museum.\n"})
    return folder


def test_what_the_model_wrote_is_recorded_with_its_passage(corpus: Path, tmp_path: Path) -> None:
    with playing(answer((SAID, [1]), ("It has nine museums.", [2]))) as script:
        settings = load(corpus=corpus, data=tmp_path / "data", llm_base_url=script.url, llm_model="scripted")
        with (
            Assistant.open(settings) as generative,
            Assistant.open(settings.model_copy(update={"mode": "extractive"})) as plain,
        ):
            generative.ensure_synced()
            record = ask(QUESTION, generative, plain)
    assert record["shown"] == [{"text": SAID, "passage": SENTENCE, "verdict": None}]
    assert record["facts"] == {"of": 2, "generative": 2, "extractive": 2}
    assert record["mode"] == "generative"
    assert [one["text"] for one in record["withheld"]] == ["It has nine museums."]
    assert 0 < record["seconds"]["first"] <= record["seconds"]["total"] + 1
    lines = list(figures([{**record, "shown": [{**record["shown"][0], "verdict": "wrong"}]}]))
    assert "  wrong        1" in lines
    assert "facts, tune, 1 questions: 1.000 with the model, 1.000 without" in lines


def test_a_verdict_stays_when_the_file_is_made_again(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "shown.jsonl"
    none = Unanswerable("u1", "report", "not said", "Who was the mayor of Norby?", "nobody says")
    monkeypatch.setattr("eval.shown.load", lambda *_: Cases((QUESTION,), (none,)))
    with playing(answer((SAID, [1]))) as script:
        settings = load(corpus=corpus, data=tmp_path / "data", llm_base_url=script.url, llm_model="scripted")
        records = asked(out, settings, each=1)
        assert [record["id"] for record in read(out)] == [record["id"] for record in records]
        assert {record["id"] for record in records} == {"q1", "u1"}
        judged = [shown for record in records for shown in record["shown"]]
        assert [shown["text"] for shown in judged] == [SAID, SAID]
        judged[0]["verdict"] = judged[1]["verdict"] = "supported"
        write(out, records)
        asked(out, settings, each=1)
    assert [shown["verdict"] for record in read(out) for shown in record["shown"]] == ["supported", "supported"]


def test_verdicts_stay_with_their_sentence_and_passage() -> None:
    def record(passage: str, verdict: str | None) -> dict[str, Any]:
        return {"id": "a", "shown": [{"text": "It rained.", "passage": passage, "verdict": verdict}]}

    new = [record("It rained all day.", None), record("It snowed.", None)]
    keep_verdicts(new, [record("It rained all day.", "supported")])
    assert [r["shown"][0]["verdict"] for r in new] == ["supported", None]


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    write(path, [{"id": "ā"}])
    assert read(path) == [{"id": "ā"}]
    assert list(tmp_path.iterdir()) == [path]
    assert read(tmp_path / "none.jsonl") == []
