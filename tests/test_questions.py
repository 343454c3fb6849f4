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


TURNS = {
    "gctf": Exchange("What is the GCTF?", "A platform."),
    "kishi": Exchange("What did Kishi Nobuo say about Hong Kong?", "He expressed grave concern."),
    "harbour": Exchange("When was the harbour of Norby opened?", "In 1921."),
    "year": Exchange("How many tourists came to Norby in 2015?", "Many."),
}


@pytest.mark.parametrize(
    ("turn", "question", "expected"),
    [
        ("gctf", "And when did Japan join it?", "When did Japan join GCTF?"),
        ("gctf", "When was it founded?", "When was GCTF founded?"),
        ("kishi", "Which office did he hold?", "Which office did Kishi Nobuo hold?"),
        ("kishi", "And what was his view of Taiwan?", "What was Kishi Nobuo’s view of Taiwan?"),
        ("kishi", "Why?", "Why (What did Kishi Nobuo say about Hong Kong)?"),
        ("kishi", "What about Taiwan?", "What did Kishi Nobuo say about Taiwan?"),
        ("kishi", "Did Abe Shinzo say that he agreed?", None),
        ("year", "And in 2016?", "How many tourists came to Norby in 2016?"),
        ("gctf", "Who is Frank Hsieh?", None),
        ("gctf", "What percentage of Taiwanese tourists visited Japan in 2019?", None),
        ("gctf", "Is it true that Japan has a museum in Norby?", None),
    ],
)
def test_follow_ups(turn: str, question: str, expected: str | None) -> None:
    assert standalone(question, [TURNS[turn]]) == expected


def test_a_subject_lasts_over_several_turns() -> None:
    turns = [TURNS["gctf"], Exchange("What is it for, according to the State Department?", "Public health.")]
    assert standalone("How much does it cost a year?", turns) == "How much does GCTF cost a year?"


def test_without_history_nothing_is_changed() -> None:
    assert standalone("And when did it join?", []) is None


@pytest.mark.parametrize("question", ["", "   ", "?!…", "\n\t"])
def test_empty_questions(question: str) -> None:
    with pytest.raises(InputError, match="empty"):
        check_question(question)


def test_overlong_questions() -> None:
    with pytest.raises(InputError, match="100,000 characters"):
        check_question("why?" * 25_000)
