"""Answers over the bundled corpus and over small ones: exact, cited, honest about what is missing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from llama_index.core.schema import QueryBundle

from rag.answer import to_json
from rag.assistant import Assistant
from rag.errors import InputError, StoreError
from rag.extract import MOST_SENTENCES
from rag.reading import leans
from rag.settings import load
from rag.types import Exchange

QUESTIONS = (
    "When did a Japanese destroyer first sail through the Taiwan Strait?",
    "Who called Taiwan a “security lifeline”?",
    "What is the Global Cooperation and Training Framework?",
    "How many Taiwanese tourists visit Japan?",
    "What did Abe declare about a Taiwan contingency?",
    "新南向政策とは何ですか",
    "Why did Taiwan ban food imports from Japan?",
    "Which working groups should Tokyo and Washington set up?",
)


def open_corpus(folder: Path) -> Assistant:
    assistant = Assistant.open(load(corpus=folder, data=folder.parent / "data"))
    assistant.ensure_synced()
    return assistant


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_claim_is_its_citations_words(bundled: Assistant, question: str) -> None:
    answer = bundled.ask(question)
    assert answer.status == "answered"
    assert 1 <= len(answer.claims) <= MOST_SENTENCES + 2
    assert [c.number for c in answer.citations] == list(range(1, len(answer.citations) + 1))
    for claim in answer.claims:
        assert claim.support == "verbatim"
        for number in claim.citations:
            citation = answer.citations[number - 1]
            doc, reading = bundled.document(citation.document)
            assert doc.text[citation.char_start : citation.char_end] == citation.source_text
            assert doc.line_of(citation.char_start) == citation.line_start
            span = reading.from_record(citation.char_start, citation.char_end)
            assert " ".join(reading.text[span.start : span.end].split()) == citation.reading_text
        assert claim.text == answer.citations[claim.citations[0] - 1].reading_text
    used = {number for claim in answer.claims for number in claim.citations}
    assert used == {c.number for c in answer.citations}


def test_the_answer_is_there(bundled: Assistant) -> None:
    assert "Sept. 25, 2024" in bundled.ask(QUESTIONS[0]).claims[0].text
    assert "state minister for foreign affairs" in bundled.ask(QUESTIONS[1]).claims[0].text
    assert "4.9 million" in " ".join(c.text for c in bundled.ask(QUESTIONS[3]).claims)
    assert "新南向政策" in bundled.ask(QUESTIONS[5]).claims[0].text


def test_misspelt_questions_are_understood(bundled: Assistant) -> None:
    answer = bundled.ask("Who led the parlimentary delegation to Taipei after Lee died?")
    assert any("Mori Yoshirō" in claim.text for claim in answer.claims)


@pytest.mark.parametrize(
    "question", ["How many moons does Jupiter have?", "How do I reverse a list in Python?", "How do I bake sourdough bread?"]
)
def test_what_is_not_there_is_said_so(bundled: Assistant, question: str) -> None:
    answer = bundled.ask(question)
    assert answer.status == "not_in_corpus"
    assert not answer.claims
    assert not answer.citations
    assert answer.message is not None
    assert "5 documents" in answer.message
    assert "Nearest, but no answer" in answer.message
    assert len(answer.passages) == 20


def test_the_json_is_the_contracts(bundled: Assistant) -> None:
    value = json.loads(json.dumps(to_json(bundled.ask(QUESTIONS[0]), "x")))
    assert list(value) == [
        "schema",
        "id",
        "question",
        "standalone_question",
        "mode",
        "model",
        "status",
        "message",
        "claims",
        "withheld",
        "citations",
        "conflicts",
        "passages",
        "corpus",
        "timings_ms",
    ]
    assert list(value["citations"][0]) == [
        "number",
        "document",
        "title",
        "authors",
        "publisher",
        "date",
        "url",
        "page",
        "line_start",
        "line_end",
        "char_start",
        "char_end",
        "source_text",
        "reading_text",
        "speaker",
    ]
    assert set(value["timings_ms"]) == {"retrieve", "answer", "verify", "total"}
    assert value["corpus"]["documents"] == 5


def test_follow_up_questions(bundled: Assistant) -> None:
    answer = bundled.ask("And when did Japan join it?", [Exchange("What is the GCTF?", "A platform.")])
    assert answer.standalone_question == "When did Japan join GCTF?"
    assert any("2019" in claim.text for claim in answer.claims)


def test_the_same_answer_twice(bundled: Assistant) -> None:
    first, second = (to_json(bundled.ask(QUESTIONS[2])) for _ in range(2))
    first.pop("timings_ms"), second.pop("timings_ms")
    assert first == second


def test_search_gives_passages(bundled: Assistant) -> None:
    passages = bundled.search("Han Kuang exercises", 5)
    assert len(passages) == 5
    assert [p.score for p in passages] == sorted((p.score for p in passages), reverse=True)


def test_the_query_engine_is_llamaindexs(bundled: Assistant) -> None:
    response = bundled.query_engine.query(QueryBundle(QUESTIONS[0]))
    assert "Sept. 25, 2024" in str(response)
    assert response.source_nodes[0].node.start_char_idx is not None


def test_no_llm_is_ever_resolved(bundled: Assistant) -> None:
    """LlamaIndex's global Settings resolve to a paid service when touched: nobody touches them."""
    from llama_index.core import Settings

    bundled.ask(QUESTIONS[0])
    assert Settings._llm is None
    assert Settings._embed_model is None


def test_documents_that_differ_are_both_shown(make_corpus: Callable[..., Path]) -> None:
    folder = make_corpus(
        {
            "report 2016.txt": "Norby is the country's third largest trading port after Alby and Berg. It lies in the north.\n",
            "report 2021.txt": "By volume, Norby is the country's fourth-largest trading port. Its mayor is Inga Holm.\n",
            "manifest.toml": '[[document]]\npath = "report 2016.txt"\ntitle = "Report"\ndate = "2016"\n'
            '[[document]]\npath = "report 2021.txt"\ntitle = "Report"\ndate = "2021"\n',
        }
    )
    with open_corpus(folder) as assistant:
        answer = assistant.ask("What rank does Norby hold among the country's trading ports?")
        assert len(answer.conflicts) == 1
        sides = [answer.citations[n - 1] for n in answer.conflicts[0].citations]
        assert [side.date for side in sorted(sides, key=lambda s: s.date or "")] == ["2016", "2021"]
        assert not assistant.ask("Who is the mayor of Norby?").conflicts


def test_a_sentence_brings_what_it_leans_on(make_corpus: Callable[..., Path]) -> None:
    folder = make_corpus(
        {
            "norby.txt": "The harbour town of Norby lies on a long fjord. The engineer Karl Lund designed the old swing bridge. "
            "He was awarded the royal medal for it in 1931. The town has a museum.\n",
        }
    )
    with open_corpus(folder) as assistant:
        claim = assistant.ask("When was the royal medal awarded?").claims[0]
        assert claim.text.startswith("The engineer Karl Lund designed")
        assert "1931" in claim.text


@pytest.mark.parametrize(
    ("sentence", "answer"),
    [
        ("This was the first such contact.", True),
        ("He also expressed a desire for dialogue.", True),
        ("For example, it is designed to reduce dependence.", True),
        ("This year, Suzuki hinted at a bill.", False),
        ("It is thus in Tokyo’s own interest to help.", False),
        ("Taiwan belongs to the family of democracies.", False),
    ],
)
def test_what_leans(sentence: str, answer: bool) -> None:
    assert leans(sentence) is answer


def test_a_repeated_sentence_is_said_once_with_all_its_places(make_corpus: Callable[..., Path]) -> None:
    sentence = "The harbour of Norby was opened in 1921 by Mayor Inga Holm."
    folder = make_corpus({"a.txt": f"{sentence} Ships came.\n", "b.txt": f"A word before it. {sentence}\n"})
    with open_corpus(folder) as assistant:
        answer = assistant.ask("When was the harbour of Norby opened?")
        assert [c.text for c in answer.claims].count(sentence) == 1
        assert {answer.citations[n - 1].document for n in answer.claims[0].citations} == {"a.txt", "b.txt"}


def test_bad_questions_and_an_empty_index(bundled: Assistant, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        bundled.ask("  ")
    with Assistant.open(load(data=tmp_path / "empty")) as assistant, pytest.raises(StoreError, match="rag sync"):
        assistant.ask("Anything?")
