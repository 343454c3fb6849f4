"""A brief: several questions under headings, and what has no answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from scripted_evidence import wants
from scripted_llm import answer, playing

from rag.assistant import Assistant
from rag.brief import Brief, Section, brief
from rag.decide import Decision, Sentence
from rag.errors import InputError
from rag.settings import load

CORPUS = {
    "harbour.txt": "The harbour of Ostia was opened in 1912. It was closed after the flood of 1951.\n",
    "mayor.txt": "The mayor of Ostia was born in Naples. He opened the harbour himself.\n",
}


@pytest.fixture(autouse=True)
def decided(monkeypatch: pytest.MonkeyPatch) -> None:
    """What answers is decided here, so that no test hangs on how well the reading is done: 1912, to what asks for a harbour."""

    def decide(question: str, read: list[Sentence], judge: object, kind: str) -> Decision:
        found = tuple(one for one in read if "1912" in one.text) if "harbour" in question else ()
        return Decision("answered" if found else "not_in_corpus", found, 0.6)

    monkeypatch.setattr("rag.synthesize.decide", decide)
    wants(monkeypatch, "fact")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name, text in CORPUS.items():
        (folder / name).write_text(text)
    return folder


def whole(assistant: Assistant, *questions: str) -> tuple[list[Section], Brief]:
    *sections, last = brief(assistant, "Ostia", questions)
    assert isinstance(last, Brief)
    return [section for section in sections if isinstance(section, Section)], last


def test_given_questions_are_answered_in_order_and_the_unanswered_are_listed(corpus: Path, tmp_path: Path) -> None:
    with Assistant.open(load(corpus=corpus, data=tmp_path / "data")) as assistant:
        assistant.ensure_synced()
        sections, made = whole(
            assistant, "When was the harbour of Ostia opened?", "Who won the 1974 football world cup in Munich?"
        )
    assert [section.number for section in sections] == [1, 2]
    assert [section.question for section in made.sections] == ["When was the harbour of Ostia opened?"]
    assert "1912" in made.sections[0].answer.claims[0].text
    assert [section.question for section in made.unanswered] == ["Who won the 1974 football world cup in Munich?"]


def test_the_model_proposes_questions_and_may_name_nothing_new(corpus: Path, tmp_path: Path) -> None:
    planned = "1. When was the harbour of Ostia opened?\n2. Why did Napoleon visit Ostia?\nSome thoughts.\n"
    with playing(planned, answer((None, [1]))) as script:
        chosen = load(corpus=corpus, data=tmp_path / "data", llm_base_url=script.url, llm_model="scripted")
        with Assistant.open(chosen) as assistant:
            assistant.ensure_synced()
            _, made = whole(assistant)
    assert [section.question for section in made.sections] == ["When was the harbour of Ostia opened?"]
    assert made.sections[0].answer.mode == "generative"


def test_without_a_model_each_document_is_asked_for_the_topic(corpus: Path, tmp_path: Path) -> None:
    with Assistant.open(load(corpus=corpus, data=tmp_path / "data")) as assistant:
        assistant.ensure_synced()
        *sections, made = brief(assistant, "The harbour of Ostia")
        assert isinstance(made, Brief)
        assert [section.answer.scope for section in sections if isinstance(section, Section)] == [(name,) for name in CORPUS]
        assert all(len(section.answer.scope or ()) == 1 for section in made.sections)
        with pytest.raises(InputError, match="at most"):
            whole(assistant, *["When?"] * 7)
