"""Names, and who speaks where."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.quotes import check, names, open_sources
from rag.quotes.speech import voice
from rag.reading import read


@pytest.mark.parametrize(
    ("claimed", "found"),
    [
        ("Abe Shinzō", "Shinzo Abe"),
        ("Prime Minister Abe", "Abe Shinzo"),
        ("Kishi", "Kishi Nobuo"),
        ("Tsai Ing-wen", "President Tsai"),
        ("Ing-Wen Tsai", "Tsai Ingwen"),
        ("R. Bush", "Richard Bush"),
        ("Richard C. Bush", "Richard Bush"),
        ("DPP", "Democratic Progressive Party"),
        ("the State Department", "State Department"),
        ("Sørensen", "Lars Sørensen"),
    ],
)
def test_same_name(claimed: str, found: str) -> None:
    assert names.same(claimed, found) == "same"


@pytest.mark.parametrize(
    ("claimed", "found"),
    [
        ("George Bush", "Richard Bush"),
        ("Kishi Nobusuke", "Kishi Nobuo"),
        ("Biden", "Tsai Ing-wen"),
        ("Akie Abe", "Shinzo Abe"),
    ],
)
def test_another_name(claimed: str, found: str) -> None:
    assert names.same(claimed, found) == "different"


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Kishi Nobuo said: “We will see.”", "Kishi Nobuo"),
        ("“We will see,” said Defense Minister Kishi Nobuo.", "Kishi Nobuo"),
        ("“We will see,” Kishi Nobuo told reporters.", "Kishi Nobuo"),
        ("As Richard Bush, former chairman of the institute, argued last year, “We will see.”", "Richard Bush"),
        ("The minister, Kishi Nobuo, warned: “We will see.”", "Kishi Nobuo"),
        ("According to Ryan Hass, “We will see.”", "Ryan Hass"),
        ("In the words of Ryan Hass, the director, the plan was “We will see.”", "Ryan Hass"),
        ("Kishi Nobuo expressed “grave concern” about it, and noted that “We will see.”", "Kishi Nobuo"),
        ("It was, as Green, Glaser, and Bush argued, “We will see.”", "Green, Glaser, Bush"),
        ("Liff quotes Ryan Hass, who says “We will see.”", "Ryan Hass"),
        ("Japan’s state minister for defense said that “We will see.”", "Japan’s state minister for defense"),
        ("The ministry’s report states: “We will see.”", "ministry’s report"),
    ],
)
def test_direct_speech(text: str, speaker: str) -> None:
    reading = read(text)
    at = reading.text.index("We will see")
    said = voice(reading, at, at + len("We will see"))
    assert said.kind == "direct"
    assert said.speaker == speaker


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Kishi Nobuo said that the talks would go on for weeks.", "Kishi Nobuo"),
        ("According to Ryan Hass, the talks would go on for weeks.", "Ryan Hass"),
        ("As Richard Bush argued, the talks would go on for weeks.", "Richard Bush"),
        ("In this view the talks would go on for weeks, Kishi Nobuo said.", "Kishi Nobuo"),
    ],
)
def test_reported_speech(text: str, speaker: str) -> None:
    reading = read(text)
    at = reading.text.index("the talks")
    said = voice(reading, at, at + len("the talks would go on for weeks"))
    assert (said.kind, said.speaker) == ("indirect", speaker)


@pytest.mark.parametrize(
    "text",
    [
        "The talks would go on for weeks.",
        "Kishi Nobuo was there. The talks would go on for weeks.",
        "Kishi Nobuo said little; the talks would go on for weeks.",
        "“We will see,” said Kishi Nobuo. The talks would go on for weeks.",
    ],
)
def test_the_authors_own_words(text: str) -> None:
    reading = read(text)
    at = reading.text.casefold().index("the talks")
    assert voice(reading, at, at + len("the talks would go on")).kind == "author"


def test_marks_without_a_cue_are_nobodys_in_particular() -> None:
    reading = read("They live in what is often “splendid isolation” of a kind.")
    at = reading.text.index("splendid")
    assert voice(reading, at, at + 18).kind == "unsure"


def test_author_quoting_another(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        "Ryan Hass said that “Beijing has squeezed the island for years.” The island did not yield at all.", encoding="utf-8"
    )
    (tmp_path / "manifest.toml").write_text(
        '[[document]]\npath = "a.txt"\ntitle = "A"\nauthors = ["Adam Liff"]\n', encoding="utf-8"
    )
    sources = open_sources(tmp_path, None)
    words = "Beijing has squeezed the island for years"
    assert check(sources, words, "Ryan Hass").verdict == "exact"
    quoted = check(sources, words, "Adam Liff")
    assert quoted.verdict == "misattributed"
    assert quoted.matches[0].citation.speaker == "Ryan Hass"
    assert check(sources, "The island did not yield", "Adam Liff").verdict == "exact"
    assert check(sources, "The island did not yield", "Ryan Hass").verdict == "misattributed"
    assert check(sources, words, "the analyst").verdict == "exact"  # a description convicts nobody
