"""Scanned pages of PDF files: what is said of them without the extra `ocr`, and what is read with it."""

from __future__ import annotations

import difflib
import io
import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pytest
from test_readers_pdf import LEFT, RIGHT, SCAN, column, pdf, put

from rag.corpus import list_documents
from rag.errors import InputError
from rag.index import Index
from rag.ledger import Unit
from rag.quotes import open_sources
from rag.readers import ocr, read_document
from rag.readers.pdf import parse
from rag.settings import RagSettings
from rag.types import Entry

TYPED = put(60, 700, "The court sat in the spring of that year.")
HEADING = "The loss of the ferry, as it was told to the court"


def scanned(*pages: str, turned: int = 0) -> bytes:
    """A PDF whose pages are pictures, 150 pixels an inch, of pages with these content streams."""
    with pypdfium2.PdfDocument(pdf(pages)) as opened:
        pictures = [page.render(scale=150 / 72).to_pil().convert("L").rotate(turned, expand=True) for page in opened]
    out = io.BytesIO()
    pictures[0].save(out, "PDF", resolution=150, save_all=True, append_images=pictures[1:])
    return out.getvalue()


def joined(*parts: bytes) -> bytes:
    """One PDF of the pages of several."""
    whole, out = pypdfium2.PdfDocument.new(), io.BytesIO()
    for part in parts:
        whole.import_pages(pypdfium2.PdfDocument(part))
    whole.save(out)
    return out.getvalue()


def columns() -> str:
    return "".join([put(60, 740, HEADING, 15), *column(60, 700, LEFT), *column(320, 700, RIGHT)])


def accuracy(wanted: Sequence[str], text: str) -> float:
    """The share of words that stand in the text, in their order."""
    found = difflib.SequenceMatcher(None, wanted, text.split(), autojunk=False)
    return sum(block.size for block in found.get_matching_blocks()) / len(wanted)


# -- without the extra, or whatever it reads -------------------------------------------------------------------------------


@pytest.fixture
def no_ocr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "engine", lambda: ocr.UNREAD)


def row(text: str, left: float, top: float) -> ocr._Row:
    """A line of letters 20 pixels wide in a box 40 pixels high."""
    right = left + 20 * len(text)
    return ocr._Row(((left, top), (right, top), (right, top + 40), (left, top + 40)), text, 0.99)


@pytest.fixture
def two_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every scanned page says the like two lines. Only for where the words go: what is read is tried with the real one."""
    numbers = itertools.cycle(["Two", "Three", "Four", "Five"])  # what is the same on pages near by is a running head
    monkeypatch.setattr(ocr, "engine", lambda: "rapidocr-0.0.1")
    monkeypatch.setattr(ocr, "_recogniser", lambda document: None)

    def rows(*_: object) -> tuple[int, list[ocr._Row]]:
        number = next(numbers)
        return 0, [row(f"{number} of its lamps", 200, 300), row(f"were dark on {number}.", 200, 345)]

    monkeypatch.setattr(ocr, "_kept_rows", rows)


@pytest.mark.usefixtures("no_ocr")
def test_without_the_extra_the_command_that_helps_is_named() -> None:
    with pytest.raises(InputError) as refused:
        parse(pdf([SCAN]), "a.pdf")
    assert str(refused.value.remedy) == "It needs OCR first: pip install 'chapter-and-verse[ocr]'"
    parsed = parse(pdf([TYPED, SCAN]), "a.pdf")
    assert parsed.warnings[0].endswith("it needs OCR: pip install 'chapter-and-verse[ocr]' (page 2)")
    assert parsed.scans == "+unread:2"


@pytest.mark.usefixtures("two_rows")
def test_a_scanned_page_stands_in_its_place_and_only_it_is_read_by_ocr() -> None:
    parsed = parse(pdf([TYPED, SCAN, put(60, 700, "It rose in autumn."), SCAN, SCAN]), "a.pdf")
    places = [*parsed.page_starts, len(parsed.text)]
    assert [" ".join(parsed.text[a:b].split()) for a, b in itertools.pairwise(places)] == [
        "The court sat in the spring of that year.",
        "Two of its lamps were dark on Two.",
        "It rose in autumn.",
        "Three of its lamps were dark on Three.",
        "Four of its lamps were dark on Four.",
    ]
    assert parsed.warnings == ("a.pdf: a scanned page, read by OCR: check the words against the page (page 2, 4-5)",)
    assert parsed.scans == "+rapidocr-0.0.1:2,4-5"


@pytest.mark.usefixtures("two_rows")
def test_a_stamp_that_is_text_stays_beside_what_is_read_off_the_picture() -> None:
    stamp = put(60, 780, "Appendix D")
    assert [line.strip() for line in parse(pdf([SCAN + stamp]), "a.pdf").text.splitlines() if line.strip()] == [
        "Appendix D",
        "Two of its lamps",
        "were dark on Two.",
    ]


def test_the_reader_says_which_pages_were_read_and_whether_they_would_be_read_otherwise_now(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ocr, "engine", lambda: "rapidocr-0.0.2")
    reader = "pdf/3+rapidocr-0.0.1:2,4-6"
    assert [page for page in range(9) if ocr.is_read(reader, page)] == [2, 4, 5, 6]
    assert ocr.is_stale(reader)
    assert ocr.is_stale("pdf/3+unread:2")
    assert not ocr.is_read("pdf/3+unread:2", 2)
    assert not any(map(ocr.is_stale, ("pdf/3", "txt/3", "pdf/3+rapidocr-0.0.2:1")))
    assert ocr.note("b.pdf", reader).startswith("b.pdf: a scanned page, read by OCR")
    assert ocr.note("b.pdf", "pdf/3") == ocr.note("b.pdf", "pdf/3+rapidocr-0.0.1:") == ""


class Whole:
    """An embedder that makes no units: what is read again is asked here, not what is found."""

    def units(self, *_: Any) -> list[Unit]:
        return []


@pytest.fixture
def read_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], list[str]]]:
    """Opens a corpus of a PDF with a scanned page and one that is all scanned, with an OCR of this name: gives the readers' names."""
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "mixed.pdf").write_bytes(pdf([TYPED, SCAN]))
    (tmp_path / "own" / "scan.pdf").write_bytes(pdf([SCAN]))
    (tmp_path / "own" / "typed.pdf").write_bytes(pdf([TYPED]))
    index = Index(RagSettings(corpus=tmp_path / "own", data=tmp_path / "data"))

    def read(name: str) -> list[str]:
        monkeypatch.setattr(ocr, "engine", lambda: name)
        listing = list_documents(tmp_path / "own")
        if not index.up_to_date(listing):
            index.sync(listing, Whole, lambda *_: None)  # type: ignore[arg-type]
        assert index.up_to_date(listing)
        by_index = {path: stamp.reader for path, stamp in index.ledger.stamps().items()}
        with closing(open_sources(tmp_path / "own", tmp_path / "data")) as sources:
            assert by_index == {source.document: source.doc.reader for source in sources.documents}
            assert sum("OCR" in line for line in sources.warnings) == 2
        return list(by_index.values())

    yield read
    index.close()


@pytest.mark.usefixtures("two_rows")
def test_a_file_with_scanned_pages_is_read_again_when_the_ocr_comes_changes_or_goes(
    read_with: Callable[[str], list[str]],
) -> None:
    for name, readers in (
        ("unread", ["pdf/3+unread:2", "pdf/3"]),
        ("rapidocr-1", ["pdf/3+rapidocr-1:2", "pdf/3+rapidocr-1:1", "pdf/3"]),
        ("rapidocr-1", ["pdf/3+rapidocr-1:2", "pdf/3+rapidocr-1:1", "pdf/3"]),
        ("rapidocr-2", ["pdf/3+rapidocr-2:2", "pdf/3+rapidocr-2:1", "pdf/3"]),
        ("unread", ["pdf/3+unread:2", "pdf/3"]),
        ("rapidocr-1", ["pdf/3+rapidocr-1:2", "pdf/3+rapidocr-1:1", "pdf/3"]),
    ):
        assert read_with(name) == readers


@pytest.mark.usefixtures("two_rows")
def test_a_page_that_is_a_thread_or_whose_pictures_are_immense_is_not_read() -> None:
    for box in ("[0 0 14000 1]", "[0 0 1 14000]"):
        with pypdfium2.PdfDocument(pdf([SCAN]).replace(b"[0 0 600 800]", box.encode())) as opened:
            assert ocr.read_page(opened[0], "a.pdf") is None
    immense = pdf([SCAN]).replace(b"/Width 1 /Height 1 ", b"/Width 90000 /Height 90000 ")
    with pypdfium2.PdfDocument(immense) as opened:
        assert ocr._pixels(opened[0]) == 8_100_000_000
        assert ocr.read_page(opened[0], "a.pdf") is None


def test_the_picture_of_a_page_is_bounded_whatever_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    shapes: list[tuple[int, ...]] = []

    def look(_: object, picture: np.ndarray[Any, Any]) -> tuple[int, list[ocr._Row]]:
        shapes.append(picture.shape)
        return 0, []

    monkeypatch.setattr(ocr, "_recogniser", lambda document: None)
    monkeypatch.setattr(ocr, "_kept_rows", look)
    with pypdfium2.PdfDocument(pdf([SCAN]).replace(b"[0 0 600 800]", b"[0 0 14000 14000]")) as opened:
        ocr.read_page(opened[0], "a.pdf")
    assert max(shapes[0]) <= 3601


def test_sizes_that_are_nearly_alike_are_one() -> None:
    assert ocr._evened([10.9, 11.4, 11.2, 15.3, 10.4, 8.2]) == [11.0, 11.0, 11.0, 15.5, 11.0, 8.0]


# -- with the extra --------------------------------------------------------------------------------------------------------


@pytest.fixture
def real_ocr() -> None:
    pytest.importorskip("rapidocr", reason="the extra `ocr` is not installed")


@pytest.mark.usefixtures("real_ocr")
def test_a_scanned_page_is_read_heading_first_then_column_by_column(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(joined(pdf([TYPED]), scanned(columns()), pdf([put(60, 700, "It rose in autumn.")])))
    doc = read_document(path, Entry("a.pdf", "a"))
    assert len(doc.page_starts) == 3
    page = doc.text[doc.page_starts[1] : doc.page_starts[2]]
    assert accuracy(" ".join([HEADING, *LEFT, *RIGHT]).split(), page) >= 0.95
    assert doc.page_of(doc.text.index("landward side")) == 2
    assert doc.text[doc.page_starts[2] :].strip() == "It rose in autumn."
    assert ocr.is_read(doc.reader, 2)
    assert doc.warnings == ("a.pdf: a scanned page, read by OCR: check the words against the page (page 2)",)


@pytest.mark.usefixtures("real_ocr")
def test_a_page_that_was_scanned_on_its_side_is_read_from_its_top() -> None:
    text = parse(scanned("".join(column(60, 700, LEFT)), turned=90), "a.pdf").text
    assert accuracy(" ".join(LEFT).split(), text) >= 0.9


@pytest.mark.usefixtures("real_ocr")
def test_a_picture_without_words_is_said_to_hold_none() -> None:
    parsed = parse(pdf([TYPED, SCAN]), "a.pdf")
    assert parsed.warnings == ("a.pdf: a scanned page or picture in which OCR found no words (page 2)",)
    assert not ocr.is_stale(f"pdf/3{parsed.scans}")
    with pytest.raises(InputError, match="holds no text that OCR can read"):
        parse(pdf([SCAN]), "a.pdf")
