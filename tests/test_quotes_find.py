"""Finding: complete against a plain search, kept between runs, never stale, usable without a data folder."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.quotes import check, open_sources
from rag.quotes.streams import build, rare_part
from rag.quotes.tokens import WORD, fold, tokens

_WORDS = st.lists(
    st.sampled_from(
        ["no", "table", "notable", "the", "a", "Taiwan", "ﬁre", "fire", "don’t", "Japan-Taiwan", "台湾", "é", "2,000", "…"]
    ),
    min_size=1,
    max_size=80,
)


@given(_WORDS, st.data())
@settings(max_examples=200, deadline=None)
def test_every_stretch_of_words_is_found_where_it_stands(words: list[str], data: st.DataObject) -> None:
    text = " ".join(words)
    all_tokens = list(tokens(text))
    if not all_tokens:
        return
    stream = build(text)
    start = data.draw(st.integers(0, len(all_tokens) - 1))
    end = data.draw(st.integers(start + 1, len(all_tokens)))
    needle = " " + " ".join(t.fold for t in all_tokens[start:end]) + " "
    places = [next(stream.words_from(at)).start for at in stream.find_words(needle, 1000)]
    folds = [t.fold for t in all_tokens]
    expected = [all_tokens[i].start for i in range(len(folds)) if folds[i : i + end - start] == folds[start:end]]
    assert places == expected


@given(_WORDS)
@settings(max_examples=100, deadline=None)
def test_letters_without_spaces_lead_back_to_their_word(words: list[str]) -> None:
    text = " ".join(words)
    stream = build(text)
    for token in tokens(text):
        assert token.start in [
            next(stream.words_from(at)).start for at in stream.find_key(token.fold, rare_part(token.fold), 1000)
        ]


def test_folding_only_finds() -> None:
    assert fold("ﬁre") == fold("Fire") == "fire"
    assert fold("Taiwаn") != fold("Taiwan")  # a Cyrillic а
    assert [m.group() for m in WORD.finditer("10² and ½")] == ["10²", "and", "½"]


def _write(root: Path, **files: str) -> Path:
    root.mkdir(exist_ok=True)
    for name, text in files.items():
        (root / f"{name}.txt").write_text(text, encoding="utf-8")
    return root


def test_only_new_documents_are_read_again(tmp_path: Path) -> None:
    root = _write(tmp_path / "c", one="The first text speaks of harbours.", two="The second text speaks of lamps.")
    read: list[str] = []
    open_sources(root, tmp_path / "d", read.append).close()
    assert read == ["one.txt", "two.txt"]
    read.clear()
    _write(root, two="The second text speaks of candles.")
    sources = open_sources(root, tmp_path / "d", read.append)
    assert read == ["two.txt"]
    assert check(sources, "speaks of candles").verdict == "exact"
    assert check(sources, "speaks of lamps").verdict != "exact"
    assert check(sources, "speaks of harbours").verdict == "exact"
    (root / "one.txt").unlink()
    assert check(open_sources(root, tmp_path / "d"), "speaks of harbours").verdict != "exact"


def test_without_a_data_folder_and_with_one_that_cannot_be_used(tmp_path: Path) -> None:
    root = _write(tmp_path / "c", one="The first text speaks of harbours.")
    assert check(open_sources(root, None), "speaks of harbours").verdict == "exact"
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    sources = open_sources(root, blocked)
    assert check(sources, "speaks of harbours").verdict == "exact"
    assert any("cannot be used" in warning for warning in sources.warnings)
    broken = tmp_path / "d"
    broken.mkdir()
    (broken / "quotes.sqlite").write_bytes(b"no database" * 100)
    assert check(open_sources(root, broken), "speaks of harbours").verdict == "exact"


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    root = _write(tmp_path / "c", one="The first text speaks of harbours.")
    (root / "bad.txt").write_bytes(b"\0\xff")
    (root / "empty.txt").write_text("")
    found = check(open_sources(root, None), "lamps and candles")
    assert found.verdict == "not_found"
    assert found.searched.unreadable == ("bad.txt", "empty.txt")
    assert found.searched.documents == 1


def test_one_file_twice_is_two_documents(tmp_path: Path) -> None:
    root = _write(tmp_path / "c", one="The first text speaks of harbours.", two="The first text speaks of harbours.")
    found = check(open_sources(root, None), "speaks of harbours")
    assert found.occurrences == 2
    assert {m.citation.document for m in found.matches} == {"one.txt", "two.txt"}


@pytest.mark.parametrize("text", ["a " * 500_000, "Taiwan" * 200_000, "(" * 100_000 + "word", "… a " * 20_000, "[x] " * 20_000])
def test_enormous_quotes_end(tmp_path: Path, text: str) -> None:
    sources = open_sources(_write(tmp_path / "c", one="The first text speaks of a harbour, of Taiwan, and of a word."), None)
    assert check(sources, text).verdict in ("altered", "not_found", "spliced")


def test_a_whole_long_document_is_exact(tmp_path: Path) -> None:
    text = " ".join(f"Sentence number {n} speaks of harbour {n * 7}." for n in range(20_000))
    sources = open_sources(_write(tmp_path / "c", one=text), None)
    assert check(sources, text).verdict == "exact"
    changed = re.sub(r"harbour 70007\b", "harbour 70008", text)
    assert check(sources, changed).verdict == "altered"


def test_texts_of_removed_documents_are_taken_out(tmp_path: Path) -> None:
    words = " ".join(f"lamp{number} harbour{number}" for number in range(20_000))
    root = _write(tmp_path / "c", one=f"The first text. {words}.", two="The second text speaks of lamps.")
    other = _write(tmp_path / "o", three="The third text speaks of lighthouses.")
    data = tmp_path / "d"
    open_sources(root, data).close()
    open_sources(other, data).close()
    file = data / "quotes.sqlite"
    size = file.stat().st_size
    assert b"lamp19999 harbour19999" in file.read_bytes()
    (root / "one.txt").unlink()
    open_sources(root, data).close()
    assert b"harbour19999" not in file.read_bytes()
    assert file.stat().st_size < size / 2
    read: list[str] = []
    # What another corpus uses is still there.
    assert check(open_sources(other, data, read.append), "speaks of lighthouses").verdict == "exact"
    assert check(open_sources(root, data, read.append), "speaks of candles").verdict != "exact"
    assert read == []


def test_a_file_of_an_earlier_layout_is_made_anew(tmp_path: Path) -> None:
    root = _write(tmp_path / "c", one="The first text speaks of harbours.")
    data = tmp_path / "d"
    data.mkdir()
    with sqlite3.connect(data / "quotes.sqlite") as old:
        old.execute("create table texts (id integer primary key, key text)")
        old.execute("insert into texts values (1, 'x')")
    old.close()
    sources = open_sources(root, data)
    assert sources.warnings == ()
    assert check(sources, "speaks of harbours").verdict == "exact"
