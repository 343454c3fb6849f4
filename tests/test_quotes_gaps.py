"""What stands between two words: which differences have a name, and which are differences."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.quotes import Sources, check, gaps, open_sources


@pytest.mark.parametrize(
    ("quote", "source", "names"),
    [
        (" ", " ", ()),
        ("  ", " ", ("white space",)),
        (" \n", " ", ("white space",)),
        ('"', "”", ("quotation marks",)),
        (', "', ", “", ("quotation marks",)),
        (" - ", "—", ("dash",)),
        ("--", "—", ("dash",)),
        ("-", "–", ("dash",)),
        ("...", "…", ("form of the ellipsis",)),
        ('." ', "”. ", ("quotation marks", "stop at the closing mark")),
        ("\u00ad", "", ("invisible character",)),
        ("'", "’", ("quotation marks",)),
    ],
)
def test_same(quote: str, source: str, names: tuple[str, ...]) -> None:
    assert gaps.same(quote, source) == names


@pytest.mark.parametrize(
    ("quote", "source"),
    [
        (" ", ", "),
        ("; ", ". "),
        ("? ", ". "),
        (" ", " “"),
        ("", "-"),
        (" ", "-"),
        ("", "’"),
        (" ", " ("),
        ("% ", " "),
        (" $", " "),
        (" ", ""),
    ],
)
def test_different(quote: str, source: str) -> None:
    assert gaps.same(quote, source) is None


@pytest.mark.parametrize(
    ("quote", "source"), [(",", ""), (",", "."), (" ", ""), (", ", ","), (" -", " "), ("-", " -"), (":", "."), ("’", "”")]
)
def test_between_figures_marks_and_spaces_count(quote: str, source: str) -> None:
    assert gaps.same(quote, source, (True, True)) is None


_TEXT = """The pact was re-
signed in 1972.1 It was a typical case of no-
table progress, and the force is 10² newtons at -5 degrees.2 Nobody could fore-
see it.3 The losses, 1,000 of them, rose 5% in pages 10-
12 of the record.4 The boat is 5' long and the “stern” was painted now here, now there. He can’t come and won’t write; it is a
non-profit, nuclear-free, anti-war group of 9,940 men, not unlike the U.S. in May.
"""


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Sources:
    root: Path = tmp_path_factory.mktemp("gaps")
    (root / "one.txt").write_text(_TEXT, encoding="utf-8")
    return open_sources(root, None)


@pytest.mark.parametrize(
    "quote",
    [
        "The pact was resigned in 1972",
        "The pact was re-signed in 1972",
        "a typical case of notable progress",
        "a typical case of no-table progress",
        "now here, now there",
        "He can't come and won't write",
        "rose 5% in pages 10-12 of the record",
        "Nobody could foresee it",
        "non-profit, nuclear-free, anti-war group",
        "at −5 degrees",
    ],
)
def test_verbatim(sources: Sources, quote: str) -> None:
    assert check(sources, quote).verdict in ("exact", "normalized")


@pytest.mark.parametrize(
    "quote",
    [
        "atypical case",
        "an atypical case",
        "the force is 10 newtons",
        "force is 102 newtons",
        "the force is 10",
        "newtons at 5 degrees",
        "at 5 degrees",
        "pages 1012 of the record",
        "1000 of them",
        "1.000 of them",
        "1 000 of them",
        "rose 5 in pages",
        "rose 5 percent",
        'The boat is 5" long',
        "nowhere, now there",
        "the stern was painted",
        "He cant come",
        "He can come",
        "He can",
        "and wont write",
        "profit, nuclear-free",
        "war group",
        "a non-profit, nuclear",
        "group of 940 men",
        "unlike the US in May",
        "unlike the us",
        "in may",
        "The pact was resigned in 19721",
        "in 1972,1 It was",
        "not like the U.S.",
        "the losses 1,000 of them",
    ],
)
def test_never_verbatim(sources: Sources, quote: str) -> None:
    assert check(sources, quote).verdict not in ("exact", "normalized", "elided")
