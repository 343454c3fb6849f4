"""Evidence packets, and whether they still stand: nothing changed, words changed, moved, renamed, removed, forged."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from export_world import AT, HARBOUR, Library, answer, answer_packet, corpus, refusal, verdict_packet
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from rag.cli import app
from rag.errors import InputError
from rag.export import answers
from rag.export.packet import block, digest, load, sealed
from rag.export.page import LAYOUT
from rag.export.verify import Verification, verify
from rag.settings import DEFAULT_MODEL
from rag.settings import load as settings
from rag.types import Claim, Key

FORTY = "In 1950 the har-\nbour had forty ships.2"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return corpus(tmp_path / "corpus")


@pytest.fixture
def packet(folder: Path, tmp_path: Path) -> Path:
    """The packet of an answer, written while the corpus was as it is at first."""
    return answer_packet(folder, tmp_path / "answer.html")


def checked(packet: Path, folder: Path) -> Verification:
    return verify(load(packet), folder)


def statuses(found: Verification) -> list[str]:
    return [one.status for one in found.citations]


def edit(file: Path, old: str, new: str) -> None:
    raw = file.read_bytes().decode()
    assert raw.count(old) >= 1, f"{old!r} is not in {file.name}"
    file.write_bytes(raw.replace(old, new).encode())


def evidence(packet: Path) -> dict[str, Any]:
    return dict(load(packet).evidence)


def test_nothing_changed(packet: Path, folder: Path) -> None:
    found = checked(packet, folder)
    assert found.stands
    assert statuses(found) == ["unchanged"] * 3
    assert found.same_corpus
    assert (found.edited, found.contradictions, found.changes, found.remarks) == ((), (), (), ())


def test_the_packet_holds_everything_that_the_answer_rests_on(packet: Path, folder: Path) -> None:
    held = evidence(packet)
    assert held["kind"] == "answer"
    assert held["made"] == "2026-11-22T09:30:00Z"
    assert held["result"]["citations"][1]["source_text"] == FORTY
    around = held["passages"][1]
    assert around["source_text"] == HARBOUR[around["char_start"] : around["char_end"]]
    assert FORTY in around["source_text"]
    harbour = held["documents"][0]
    assert harbour["title"] == "The harbour of *Zephyria*"
    assert harbour["authors"] == ["B. Writer", "C. Other"]
    raw = (folder / "harbour.txt").read_bytes()
    assert harbour["sha256"] == harbour["text_sha256"] == hashlib.sha256(raw).hexdigest()
    assert held["corpus"] == {"documents": 2, "fingerprint": answer(folder).corpus.fingerprint}
    assert held["settings"]["embedding_model"] == DEFAULT_MODEL
    assert held["settings"]["top_k"] == 20
    assert {"chapter-and-verse", "python", "llama-index-core", "pypdfium2", "reading"} <= set(held["versions"])
    assert [p["score"] for p in held["passages"] if p["role"] == "retrieved"] == [0.75, 0.5]
    assert str(folder) not in packet.read_text()


def test_the_same_evidence_makes_the_same_packet(folder: Path, tmp_path: Path) -> None:
    assert answer_packet(folder, tmp_path / "a.html").read_text() == answer_packet(folder, tmp_path / "b.html").read_text()


def test_a_changed_word_is_shown(packet: Path, folder: Path) -> None:
    edit(folder / "harbour.txt", "forty ships", "fifty ships")
    found = checked(packet, folder)
    assert not found.stands
    assert statuses(found) == ["in_place", "changed", "unchanged"]
    changed = found.citations[1]
    assert [(d.quote, d.source, d.kind) for d in changed.differences] == [("forty", "fifty", "number")]
    assert changed.now is not None
    assert "fifty ships" in changed.now.reading_text
    assert not found.same_corpus


def test_a_negation_beside_the_words_is_no_change_of_them_but_a_warning(packet: Path, folder: Path) -> None:
    edit(folder / "harbour.txt", "He answered after a year.1 In 1950", "He answered after a year.1 It is not true that In 1950")
    found = checked(packet, folder)
    assert statuses(found) == ["in_place", "moved", "unchanged"]
    assert found.stands
    assert "mind the context: the paragraph around these words is not the one it was" in found.citations[1].remarks


def test_words_that_moved_are_found_where_they_are(packet: Path, folder: Path) -> None:
    edit(folder / "harbour.txt", "The harbour of Zephyria\n", "The harbour of Zephyria\n\nA word before all the others.\n")
    found = checked(packet, folder)
    assert found.stands
    assert statuses(found) == ["moved", "moved", "unchanged"]
    now = found.citations[1].now
    assert now is not None
    text = (folder / "harbour.txt").read_bytes().decode()
    assert text[now.char_start : now.char_end] == FORTY
    assert (now.line_start, now.line_end) == (7, 8)
    assert found.citations[1].remarks == ()  # the paragraph moved with them


def test_of_two_places_the_one_in_its_paragraph_is_taken(folder: Path, tmp_path: Path) -> None:
    packet = answer_packet(folder, tmp_path / "a.html")
    edit(
        folder / "harbour.txt",
        "The harbour of Zephyria\n\n",
        "The old harbour was opened in 1901. So they say.\n\nThe harbour of Zephyria\n\n",
    )
    found = checked(packet, folder).citations[0]
    assert found.status == "moved"
    assert found.now is not None
    assert found.now.line_start == 5
    assert "the same characters stand in 2 places of the document" in found.remarks


def test_other_line_ends_are_the_same_words(packet: Path, folder: Path) -> None:
    raw = (folder / "harbour.txt").read_bytes()
    (folder / "harbour.txt").write_bytes(raw.replace(b"\n", b"\r\n"))
    found = checked(packet, folder)
    assert found.stands
    assert statuses(found) == ["moved", "reset", "unchanged"]
    assert found.citations[1].remarks == ("made the same by: line-break hyphen",)


def test_the_same_words_elsewhere_are_no_comfort_when_their_paragraph_changed(packet: Path, folder: Path) -> None:
    edit(folder / "harbour.txt", "bour had forty ships.2", "bour had fifty ships.2")
    with (folder / "harbour.txt").open("a", encoding="utf-8") as file:
        file.write("\nNobody believes what they wrote in town: “In 1950 the harbour had forty ships.”\n")
    found = checked(packet, folder).citations[1]
    assert found.status == "reset"
    assert "mind the context: the paragraph around these words is not the one it was" in found.remarks


def test_a_renamed_file_is_known_by_its_text(packet: Path, folder: Path) -> None:
    (folder / "harbour.txt").rename(folder / "old-harbour.txt")
    (folder / "manifest.toml").unlink()
    found = checked(packet, folder)
    assert found.stands
    assert statuses(found) == ["renamed", "renamed", "unchanged"]
    assert found.citations[0].now is not None
    assert found.citations[0].now.document == "old-harbour.txt"


def test_two_files_that_changed_names_are_told_apart(packet: Path, folder: Path) -> None:
    (folder / "manifest.toml").unlink()
    (folder / "harbour.txt").rename(folder / "x")
    (folder / "ledger.txt").rename(folder / "harbour.txt")
    (folder / "x").rename(folder / "ledger.txt")
    found = checked(packet, folder)
    assert statuses(found) == ["renamed"] * 3
    assert [one.now.document for one in found.citations if one.now] == ["ledger.txt", "ledger.txt", "harbour.txt"]


def test_words_in_another_document_do_not_stand_as_cited(packet: Path, folder: Path) -> None:
    (folder / "harbour.txt").rename(folder / "copy.txt")
    edit(folder / "copy.txt", "It was closed in 1962", "It was closed in 1963")
    found = checked(packet, folder)
    assert not found.stands
    assert statuses(found) == ["other_document", "other_document", "unchanged"]
    assert found.citations[0].now is not None
    assert found.citations[0].now.document == "copy.txt"


def test_a_removed_file_is_missing(packet: Path, folder: Path) -> None:
    (folder / "harbour.txt").unlink()  # the manifest still describes it
    found = checked(packet, folder)
    assert not found.stands
    assert statuses(found) == ["missing", "missing", "unchanged"]


def test_another_folder_is_suspected_when_nothing_is_there(packet: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.txt").write_text("Something else.\n")
    assert "is this their folder?" in checked(packet, tmp_path / "other").remarks[0]


def test_a_file_that_cannot_be_read_is_missing_with_the_reason(packet: Path, folder: Path) -> None:
    (folder / "harbour.txt").write_bytes(b"\0\xff no text")
    found = checked(packet, folder)
    assert statuses(found)[0] == "missing"
    assert "not UTF-8" in found.citations[0].remarks[0]


def test_another_author_is_a_remark(packet: Path, folder: Path) -> None:
    edit(folder / "manifest.toml", '"C. Other"', '"D. Third"')
    found = checked(packet, folder)
    assert found.stands
    assert found.remarks == ("harbour.txt: authors “B. Writer, C. Other” then, “B. Writer, D. Third” now",)


@pytest.mark.parametrize(
    "forge",
    [
        lambda held: held["result"]["claims"][0].update(text="The old harbour was opened in 1801."),
        lambda held: held["result"].update(question="Another question?"),
        lambda held: held.update(made="2020-01-01T00:00:00Z"),
        lambda held: held["documents"][0].update(sha256="0" * 64),
        lambda held: held["versions"].update(python="9.9"),
    ],
)
def test_an_edit_of_the_json_is_noticed(packet: Path, folder: Path, forge: Callable[[dict[str, Any]], None]) -> None:
    held, old = evidence(packet), block(evidence(packet))
    forge(held)
    edit(packet, old, block(held))
    found = checked(packet, folder)
    assert not found.stands
    assert found.edited[0] == "the JSON inside was edited: it has another digest than it says"


def test_json_in_which_a_name_stands_twice_is_noticed(packet: Path, folder: Path) -> None:
    edit(packet, '"kind":"answer"', '"kind":"verdict","kind":"answer"')
    found = checked(packet, folder)
    assert not found.stands
    assert found.edited == ("the JSON inside was written anew: its values are the same, its characters are not",)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("<p>The old harbour was opened in 1901.", "<p>The old harbour was opened in 1801.", "1801"),
        ("</main>", "<p>And it was beautiful.</p></main>", "And it was beautiful."),
        ("<h2>Withheld</h2>", "", "for “Withheld”"),
        ("</style>", "blockquote { display: none }</style>", "its markup is not"),
        ("</body>", "<script>alert(1)</script></body>", "its markup is not"),
    ],
)
def test_an_edit_of_the_page_is_noticed(packet: Path, folder: Path, old: str, new: str, said: str) -> None:
    edit(packet, old, new)
    found = checked(packet, folder)
    assert not found.stands
    assert statuses(found) == ["unchanged"] * 3
    assert len(found.edited) == 1
    assert said in found.edited[0]


def test_a_page_of_another_layout_is_compared_by_its_hash(packet: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.export.page.LAYOUT", LAYOUT + 1)
    assert checked(packet, folder).stands
    edit(packet, "<p>The old harbour", "<p>The new harbour")
    assert checked(packet, folder).edited == ("the page was edited: it has another hash than the JSON inside says",)


def test_a_packet_from_before_there_were_keys_still_stands(packet: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = evidence(packet)
    del held["result"]["key"], held["result"]["missing"]
    for claim in held["result"]["claims"]:
        del claim["words"]
    with monkeypatch.context() as then:
        then.setattr("rag.export.page.LAYOUT", 1)
        packet.write_text(sealed(held), encoding="utf-8", newline="")
    assert checked(packet, folder).stands
    edit(packet, "<p>The old harbour", "<p>The new harbour")
    assert not checked(packet, folder).stands


@pytest.mark.parametrize(
    ("forge", "said"),
    [
        (lambda result: result["claims"][0].update(words=[[0, 99]]), "no range of the text"),
        (lambda result: result["claims"][0].update(words=[[5, 5]]), "no range of the text"),
        (lambda result: result["claims"][0].update(words=[[1, 2, 3]]), "no range of the text"),
        (lambda result: result["claims"][0].update(words="all"), "words: not a list"),
        (lambda result: result["claims"][0].update(support="guessed"), "none of verbatim, elided, verified"),
        (lambda result: result["key"].update(citations=[9]), "points at nothing"),
        (lambda result: result.update(key="1901"), "key: not an object"),
        (lambda result: result.update(missing="all"), "missing: not a list of texts"),
    ],
)
def test_a_packet_whose_new_fields_are_none_is_refused(
    packet: Path, forge: Callable[[dict[str, Any]], None], said: str
) -> None:
    held, old = evidence(packet), block(evidence(packet))
    forge(held["result"])
    edit(packet, old, block(held))
    with pytest.raises(InputError, match=said):
        load(packet)


@pytest.mark.parametrize(
    ("forge", "said"),
    [
        (lambda held: held["result"]["claims"][0].update(text="It never opened."), "sentence 1 is said to be verbatim"),
        (
            lambda held: held["result"]["key"].update(text="fort (1970-05); thirty-eight (undated)"),
            "the answer in one line is said",
        ),
        (
            lambda held: held["result"]["key"].update(text="forty (1971); thirty-eight (undated)"),
            "the answer in one line is said",
        ),
        (
            lambda held: held["result"]["key"].update(text="thirty-eight (1970-05); forty (undated)"),
            "the answer in one line is said",
        ),
        (lambda held: held["result"]["key"].update(support="elided"), "the answer in one line is not said to be verbatim"),
        (
            lambda held: held["result"].update(mode="generative") or held["result"]["key"].update(support="elided"),
            "some left out, and is not",
        ),
        (
            lambda held: held["result"]["citations"][0].update(reading_text="The old harbour was opened in 1801."),
            "[1]: the words shown are not how",
        ),
        (lambda held: held["result"]["citations"][0].update(line_start=2), "[1]: its line start"),
        (
            lambda held: held["passages"][0].update(
                source_text=held["passages"][0]["source_text"].replace("council", "senator")
            ),
            "the passage in the packet is not its text",
        ),
        (lambda held: held["passages"][3].update(reading_text="In 1950 it had none."), "another reading text than its text"),
        (lambda held: held["passages"][3].update(line_end=9), "another line end than its text"),
        (lambda held: held["documents"][0].update(title="Another title"), "two values for title"),
        (lambda held: held["documents"][0].update(authors=["D. Fourth"]), "two values for authors"),
        (
            lambda held: (
                held["versions"].update(reading="0"),
                held["result"]["citations"][0].update(reading_text="The old harbour was opened in 1801."),
                held["result"]["claims"][0].update(text="The old harbour was opened in 1801."),
            ),
            "[1]: the words shown are not how",
        ),
        (lambda held: held["documents"][0].update(text_sha256="0" * 64), "names another text, though the corpus is the same"),
        (
            lambda held: held["result"]["claims"][0].update(text="It never opened.", support="verified"),
            "in an answer that no model wrote",
        ),
    ],
)
def test_a_forgery_with_new_checksums_is_caught_by_the_documents(
    packet: Path, folder: Path, forge: Callable[[dict[str, Any]], None], said: str
) -> None:
    held = evidence(packet)
    forge(held)
    packet.write_text(sealed(held), encoding="utf-8", newline="")
    found = checked(packet, folder)
    assert found.edited == ()
    assert not found.stands
    assert any(said in line for line in found.contradictions), found


def test_words_that_the_very_document_does_not_hold_are_a_contradiction(packet: Path, folder: Path) -> None:
    held = evidence(packet)
    for place in (held["result"]["citations"][0], held["passages"][0]):
        place["source_text"] = place["source_text"].replace("1901", "1801")
    packet.write_text(sealed(held), encoding="utf-8", newline="")
    assert statuses(checked(packet, folder))[0] == "contradicted"


def test_a_document_outside_the_folder_is_never_opened(packet: Path, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_bytes(HARBOUR.encode())
    held = evidence(packet)
    for item in (*held["result"]["citations"], *held["passages"], *held["documents"]):
        item["document"] = "../secret.txt" if item["document"] == "harbour.txt" else item["document"]
    packet.write_text(sealed(held), encoding="utf-8", newline="")
    (folder / "harbour.txt").unlink()
    assert statuses(checked(packet, folder))[0] == "missing"


def test_a_models_sentences_stand_by_their_citations(folder: Path, tmp_path: Path) -> None:
    first, second, third = answer(folder).citations
    said = (Claim("It opened in 1901.", (1,), "verified"), Claim("Sources differ on its ships.", (2, 3, 1), "verified"))
    given = replace(answer(folder), mode="generative", model="a-model", claims=said, citations=(first, second, third))
    packet = answer_packet(folder, tmp_path / "a.html", given)
    assert checked(packet, folder).stands
    assert any("not verified again" in remark for remark in checked(packet, folder).remarks)
    assert "Generative: chosen and ordered by a-model" in packet.read_text(encoding="utf-8")
    edit(folder / "ledger.txt", "thirty-eight", "thirty-nine")
    assert not checked(packet, folder).stands


@pytest.mark.parametrize(
    ("text", "cited", "stands"),
    [
        ("In 1950 the harbour had … ships.", 2, True),
        ("In 1950 the harbour … was closed in 1962.", 2, False),  # stands in the document, but not at the place cited
        ("The council did … agree with her.", 4, False),  # what was left out turns it round
        ("The council did not agree with … the governor.", 4, True),
        ("In 1950 the harbour had … boats.", 2, False),
        ("…", 2, False),
    ],
)
def test_a_shortened_sentence_is_held_against_the_words_it_shortens(
    folder: Path, tmp_path: Path, text: str, cited: int, stands: bool
) -> None:
    council = "The council did not agree with her, and\nthe matter went to the governor."
    citations = (*answer(folder).citations, Library(folder).cite("harbour.txt", council, 4))
    claims = (Claim(text, (cited,), "elided"),)
    given = replace(answer(folder), mode="generative", model="m", claims=claims, citations=citations, key=None)
    found = checked(answer_packet(folder, tmp_path / "a.html", given), folder)
    assert found.stands is stands, found
    assert any("some left out, and is not" in line for line in found.contradictions) is not stands


def test_a_key_of_one_citation_is_its_words(folder: Path, tmp_path: Path) -> None:
    for text, stands in (("opened in 1901", True), ("opened in 1902", False), ("opened in 190", False), ("pened", False)):
        given = replace(answer(folder), key=Key(text, (1,), "verbatim"))
        assert checked(answer_packet(folder, tmp_path / "a.html", given), folder).stands is stands


@pytest.mark.parametrize(
    ("said", "stands"), [("In 1901 the old harbour was opened.", True), ("The harbour never opened.", False)]
)
def test_the_command_verifies_a_models_sentences_again(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, stands: bool
) -> None:
    monkeypatch.setattr("rag.support.SUPPORTED", 0.5)  # how sure it must be is measured elsewhere
    first = answer(folder).citations[0]
    claims = (Claim(said, (1,), "verified"),)
    given = replace(answer(folder), mode="generative", model="m", claims=claims, citations=(first,), conflicts=(), key=None)
    packet = answer_packet(folder, tmp_path / "a.html", given)
    result = CliRunner().invoke(app, ["verify", str(packet), "--corpus", str(folder), "--data", str(tmp_path / "data")])
    assert result.exit_code == (0 if stands else 1), result.output
    assert ("verified again, does not hold" in result.output) is not stands


def test_a_refusal_stands_as_long_as_the_corpus_does(folder: Path, tmp_path: Path) -> None:
    packet = answer_packet(folder, tmp_path / "none.html", refusal(folder))
    assert checked(packet, folder).stands
    (folder / "third.txt").write_text("The lighthouse was painted by Ida Muster.\n")
    found = checked(packet, folder)
    assert not found.stands
    assert "ask again" in found.changes[0]


def test_a_corpus_with_a_file_that_nobody_can_read_is_still_the_same(folder: Path, tmp_path: Path) -> None:
    (folder / "broken.txt").write_bytes(b"\0\xff")
    packet = answer_packet(folder, tmp_path / "none.html", refusal(folder))
    assert checked(packet, folder).stands


def test_a_verdict_is_checked_again(folder: Path, tmp_path: Path) -> None:
    packet = verdict_packet(folder, tmp_path / "v.html", "the light must never go out", "Anna Brandt")
    found = checked(packet, folder)
    assert found.stands
    assert found.verdict == ("normalized", "normalized")
    edit(folder / "harbour.txt", "must never go out", "must never fade")
    found = checked(packet, folder)
    assert found.verdict == ("normalized", "altered")
    assert statuses(found) == ["changed"]
    assert any(line.startswith("verdict: normalized then, altered now") for line in found.changes)


def test_a_quote_that_was_nowhere_is_looked_for_again(folder: Path, tmp_path: Path) -> None:
    packet = verdict_packet(folder, tmp_path / "v.html", "The lighthouse was painted by Ida Muster")
    assert checked(packet, folder).stands
    (folder / "third.txt").write_text("The lighthouse was painted by Ida Muster.\n")
    found = checked(packet, folder)
    assert found.verdict == ("not_found", "exact")
    assert not found.stands


def test_a_warning_that_came_later_is_a_change(folder: Path, tmp_path: Path) -> None:
    packet = verdict_packet(folder, tmp_path / "v.html", "It was closed in 1962")
    edit(folder / "harbour.txt", "ships.2 It was closed in 1962", "ships.2 Nobody believes that It was closed in 1962")
    found = checked(packet, folder)
    assert not found.stands
    assert any("context warnings: none then" in line for line in found.changes), found.changes


def test_a_verdict_in_a_named_document_follows_its_new_name(folder: Path, tmp_path: Path) -> None:
    packet = verdict_packet(folder, tmp_path / "v.html", "It was closed in 1962", document="harbour.txt")
    (folder / "manifest.toml").unlink()
    (folder / "harbour.txt").rename(folder / "old.txt")
    found = checked(packet, folder)
    assert statuses(found) == ["renamed"]
    assert found.stands, found
    (folder / "old.txt").unlink()
    found = checked(packet, folder)
    assert "cannot be checked again" in found.changes[0]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>no packet</html>",
        b"\xff\xfe",
        b'<script type="application/json" id="evidence">{"schema": 1</script>',
        b'<script type="application/json" id="evidence">{"schema": 2}</script>',
        b'<script type="application/json" id="evidence">{"schema": 1}</script>',
        b'<script type="application/json" id="evidence">[1]</script>',
        b'<script type="application/json" id="evidence">{"schema": 1, "made": NaN}</script>',
        b'<script type="application/json" id="evidence">' + b"[" * 100_000 + b"</script>",
        b'<script type="application/json" id="evidence">{}</script>' * 2,
    ],
)
def test_what_is_no_packet_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.html").write_bytes(content)
    with pytest.raises(InputError):
        load(tmp_path / "a.html")


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        found += _paths(item, (*path, key))
    return found


def test_a_packet_with_any_value_of_another_kind_is_refused_or_noticed(packet: Path, folder: Path) -> None:
    """Whatever stands at any place of the JSON: a clear refusal or a finding, never a traceback."""
    whole = evidence(packet)
    written, refused, noticed = packet.read_text(), 0, 0
    for path in _paths(whole):
        for wrong in (None, -1, "x", [], {}, [None], True, 1e300):
            held = json.loads(json.dumps(whole))
            target = held
            for key in path[:-1]:
                target = target[key]
            if target[path[-1]] == wrong:
                continue
            target[path[-1]] = wrong
            packet.write_text(written.replace(block(whole), block(held)))
            try:
                found = checked(packet, folder)
            except InputError:
                refused += 1
            else:
                assert found.edited, (path, wrong)
                noticed += 1
    assert refused > 500
    assert noticed > 100


def test_the_digest_is_over_everything_but_itself(packet: Path) -> None:
    held = evidence(packet)
    assert held["digest"] == digest(held) == load(packet).digest
    assert digest({**held, "digest": "x"}) == held["digest"]
    assert digest({**held, "made": "x"}) != held["digest"]


def test_a_packet_with_windows_line_ends_is_the_same(packet: Path, folder: Path) -> None:
    packet.write_bytes(packet.read_bytes().replace(b"\n", b"\r\n"))
    assert checked(packet, folder).stands


@pytest.mark.parametrize("suffix", [".docx", ".html", ".pdf"])
def test_documents_of_every_format_are_compared(tmp_path: Path, suffix: str) -> None:
    folder = tmp_path / "corpus"
    folder.mkdir()
    words = "The lighthouse of Zephyria was painted by Ida Muster in the year 1921, and never again."
    _document(folder / f"paint{suffix}", words)
    library = Library(folder)
    cited = library.cite(f"paint{suffix}", words, 1)
    given = replace(refusal(folder), status="answered", message=None, passages=(), citations=(cited,), claims=(Claim(cited.reading_text, (1,), "verbatim"),))  # fmt: skip
    packet = tmp_path / "a.html"
    packet.write_text(answers.as_packet(given, library, settings(corpus=folder), AT), encoding="utf-8", newline="")
    assert statuses(checked(packet, folder)) == ["unchanged"]
    _document(folder / f"paint{suffix}", words.replace("1921", "1922"))
    found = checked(packet, folder)
    assert statuses(found) == ["changed"]
    assert [(d.quote, d.source) for d in found.citations[0].differences] == [("1921", "1922")]


def _document(path: Path, words: str) -> None:
    if path.suffix == ".docx":
        import docx

        written = docx.Document()
        written.add_paragraph(words)
        written.save(str(path))
    elif path.suffix == ".html":
        path.write_text(f"<html><body><article><p>{words}</p></article></body></html>")
    else:
        chromium = shutil.which("chromium")
        if chromium is None:
            pytest.skip("no Chromium to print a PDF with")
        page = path.with_suffix(".print")
        page.write_text(f"<p>{words}</p>")
        source = page.rename(path.parent.parent / "print.html")
        subprocess.run(
            [
                chromium,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                f"--print-to-pdf={path}",
                "--no-pdf-header-footer",
                str(source),
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )


def test_the_command_says_what_stands_and_exits_accordingly(packet: Path, folder: Path, tmp_path: Path) -> None:
    runner, options = CliRunner(), ["--corpus", str(folder), "--data", str(tmp_path / "data")]
    result = runner.invoke(app, ["verify", str(packet), *options])
    assert result.exit_code == 0
    assert "[2] UNCHANGED  harbour.txt, lines 5–6, characters 247–286" in result.stdout
    assert result.stdout.endswith("Everything stands: 3 citations.\n")
    assert not (tmp_path / "data").exists()  # the cited documents alone were read
    edit(folder / "harbour.txt", "forty ships", "fifty ships")
    result = runner.invoke(app, ["verify", str(packet), *options])
    assert result.exit_code == 1
    assert "number: the packet has “forty”, the document “fifty”" in result.stdout
    assert "Not everything stands: 1 of 3 citations do not." in result.stdout
    result = runner.invoke(app, ["verify", str(packet), "--json", *options])
    assert result.exit_code == 1
    said = json.loads(result.stdout)
    assert [one["status"] for one in said["citations"]] == ["in_place", "changed", "unchanged"]
    assert said["stands"] is False
    result = runner.invoke(app, ["verify", str(folder / "harbour.txt"), *options])
    assert isinstance(result.exception, InputError)


def test_the_command_needs_neither_model_nor_index(packet: Path, folder: Path, tmp_path: Path) -> None:
    program = (
        "import sys\nfrom rag.cli import main\ntry:\n    main()\nexcept SystemExit as end:\n    code = end.code\n"
        "heavy = {'torch', 'onnxruntime', 'llama_index', 'chromadb', 'sentence_transformers', 'gradio'} & set(sys.modules)\n"
        "print(code, sorted(heavy))"
    )
    result = subprocess.run(
        [sys.executable, "-c", program, "verify", str(packet), "--corpus", str(folder), "--data", str(tmp_path / "data")],
        capture_output=True,
        text=True,
    )
    assert result.stdout.splitlines()[-1] == "0 []", result.stderr


@given(
    edits=st.lists(
        st.tuples(
            st.integers(0, len(HARBOUR)), st.integers(0, 40), st.sampled_from(["", "x", " ", "\n", "not ", "1901", "\n\n", "é"])
        ),
        min_size=1,
        max_size=3,
    )
)
@hypothesis_settings(max_examples=60, deadline=None)
def test_whatever_is_edited_words_stand_only_where_they_stand(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[int, int, str]]
) -> None:
    folder = corpus(tmp_path_factory.mktemp("edited"))
    packet = answer_packet(folder, folder.parent / f"{folder.name}.html")
    text = HARBOUR
    for at, length, new in edits:
        text = text[:at] + new + text[at + length :]
    (folder / "harbour.txt").write_bytes(text.encode())
    for one in checked(packet, folder).citations:
        held = (folder / one.cited.document).read_bytes().decode()
        there = one.cited.source_text in held
        assert (one.status in ("unchanged", "in_place", "moved")) == there
        if there:
            assert one.now is not None
            assert held[one.now.char_start : one.now.char_end] == one.cited.source_text
        if one.status == "in_place":
            assert held.startswith(one.cited.source_text, one.cited.char_start)
        if one.status == "reset":
            assert one.now is not None
            assert _letters(one.now.source_text) == _letters(one.cited.source_text)


def _letters(text: str) -> str:
    """The letters and figures, footnote numbers left out."""
    return re.sub(r"(?<=[.”])\d|[\W_]", "", text).casefold()
