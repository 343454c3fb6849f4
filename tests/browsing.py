"""What the tests in a browser share: servers over corpora, one browser a module, and what a person does and sees."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from rag.lexical import content_tokens
from rag.models import Reading, Support, Window

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
NEEDS_BROWSER = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed (apt-get install chromium)"),
]
ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
FISHERIES = "When did Japan and Taiwan negotiate a fisheries agreement?"
FISHERIES_WORDS = "Japan and Taiwan peacefully negotiated a landmark fisheries agreement to reduce tensions in 2013"


class SharedWords:
    """An evidence model that counts words, so that no test of the page depends on trained weights: a sentence answers a question
    if it has most of its words, and the words that answer are its first figure or word."""

    def read(self, question: str, windows: Sequence[Window]) -> list[Reading]:
        return [self._read(question, window) for window in windows]

    def _read(self, question: str, window: Window) -> Reading:
        odds = [_SURE if _has_most(question, text) else -_SURE for text in window.sentences] or [-_SURE]
        best = odds.index(max(odds))
        text = window.sentences[best] if window.sentences else ""
        words = re.search(r"\d+", text) or re.search(r"\w*", text)
        assert words is not None
        return Reading(odds[best], tuple(odds[: len(window.sentences)]), (best, *words.span()), odds[best])

    def leans(self, earlier: str, question: str) -> bool:
        return re.search(r"\b(?:it|he)\b", question) is not None

    def support(self, pairs: Sequence[tuple[str, Window]]) -> list[Support]:
        found = (_has_most(statement, " ".join(window.sentences)) for statement, window in pairs)
        return [Support(1.0, 0.0, 0.0) if one else Support(0.0, 0.0, 1.0) for one in found]

    def misleads(self, pairs: Sequence[tuple[str, Window]]) -> list[float]:
        return [-_SURE] * len(pairs)


# Log-odds that leave no doubt.
_SURE = 20.0


def _has_most(words: str, text: str) -> bool:
    wanted = set(content_tokens(words))
    return bool(wanted) and len(wanted & set(content_tokens(text))) >= 0.55 * len(wanted)


# Carried out in every server before it starts.
_READING = f"""
import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})
import browsing, rag.evidence, rag.history, rag.support, rag.synthesize
rag.evidence.kind_of = rag.synthesize.kind_of = lambda question: "fact"
rag.history.bundled_evidence = rag.evidence.bundled_evidence = rag.support.bundled_evidence = rag.synthesize.bundled_evidence = browsing.SharedWords
"""


class Servers:
    """Starts `rag serve` processes whose evidence model is `SharedWords`, and ends them."""

    def __init__(self) -> None:
        self._processes: list[subprocess.Popen[str]] = []

    def start(self, *options: str, before: str = "") -> str:
        """A server with these options, the statements `before` carried out first; gives its address."""
        process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                f"{_READING}{before}\nfrom rag.cli import main; main()",
                "serve",
                "--port",
                "0",
                "--no-open",
                *options,
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        self._processes.append(process)
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"http://\S+", line)
        assert found, f"the server said {line!r}"
        return found.group()

    def end(self) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait(30)


def written(folder: Path, files: dict[str, str | bytes]) -> Path:
    """The folder with these files in it."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def open_browser() -> Iterator[Browser]:
    """A headless Chromium, closed at the end."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=ARGS)
        yield opened
        opened.close()


def visits(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens the page; at the end nothing may have been asked of another host, and no script may have failed."""
    contexts, foreign, failures = [], [], []

    def opened(where: str, width: int = 1280, **options: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 800}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("request", lambda request: foreign.append(request.url) if not _own(request.url, where) else None)
        page.on("pageerror", lambda error: failures.append(str(error)))
        page.goto(where)
        page.wait_for_selector("#cv-question textarea")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert foreign == []
    assert failures == []


def _own(url: str, where: str) -> bool:
    return url.startswith((where, "data:", "blob:"))


def ask(page: Page, question: str) -> None:
    """Ask and wait for what comes back."""
    done = page.locator("#cv-chat :is(.cv-mode, .cv-notice)")
    before = done.count()
    page.fill("#cv-question textarea", question)
    page.keyboard.press("Enter")
    done.nth(before).wait_for()


def marked(page: Page) -> str:
    """The highlighted words of the source panel, once it shows the place that was chosen last."""
    page.wait_for_function("""() => {
        const link = document.querySelector('a[aria-current="true"]'), source = document.querySelector('#cv-panel .cv-source');
        return link && source && link.hash.startsWith(`#cite-${source.dataset.start}-${source.dataset.end}-`);
    }""")
    return " ".join(page.locator("#cv-panel mark").all_inner_texts())


def in_view(page: Page) -> bool:
    """Whether the highlighted words are inside the visible part of the source."""
    return bool(
        page.evaluate("""() => {
            const hit = document.querySelector('#cv-hit').getBoundingClientRect();
            const page = document.querySelector('.cv-page').getBoundingClientRect();
            return hit.top >= page.top && hit.top < page.bottom && hit.top < innerHeight;
        }""")
    )
