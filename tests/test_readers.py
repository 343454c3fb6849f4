"""Files into texts of record."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.corpus import bundled, list_documents
from rag.errors import CorpusError, InputError
from rag.readers import read_document
from rag.types import Entry


def read_bytes(tmp_path: Path, name: str, content: bytes):
    (tmp_path / name).write_bytes(content)
    return read_document(tmp_path / name, Entry(name, name))


def test_text_of_record_is_the_files_own_characters(tmp_path: Path) -> None:
    doc = read_bytes(tmp_path, "a.txt", "\ufeffOne\r\ntwo\rthree \u2028 four".encode())
    assert doc.text == "\ufeffOne\r\ntwo\rthree \u2028 four"
    assert doc.line_of(0) == 1
    assert doc.line_of(doc.text.index("two")) == 2


def test_not_utf8_names_the_place(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"bad\.txt: not UTF-8 \(byte 6, line 2\)"):
        read_bytes(tmp_path, "bad.txt", b"fine\nx\xff")


def test_empty_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no text"):
        read_bytes(tmp_path, "empty.txt", b" \n ")


def test_html_without_furniture(tmp_path: Path) -> None:
    page = """<html><body><nav><a href="/">Home</a> <a href="/x">Contact us today</a></nav><article><h1>Harbour news</h1>
    <p>The harbour was opened in 1921 by the mayor of the town, who gave a long speech about ships.</p>
    <p>A second paragraph says that the harbour was closed again in 1922 after a storm.</p></article></body></html>"""
    text = read_bytes(tmp_path, "a.html", page.encode()).text
    assert "opened in 1921" in text
    assert "Contact us" not in text


def test_docx_with_table(tmp_path: Path) -> None:
    import docx

    document = docx.Document()
    document.add_paragraph("A paragraph before.")
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Year", "1921"
    document.add_paragraph("A paragraph after.")
    document.save(tmp_path / "a.docx")
    text = read_document(tmp_path / "a.docx", Entry("a.docx", "a")).text
    assert text == "A paragraph before.\n\nYear | 1921\n\nA paragraph after."


def test_pdf_pages(tmp_path: Path) -> None:
    content = pdf_of(["The first page speaks of ships.", "The second page speaks of storms."])
    doc = read_bytes(tmp_path, "a.pdf", content)
    assert doc.page_of(doc.text.index("ships")) == 1
    assert doc.page_of(doc.text.index("storms")) == 2


@pytest.mark.parametrize("name", ["a.pdf", "a.docx"])
def test_damaged_files_say_so(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="not a readable"):
        read_bytes(tmp_path, name, b"no such thing")


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
    """A minimal PDF with a line of text on each page."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for text in pages:
        stream = f"BT /F1 12 Tf 72 700 Td ({text}) Tj ET"
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
