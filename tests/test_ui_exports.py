"""Files of answers and verdicts, fetched from the page: what is clicked is what is downloaded."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from browsing import FISHERIES, FISHERIES_WORDS, NEEDS_BROWSER, ask
from export_world import answer, corpus, refusal
from starlette.applications import Starlette
from starlette.testclient import TestClient

from rag.assistant import Assistant
from rag.cite import cite
from rag.errors import InputError
from rag.export.packet import load
from rag.export.verify import verify
from rag.quotes import check, open_sources
from rag.settings import load as settings
from rag.types import Answer, Claim
from ui import exports
from ui.desk import Desk

sync_api = pytest.importorskip("playwright.sync_api")


@pytest.fixture
def desk(bundled: Assistant, tmp_path: Path) -> Desk:
    """A desk that is open; its quotations are compared with another corpus."""
    folder = corpus(tmp_path / "corpus")
    made = Desk(lambda progress: bundled, lambda: open_sources(folder, None))
    made.start()
    assert made.wait(60)
    return made


def fisheries(desk: Desk, folder: Path) -> Answer:
    """An answer of the assistant's documents, made by hand."""
    path = "documents/2021-study-us-japan-cooperation-with-taiwan.txt"
    doc, reading = desk.document(path)
    start = doc.text.index("Japan and Taiwan peacefully negotiated a landmark")
    cited = cite(doc, reading, start, doc.text.index("2013", start) + 4, number=1)
    whole = {"status": "answered", "message": None, "passages": (), "citations": (cited,), "corpus": desk.assistant.state}
    return replace(refusal(folder), claims=(Claim(cited.reading_text, (1,), "verbatim"),), **whole)


@pytest.mark.parametrize("ending", [".md", ".docx", ".html"])
def test_an_answer_is_fetched_by_its_id(desk: Desk, ending: str, tmp_path: Path) -> None:
    client = TestClient(Starlette(routes=[desk.exports.route()]))
    given = fisheries(desk, corpus(tmp_path / "corpus"))
    response = client.get(f"/exports/{desk.exports.answer(given)}{ending}")
    assert response.status_code == 200
    assert response.headers["Content-Disposition"] == f'attachment; filename="answer{ending}"'
    if ending == ".docx":
        assert given.claims[0].text in [paragraph.text for paragraph in docx.Document(io.BytesIO(response.content)).paragraphs]
    else:
        assert FISHERIES_WORDS in response.text


def test_what_is_not_kept_is_not_there(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    client = TestClient(Starlette(routes=[desk.exports.route()]))
    monkeypatch.setattr(exports, "_MOST", 2)
    verdicts = [check(desk.sources, quote) for quote in ("It was closed", "forty ships", "the governor")]
    first, second, third = (desk.exports.verdict(verdict, desk.sources) for verdict in verdicts)
    assert client.get(f"/exports/{first}.md").status_code == 404
    assert "forty ships" in client.get(f"/exports/{second}.md").text
    assert "the governor" in client.get(f"/exports/{third}.html").text
    for name in ("", "x.md", f"{third}", f"{third}.pdf", f"{third}.", f"..%2f{third}.md"):
        assert client.get(f"/exports/{name}").status_code in (404, 405)


def test_an_answer_of_documents_that_have_changed_is_not_exported(desk: Desk, tmp_path: Path) -> None:
    kept = desk.exports.answer(answer(corpus(tmp_path / "corpus")))  # of other documents than the assistant's
    with pytest.raises(InputError, match="have changed"):
        desk.exports.file(kept, ".md")
    response = TestClient(Starlette(routes=[desk.exports.route()])).get(f"/exports/{kept}.md")
    assert response.status_code == 409
    assert "Ask again" in response.text


def test_a_verdict_on_documents_that_have_changed_is_not_exported(desk: Desk, tmp_path: Path) -> None:
    other = corpus(tmp_path / "other")
    (other / "third.txt").write_text("A third document.\n")
    sources = open_sources(other, None)
    kept = desk.exports.verdict(check(sources, "It was closed"), sources)
    with pytest.raises(InputError, match="have changed"):
        desk.exports.file(kept, ".html")


@pytest.mark.browser
class TestInTheBrowser:
    pytestmark = NEEDS_BROWSER

    def test_an_answer_is_downloaded_in_every_format(
        self, address: str, visit: Callable[..., sync_api.Page], tmp_path: Path
    ) -> None:
        page = visit(address)
        ask(page, FISHERIES)
        files = {}
        for name in ("Markdown", "Word", "Evidence packet"):
            with page.expect_download() as download:
                page.locator(".cv-answer .cv-actions").get_by_role("link", name=name).click()
            files[name] = tmp_path / download.value.suggested_filename
            download.value.save_as(files[name])
        assert [file.name for file in files.values()] == ["answer.md", "answer.docx", "answer.html"]
        assert re.search(
            re.escape(FISHERIES_WORDS) + r".*\[\^1\]", files["Markdown"].read_text(encoding="utf-8").replace("**", "")
        )
        assert any(FISHERIES_WORDS in paragraph.text for paragraph in docx.Document(str(files["Word"])).paragraphs)
        found = verify(load(files["Evidence packet"]), settings().corpus)
        assert found.stands
        assert found.title == FISHERIES
        assert page.locator(".cv-claim", has_text=FISHERIES_WORDS).count() == 1  # the page is still there

    def test_a_verdict_is_downloaded_and_stands(
        self, address: str, visit: Callable[..., sync_api.Page], tmp_path: Path
    ) -> None:
        page = visit(address)
        page.get_by_role("tab", name="Check a quote").click()
        page.fill("#cv-quote textarea", "peacefully negotiated a landmark fisheries agreement to reduce tensions in 2015")
        page.get_by_role("button", name="Check the quote").click()
        with page.expect_download() as download:
            page.locator(".cv-verdict").get_by_role("link", name="Evidence packet").click()
        download.value.save_as(tmp_path / "verdict.html")
        found = verify(load(tmp_path / "verdict.html"), settings().corpus, tmp_path / "data")
        assert found.verdict == ("altered", "altered")
        assert found.stands
