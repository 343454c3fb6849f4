"""Verdicts of the quote checker on the bundled documents, border by border."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rag.corpus import bundled
from rag.errors import InputError
from rag.quotes import QuoteVerdict, Sources, check, open_sources


@pytest.fixture(scope="module")
def sources() -> Iterator[Sources]:
    opened = open_sources(bundled(), None)
    yield opened
    opened.close()


def verdict(sources: Sources, quote: str, **claims: str) -> str:
    return check(sources, quote, **claims).verdict


@pytest.mark.parametrize(
    "quote",
    [
        "grave concern",
        "“grave concern”",
        '"grave concern"',
        "'grave concern'",
        "「grave concern」",
        "Kishi said during his press conference that",
        "unification w ith t he PRC o n B eijing’s t erms",
        "supported Taiwan’s accession to the CPTTP.",
        "GDP +3.1%",
        "4.9 million",
        "新南向政策",
        "“one China” dilemma",
    ],
)
def test_exact(sources: Sources, quote: str) -> None:
    found = check(sources, quote)
    assert found.verdict == "exact"
    assert found.normalizations == ()
    assert found.differences == ()
    assert found.matches[0].citation.source_text in quote


@pytest.mark.parametrize(
    ("quote", "name"),
    [
        ("unification with the PRC on Beijing’s terms", "stray space"),
        ("a few Japanese officials have become unusually outspoken", "line-break hyphen"),
        ("coercive posture toward democratic Taiwan since 2016. As Beijing pressures", "footnote number"),
        ("supported Taiwan's accession to the CPTTP", "quotation marks"),
        ("taiwan belongs to the family of democracies", "first letter case"),
        ("Taiwan belongs to the family of democracies.", "stop at the closing mark"),
        ("Ｔaiwan belongs to the family of democracies", "compatibility character"),
        ("Tai\u200bwan belongs to the family of democracies", "invisible character"),
        ("Despite the aforementioned con-\nstraints, the deepening", "line-break hyphen"),
        ("The extent of the Taiwan-Japan relationship, however, depends just as  much", "white space"),
        ("The extent of the Taiwan–Japan relationship", "dash"),
        ("military tensions with the PRC.Japan appears", "white space"),
    ],
)
def test_normalized_names_what_is_different(sources: Sources, quote: str, name: str) -> None:
    found = check(sources, quote)
    assert found.verdict == "normalized"
    assert name in found.normalizations


@pytest.mark.parametrize(
    ("quote", "kind"),
    [
        ("Japan and Taiwan do engage in military cooperation or exercises", "negation"),
        ("Japan and Taiwan do … engage in military cooperation", "negation"),
        ("has ... been considering establishing a formal security dialogue", "hedge"),
        ("has been considering establishing a formal security dialogue", "hedge"),
        ("supported Taiwan’s accession to the CPTPP", "name"),
        ("the military balance between China and Taiwan has changed in favor of Taiwan", "name"),
        ("9,940 confirmed cases", "number"),
        ("GDP 3.1%", "number"),
        ("9 million", "number"),
        ("2000 Taiwanese comfort women", "number"),
        ("GDP -3.1%", "number"),
        ("1,6 million in 2015", "number"),
        ("Taiwаn belongs to the family of democracies", "name"),  # a Cyrillic а
        ("Taiwan belongs to the family of democracies?", "punctuation"),
        ("further networking with Taiwan", "punctuation"),
        ("be obstacle", "negation"),
        ("as U.S. Taiwan policy since 197972 attests", "number"),
        ("she looks forward to an even closer partnership", "punctuation"),
        ("Japan cannot allow its people living in a free society to be overrun", "punctuation"),
        ("[Biden] joined his foreign ministry counterpart", "name"),
        ("Taiwan’s liberal democracy can survive in an ecosystem of rules and norms", "hedge"),
        ("Taiwan’s liberal democracy can [not] only survive in an ecosystem of rules and norms", "negation"),
    ],
)
def test_altered(sources: Sources, quote: str, kind: str) -> None:
    found = check(sources, quote)
    assert found.verdict == "altered"
    assert kind in {difference.kind for difference in found.differences}


@pytest.mark.parametrize(
    "quote",
    [
        "cannot allow [its] people … overrun by the [Chinese] Communist Party",
        "[T]aiwan belongs to the family of democracies",
        "[Kishi] joined his foreign ministry counterpart",
        "A conflict in the strait would have immediate spillover effects … giving China a strategic position",
    ],
)
def test_elided(sources: Sources, quote: str) -> None:
    assert verdict(sources, quote) == "elided"


def test_marks_that_the_source_has_itself_leave_nothing_out(sources: Sources) -> None:
    found = check(sources, "practical, substantive actions…that would sustainably improve Taiwan’s security and prosperity")
    assert found.verdict == "normalized"


def test_spliced(sources: Sources) -> None:
    quote = "Taiwan is central for the international community and that the PLA is a rising military threat"
    found = check(sources, quote)
    assert found.verdict == "spliced"
    assert len({match.citation.document for match in found.matches}) == 2


@pytest.mark.parametrize("quote", ["The quick brown fox jumps over the lazy dog", "kokeilemme suomea", "no table", "xyzzy"])
def test_not_found_says_how_much_was_searched(sources: Sources, quote: str) -> None:
    found = check(sources, quote)
    assert found.verdict == "not_found"
    assert found.matches == ()
    assert found.searched.documents == 5
    assert found.searched.characters > 90_000


@pytest.mark.parametrize(
    ("quote", "speaker", "expected"),
    [
        ("grave concern", "Kishi", "exact"),
        ("grave concern", "Defense Minister Kishi", "exact"),
        ("grave concern", "Nobuo Kishi", "exact"),
        ("grave concern", "Joe Biden", "misattributed"),
        ("from persuasion to coercion", "Richard Bush", "normalized"),
        ("from persuasion to coercion", "George Bush", "misattributed"),
        ("a Taiwan contingency is a Japan contingency", "Abe Shinzō", "exact"),
        ("a Taiwan contingency is a Japan contingency", "Shinzo Abe", "exact"),
        ("a Taiwan contingency is a Japan contingency", "Takaichi", "misattributed"),
        ("state of hostility", "Stephen Biegun", "exact"),
        ("Such is the context in which Japan-Taiwan relations should be understood", "Howard Wang", "exact"),
        ("Such is the context in which Japan-Taiwan relations should be understood", "Lauren Dickey", "misattributed"),
        ("fully returned to their normal path", "Howard Wang", "misattributed"),
        ("bilateral security dialogue", "Hsiao Bi-khim", "normalized"),  # "called for": the author's words on what she wants
        ("Taiwan embodies a shield for Okinawa", "Somebody Else", "exact"),  # the author is not known: unsure, not wrong
    ],
)
def test_speaker(sources: Sources, quote: str, speaker: str, expected: str) -> None:
    assert verdict(sources, quote, speaker=speaker) == expected


def test_document(sources: Sources) -> None:
    here = "documents/2025-japan-taiwan-ties-and-the-strait.txt"
    there = "documents/2016-dickey-taiwan-japan-ties-deepen.txt"
    assert verdict(sources, "Taipei needs Tokyo. Tokyo needs Taipei.", document=here) == "exact"
    found = check(sources, "Taipei needs Tokyo. Tokyo needs Taipei.", document=there)
    assert found.verdict == "misattributed"
    assert found.matches[0].citation.document == here


@pytest.mark.parametrize("quote", ["", "   ", "“”", "…", "\x00\x01", "[...]"])
def test_a_quote_without_words_is_refused(sources: Sources, quote: str) -> None:
    with pytest.raises(InputError):
        check(sources, quote)


def test_a_document_that_is_not_there_is_refused(sources: Sources) -> None:
    with pytest.raises(InputError):
        check(sources, "grave concern", document="nowhere.txt")


def test_places_are_places_of_the_text_of_record(sources: Sources) -> None:
    found = check(sources, "resolved peacefully by direct dialogue")
    citation = found.matches[0].citation
    text = (bundled() / citation.document).read_bytes().decode("utf-8")
    assert text[citation.char_start : citation.char_end] == citation.source_text
    assert text.count("\n", 0, citation.char_start) + 1 == citation.line_start


def test_json_has_the_contracts_fields(sources: Sources) -> None:
    found: QuoteVerdict = check(sources, "grave concern", speaker="Kishi")
    value = found.to_json()
    assert {
        "schema",
        "id",
        "quote",
        "claimed_speaker",
        "claimed_document",
        "verdict",
        "context_risk",
        "matches",
        "differences",
        "normalizations",
        "searched",
    } <= set(value)
    assert "number" not in value["matches"][0]
    assert set(value["searched"]) == {"documents", "characters", "unreadable"}
