"""A question put to some documents only, in a real browser: chosen by hand, seen, and kept to."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from browsing import NEEDS_BROWSER, ask

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = NEEDS_BROWSER

RANK = "What rank does Taiwan hold among Japan’s trading partners?"


def open_filters(page: sync_api.Page) -> None:
    page.wait_for_selector(".cv-ready")
    page.locator("#cv-filters button").first.click()
    page.locator("#cv-documents input").wait_for()


def state(page: sync_api.Page, text: str) -> None:
    page.locator("#cv-filters button", has_text=text).wait_for()


@pytest.mark.parametrize("width", [1280, 360])
def test_a_document_is_chosen_and_only_it_answers(address: str, visit: Callable[..., sync_api.Page], width: int) -> None:
    page = visit(address, width=width)
    state(page, "Searching all documents")
    open_filters(page)
    page.locator("#cv-documents input").click()
    page.get_by_role("option", name="2016 · Taiwan-Japan Ties Deepen").click()
    state(page, "Searching 1 of 5 documents")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    ask(page, RANK)
    sources = page.locator(".cv-sources li").all_inner_texts()
    assert sources
    assert all("Taiwan-Japan Ties Deepen" in source for source in sources)
    assert page.locator(".cv-conflict").count() == 0
    assert "· 1 of 5 documents ·" in page.locator(".cv-mode").inner_text()
    assert not page.locator("#cv-documents input").is_visible()  # the fields fold away, the line that says so stays
    state(page, "Searching 1 of 5 documents")


def test_documents_are_chosen_by_keyboard_and_all_are_searched_again(address: str, visit: Callable[..., sync_api.Page]) -> None:
    page = visit(address)
    page.wait_for_selector(".cv-ready")
    page.locator("#cv-filters button").first.focus()
    page.keyboard.press("Enter")
    page.locator("#cv-documents input").wait_for()
    page.keyboard.press("Tab")
    page.get_by_role("option").first.wait_for()  # the choices have come
    page.keyboard.type("2019")
    page.get_by_role("option", name="2019-05 · Japan Considers").wait_for()
    page.keyboard.press("Enter")
    state(page, "Searching 1 of 5 documents")
    page.locator("#cv-since input").focus()
    page.keyboard.type("2020")
    page.locator("#cv-scope", has_text="No document is called").wait_for()
    state(page, "Searching nothing")
    page.get_by_role("button", name="Search all").focus()
    page.keyboard.press("Enter")
    state(page, "Searching all documents")
    assert page.locator("#cv-since input").input_value() == ""


def test_dates_and_authors_narrow_the_search_and_a_refusal_says_so(address: str, visit: Callable[..., sync_api.Page]) -> None:
    page = visit(address)
    open_filters(page)
    page.fill("#cv-since input", "2021")
    state(page, "Searching 3 of 5 documents")
    page.fill("#cv-until input", "2021-12")
    state(page, "Searching 2 of 5 documents")
    page.fill("#cv-until input", "last year")
    page.locator("#cv-scope", has_text="is not a date").wait_for()
    ask(page, RANK)
    assert "is not a date" in page.locator("#cv-chat .cv-notice").inner_text()
    open_filters(page)
    page.get_by_role("button", name="Search all").click()
    page.locator("#cv-authors input").click()
    assert page.get_by_role("option").all_inner_texts() == ["Lauren Dickey", "Howard Wang"]
    page.get_by_role("option", name="Howard Wang").click()
    state(page, "Searching 1 of 5 documents")
    ask(page, "What is the GCTF?")
    message = page.locator(".cv-message").inner_text()
    assert message.startswith("The chosen documents do not answer this. Searched: 1 of 5 documents")
    assert "Not found in any of them: “GCTF”" in message
