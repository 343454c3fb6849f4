"""Questions taken apart, follow-ups made to stand alone, differences between documents."""

from __future__ import annotations

import pytest

from rag.errors import InputError
from rag.history import standalone
from rag.lexical import content_tokens, tokenize
from rag.questions import check_question, offers, parse
from rag.types import Exchange


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("When did the harbour open?", "date"),
        ("GCTF founded when?", "date"),
        ("On what date did it open?", "day"),
        ("How many ships came?", "count"),
        ("What percentage of the vote did she get?", "percentage"),
        ("What is the annual budget of the port?", "money"),
        ("How long did the closure last?", "duration"),
        ("Who built the railway?", "person"),
        ("Where was the treaty signed?", "place"),
        ("Why did the harbour close?", None),
        ("What kind of cell acts when a pathogen enters?", None),
        ("日本の首相は誰ですか", "person"),
    ],
)
def test_what_is_asked_for(question: str, kind: str | None) -> None:
    assert parse(question).kind == kind


@pytest.mark.parametrize(
    ("question", "sentence", "answer"),
    [
        ("When did the harbour open?", "The harbour opened in 1921.", True),
        ("When did the harbour open after the storm of 1922?", "It was closed in the storm of 1922.", False),
        ("How many ships came in 1921?", "Ships came in 1921, on March 3.", False),
        ("How many ships came in 1921?", "Twelve ships came in 1921.", True),
        ("What percentage of voters agreed?", "Of 400 voters, 56 percent agreed.", True),
        ("What percentage of voters agreed?", "Some 400 voters agreed.", False),
        ("How much did the port cost?", "The port cost $4 million.", True),
        ("How much did the port cost?", "The port was built in 1921.", False),
    ],
)
def test_whether_a_sentence_offers_it(question: str, sentence: str, answer: bool) -> None:
    assert offers(sentence, parse(question)) is answer


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
