"""Everybody can use the page: axe-core finds no serious barrier in any state of any view, in either theme."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from browsing import FISHERIES, NEEDS_BROWSER, ask, marked

sync_api = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")
pytestmark = NEEDS_BROWSER


def barriers(page: sync_api.Page) -> list[str]:
    """What axe-core calls serious or critical."""
    found = axe.Axe().run(page).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html']}" for v in found if v["impact"] in ("serious", "critical")]


@pytest.mark.parametrize(
    ("width", "scheme"),
    [
        (1280, "light"),
        (360, "dark"),
        pytest.param(1280, "dark", marks=pytest.mark.slow),
        pytest.param(360, "light", marks=pytest.mark.slow),
    ],
)
def test_no_view_has_a_barrier(address: str, visit: Callable[..., sync_api.Page], width: int, scheme: str) -> None:
    page = visit(address, width=width, color_scheme=scheme, bypass_csp=True)
    page.wait_for_selector(".cv-welcome a")

    def no_barrier(where: str) -> None:
        assert barriers(page) == [], where
        assert page.evaluate("document.documentElement.scrollWidth") <= width, where

    no_barrier("welcome")
    page.locator("#cv-filters button").first.click()
    page.locator("#cv-documents input").click()
    page.get_by_role("option").first.click()
    page.wait_for_selector("text=Searching 1 of 5 documents")
    no_barrier("filters")
    page.get_by_role("button", name="Search all").click()
    page.wait_for_selector("text=Searching all documents")
    ask(page, FISHERIES)
    no_barrier("answer")
    ask(page, "How do I bake sourdough bread with rye flour?")
    no_barrier("refusal")
    page.locator(".cv-claim a.cv-number").first.click()
    marked(page)
    no_barrier("source")
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Check a quote").click()
    page.fill("#cv-quote textarea", "peacefully negotiated a landmark fisheries agreement to reduce tensions in 2015")
    page.get_by_role("button", name="Check the quote").click()
    page.wait_for_selector(".cv-verdict")
    no_barrier("quote")
    page.get_by_role("tab", name="Check a draft").click()
    page.fill("#cv-draft textarea", "They “negotiated a landmark fisheries agreement to reduce tensions in 2015”.")
    page.get_by_role("button", name="Check the draft").click()
    page.wait_for_selector(".cv-draft")
    no_barrier("draft")
    page.get_by_role("tab", name="Corpus").click()
    page.wait_for_selector(".cv-documents")
    no_barrier("corpus")
    page.get_by_role("tab", name="History").click()
    page.locator(".cv-history summary").first.click()
    no_barrier("history")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "dark"), pytest.param(360, "light", marks=pytest.mark.slow)])
def test_adding_and_removing_has_no_barrier(
    world: Callable[..., str], visit: Callable[..., sync_api.Page], width: int, scheme: str
) -> None:
    dated = (
        "[[document]]\npath = 'a.txt'\ntitle = 'A'\ndate = '2016'\n[[document]]\npath = 'b.txt'\ntitle = 'B'\ndate = '2021'\n"
    )
    where = world(
        {"a.txt": "The harbour of Norby.\n", "b.txt": "The ferry of Norby.\n", "c.txt": b"\0\xff", "manifest.toml": dated}
    )
    page = visit(where, width=width, color_scheme=scheme, bypass_csp=True)
    page.wait_for_selector(".cv-ready", timeout=60_000)
    page.get_by_role("tab", name="Corpus").click()
    page.wait_for_selector(".cv-timeline")
    page.set_input_files("#cv-add input[type=file]", {"name": "a.exe", "mimeType": "text/plain", "buffer": b"MZ"})
    page.wait_for_selector("#cv-changed li")
    page.locator("[data-remove]").first.click()
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
