"""No changed quotation is ever called verbatim: a part of the seeded set, on the bundled documents and on printed noise."""

from __future__ import annotations

from pathlib import Path

from eval import quotes_seeded as seeded
from eval.quotes_run import hand, record, score, score_hand, sentences
from rag.corpus import bundled
from rag.quotes import open_sources


def test_seeded_cases_on_the_bundled_documents() -> None:
    sources = open_sources(bundled(), None)
    found = score(sources, seeded.make(sentences(sources), record(sources), "test", 101, 12))
    assert found["cases"] > 400
    assert found["false_verbatim_cases"] == []
    assert found["recognised"] >= 0.99
    assert found["verdict_right"] >= 0.98


def test_seeded_cases_on_a_printed_text(tmp_path: Path) -> None:
    clean = open_sources(bundled(), None)
    for number, source in enumerate(clean.documents):
        text = "\n\n".join(source.reading.text[b.start : b.end] for b in source.reading.blocks if b.role == "paragraph")
        (tmp_path / f"{number}.txt").write_text(seeded.noisy(text, number), encoding="utf-8")
    printed = open_sources(tmp_path, None)
    found = score(printed, seeded.make(sentences(clean), record(clean), "printed", 102, 8))
    assert found["false_verbatim_cases"] == []
    assert found["recognised"] >= 0.99


def test_hand_written_cases() -> None:
    found = score_hand(open_sources(bundled(), None), hand())
    assert found["false_verbatim"] == 0
    assert found["verdict_right"] >= 0.95
    assert found["misattributed_precision"] >= 0.95
    assert found["misattributed_recall"] >= 0.8
