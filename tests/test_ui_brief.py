"""A brief on the page: questions under headings, section by section, and what has no answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from browsing import NEEDS_BROWSER, marked
from scripted_llm import answer, playing

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = NEEDS_BROWSER


def brief(page: sync_api.Page, text: str) -> None:
    page.fill("#cv-question textarea", text)
    page.locator("#cv-brief-me").click()
    page.wait_for_selector("#cv-chat :is(.cv-brief, .cv-notice)")
    page.wait_for_selector(".cv-working", state="detached")


def test_own_questions_are_answered_under_their_headings(address: str, visit: Callable[..., sync_api.Page]) -> None:
    page = visit(address)
    brief(
        page,
        "The Strait\nWhen did a Japanese destroyer first sail through the Taiwan Strait?\nHow do I bake sourdough bread with rye flour?",
    )
    assert page.locator(".cv-brief h3").all_inner_texts() == [
        "When did a Japanese destroyer first sail through the Taiwan Strait?"
    ]
    assert "Sept. 25, 2024" in page.locator(".cv-brief .cv-claim").first.inner_text()
    page.locator(".cv-brief a.cv-number").first.click()
    assert "Sept. 25, 2024" in marked(page)
    missing = page.locator(".cv-brief .cv-sources").last.inner_text()
    assert "Without an answer" in missing
    assert "sourdough" in missing


def test_without_a_model_and_questions_each_document_is_asked(address: str, visit: Callable[..., sync_api.Page]) -> None:
    page = visit(address)
    brief(page, "A Japanese destroyer in the Taiwan Strait")
    assert page.locator(".cv-brief h3").count() >= 1
    assert page.locator(".cv-brief .cv-claim").count() >= 1


def test_a_language_model_proposes_the_questions(servers: Any, bundled_data: Path, visit: Callable[..., sync_api.Page]) -> None:
    planned = "When did a Japanese destroyer first sail through the Taiwan Strait?\n"
    with playing(planned, answer((None, [1]))) as script:
        before = f"import os; os.environ.update(RAG_LLM_BASE_URL={script.url!r}, RAG_LLM_MODEL='scripted')"
        page = visit(servers.start("--data", str(bundled_data), before=before))
        brief(page, "The Strait")
        assert page.locator(".cv-brief h3").count() == 1
        assert page.locator(".cv-brief .cv-claim").count() >= 1
        assert "Generative: chosen and ordered by scripted" in page.locator(".cv-brief .cv-mode").first.inner_text()
