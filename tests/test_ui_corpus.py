"""The corpus in a real browser: what is in it, adding, removing, reading again; and sources of every kind on the page."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from browsing import NEEDS_BROWSER, ask, in_view, marked, written
from test_readers import pdf_of

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = NEEDS_BROWSER

FERRY = "The ferry of Norby was sold to a museum in 1999 by the harbour board."


class Own:
    """A served folder of a person's own."""

    def __init__(self, servers: Any, base: Path) -> None:
        words = "The town of Norby lies on a long fjord. Its weather is mild.\n"
        self.folder = written(
            base / "library",
            {
                "town.txt": words,
                "bridge.pdf": pdf_of(
                    [
                        "\n".join(f"Line {n} of the first page speaks of the weather." for n in range(40)),
                        "\n".join(
                            [
                                *(f"Line {n} of the second page speaks of storms." for n in range(30)),
                                "The swing bridge of Norby was designed by Karl Lund.",
                            ]
                        ),
                    ]
                ),
                "mayor.docx": _docx(
                    [
                        "Notes on the town hall.",
                        *["Nothing of note happened here."] * 60,
                        "The mayor of Norby in 1850 was Inga Holm.",
                    ]
                ),
                "light.html": "<html><head><title>x</title></head><body><article><h1>The light</h1>"
                + "<p>Many ships have passed this coast over the years without stopping.</p>" * 40
                + "<p>The lighthouse of Zephyria was lit by Maud Ellery in 1893.</p></article></body></html>",
                "manifest.toml": "[[document]]\npath = 'town.txt'\ntitle = 'The town'\ndate = '2016'\n"
                "[[document]]\npath = 'bridge.pdf'\ntitle = 'The bridge'\ndate = '2021-03'\n",
            },
        )
        self.address = str(servers.start("--corpus", str(self.folder), "--data", str(base / "data")))


def _docx(paragraphs: list[str]) -> bytes:
    document, content = docx.Document(), io.BytesIO()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.save(content)
    return content.getvalue()


@pytest.fixture(scope="module")
def own(servers: Any, tmp_path_factory: pytest.TempPathFactory) -> Own:
    return Own(servers, tmp_path_factory.mktemp("own"))


def open_corpus(page: sync_api.Page) -> None:
    page.wait_for_selector(".cv-ready", timeout=60_000)
    page.get_by_role("tab", name="Corpus").click()
    page.wait_for_selector(".cv-documents")


def listed(page: sync_api.Page) -> list[str]:
    return [str(row.get_attribute("data-document")) for row in page.locator(".cv-documents tbody tr").all()]


def test_the_bundled_corpus_is_shown_and_cannot_be_changed(address: str, visit: Callable[..., sync_api.Page]) -> None:
    page = visit(address)
    open_corpus(page)
    assert "rag serve --corpus FOLDER" in page.locator(".cv-note-own").inner_text()
    assert page.locator("#cv-add").count() == 0
    assert page.locator(".cv-documents button").count() == 0
    years = page.locator(".cv-years > ol > li")
    assert years.count() == 10
    assert [len(year.locator("a").all()) for year in years.all()] == [1, 0, 0, 1, 0, 2, 0, 0, 0, 1]
    years.first.locator("a").focus()
    page.keyboard.press("Enter")
    assert "Taiwan-Japan Ties Deepen" in marked(page)
    assert "5 documents, " in page.locator(".cv-standing").inner_text()
    assert "multilingual-e5-small" in page.locator(".cv-standing").inner_text()


@pytest.mark.parametrize(
    ("question", "words", "place"),
    [
        ("Who designed the swing bridge of Norby?", "The swing bridge of Norby was designed by Karl Lund.", "page 2, line"),
        ("Who was the mayor of Norby in 1850?", "The mayor of Norby in 1850 was Inga Holm.", "line "),
        ("When was the lighthouse of Zephyria lit?", "The lighthouse of Zephyria was lit by Maud Ellery in 1893.", "line "),
    ],
)
def test_a_source_of_every_kind_opens_at_the_cited_words(
    own: Own, visit: Callable[..., sync_api.Page], question: str, words: str, place: str
) -> None:
    page = visit(own.address)
    page.wait_for_selector(".cv-ready", timeout=60_000)
    ask(page, question)
    page.locator(".cv-claim", has_text=words).locator("a.cv-number").first.click()
    assert words in marked(page)
    assert in_view(page)
    assert f" · {place}" in page.locator(".cv-at").inner_text()
    for view in ("Whole document", "As in the file"):
        page.get_by_role("button", name=view).click()
        page.wait_for_selector(f'#cv-panel [aria-pressed="true"]:text("{view}")')
        assert words in marked(page)
        assert in_view(page)


def test_documents_are_added_answer_and_are_removed(own: Own, visit: Callable[..., sync_api.Page], tmp_path: Path) -> None:
    page = visit(own.address)
    open_corpus(page)
    before = listed(page)
    files = written(
        tmp_path,
        {
            "ferry (1).txt": FERRY,
            "evil.exe": "MZ",
            "latin.txt": b"\0caf\xe9",
            "town.txt": "Another town.",
            "a.pdf": b"%PDF-1.4",
        },
    )
    page.set_input_files("#cv-add input[type=file]", sorted(files.iterdir()))
    page.locator("#cv-changed", has_text="Read: 1 added.").wait_for()
    said = page.locator("#cv-changed li").all_inner_texts()
    assert [line.split(".")[0] for line in said] == ["a", "evil", "latin", "town"]
    assert "a.pdf: is not a readable PDF" in said[0]
    assert "evil.exe: no reader for this kind of file" in said[1]
    assert "latin.txt: not UTF-8" in said[2]
    assert "town.txt: there is a town.txt already" in said[3]
    page.locator('tr[data-document="ferry (1).txt"]').wait_for()
    assert "5 documents" in page.locator(".cv-state").inner_text()
    assert (own.folder / "ferry (1).txt").read_text() == FERRY
    assert (own.folder / "town.txt").read_text().startswith("The town of Norby")
    page.get_by_role("tab", name="Ask", exact=True).click()
    ask(page, "When was the ferry of Norby sold to a museum?")
    assert page.locator(".cv-claim", has_text=FERRY).count() == 1

    page.get_by_role("tab", name="Corpus").click()
    row = page.locator('tr[data-document="ferry (1).txt"]')
    row.get_by_role("button", name="Remove").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.textContent") == "Keep"  # nothing is removed by pressing Enter twice
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.textContent").startswith("Remove")
    page.keyboard.press("Enter")
    row.locator("[data-sure]").click()
    page.locator("#cv-changed", has_text="Read: 1 removed. The file is kept in the folder .removed.").wait_for()
    row.wait_for(state="detached")
    assert listed(page) == before
    assert (own.folder / ".removed" / "ferry (1).txt").read_text() == FERRY
    page.get_by_role("tab", name="Ask", exact=True).click()
    page.get_by_role("button", name="Ask again").click()
    page.locator(".cv-claim", has_text=FERRY).wait_for(state="detached")
    page.wait_for_selector("#cv-chat .cv-mode")
    assert FERRY not in page.locator("#cv-chat").inner_text()


def test_the_folder_is_read_again(own: Own, visit: Callable[..., sync_api.Page]) -> None:
    page = visit(own.address)
    open_corpus(page)
    (own.folder / "late.txt").write_text("The clock of Norby was mended in 1871.\n", encoding="utf-8")
    (own.folder / "scan.pdf").write_bytes(pdf_of(["", ""]))
    page.get_by_role("button", name="Read the folder again").click()
    page.locator("#cv-changed", has_text="Read: 1 added.").wait_for()
    page.locator(".cv-unread", has_text="scan.pdf: none of its 2 pages holds text.").wait_for()
    (own.folder / "late.txt").write_text("The clock of Norby was mended in 1872.\n", encoding="utf-8")
    page.get_by_role("button", name="Read the folder again").click()
    page.locator("#cv-changed", has_text="Read: 1 changed.").wait_for()
    page.get_by_role("tab", name="Ask", exact=True).click()
    ask(page, "When was the clock of Norby mended?")
    page.locator(".cv-claim", has_text="1872").wait_for()
    for name in ("late.txt", "scan.pdf"):
        (own.folder / name).unlink()
    page.get_by_role("tab", name="Corpus").click()
    page.get_by_role("button", name="Read the folder again").click()
    page.locator("#cv-changed", has_text="Read: 1 removed.").wait_for()


def test_names_that_would_lead_elsewhere_stay_in_the_folder_or_outside(own: Own, visit: Callable[..., sync_api.Page]) -> None:
    page = visit(own.address)
    open_corpus(page)
    outside = sorted(path.name for path in own.folder.parent.iterdir())
    tricks = [
        "../../escape.txt",
        "..\\..\\escape2.txt",
        ".hidden.txt",
        "manifest.toml",
        "<img src=x onerror=window.PWNED=1>.txt",
    ]
    page.set_input_files(
        "#cv-add input[type=file]",
        [{"name": name, "mimeType": "text/plain", "buffer": f"Words of {n}.".encode()} for n, name in enumerate(tricks)],
    )
    page.locator("#cv-changed", has_text="Read: ").wait_for()
    assert sorted(path.name for path in own.folder.parent.iterdir()) == outside
    assert page.evaluate("window.PWNED") is None
    assert "town.txt" in (own.folder / "manifest.toml").read_text()
    assert not (own.folder / ".hidden.txt").exists()
    for path in own.folder.iterdir():
        if path.is_file() and path.read_bytes().startswith(b"Words of"):
            path.unlink()


def test_a_file_that_is_too_large_is_refused_with_a_message(
    own: Own, visit: Callable[..., sync_api.Page], tmp_path: Path
) -> None:
    page = visit(own.address)
    open_corpus(page)
    large = tmp_path / "large.txt"
    with large.open("wb") as handle:
        handle.truncate(51 * 2**20)
    page.set_input_files("#cv-add input[type=file]", large)
    page.get_by_text("exceed the maximum allowed size of 50").first.wait_for()
    assert not (own.folder / "large.txt").exists()


def test_who_comes_from_elsewhere_is_told_no_folder(
    servers: Any, bundled_data: Path, visit: Callable[..., sync_api.Page]
) -> None:
    address = servers.start("--data", str(bundled_data), "--host", "0.0.0.0", "--token", "sesame")
    page = visit(address.replace("0.0.0.0", "127.0.0.1"), extra_http_headers={"Authorization": "Bearer sesame"})
    open_corpus(page)
    assert "Fingerprint" in page.locator(".cv-standing").inner_text()
    assert str(bundled_data) not in page.content()
    assert "Folder" not in page.locator(".cv-standing").inner_text()
