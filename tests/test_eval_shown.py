"""What a model's answers show, for judging by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from scripted_llm import answer, playing

from eval.cases import Question
from eval.shown import ask, asked, figures, keep_verdicts, read, write
from rag.assistant import Assistant
from rag.settings import load

SENTENCE = "The harbour of Norby was opened by the engineer Karl Lund in 1912, and ships from the north came at once."
SAID = "The harbour of Norby was opened by the engineer Karl Lund in 1912."


def test_what_the_model_wrote_is_recorded_with_its_passage(make_corpus: Any, tmp_path: Path) -> None:
    corpus = make_corpus({"norby.txt": f"{SENTENCE} The town has a museum.\n"})
    question = Question("q1", "tune", "fact", "When was the harbour of Norby opened?", (), (("1912",), ("Karl Lund",)))
    with playing(answer((SAID, [1]), ("It has nine museums.", [1]))) as script:
        settings = load(corpus=corpus, data=tmp_path / "data", llm_base_url=script.url, llm_model="scripted")
        with (
            Assistant.open(settings) as generative,
            Assistant.open(settings.model_copy(update={"mode": "extractive"})) as plain,
        ):
            generative.ensure_synced()
            record = ask(question, generative, plain)
    assert record["shown"] == [{"text": SAID, "passage": SENTENCE, "verdict": None}]
    assert record["facts"] == {"of": 2, "generative": 2, "extractive": 2}
    assert record["mode"] == "generative"
    assert len(record["withheld"]) == 1
    assert 0 < record["seconds"]["first"] <= record["seconds"]["total"] + 1
    lines = list(figures([{**record, "shown": [{**record["shown"][0], "verdict": "wrong"}]}]))
    assert "  wrong        1" in lines
    assert "facts, tune, 1 questions: 1.000 with the model, 1.000 without" in lines


def test_a_verdict_stays_when_the_file_is_made_again(bundled_data: Path, tmp_path: Path) -> None:
    out = tmp_path / "shown.jsonl"
    said = "Lauren Dickey is a Ph.D. candidate in War Studies at King’s College London."
    with playing(answer((said, [1, 2, 3]))) as script:
        settings = load(data=bundled_data, llm_base_url=script.url, llm_model="scripted")
        records = asked(out, settings, each=2)
        assert [record["id"] for record in read(out)] == [record["id"] for record in records]
        assert len(records) == 6  # two questions and one unanswerable of each half
        judged = [shown for record in records for shown in record["shown"]]
        assert judged, "no sentence of the model's was shown"
        judged[0]["verdict"] = "supported"
        write(out, records)
        asked(out, settings, each=2)
    assert {shown["verdict"] for record in read(out) for shown in record["shown"]} == {"supported"}  # the same sentence


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
