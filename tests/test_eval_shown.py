"""What a model's answers show, for judging by hand."""

from __future__ import annotations

from pathlib import Path

from scripted_llm import answer, playing

from eval.shown import asked, figures, keep_verdicts, read, write
from rag.settings import load


def test_what_the_model_wrote_is_recorded_with_its_passage_and_verdicts_are_kept(bundled_data: Path, tmp_path: Path) -> None:
    out = tmp_path / "shown.jsonl"
    with playing(answer(("The moon is made of cheese.", [1]), ("The answer is in Tokyo's 1931 archives.", [2]))) as script:
        settings = load(data=bundled_data, llm_base_url=script.url, llm_model="scripted")
        records = asked(out, settings, each=2)
    assert [record["id"] for record in read(out)] == [record["id"] for record in records]
    assert len(records) == 6  # two questions and one unanswerable of each half
    assert not any(shown["text"].startswith("The moon") for record in records for shown in record["shown"])
    assert all(record["facts"] is None or record["facts"]["generative"] <= record["facts"]["of"] for record in records)
    lines = list(figures(records))
    assert lines[0].startswith("questions 6")
    assert any(line.startswith("drafts withheld") and line != "drafts withheld 0" for line in lines)


def test_verdicts_stay_with_their_sentence_and_passage() -> None:
    def record(passage: str, verdict: str | None) -> dict[str, object]:
        return {"id": "a", "shown": [{"text": "It rained.", "passage": passage, "verdict": verdict}]}

    new = [record("It rained all day.", None), record("It snowed.", None)]
    keep_verdicts(new, [record("It rained all day.", "supported")])
    assert [r["shown"][0]["verdict"] for r in new] == ["supported", None]  # type: ignore[index]


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    write(path, [{"id": "ā"}])
    assert read(path) == [{"id": "ā"}]
    assert list(tmp_path.iterdir()) == [path]
    assert read(tmp_path / "none.jsonl") == []
