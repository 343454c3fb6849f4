"""Who speaks in a transcript is read off its layout; nobody is accused without a name that says otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.quotes import Sources, check, open_sources
from rag.reading import read

COLON = """MINUTES OF THE HEARING

THE CHAIR: Did anybody read the log of the night shift?

MS. ORDOÑEZ: I read it in March. Nobody asked me for it.

DR. HALVORSEN: The pump was replaced in April, by my own team.

THE CHAIR: So it stood still for a month.

MS. ORDOÑEZ: That is correct.
"""
FORMS = {
    "colon": COLON,
    "markdown": COLON.replace("THE CHAIR:", "**The Chair**:").replace("MS. ORDOÑEZ:", "**Ms Ordoñez**:").replace("DR. HALVORSEN:", "**Dr Halvorsen**:"),
    "brackets": COLON.replace("THE CHAIR:", "[The Chair:]").replace("MS. ORDOÑEZ:", "[Ms Ordoñez:]").replace("DR. HALVORSEN:", "[Dr Halvorsen:]"),
    "stop": COLON.replace("THE CHAIR:", "The CHAIR.").replace("MS. ORDOÑEZ:", "Ms. ORDOÑEZ.").replace("DR. HALVORSEN:", "Dr. HALVORSEN."),
    "dash": COLON.replace("THE CHAIR:", "THE CHAIR —").replace("MS. ORDOÑEZ:", "MS. ORDOÑEZ —").replace("DR. HALVORSEN:", "DR. HALVORSEN —"),
    "tab": COLON.replace("THE CHAIR: ", "THE CHAIR\t").replace("MS. ORDOÑEZ: ", "MS. ORDOÑEZ\t").replace("DR. HALVORSEN: ", "DR. HALVORSEN\t"),
}  # fmt: skip


def opened(folder: Path, text: str) -> Sources:
    (folder / "a.txt").write_text(text, encoding="utf-8")
    return open_sources(folder, None)


@pytest.mark.parametrize("form", FORMS)
def test_the_label_says_who_speaks(tmp_path: Path, form: str) -> None:
    sources = opened(tmp_path, FORMS[form])
    right = check(sources, "Nobody asked me for it.", "Ordoñez")
    assert (right.verdict, right.attribution.status) == ("exact", "confirmed")
    wrong = check(sources, "Nobody asked me for it.", "Dr. Halvorsen")
    assert (wrong.verdict, wrong.attribution.status) == ("misattributed", "different")
    assert "ordoñez" in (wrong.attribution.found or "").casefold()


def test_a_turn_goes_on_over_paragraphs() -> None:
    reading = read(COLON.replace("That is correct.", "That is correct.\n\nI told the board so."))
    place = reading.text.index("I told the board so")
    turn = reading.turn_at(place, place + 10)
    assert turn is not None
    assert turn.speaker == "MS. ORDOÑEZ"


@pytest.mark.parametrize(
    "text",
    [
        "From: Ada Quist\nTo: Bo Lund\nSubject: The pump\n\nIt was replaced in April.\n",
        "Note: all figures are rounded.\n\nThe pump was replaced in April.\n\nSource: the log of the night shift.\n",
        "".join(
            f"Table {n}\n\nPumps in year {n} were many more.\n\nSource: the log.\n\nNote: rounded.\n\n" for n in range(1, 5)
        ),
        "".join(
            f"From: Ada\nTo: Bo\nDate: May {n}\n\nThe pump stood still on that day too, and nobody came.\n\n"
            for n in range(1, 5)
        ),
        "The engineer gave one reason: rust. The board gave another: money. Both were right.\n",
    ],
)
def test_single_labels_make_no_transcript(text: str) -> None:
    assert read(text).turns == ()


def test_line_numbers_of_a_court_are_no_words(tmp_path: Path) -> None:
    lines = [
        "MS. ORDOÑEZ:   We read the log in March", "and found that nobody had signed", "it for eleven nights.", "JUDGE ADEYEMI:   Which nights were", "those?",
        "MS. ORDOÑEZ:   The third to the", "thirteenth, Your Honor.", "JUDGE ADEYEMI:   And the", "captain was told?", "MS. ORDOÑEZ:   He was told on the",
        "fourteenth.", "JUDGE ADEYEMI:   Go on.",
    ]  # fmt: skip
    sources = opened(tmp_path, "\n\n".join(f"{number:2}   {line}" for number, line in enumerate(lines, start=1)))
    found = check(sources, "We read the log in March and found that nobody had signed it for eleven nights.", "Ordoñez")
    assert (found.verdict, found.attribution.status) == ("normalized", "confirmed")


def test_a_source_that_interrupts_itself(tmp_path: Path) -> None:
    sources = opened(tmp_path, "“The pump is safe today,” the engineer said, “but nobody can speak for the winter.” It rained.")
    whole = check(sources, "The pump is safe today, but nobody can speak for the winter.")
    assert whole.verdict == "normalized"
    assert "the source's own interruption" in whole.normalizations
    # The same words with one left out inside the quotation marks are another sentence.
    assert check(sources, "The pump is safe, but nobody can speak for the winter.").verdict == "altered"


def test_a_pronoun_convicts_nobody(tmp_path: Path) -> None:
    text = "Ada Quist met Bo Lund at the lock. “Leaving early is like telling half of it,” she said. Nobody else was there."
    sources = opened(tmp_path, text)
    for speaker in ("Ada Quist", "Bo Lund"):
        assert check(sources, "Leaving early is like telling half of it", speaker).verdict == "exact"


def test_words_of_an_unnamed_author_convict_nobody(tmp_path: Path) -> None:
    sources = opened(tmp_path, "Ada Quist spoke for an hour. The pump had been standing still since March.")
    found = check(sources, "The pump had been standing still since March.", "Ada Quist")
    assert (found.verdict, found.attribution.status) == ("exact", "unsure")
