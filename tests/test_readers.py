"""Files into texts of record."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rag.corpus import bundled, list_documents
from rag.errors import CorpusError, InputError
from rag.readers import READABLE, read_document
from rag.types import Entry

# Formats that any words are a file of.
ANYTHING = (".txt", ".md", ".markdown", ".html", ".htm", ".csv", ".tsv")


def read_bytes(tmp_path: Path, name: str, content: bytes):
    (tmp_path / name).write_bytes(content)
    return read_document(tmp_path / name, Entry(name, name))


def test_text_of_record_is_the_files_own_characters(tmp_path: Path) -> None:
    doc = read_bytes(tmp_path, "a.txt", "\ufeffOne\r\ntwo\rthree \u2028 four".encode())
    assert doc.text == "\ufeffOne\r\ntwo\rthree \u2028 four"
    assert doc.line_of(0) == 1
    assert doc.line_of(doc.text.index("two")) == 2


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-16-le", "utf-32"])
def test_utf16_is_told_by_its_mark_or_its_nuls(tmp_path: Path, encoding: str) -> None:
    doc = read_bytes(tmp_path, "a.txt", "The keeper logged 14 ships — “all safe”.".encode(encoding))
    assert doc.text.lstrip("\ufeff") == "The keeper logged 14 ships — “all safe”."
    assert bool(doc.warnings) == encoding.endswith("e")  # without a mark it is a guess


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("The café at the weir — “Chez Zoé” — was closed for €40,000 of damage", "cp1252"),
        ("Le café de l’été était fermé à cause de la tempête. Déjà l’hôtel avait prévenu les élèves.", "cp1252"),
        ("Care has grown significantly, but we’ve seen growth in the homes of the counties along the river. " * 5, "cp1252"),
        ("Мост через реку был открыт в прошлом году губернатором города.", "cp1251"),
        ("橋は昨年、市長によって開通した。日本の新聞はそれを大きく報じた。", "shift_jis"),
    ],
)
def test_another_encoding_is_guessed_and_the_guess_named(tmp_path: Path, text: str, encoding: str) -> None:
    doc = read_bytes(tmp_path, "a.txt", text.encode(encoding))
    assert doc.text == text
    assert "a guess" in doc.warnings[0]


def test_a_damaged_byte_makes_no_other_encoding_of_the_rest(tmp_path: Path) -> None:
    doc = read_bytes(tmp_path, "a.txt", "Café, été, déjà.\nVoilà".encode() + b"\xff")
    assert doc.text == "Café, été, déjà.\nVoilà\ufffd"
    assert "line 2" in doc.warnings[0]


def test_what_is_no_text_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"bad\.txt: not UTF-8, nor other text"):
        read_bytes(tmp_path, "bad.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xfe\xfd")


def test_empty_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no text"):
        read_bytes(tmp_path, "empty.txt", b" \n ")


def test_a_text_of_marks_alone_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no text"):
        read_bytes(tmp_path, "empty.txt", "\ufeff\n".encode("utf-16-le"))


def test_html_without_furniture(tmp_path: Path) -> None:
    page = """<html><body><nav><a href="/">Home</a> <a href="/x">Contact us today</a></nav><article><h1>Harbour news</h1>
    <p>The harbour was opened in 1921 by the mayor of the town, who gave a long speech about ships.</p>
    <p>A second paragraph says that the harbour was closed again in 1922 after a storm.</p></article></body></html>"""
    text = read_bytes(tmp_path, "a.html", page.encode()).text
    assert "opened in 1921" in text
    assert "Contact us" not in text


def test_pdf_pages(tmp_path: Path) -> None:
    content = pdf_of(["The first page speaks of ships.", "The second page speaks of storms."])
    doc = read_bytes(tmp_path, "a.pdf", content)
    assert doc.page_of(doc.text.index("ships")) == 1
    assert doc.page_of(doc.text.index("storms")) == 2


@pytest.mark.parametrize("name", [f"a{suffix}" for suffix in READABLE if suffix not in ANYTHING])
def test_damaged_files_say_so(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"^a\.\w+: "):
        read_bytes(tmp_path, name, b"no such thing")


@pytest.mark.parametrize("suffix", READABLE)
def test_every_suffix_has_its_reader(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(InputError, match=rf"^a\{suffix}: "):
        read_bytes(tmp_path, f"a{suffix}", b"")


def test_a_reader_that_crashes_takes_its_one_file_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(raw: bytes, document: str) -> None:
        raise RecursionError

    monkeypatch.setattr("rag.readers.captions.parse", crash)
    with pytest.raises(InputError, match=r"a\.vtt: not a readable VTT file \(RecursionError\)"):
        read_bytes(tmp_path, "a.vtt", b"WEBVTT")


def test_a_text_that_unpacks_too_large_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.readers._LARGEST_TEXT", 10)
    with pytest.raises(InputError, match="more than 10 characters"):
        read_bytes(tmp_path, "a.txt", b"eleven characters")


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    with pytest.raises(InputError, match="not a file"):
        read_document(tmp_path / "a.txt", Entry("a.txt", "a"))


def test_odd_file_names_stop_no_other(tmp_path: Path) -> None:
    for name in (b"caf\xe9.txt", b"two\nlines.txt", b"ok.txt", b"odd\n.xyz"):
        with open(os.path.join(os.fsencode(tmp_path), name), "w") as file:
            file.write("A text.")
    listing = list_documents(tmp_path)
    assert [entry.document for entry in listing.entries] == ["ok.txt", "two\nlines.txt"]
    assert len(listing.warnings) == 2
    assert all(warning.isprintable() for warning in listing.warnings)
    assert any("caf\\udce9.txt: passed over, its name is not UTF-8" in warning for warning in listing.warnings)


def test_a_manifest_may_begin_with_a_mark_and_compose_accents_otherwise(tmp_path: Path) -> None:
    (tmp_path / "cafe\u0301.txt").write_text("A text.")
    (tmp_path / "manifest.toml").write_text(
        '\ufeff[[document]]\npath = "caf\u00e9.txt"\ntitle = "The café"\n', encoding="utf-8"
    )
    (entry,) = list_documents(tmp_path).entries
    assert (entry.document, entry.title) == ("cafe\u0301.txt", "The café")


def test_bundled_documents_are_those_described() -> None:
    listing = list_documents(bundled())
    assert len(listing.entries) == 5
    for entry in listing.entries:
        text = read_document(listing.path_of(entry.document), entry).text
        for field, words in entry.inferred.items():
            assert words in text, (entry.document, field)


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        ("not toml", "cannot be read"),
        ('[[document]]\npath = "a.txt"', "`path` and `title`"),
        ('[[document]]\npath = "a.txt"\ntitle = "A"\nauthor = "x"', "unknown key 'author'"),
        ('[[document]]\npath = "a.txt"\ntitle = "A"\ndate = "May 2019"', "not a date"),
        ('[[document]]\npath = "a.txt"\ntitle = "A"\ndate = "２０２１"', "not a date"),
        ('[[document]]\npath = "a.txt"\ntitle = "A"\nauthors = "Jane Doe"', "`authors` is no list"),
        ('[[document]]\npath = "a.txt"\ntitle = "A"\ninferred = "x"', "`inferred` is no table"),
        ('[[document]]\npath = "a.txt"\ntitle = "A"\npublisher = 5', "`publisher` is no text"),
        ('[[document]]\npath = "a.txt"\ntitle = "A"\nsha256 = "00"', "SHA-256 differs"),
        ('[[document]]\npath = "b.txt"\ntitle = "B"', "b.txt, which is not in"),
    ],
)
def test_a_wrong_manifest_says_where(tmp_path: Path, manifest: str, message: str) -> None:
    (tmp_path / "a.txt").write_text("A text.")
    (tmp_path / "manifest.toml").write_text(manifest)
    with pytest.raises(CorpusError, match=message):
        list_documents(tmp_path)


def test_missing_and_empty_folders(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no corpus folder"):
        list_documents(tmp_path / "none")
    with pytest.raises(CorpusError, match="holds no document"):
        list_documents(tmp_path)
    (tmp_path / "x.xyz").write_text("?")
    with pytest.raises(CorpusError, match="holds no document"):
        list_documents(tmp_path)


def pdf_of(pages: list[str]) -> bytes:
    """A minimal PDF with the lines of a text on each page, at most fifty."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for text in pages:
        stream = "BT /F1 12 Tf 72 720 Td " + " 0 -14 Td ".join(f"({line}) Tj" for line in text.split("\n")) + " ET"
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {len(objects)} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(pages)} >>"
    out, offsets = "%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\n"
    return (out + f"startxref\n{out.index('xref')}\n%%EOF").encode()
