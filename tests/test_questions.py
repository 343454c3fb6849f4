"""Questions checked, cut into what they are about, and made to stand alone when they follow others."""

from __future__ import annotations

import pytest

from rag.errors import InputError
from rag.history import standalone
from rag.lexical import content_tokens, tokenize
from rag.questions import check_question
from rag.types import Exchange


def test_tokens() -> None:
    assert tokenize("U.S. ships’ captains re-elected Shinzō, 4.9 million") == [
        "usa",
        "ship",
        "captain",
        "re",
        "elect",
        "shinzo",
        "4.9",
        "million",
    ]
    assert tokenize("give us the US view") == ["give", "us", "the", "usa", "view"]
    assert tokenize("台湾有事") == ["台湾", "湾有", "有事"]
    assert tokenize("⽣命線") == tokenize("生命線")
    assert content_tokens("What is the name of the ship?") == ["name", "ship"]
    assert content_tokens("Who won, and what did Ma say in May?") == ["won", "ma", "say", "may"]
    assert content_tokens("新南向政策とは何ですか") == ["新南", "南向", "向政", "政策"]


class Leaning:
    """Says which questions lean on those before them; `heard` is what it was asked."""

    def __init__(self, *leaning: str) -> None:
        self._leaning = leaning
        self.heard: list[tuple[str, str]] = []

    def leans(self, earlier: str, question: str) -> bool:
        self.heard.append((earlier, question))
        return question in self._leaning


def after(question: str, turns: list[str], model: Leaning) -> str | None:
    return standalone(question, [Exchange(turn, "An answer.") for turn in turns], model)  # type: ignore[arg-type]


def test_a_follow_up_is_searched_with_what_it_leans_on() -> None:
    assert after("Who joined it?", ["What is the GCTF?"], Leaning("Who joined it?")) == "What is the GCTF? Who joined it?"


def test_a_fresh_question_is_left_alone() -> None:
    assert after("Is it raining in Norby?", ["What is the GCTF?"], Leaning()) is None


def test_a_subject_lasts_over_several_turns_until_a_fresh_one() -> None:
    model = Leaning("Who joined it?", "And in 2021?")
    turns = ["Who opened the harbour?", "What is the GCTF?", "Who joined it?"]
    assert after("And in 2021?", turns, model) == "What is the GCTF? Who joined it? And in 2021?"
    assert ("Who opened the harbour?", "What is the GCTF?") in model.heard


def test_without_history_nothing_is_read() -> None:
    model = Leaning("And when did it join?")
    assert after("And when did it join?", [], model) is None
    assert model.heard == []


def test_of_a_long_conversation_the_last_questions_are_read() -> None:
    turns = [f"Question {n} about the harbour of Norby and its gates?" for n in range(40)]
    model = Leaning(*turns, "Why?")
    found = after("Why?", turns, model)
    assert found is not None
    assert found.endswith(f"{turns[39]} Why?")
    assert turns[1] not in found


@pytest.mark.parametrize(
    "earlier", ["What did the mayor of Norby say " + "about the harbour " * 60 + "?", "港" * 900, "x" * 900]
)
def test_what_is_asked_last_is_never_cut_off(earlier: str) -> None:
    found = after("And in 2019?", [earlier], Leaning("And in 2019?"))
    assert found is not None
    assert found.endswith(" And in 2019?")
    assert len(found.encode()) <= 260


@pytest.mark.parametrize("question", ["", "   ", "?!…", "\n\t"])
def test_empty_questions(question: str) -> None:
    with pytest.raises(InputError, match="empty"):
        check_question(question)


def test_overlong_questions() -> None:
    with pytest.raises(InputError, match="100,000 characters"):
        check_question("why?" * 25_000)
