"""From a question to an answer, over corpora of made-up sentences: exact, cited, honest about what is missing.

The evidence model is scripted, so what is said is known; the tests marked `weights` ask the trained one.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from llama_index.core.schema import QueryBundle
from scripted_evidence import NO, YES, ScriptedEvidence, reading

from rag.answer import to_json
from rag.assistant import Assistant
from rag.decide import _FACT
from rag.errors import InputError, StoreError
from rag.reading import leans
from rag.retrieve import AskedBundle
from rag.settings import load
from rag.synthesize import CHECK_THIS
from rag.types import Answer, Exchange, Scope

Make = Callable[..., Path]

WHEN = "When was the harbour of Norby opened?"
SAID = "The harbour of Norby was opened in 1921 by Mayor Inga Holm, when the railway had come."
# Wrapped as a printer does it, with a word cut at a line's end.
TOWN = {
    "harbour.txt": """The harbour

The old town of Norby lies on a long fjord in the north. The
harbour of Norby was opened in 1921 by Mayor Inga Holm, when the rail-
way had come. Ships from the island of Alby came first, and
ships from the town of Berg came in the year that followed.
""",
    "railway.txt": "The railway to Norby cost four million crowns.\n",
}


def same(answer: Answer) -> dict[str, object]:
    """All of an answer but what it took."""
    return {key: value for key, value in to_json(answer).items() if key != "timings_ms"}


def check(assistant: Assistant, answer: Answer) -> None:
    """Every place is exact, every number points at something, every claim is the words of its citations."""
    assert [c.number for c in answer.citations] == list(range(1, len(answer.citations) + 1))
    assert {number for claim in answer.claims for number in claim.citations} == {c.number for c in answer.citations}
    for citation in answer.citations:
        doc, reading = assistant.document(citation.document)
        assert doc.text[citation.char_start : citation.char_end] == citation.source_text
        assert (doc.line_of(citation.char_start), doc.line_of(citation.char_end - 1)) == (
            citation.line_start,
            citation.line_end,
        )
        span = reading.from_record(citation.char_start, citation.char_end)
        assert " ".join(reading.text[span.start : span.end].split()) == citation.reading_text
    for claim in answer.claims:
        assert claim.support == "verbatim"
        for number in claim.citations:
            assert claim.text == answer.citations[number - 1].reading_text


# -- what is said and where it stands ------------------------------------------------------------------------------------


def test_a_claim_is_its_citations_words_to_the_character(make_corpus: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    with reading(make_corpus(TOWN), monkeypatch, {"1921": YES}) as assistant:
        answer = assistant.ask(WHEN)
        check(assistant, answer)
        (claim,) = answer.claims
        assert answer.status == "answered"
        assert claim.text == SAID
        ((start, end),) = claim.words
        assert claim.text[start:end] == "1921"
        (citation,) = answer.citations
        assert citation.source_text.replace("rail-\n", "rail").split() == SAID.split()
        assert (citation.document, citation.line_start, citation.line_end) == ("harbour.txt", 3, 5)
        assert answer.key is not None
        assert (answer.key.text, answer.key.citations, answer.key.support) == ("1921", (1,), "verbatim")


def test_the_best_comes_first_then_the_order_of_reading(make_corpus: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.evidence._RETRIEVED", 0.0)  # one document's passage may be retrieved far behind the other's
    answers = {"1921": YES, "Alby": YES - 0.5, "fjord": YES - 1, "crowns": YES - 0.2}
    with reading(make_corpus(TOWN), monkeypatch, answers) as assistant:
        answer = assistant.ask(WHEN)
        check(assistant, answer)
        assert [" ".join(claim.text.split()[:3]) for claim in answer.claims] == [
            "The harbour of", "The old town", "Ships from the", "The railway to",
        ]  # fmt: skip


def test_a_repeated_sentence_is_said_once_with_all_its_places(make_corpus: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    said = "The harbour of Norby was opened in 1921 by Mayor Inga Holm."
    folder = make_corpus({"a.txt": f"{said} Ships came.\n", "b.txt": f"A word before it. {said}\n"})
    with reading(folder, monkeypatch, {"1921": YES}) as assistant:
        answer = assistant.ask(WHEN)
        check(assistant, answer)
        (claim,) = answer.claims
        assert claim.text == said
        assert {answer.citations[n - 1].document for n in claim.citations} == {"a.txt", "b.txt"}


def test_a_sentence_brings_what_it_leans_on(make_corpus: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "The town lies on a fjord. The engineer Karl Lund designed the bridge. He was awarded the royal medal in 1931.\n"
    with reading(make_corpus({"norby.txt": text}), monkeypatch, {"1931": YES}) as assistant:
        answer = assistant.ask("When was the royal medal awarded?")
        check(assistant, answer)
        (claim,) = answer.claims
        assert claim.text == "The engineer Karl Lund designed the bridge. He was awarded the royal medal in 1931."
        ((start, end),) = claim.words
        assert claim.text[start:end] == "1931"  # counted in the claim, not in the sentence


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


RANKS = {
    "report 2016.txt": "Norby is the country's third-largest port after Alby and Berg. It lies in the north.\n",
    "report 2021.txt": "By volume, Norby is now the fourth-largest port. Its mayor is Inga Holm.\n",
    "manifest.toml": '[[document]]\npath = "report 2016.txt"\ntitle = "Report"\ndate = "2016"\n'
    '[[document]]\npath = "report 2021.txt"\ntitle = "Report"\ndate = "2021"\n',
}
RANK = "What rank does Norby hold among the ports?"
SIDES = {"third-largest": YES + 1, "fourth-largest": YES}


def test_documents_that_differ_are_both_shown_newest_first(make_corpus: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.evidence._RETRIEVED", 0.0)
    with reading(make_corpus(RANKS), monkeypatch, SIDES, contradicting=True) as assistant:
        answer = assistant.ask(RANK)
        check(assistant, answer)
        (conflict,) = answer.conflicts
        assert [answer.citations[n - 1].date for n in conflict.citations] == ["2021", "2016"]
        assert conflict.about == RANK.rstrip("?")
        assert answer.key is not None
        assert answer.key.text == "fourth-largest (2021); third-largest (2016)"
        assert answer.key.citations == conflict.citations
        alone = assistant.ask(RANK, scope=Scope(documents=("report 2016.txt",)))
        assert not alone.conflicts
        assert alone.key is not None
        assert alone.key.text == "third-largest"


def test_documents_that_do_not_contradict_are_no_conflict(make_corpus: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_corpus({"a.txt": "The mayor is Inga Holm.\n", "b.txt": "The town has been led by Karl Lund.\n"})
    monkeypatch.setattr("rag.evidence._RETRIEVED", 0.0)
    answers = {"Inga Holm": YES + 1, "Karl Lund": YES}
    with reading(folder, monkeypatch, answers) as assistant:
        answer = assistant.ask("Who is the mayor?")
        assert not answer.conflicts
        assert answer.key is not None
        assert answer.key.text == "Inga Holm"
    with reading(folder, monkeypatch, answers, contradicting=True) as assistant:
        assert len(assistant.ask("Who is the mayor?").conflicts) == 1


def test_a_sentence_that_is_not_at_its_place_is_withheld(make_corpus: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    with reading(make_corpus(TOWN), monkeypatch, {"1921": YES}) as assistant:
        nodes = assistant.query_engine.retrieve(QueryBundle(WHEN))
        assert nodes[0].node.get_content() == SAID
        nodes[0].node.set_content(SAID.replace("1921", "1821"))
        answer = assistant.synthesizer.synthesize(WHEN, nodes).metadata["answer"]
        assert answer.status == "not_in_corpus"
        assert not answer.claims
        assert [w.reason for w in answer.withheld] == ["the sentence is not what stands at its place in the source"]


# -- what is not said ----------------------------------------------------------------------------------------------------


def test_what_is_not_there_is_said_so(make_corpus: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    with reading(make_corpus(TOWN), monkeypatch) as assistant:
        answer = assistant.ask("Has Norbu moons?")
        assert answer.status == "not_in_corpus"
        assert (answer.claims, answer.citations, answer.key, answer.missing) == ((), (), None, ())
        assert answer.message is not None
        assert answer.message.startswith("The corpus does not answer this. Searched: 2 documents (")
        assert "Not found in any document: “Norbu”, “moons”." in answer.message
        assert "Spelt like it there: “norby”." in answer.message
        assert "Nearest, but no answer: “" in answer.message
        assert {p.document for p in answer.passages} == {"harbour.txt", "railway.txt"}


def test_what_comes_near_is_to_be_checked(make_corpus: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.decide.confidence", lambda best: (_FACT.refused + _FACT.check) / 2)
    with reading(make_corpus(TOWN), monkeypatch, {"1921": YES}) as assistant:
        answer = assistant.ask(WHEN)
        assert (answer.status, answer.message, answer.missing) == ("partial", CHECK_THIS, (WHEN,))
        assert len(answer.claims) == 1


def test_bad_questions_and_an_empty_index(make_corpus: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with reading(make_corpus(TOWN), monkeypatch) as assistant, pytest.raises(InputError):
        assistant.ask("  ")
    with Assistant.open(load(data=tmp_path / "empty")) as assistant, pytest.raises(StoreError, match="rag sync"):
        assistant.ask("Anything?")


# -- one way for all -----------------------------------------------------------------------------------------------------


def test_ask_and_the_query_engine_give_one_answer(make_corpus: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.evidence._RETRIEVED", 0.0)
    with reading(make_corpus(RANKS), monkeypatch, SIDES, contradicting=True) as assistant:
        engine = assistant.query_engine
        for documents in (None, ("report 2021.txt",)):
            scope = Scope(documents=documents or ())
            asked = same(assistant.ask(RANK, scope=scope))
            response = engine.query(AskedBundle(RANK, documents=documents))
            assert same(response.metadata["answer"]) == asked
            assert same(asyncio.run(engine.aquery(AskedBundle(RANK, documents=documents))).metadata["answer"]) == asked
        *_, streamed = assistant.stream(RANK)
        assert same(streamed) == same(engine.query(RANK).metadata["answer"])
        assert "fourth-largest port. [1]" in str(engine.query(RANK))


def test_claims_are_streamed_with_their_citations_before_the_answer(make_corpus: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.evidence._RETRIEVED", 0.0)
    with reading(make_corpus(RANKS), monkeypatch, SIDES, contradicting=True) as assistant:
        *cited, answer = assistant.stream(RANK)
        assert [one.claim for one in cited] == list(answer.claims)
        assert [c for one in cited for c in one.citations] == list(answer.citations)


def test_the_same_answer_twice(make_corpus: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    with reading(make_corpus(TOWN), monkeypatch, {"1921": YES, "Alby": YES}) as assistant:
        assert same(assistant.ask(WHEN)) == same(assistant.ask(WHEN))


def test_no_llm_is_ever_resolved(make_corpus: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """LlamaIndex's global Settings resolve to a paid service when touched: nobody touches them."""
    from llama_index.core import Settings

    with reading(make_corpus(TOWN), monkeypatch, {"1921": YES}) as assistant:
        assistant.ask(WHEN)
        assistant.query_engine.query(WHEN)
    assert Settings._llm is None
    assert Settings._embed_model is None


def test_a_follow_up_is_asked_as_it_was_understood(make_corpus: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    with reading(make_corpus(TOWN), monkeypatch, {"1921": YES}) as assistant:
        monkeypatch.setattr("rag.history.bundled_evidence", lambda: ScriptedEvidence(leaning=("And who opened it?",)))
        answer = assistant.ask("And who opened it?", [Exchange(WHEN, "In 1921.")])
        assert answer.question == "And who opened it?"
        assert answer.standalone_question is not None
        assert "Norby" in answer.standalone_question
        assert assistant.ask(WHEN).standalone_question is None


def test_search_gives_passages_best_first(make_corpus: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    with reading(make_corpus(TOWN), monkeypatch, {"crowns": YES}) as assistant:
        passages = assistant.search("What did the railway cost?")
        assert passages[0].document == "railway.txt"
        assert [p.score for p in passages] == sorted((p.score for p in passages), reverse=True)
        assert len(assistant.search("What did the railway cost?", 1)) == 1
        for passage in passages:
            text = TOWN[passage.document][passage.char_start : passage.char_end]
            assert text == text.strip() != ""


def test_the_json_is_the_contracts(make_corpus: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    with reading(make_corpus(TOWN), monkeypatch, {"1921": YES}) as assistant:
        value = json.loads(json.dumps(to_json(assistant.ask(WHEN), "x")))
    assert list(value) == [
        "schema", "id", "question", "standalone_question", "mode", "model", "status", "message", "key", "claims", "missing",
        "withheld", "citations", "conflicts", "passages", "corpus", "timings_ms",
    ]  # fmt: skip
    assert list(value["citations"][0]) == [
        "number", "document", "title", "authors", "publisher", "date", "url", "page", "line_start", "line_end", "char_start",
        "char_end", "source_text", "reading_text", "speaker",
    ]  # fmt: skip
    assert list(value["claims"][0]) == ["text", "citations", "support", "words"]
    assert value["key"] == {"text": "1921", "citations": [1], "support": "verbatim"}
    assert list(value["passages"][0]) == ["document", "char_start", "char_end", "score"]
    assert set(value["timings_ms"]) == {"retrieve", "answer", "verify", "total"}
    assert value["corpus"]["documents"] == 2
    assert value["passages"][0]["score"] > NO


# -- the trained model ---------------------------------------------------------------------------------------------------

QUESTIONS = {
    "When did a Japanese destroyer first sail through the Taiwan Strait?": "Sept. 25, 2024",
    "Who called Taiwan a “security lifeline”?": "state minister",
    "What is the Global Cooperation and Training Framework?": "Training Framework",
    "How many Taiwanese tourists visit Japan?": "4.9 million",
    "What did Abe declare about a Taiwan contingency?": "a Taiwan contingency is a Japan",
    "新南向政策とは何ですか": "新南向政策",
}


@pytest.mark.weights
@pytest.mark.parametrize(("question", "fact"), QUESTIONS.items())
def test_the_answer_is_there(bundled: Assistant, question: str, fact: str) -> None:
    answer = bundled.ask(question)
    check(bundled, answer)
    assert answer.status != "not_in_corpus"
    assert fact in " ".join(claim.text for claim in answer.claims)


@pytest.mark.weights
@pytest.mark.parametrize(
    "question", ["How many moons does Jupiter have?", "How do I reverse a list in Python?", "How do I bake sourdough bread?"]
)
def test_what_the_documents_do_not_say(bundled: Assistant, question: str) -> None:
    answer = bundled.ask(question)
    assert answer.status == "not_in_corpus"
    assert len(answer.passages) == 20
