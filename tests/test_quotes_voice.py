"""Who says quoted words, in the ways journalists write it; every sentence here is made up for this test."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.quotes import check, open_sources, speaker_at
from rag.quotes.attribution import compare_names
from rag.quotes.belonging import apart
from rag.quotes.speech import voice
from rag.reading import read
from rag.types import Entry, SourceDoc

_SAID = [
    # A verb of saying before, behind, and between.
    ("Harbour master Ines Duarte said: “The quay will hold.”", "The quay will hold", "Ines Duarte"),
    ("“The quay will hold,” said Ines Duarte, the harbour master.", "The quay will hold", "Ines Duarte"),
    ("“The quay,” said Ines Duarte, “will hold until spring.”", "will hold until spring", "Ines Duarte"),
    ("Ines Duarte was there. “We knew,” she said, “that the quay would hold.”", "that the quay would hold", "Ines Duarte"),
    ("“The quay will hold,” the harbour master, Ines Duarte, told reporters on Friday.", "The quay will hold", "Ines Duarte"),
    ("Asked about the storm, Duarte replied, “The quay will hold.” Ines Duarte runs the port.", "The quay will hold", "Ines Duarte"),
    ("Ines Duarte, who has run the port since 2009, insists the quay is “good for a century.”", "good for a century", "Ines Duarte"),
    ("The tribunal held “the clause cannot bind third parties” and dismissed the case.", "the clause cannot bind", "tribunal"),
    ("A 1743 brochure proclaimed the spa “the envy of Europe.”", "the envy of Europe", "1743 brochure"),
    ("The engine was “built to run on rumours,” as noted by Tobias Lindgren in his diary.", "built to run on rumours", "Tobias Lindgren"),
    ("The bridge is “a poem in iron,” according to the engineer Tobias Lindgren.", "a poem in iron", "Tobias Lindgren"),
    ("In the words of Tobias Lindgren, the bridge is “a poem in iron.”", "a poem in iron", "Tobias Lindgren"),
    ("The Lindgren report “underscored the need for new piers,” and nobody objected.", "underscored the need", "Lindgren report"),
    ("The bridge was dubbed “the iron poem” by the architect Tobias Lindgren.", "the iron poem", "Tobias Lindgren"),
    ("To quote the recent Lisbon “Harbour Leaders” statement, the port is “a house with no doors.”", "a house with no", "recent Lisbon Harbour Leaders statement"),
    # Nouns of saying and wanting.
    ("Senator Maria Okafor is known for her desire to “bring the ferries back.”", "bring the ferries back", "Maria Okafor"),
    ("Maria Okafor won praise for her candour, her patience, and her call for “a ferry for every island.”", "a ferry for every", "Maria Okafor"),
    ("Critics mocked Maria Okafor’s pledge to “bring the ferries back.”", "bring the ferries back", "Maria Okafor"),
    ("Nothing came of the ministry’s promise of “a ferry for every island” that year.", "a ferry for every", "ministry"),
    ("Okafor’s speech in Lagos outlined a port with “no queues and no bribes.” Maria Okafor left early.", "no queues", "Maria Okafor"),
    ("The ministry’s 2019 letter set out a port with “no queues and no bribes.”", "no queues", "ministry"),
    ("The 2019 ferry agreement offers a model: it describes the islands as “one harbour.”", "one harbour", "2019 ferry agreement"),
    # Whose view a sentence gives may be left open.
    ("The report drew “a storm of letters” from the islands.", "a storm of letters", None),
    ("The claim that Swedes would believe it was false: it would “exceed every forecast.”", "exceed every forecast", None),
    ("The so-called “ferry question” was left for another day.", "ferry question", None),
    ("Maria Okafor met Ines Duarte, and her hope of “a quick end” was dashed.", "a quick end", None),
    ("Kano’s port helped Lagos respond to floods, storms and “lessons learned” elsewhere.", "lessons learned", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "words", "speaker"), _SAID)
def test_who_says_quoted_words(text: str, words: str, speaker: str | None) -> None:
    reading = read(text)
    start = reading.text.index(words)
    found = voice(reading, start, start + len(words))
    if speaker is None:
        assert found.speaker is None
    else:
        assert found.kind == "direct"
        assert found.speaker is not None
        assert compare_names(speaker, found.speaker) == "same", found


@pytest.mark.parametrize(
    ("claimed", "found", "excluded"),
    [
        ("Norway’s minister for fisheries", "Norway’s minister for trade", True),
        ("Norway’s trade minister", "Denmark’s trade minister", True),
        ("the 2021 ferry agreement", "2019 ferry agreement", True),
        ("Norway’s minister for fisheries", "Norwegian fisheries minister", False),
        ("the minister", "Norway’s trade minister", False),
        ("the ferry agreement", "2019 ferry agreement", False),
        ("a spokesman for the port", "port spokesman", False),
    ],
)
def test_descriptions_that_exclude_each_other(claimed: str, found: str, excluded: bool) -> None:
    assert apart(claimed, found) is excluded
    assert apart(found, claimed) is excluded


ARTICLE = (
    "Norway's fisheries minister, Astrid Vogel, met her Danish colleague Lars Iyer in Oslo. Denmark insists that the nets must be "
    "mended by May. Vogel said that the boats would wait.\n\n"
    "The minister called on Lars Iyer to be “as patient as the sea” before the vote.\n\n"
    "Vogel’s letter promises boats “that share one harbour,” crews “that share one table,” and much else. Boats are less likely to "
    "sink than nets are to tear. The port has over 40 cranes.\n"
)


def test_a_claimed_person_who_cannot_be_who_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE, encoding="utf-8")
    sources = open_sources(tmp_path, None)
    # A country says it, and the person holds the office of another one.
    assert check(sources, "the nets must be mended by May", "Astrid Vogel").verdict == "misattributed"
    assert check(sources, "the nets must be mended by May", "Lars Iyer").attribution.status == "unsure"
    # Who is addressed in the sentence is not its subject.
    assert check(sources, "as patient as the sea", "Lars Iyer").verdict == "misattributed"
    assert check(sources, "as patient as the sea", "Astrid Vogel").attribution.status == "unsure"


def test_pieces_of_one_speech_have_one_speaker(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE, encoding="utf-8")
    sources = open_sources(tmp_path, None)
    found = check(sources, "that share one harbour … that share one table", "Astrid Vogel")
    assert (found.verdict, found.attribution.status) == ("elided", "confirmed")
    # What is left out may not end in a subject of its own for the verb that follows.
    assert check(sources, "Norway's fisheries minister … insists that the nets must be mended").verdict == "altered"
    # What makes a word its opposite, or a figure a bound, is not left out.
    assert check(sources, "Boats are … likely to sink").verdict == "altered"
    assert check(sources, "The port has … 40 cranes").verdict == "altered"


@pytest.mark.parametrize(
    ("sentence", "speaker"),
    [
        ("Ines Duarte said that the quay, which was built in haste, will hold until the spring tides come.", "Ines Duarte"),
        (
            "According to the Lisbon Chamber of Commerce, the quay will hold until the spring tides.",
            "Lisbon Chamber of Commerce",
        ),
        ("The quay was built in haste and will hold until the spring tides come.", "Ana Prado, Rui Prado"),
        ("Some have argued that the quay will not hold until the spring tides come.", "Ana Prado, Rui Prado"),
        ("Duarte’s tweet was the first time that the port had spoken of the quay.", "Ana Prado, Rui Prado"),
        ("The quay is called “old” by the crews, but it was built in haste and will hold for years.", "Ana Prado, Rui Prado"),
    ],
)
def test_who_says_a_cited_sentence(sentence: str, speaker: str) -> None:
    record = f"The port is busy. {sentence} Nothing more is known."
    doc = SourceDoc(Entry("a.txt", "A", ("Ana Prado", "Rui Prado")), record, "", "text", (), ())
    start = record.index(sentence)
    assert speaker_at(doc, read(record), start, start + len(sentence)) == speaker


def test_nobody_is_named_where_nobody_is_known() -> None:
    doc = SourceDoc(Entry("a.txt", "A"), "The quay was built in haste.", "", "text", (), ())
    assert speaker_at(doc, read(doc.text), 0, len(doc.text)) is None


@pytest.mark.parametrize(
    ("claimed", "found", "likeness"),
    [
        ("Norway", "Oslo", "same"),
        ("the Norwegian government", "Oslo", "same"),
        ("Denmark", "Oslo", "different"),
        ("Norway and Denmark", "Oslo", "unsure"),
        ("Astrid Vogle", "Astrid Vogel", "unsure"),
        ("Ingrid Vogel", "Astrid Vogel", "different"),
        ("Bob Vogel", "Robert Vogel", "same"),
        ("Bob", "Robert Vogel", "different"),
        ("Steve Haddad", "Tony Haddad", "different"),
    ],
)
def test_countries_and_misspelt_names(claimed: str, found: str, likeness: str) -> None:
    assert compare_names(claimed, found) == likeness


def test_a_country_speaks_through_its_minister(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        "Norway’s trade minister, Astrid Vogel, called the tariff “a wall of paper.” Critics of Vogel left the room early. "
        "The room was cold and the coffee was worse.",
        encoding="utf-8",
    )
    sources = open_sources(tmp_path, None)
    assert check(sources, "a wall of paper", "Norway").attribution.status == "unsure"
    assert check(sources, "a wall of paper", "Denmark").verdict == "misattributed"
    assert check(sources, "a wall of paper", "Denmark’s government").verdict == "misattributed"
    # The words of an author whom nothing names: that Vogel did not write them is likely, and no evidence against anybody.
    told = check(sources, "The room was cold and the coffee was worse", "Vogel Astrid")
    assert (told.verdict, told.attribution.status) == ("exact", "unsure")


def test_a_hidden_relative_clause_keeps_its_subject(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        "Oslo has expressed doubts that Denmark—which also expressed interest in joining—could pay. The plan, which failed, is old.",
        encoding="utf-8",
    )
    sources = open_sources(tmp_path, None)
    assert check(sources, "Oslo has expressed doubts … expressed interest in joining").verdict == "altered"
    assert check(sources, "The plan … failed, is old").verdict == "elided"
    # A small word in brackets may not take the place of one that carries meaning.
    assert check(sources, "The [during], which failed, is old").verdict == "altered"
    assert check(sources, "[It], which failed, is old").verdict == "elided"
