"""A language model's server over the real wire: answers, faults, keys, the cache. The server says what a script tells it.

What is decided before the model is asked is fixed here, so that no test hangs on how well the reading is done.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from scripted_evidence import wants
from scripted_llm import Fault, Script, answer, playing

from rag.answer import to_json
from rag.assistant import Assistant
from rag.decide import Decision, Sentence
from rag.errors import InputError, LanguageModelError
from rag.generate import keeps_to
from rag.llm import LanguageModel, Message
from rag.settings import RagSettings, load
from rag.types import Answer, CitedClaim, Exchange

QUESTION = "When was the harbour of Ostia opened?"
OPENED = "The harbour of Ostia, known for its tall ships, was opened in March 1912 by Marco Bellini."
FLOOD = "The flood of 1951 damaged the north pier of Ostia."
Ask = Callable[..., tuple[Answer, Script]]
KEY = "sk-very-secret-0123456789"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ostia")
    (folder / "harbour.txt").write_text(f"{OPENED} {FLOOD}\n")
    with Assistant.open(load(corpus=folder, data=folder / ".data")) as assistant:
        assistant.sync()
    return folder


@pytest.fixture(autouse=True)
def decided(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How sure the decision is of the sentence that has the answer."""
    sure = [0.6]

    def decide(question: str, read: list[Sentence], judge: object, kind: str) -> Decision:
        return Decision("answered", (next(one for one in read if one.text == OPENED),), sure[0])

    monkeypatch.setattr("rag.synthesize.decide", decide)
    wants(monkeypatch, "fact")
    return sure


def settings(corpus: Path, url: str, **more: object) -> RagSettings:
    return load(**{"corpus": corpus, "data": corpus / ".data", "llm_base_url": url, "llm_model": "scripted", **more})


@pytest.fixture
def ask(corpus: Path) -> Ask:
    def asked(
        *turns: str | Fault, question: str = QUESTION, history: tuple[Exchange, ...] = (), **more: object
    ) -> tuple[Answer, Script]:
        with playing(*turns) as script, Assistant.open(settings(corpus, script.url, **more)) as assistant:
            return assistant.ask(question, history), script

    return asked


def test_what_the_model_chose_is_shown_with_its_place(ask: Ask) -> None:
    given, script = ask(answer((None, [2]), ("The harbour of Ostia was opened in March 1912.", [1])))
    assert (given.mode, given.model, given.status) == ("generative", "scripted", "answered")
    assert [(claim.text, claim.support) for claim in given.claims[:2]] == [
        (FLOOD, "verbatim"),
        ("The harbour of Ostia … was opened in March 1912 …", "elided"),
    ]
    assert [given.citations[claim.citations[0] - 1].reading_text for claim in given.claims[:2]] == [FLOOD, OPENED]
    assert script.requests[0]["temperature"] == 0
    json.dumps(to_json(given))


def test_the_best_source_sentence_is_added_when_the_model_left_it_out(ask: Ask) -> None:
    given, _ = ask(answer((None, [2])))
    assert [claim.text for claim in given.claims] == [FLOOD, OPENED]


def test_when_only_the_sources_words_are_left_the_mode_says_so(ask: Ask) -> None:
    given, _ = ask(answer(("The harbour of Ostia was opened in May 1913.", [1])))
    assert [(claim.text, claim.support) for claim in given.claims] == [(OPENED, "verbatim")]
    assert (given.mode, given.model) == ("extractive", None)
    assert "“1913”" in given.withheld[0].reason


def test_a_server_without_structured_output_is_asked_plainly(ask: Ask) -> None:
    given, script = ask(Fault(status=400, body="unknown field response_format"), "[1]")
    assert given.mode == "generative"
    assert "response_format" not in script.requests[1]


@pytest.mark.parametrize("turns", [(Fault(status=500, body="out of memory"),), ("nonsense", "nonsense")])
def test_whatever_the_server_does_the_sources_answer_and_it_is_said(ask: Ask, turns: tuple[str | Fault, ...]) -> None:
    given, _ = ask(*turns)
    assert (given.mode, given.model, given.status) == ("extractive", None, "answered")
    assert [(claim.text, claim.support) for claim in given.claims] == [(OPENED, "verbatim")]
    assert given.withheld[0].reason


def test_a_busy_server_is_asked_once_more(ask: Ask) -> None:
    given, script = ask(Fault(status=429, body="", headers=(("retry-after", "0"),)), answer((None, [1])))
    assert given.mode == "generative"
    assert len(script.requests) == 2


def test_a_model_that_finds_nothing_is_believed_unless_the_reading_is_sure(ask: Ask, decided: list[float]) -> None:
    given, _ = ask(answer())
    assert (given.status, given.claims) == ("not_in_corpus", ())
    assert given.message
    decided[0] = 0.95
    given, _ = ask(answer())
    assert given.status == "partial"
    assert [(claim.text, claim.support) for claim in given.claims] == [(OPENED, "verbatim")]


def test_the_key_is_sent_and_shown_nowhere(corpus: Path, tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n")
    with playing(Fault(status=500, body=f"bad request with {KEY}")) as script:
        chosen = settings(corpus, script.url, llm_api_key_file=file)
        with Assistant.open(chosen) as assistant:
            given = assistant.ask(QUESTION)
        assert script.keys == [f"Bearer {KEY}"]
    assert KEY not in json.dumps(to_json(given))
    direct = settings(corpus, "http://127.0.0.1:9/v1", llm_api_key=KEY)
    assert KEY not in repr(direct)
    assert KEY not in direct.model_dump_json()


def test_replies_are_kept_only_when_asked_for(corpus: Path, tmp_path: Path) -> None:
    with playing("hello") as script:
        kept = settings(corpus, script.url, data=tmp_path, llm_cache=True)
        asked = [Message("user", "hello")]
        first = LanguageModel(kept).complete(asked, None, 10)
        assert LanguageModel(kept).complete(asked, None, 10) == first
        assert len(script.requests) == 1
        LanguageModel(kept).complete([Message("user", "hello!")], None, 10)
        LanguageModel(settings(corpus, script.url, data=tmp_path)).complete(asked, None, 10)
        assert len(script.requests) == 3


def test_sentences_come_before_the_reply_has_ended(corpus: Path) -> None:
    # The server never ends what it says, so that the first sentence can only come before the end.
    with (
        playing(Fault(endless=answer((None, [1]))[:-2])) as script,
        Assistant.open(settings(corpus, script.url, llm_timeout=5.0)) as assistant,
    ):
        items = assistant.stream(QUESTION)
        first = next(items)
        assert isinstance(first, CitedClaim)
        assert first.claim.text == OPENED
        items.close()  # type: ignore[attr-defined]


def test_a_follow_up_is_condensed_by_the_model_and_kept_only_if_it_adds_nothing(ask: Ask) -> None:
    history = (Exchange(QUESTION, "The harbour of Ostia was opened in March 1912."),)
    good, _ = ask("Why was the harbour of Ostia opened in 1912?", answer((None, [1])), question="Why was it?", history=history)
    assert good.standalone_question == "Why was the harbour of Ostia opened in 1912?"
    bad, _ = ask("Why did Vladimir Putin send 17 ships?", answer((None, [1])), question="Why was it?", history=history)
    assert "Putin" not in (bad.standalone_question or "")


def test_a_condensed_question_keeps_to_names_and_figures() -> None:
    known = "When was the harbour of Ostia opened? In March 1912, by Marco Bellini."
    assert keeps_to("Which harbour did Bellini open in March 1912?", known)
    assert not keeps_to("Which harbour did Conti open in March 1912?", known)
    assert not keeps_to("Which harbour did Bellini open in March 1913?", known)


def test_generative_without_a_server_says_what_to_set(corpus: Path) -> None:
    chosen = load(corpus=corpus, data=corpus / ".data", mode="generative")
    with Assistant.open(chosen) as assistant, pytest.raises(InputError, match="RAG_LLM_BASE_URL"):
        assistant.ask(QUESTION)


def test_errors_of_a_server_are_ours(corpus: Path) -> None:
    with playing(Fault(status=503, body="loading")) as script, pytest.raises(LanguageModelError, match="failed"):
        LanguageModel(settings(corpus, script.url)).complete([Message("user", "x")], None, 5)
