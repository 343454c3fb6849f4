"""The reading text: what a person reads, and the exact way back."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.corpus import bundled, list_documents
from rag.readers import read_document
from rag.reading import read, sentence_spans

STUDY = "documents/2021-study-us-japan-cooperation-with-taiwan.txt"
LISTING = list_documents(bundled())
DOCUMENTS = {e.document: read_document(LISTING.path_of(e.document), e) for e in LISTING.entries}
READINGS = {path: read(doc.text) for path, doc in DOCUMENTS.items()}


def reading_of(*words: str) -> str:
    """A wrapped paragraph that holds `words` among enough others for the wrap to be recognised."""
    before = "The committee met again in the old harbour town and talked about the ships that\n" * 4
    after = "and the members went home after a long day of talks about nothing in particular.\n" * 3
    return read(before + "\n".join(words) + "\n" + after).text


@pytest.mark.parametrize(
    ("words", "read_as"),
    [
        (
            ("highlights re-", "cent developments in the relations between the two harbour towns of the north,"),
            "recent developments",
        ),
        (
            ("the trajectory of Japan-", "Taiwan relations carries implications for the other members of the group,"),
            "Japan-Taiwan relations",
        ),
        (
            ("concerns about cross-", "Strait dynamics were raised by the members of the harbour committee again,"),
            "cross-Strait dynamics",
        ),
        (
            ("cooperation in counter-", "coercion and other fields was agreed by all of the members of the group,"),
            "counter-coercion",
        ),
        (
            ("After discussing the U.S.-", "Japan partnership the members of the harbour committee had their lunch,"),
            "U.S.-Japan partnership",
        ),
        (
            ("the sharing of information/", "intelligence was agreed by all of the members of the harbour committee,"),
            "information/intelligence",
        ),
        (
            (
                "no shortage of challenges to demand it—be-",
                "ginning with the harbour and ending with the ships of the committee,",
            ),
            "demand it—beginning",
        ),
    ],
)
def test_line_end_hyphens(words: tuple[str, ...], read_as: str) -> None:
    assert read_as in reading_of(*words)


@pytest.mark.parametrize(
    ("record", "read_as"),
    [
        (
            "China’s posture since 2016.1 As Beijing presses, it grew.2 Others saw it,3 too.",
            "since 2016. As Beijing presses, it grew. Others saw it, too.",
        ),
        (
            "The first such contact since 1972.1 Two years later they met.2 A third came.3",
            "since 1972. Two years later they met. A third came.",
        ),
        (
            "Japan’s fourth-largest trading partner,1 and more.2 That is third-largest. 3 Japan polls.",
            "partner, and more. That is third-largest. Japan polls.",
        ),
        ("Free of coercion;1 the rest.2 And unconstrained by coercion; 3 2) to bolster it.", "coercion; 2) to bolster it"),
        ("A “state of hostility.”3 As Bush argued, it is so.", "A “state of hostility.” As Bush argued, it is so."),
        (
            "Visitors (4.9 million) in 2019, GDP +3.1%, Track 1.5 and Track 2, 9.6% of 7,202.",
            "Visitors (4.9 million) in 2019, GDP +3.1%, Track 1.5 and Track 2, 9.6% of 7,202.",
        ),
        (
            "See Fig.2 and vol.3, no.5; it was 3:1 at 10:30 in ver.2 of p.7.",
            "See Fig.2 and vol.3, no.5; it was 3:1 at 10:30 in ver.2 of p.7.",
        ),
        ("The Act of 1979 (P.L. 96-8) and Article 9.", "The Act of 1979 (P.L. 96-8) and Article 9."),
        ("unofficial in name only. [1] The president spoke.\n\n[1] A note.", "unofficial in name only. The president spoke."),
        ("He wrote [1] and [Japan] agreed.", "He wrote [1] and [Japan] agreed."),
    ],
)
def test_footnote_numbers(record: str, read_as: str) -> None:
    assert read_as in read(record).text


@pytest.mark.parametrize(
    ("record", "read_as"),
    [
        (
            "It rejects unification w ith t he PRC o n B eijing’s t erms, t he r isks o f a  reduction. Beijing’s Beijing’s",
            "unification with the PRC on Beijing’s terms, the risks of a reduction.",
        ),
        (
            "Plan B eventually worked, and vitamin C is good; a man and I went.",
            "Plan B eventually worked, and vitamin C is good; a man and I went.",
        ),
        ("It has a signifi cance of its own.", "It has a significance of its own."),
        ("Their central impor-tance for strategy.", "Their central importance for strategy."),
        ("A well-known, far-off, co-operative non-event.", "A well-known, far-off, co-operative non-event."),
        ("a “security lifeline” [⽣命線]", "a “security lifeline” [生命線]"),
        ("the ﬁrst oﬃce", "the first office"),
        ("a no\u00a0break and a soft\u00adhyphen", "a no break and a softhyphen"),
        ("People’s Republic of China…and so ½ of it", "People’s Republic of China…and so ½ of it"),
    ],
)
def test_characters_and_spaces(record: str, read_as: str) -> None:
    assert read(record).text == read_as or read_as in read(record).text


def test_unwrapped_lines_stay_paragraphs() -> None:
    text = "A first paragraph on a line.\nA second one, on its own line as well.\nShort heading\nA third, and that is all."
    assert [b.role for b in read(text).blocks] == ["paragraph", "paragraph", "heading", "paragraph"]


def test_page_break_in_mid_sentence() -> None:
    text = READINGS[STUDY].text
    assert "effort to shape the region’s future. In short, robust military deterrence" in text
    assert "peeling away several of Taiwan’s remaining diplomatic allies" in text
    assert "former Prime Minister Mori" in text


def test_all_footnotes_of_the_study_are_found() -> None:
    numbers = [int(DOCUMENTS[STUDY].text[e.start : e.end]) for e in READINGS[STUDY].edits if e.kind == "footnote number"]
    assert numbers == list(range(1, 82))


def test_furniture_and_captions() -> None:
    text = READINGS["documents/2016-dickey-taiwan-japan-ties-deepen.txt"].text
    assert text.count("Taiwan-Japan Ties Deepen Amid Chinese Assertiveness") == 1
    assert "Leave a Reply" not in text
    assert "email address will not be published" not in text
    roles = {b.role for path in READINGS for b in READINGS[path].blocks}
    assert roles == {"heading", "paragraph", "list_item", "caption", "note"}


@pytest.mark.parametrize("path", sorted(DOCUMENTS))
def test_the_map_is_exact(path: str) -> None:
    """Every sentence's place in the text of record holds the same letters and figures, but for what was undone."""
    doc, reading = DOCUMENTS[path], READINGS[path]
    removed = {"footnote number", "site furniture"}
    for block in reading.blocks:
        for span in sentence_spans(reading, block):
            place = reading.to_record(*span)
            assert reading.from_record(*place) == span
            kept, position = "", place.start
            for edit in reading.edits:
                if place.start <= edit.start and edit.end <= place.end:
                    kept += doc.text[position : edit.start] + (edit.text if edit.kind in removed else "")
                    kept += edit.text if edit.kind == "compatibility character" else ""
                    position = edit.end
            kept += doc.text[position : place.end]
            shown = reading.text[span.start : span.end]
            assert [c for c in kept if c.isalnum()] == [c for c in shown if c.isalnum()]


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab1 .-\n\u00a0\u00adﬁ生⽣”,2[]●", max_size=200))
def test_any_text_maps_back(record: str) -> None:
    reading = read(record)
    position = 0
    for edit in reading.edits:
        assert position <= edit.start <= edit.end <= len(record)
        position = edit.end
    for start in range(len(reading.text)):
        place = reading.to_record(start, start + 1)
        assert 0 <= place.start <= place.end <= len(record)
    for one, two in pairwise(range(len(reading.text))):
        assert reading.to_record(one, one + 1).start <= reading.to_record(two, two + 1).start


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The U.S. Government met Mr. Smith on Sept. 25, 2024. It agreed.", 2),
        ("Ties with Japan-U.S. relations grew. “He said no. Never.” She left.", 3),
        ("台湾は重要だ。日本も。", 2),
        ("It cost approx. $3.5 million (cf. Fig. 2). See Vol. 3, no. 5.", 2),
        ("1. Jing Sun, “Japan-Taiwan Relations,” Asian Survey 47, no. 5 (2007).", 1),
        ("Taiwan, e.g. Taipei, i.e. the capital, agreed.", 1),
    ],
)
def test_sentences(text: str, expected: int) -> None:
    reading = read(text)
    assert sum(len(sentence_spans(reading, block)) for block in reading.blocks) == expected
