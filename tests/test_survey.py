"""What is asked of whole documents: which one is meant, what sums it up, what is known about it. No weights."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scripted_evidence import NO, YES, ScriptedEvidence, wants

from rag.assistant import Assistant
from rag.evidence import EvidencePostprocessor
from rag.export.wording import form
from rag.lexical import content_tokens
from rag.models import Kind
from rag.reading import read
from rag.settings import load
from rag.survey import front_lines, head, meant, summed_up
from rag.types import Entry, SourceDoc

HARBOUR = Entry("harbour.txt", "The harbour of Norby", ("Ida Holm",), "Norby Post", "2016-10")
BRIDGE = Entry("bridge.txt", "The bridge of Norby", ("Per Dahl",), None, "2021")
LETTER = Entry("letter-two.txt", "Letter to the mayor of us all")
EVERY = (HARBOUR, BRIDGE, LETTER)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Summarise the text on the harbour.", (HARBOUR,)),
        ("What does Dahl conclude?", (BRIDGE,)),
        ("Summarise the 2016 article", (HARBOUR,)),
        ("Who wrote the letter?", (LETTER,)),
        ("What is said of Norby?", (HARBOUR, BRIDGE)),
        ("Sum it up.", ()),
        ("Give us two main points of the texts.", ()),
    ],
)
def test_the_document_that_is_meant(question: str, expected: tuple[Entry, ...]) -> None:
    assert meant(question, EVERY) == expected


def test_in_a_corpus_of_one_document_that_one_is_meant() -> None:
    assert meant("What are the main findings?", (BRIDGE,)) == (BRIDGE,)
    assert meant("What are the main findings?", ()) == ()


def bag(texts: Sequence[str]) -> Any:
    """Unit vectors of texts by their words: enough to be near what has the same ones."""
    vectors = np.zeros((len(texts), 64), dtype=np.float32)
    for row, text in enumerate(texts):
        for token in content_tokens(text.partition(": ")[2]):
            vectors[row, sha256(token.encode()).digest()[0] % 64] += 1
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)


TEXT = "\n\n".join(
    [
        "The harbour of Norby",
        "The harbour of Norby was opened in 1921 by the merchants of the town.",
        "The harbour of Norby was opened by the merchants of the town in 1921.",
        "The merchants of the town paid for the harbour with a loan of the bank.",
        "My aunt liked to bake cakes with plums on rainy Sundays in autumn.",
        "So the harbour of Norby belongs to the merchants and the bank of the town.",
    ]
)
DOC = SourceDoc(HARBOUR, TEXT, "", "txt/2")


def test_a_document_is_summed_up_by_its_own_sentences_in_their_order() -> None:
    reading = read(TEXT)
    said = summed_up("Summarise it.", DOC, reading, bag)
    assert [TEXT[one.char_start : one.char_end] for one in said] == [one.text for one in said]
    assert [one.char_start for one in said] == sorted(one.char_start for one in said)
    assert "merchants" in said[0].text


def test_a_long_document_is_looked_at_in_its_opening_its_end_and_between() -> None:
    text = "\n\n".join(f"Sentence number {n} of the long report tells of matter {n} in so many words." for n in range(900))
    seen: list[str] = []

    def counted(texts: Sequence[str]) -> Any:
        seen.extend(texts)
        return bag(texts)

    said = summed_up("Summarise it.", SourceDoc(LETTER, text, "", "txt/2"), read(text), counted)
    assert len(seen) <= 250
    assert any("number 0 " in text for text in seen)
    assert any("number 899 " in text for text in seen)
    assert len(said) == 6


def test_a_document_without_sentences_is_not_summed_up() -> None:
    for text in ("Dear mayor", "He also opened the second pier of the town in the year after that.", "![](scan.png)"):
        doc = SourceDoc(LETTER, text, "", "md/2")
        assert summed_up("Summarise it.", doc, read(text, marked_down=True), bag) == []


def test_a_sentence_without_spaces_is_counted_by_its_characters() -> None:
    text = "諾比港於一九二一年由該鎮的商人出資興建並正式開放使用。\n"
    assert [one.text for one in summed_up("摘要", SourceDoc(LETTER, text, "", "txt/2"), read(text), bag)] == [text.strip()]


def test_the_head_of_a_document() -> None:
    found = head(DOC, read(TEXT))
    assert found is not None
    assert found.text.startswith("The harbour of Norby The harbour of Norby was opened")
    assert head(SourceDoc(LETTER, "![](scan.png)", "", "md/2"), read("![](scan.png)", marked_down=True)) is None
    code = "x" * 5000
    long = head(SourceDoc(LETTER, code, "", "txt/2"), read(code))
    assert long is not None
    assert len(long.text) <= 600


FRONT = """Norby Harbour Trust

Annual report

Ida Holm

14 March 2016

Printed at Norby

{filler}

Ida Holm opened the gate.
"""


def test_what_answers_in_the_first_lines() -> None:
    text = FRONT.format(filler=" ".join(f"Gate {n} was painted in spring." for n in range(120)))
    model = ScriptedEvidence({"Ida Holm": YES, "14 March": YES - 1, "Norby Harbour Trust": 0.5})
    lines = front_lines("Who wrote it, and when?", SourceDoc(LETTER, text, "", "txt/2"), read(text), model.read)
    assert [(line.text, line.role) for line in lines] == [("Ida Holm 14 March 2016", "heading")]
    assert text[lines[0].char_start : lines[0].char_end] == "Ida Holm\n\n14 March 2016"
    assert len(model.windows) > 1  # and not to the end
    assert sum(len(sentence) for window in model.windows for sentence in window.sentences) < 3000


def test_first_lines_far_apart_are_shown_by_themselves() -> None:
    text = FRONT.format(filler="The year was good.")
    model = ScriptedEvidence({"Annual": YES, "opened the gate": YES})
    lines = front_lines("What is it?", SourceDoc(LETTER, text, "", "txt/2"), read(text), model.read)
    assert [line.text for line in lines] == ["Annual report", "Ida Holm opened the gate."]


def test_first_lines_that_do_not_answer_are_not_shown() -> None:
    text = FRONT.format(filler="The year was good.")
    assert front_lines("Who?", SourceDoc(LETTER, text, "", "txt/2"), read(text), ScriptedEvidence().read) == []
    assert front_lines("Who?", SourceDoc(LETTER, "", "", "txt/2"), read(""), ScriptedEvidence().read) == []


# -- in the assistant ----------------------------------------------------------------------------------------------------

MANIFEST = """
[[document]]
path = "old.txt"
title = "The harbour in 2016"
authors = ["Ida Holm"]
date = "2016"
[[document]]
path = "new.txt"
title = "The harbour in 2021"
date = "2021-03"
"""
OLD, NEW = "The harbour of Norby is the third largest of the coast.", "The harbour of Norby is the fourth largest of the coast."


def answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, question: str, kind: Kind, *, read: bool = True) -> Any:
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "manifest.toml").write_text(MANIFEST)
    (folder / "old.txt").write_text(
        f"The harbour in 2016\n\n{OLD}\n\nIn 1990 the harbour of Norby had two cranes and one gate.\n"
    )
    (folder / "new.txt").write_text(f"The harbour in 2021\n\n{NEW}\n\nThe weather of the coast is mild.\n")
    wants(monkeypatch, kind)
    wants(monkeypatch, kind)
    said = {"third largest": YES, "fourth largest": YES - 1, "two cranes": YES - 2, "mild": NO}
    model = ScriptedEvidence(said if read else {})
    for room in ("rag.synthesize", "rag.history"):
        monkeypatch.setattr(f"{room}.bundled_evidence", lambda: model)
    with Assistant.open(load(corpus=folder, data=tmp_path / "data")) as assistant:
        assistant.postprocessor = EvidencePostprocessor(model)  # type: ignore[misc,arg-type]
        assistant.ensure_synced()
        return assistant.ask(question)


def test_what_changed_is_told_oldest_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = answered(tmp_path, monkeypatch, "How did the harbour of Norby change?", "change")
    assert answer.kind == "change"
    assert [claim.text[:20] for claim in answer.claims] == ["In 1990 the harbour ", OLD[:20], NEW[:20]]
    assert answer.claims[1].text == OLD


def test_an_overview_has_the_newest_document_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = answered(tmp_path, monkeypatch, "Tell me about the harbour of Norby.", "overview")
    assert answer.claims[0].text == NEW
    assert answer.key is None
    assert "mild" not in " ".join(claim.text for claim in answer.claims)


def test_the_latest_is_answered_from_the_newest_document_and_the_earlier_stands_below(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.decide._differences", lambda *_: ())  # which would set the newest first, too
    answer = answered(tmp_path, monkeypatch, "How large is the harbour of Norby now?", "latest")
    assert [claim.text for claim in answer.claims][:2] == [NEW, OLD]


def test_documents_are_known_by_what_is_known_about_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = answered(tmp_path, monkeypatch, "Who wrote the text of 2016?", "metadata", read=False)
    assert form(answer) == "1 document of 2; The harbour in 2016 — Ida Holm — 2016"
    assert answer.key is None
    assert [citation.document for citation in answer.citations] == ["old.txt"]


def test_who_wrote_a_document_is_read_in_its_first_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.synthesize._SURE", 2.0)  # whatever the passages say
    answer = answered(tmp_path, monkeypatch, "What is the text of 2021 on?", "metadata")
    assert [claim.text for claim in answer.claims] == [NEW]
    assert [citation.document for citation in answer.citations] == ["new.txt"]


def test_what_is_asked_of_a_document_and_surely_answered_in_it_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = answered(tmp_path, monkeypatch, "How large is the harbour, by the text of 2016?", "metadata")
    assert answer.kind == "fact"
    assert OLD in [claim.text for claim in answer.claims]


def test_documents_are_counted_newest_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = answered(tmp_path, monkeypatch, "What do you have?", "metadata", read=False)
    assert form(answer).startswith("2 documents of 2; The harbour in 2021 — 2021-03; ")
    assert [citation.document for citation in answer.citations] == ["new.txt", "old.txt"]


def test_where_no_document_is_named_and_sentences_answer_they_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = answered(tmp_path, monkeypatch, "Which of them speak of cranes?", "metadata")
    assert answer.kind == "fact"
    assert OLD in [claim.text for claim in answer.claims]
