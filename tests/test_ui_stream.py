"""An answer appears sentence by sentence and can be stopped in between: the real answer, its sentences held back a while."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from browsing import NEEDS_BROWSER, ask, marked

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = NEEDS_BROWSER

RANK = "What rank does Taiwan hold among Japan’s trading partners?"
SLOWLY = """
import time
from rag.assistant import Assistant
real = Assistant.stream
def slowly(self, *args, **kwargs):
    for item in real(self, *args, **kwargs):
        yield item
        time.sleep(1.2)
Assistant.stream = slowly
"""


@pytest.fixture(scope="module")
def slow(servers: Any, bundled_data: Path) -> str:
    return str(servers.start("--data", str(bundled_data), before=SLOWLY))


def test_each_sentence_is_there_when_it_is_ready(slow: str, visit: Callable[..., sync_api.Page]) -> None:
    page = visit(slow)
    # Every state of the chat that could be seen: how many sentences, whether more are announced, whether it is done.
    page.evaluate("""() => {
        const chat = document.querySelector('#cv-left'), count = css => chat.querySelectorAll('#cv-chat ' + css).length;
        window.seen = [];
        new MutationObserver(() => {
            const now = [count('.cv-claim'), count('.cv-working'), count('.cv-mode')].join(' ');
            if (now !== window.seen.at(-1)) window.seen.push(now);
        }).observe(chat, {childList: true, subtree: true});
    }""")
    page.fill("#cv-question textarea", RANK)
    page.keyboard.press("Enter")
    page.locator(".cv-claim a.cv-number").first.click()  # its source can be read at once
    assert marked(page)
    page.wait_for_selector("#cv-chat .cv-mode")
    seen = page.evaluate("window.seen")
    most = page.locator(".cv-claim").count()
    assert most >= 2
    assert [state for state in seen if state.split()[0] != "0"] == [*(f"{n} 1 0" for n in range(1, most + 1)), f"{most} 0 1"]


def test_stopping_in_between_leaves_the_conversation_and_the_history_as_they_were(
    slow: str, visit: Callable[..., sync_api.Page]
) -> None:
    page = visit(slow)
    ask(page, "How do I bake sourdough bread with rye flour?")
    page.fill("#cv-question textarea", RANK)
    page.keyboard.press("Enter")
    page.wait_for_selector(".cv-coming .cv-claim")
    page.get_by_role("button", name="Stop").click()
    page.wait_for_selector(".cv-coming", state="detached")
    assert page.locator(".cv-asked").all_inner_texts() == ["How do I bake sourdough bread with rye flour?"]
    page.wait_for_timeout(3_000)  # what had been on its way does not come after all
    assert page.locator(".cv-asked").count() == 1
    page.get_by_role("tab", name="History").click()
    assert page.locator(".cv-history li").count() == 1
    page.get_by_role("tab", name="Ask", exact=True).click()
    ask(page, RANK)
    assert page.locator(".cv-claim").count() >= 2
