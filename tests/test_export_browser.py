"""Evidence packets in a real browser: nothing of a document or a question runs or loads, and everything can be read."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from browsing import NEEDS_BROWSER
from export_world import AT, answer_packet, corpus
from test_ui_render import HOSTILE

from rag.cite import cite
from rag.export import answers, verdicts
from rag.export.packet import load
from rag.quotes import check, open_sources
from rag.reading import read
from rag.settings import load as settings
from rag.types import Answer, Claim, Conflict, CorpusState, Entry, Passage, SourceDoc, Withheld

sync_api = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")
pytestmark = NEEDS_BROWSER

MORE = [
    "</script><script>window.PWNED=1</script>",
    "</SCRIPT ><img src=x onerror=window.PWNED=1>",
    "<!--<script>",
    "--><script>window.PWNED=1</script>",
    "]]><script>window.PWNED=1</script>",
    "\u2028window.PWNED=1\u2029",
    "a\x00</script>\x00<script>window.PWNED=1</script>",
    "</style><script>window.PWNED=1</script>",
    "</title><script>window.PWNED=1</script>",
]


def hostile_answer() -> tuple[Answer, dict[str, SourceDoc]]:
    """One answer made of nothing but hostile text, in every field that a document or a person fills."""
    documents, citations = {}, []
    for number, hostile in enumerate([*HOSTILE, *MORE], start=1):
        text = f"Before it. {hostile} After it."
        entry = Entry(f"{number}{hostile}.txt", hostile, (hostile,), hostile, "2021", hostile, {"date": hostile})
        documents[entry.document] = SourceDoc(entry, text, "0" * 64, hostile)
        citations.append(cite(documents[entry.document], read(text), 0, len(text), number=number, speaker=hostile))
    everything = " ".join([*HOSTILE, *MORE])
    given = Answer(
        everything, everything, "extractive", None, "partial", everything,
        tuple(Claim(c.reading_text, (c.number or 0,), "verbatim") for c in citations),
        tuple(Withheld(hostile, hostile) for hostile in HOSTILE), tuple(citations),
        (Conflict(everything, tuple(c.number or 0 for c in citations)),),
        tuple(Passage(c.document, c.char_start, c.char_end, 0.5) for c in citations), CorpusState("f", 1), {}, tuple(documents),
    )  # fmt: skip
    return given, documents


def hostile_packets(folder: Path) -> list[Path]:
    given, documents = hostile_answer()
    library = lambda path: (documents[path], read(documents[path].text))
    files = [folder / "answer.html", folder / "verdict.html"]
    files[0].write_text(answers.as_packet(given, library, settings(), AT), encoding="utf-8", newline="")
    root = folder / "corpus"
    root.mkdir()
    quotes = []
    for number, hostile in enumerate([*HOSTILE, *MORE]):
        (root / f"{number}.txt").write_text(f"Before it. The sign number {number} says {hostile} After it.\n", encoding="utf-8")
        quotes.append(f"sign number {number} says {hostile} Not it.")
    sources = open_sources(root, None)
    for number, quote in enumerate(quotes[-len(MORE) :]):
        verdict = check(sources, quote, "<img src=x onerror=window.PWNED=1>")
        file = folder / f"verdict{number}.html"
        file.write_text(verdicts.as_packet(verdict, sources, AT), encoding="utf-8", newline="")
        files.append(file)
    sources.close()
    files.remove(folder / "verdict.html")
    return files


def test_hostile_documents_run_and_load_nothing_with_and_without_the_policy(browser: sync_api.Browser, tmp_path: Path) -> None:
    for packet in hostile_packets(tmp_path):
        load(packet)
        text = packet.read_text(encoding="utf-8")
        bare = packet.with_suffix(".bare.html")
        bare.write_text(re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text), encoding="utf-8")
        for file in (packet, bare):
            context = browser.new_context(viewport={"width": 360, "height": 800})
            page = context.new_page()
            seen: list[str] = []
            page.on("request", lambda request, seen=seen: seen.append(request.url))
            page.on("dialog", lambda dialog, seen=seen: seen.append(dialog.message))
            page.on("pageerror", lambda error, seen=seen: seen.append(str(error)))
            page.goto(file.as_uri())
            page.wait_for_timeout(200)
            assert seen == [file.as_uri()]
            assert page.evaluate("window.PWNED") is None
            counts = page.evaluate(
                "['script', 'style', 'img, iframe, object, embed, video, form, input, link, base, svg, math, template']"
                ".map(names => document.querySelectorAll(names).length)"
            )
            assert counts == [1, 1, 0]
            active = (
                "[...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a => a.name.startsWith('on'))).length"
            )
            assert page.evaluate(active) == 0
            links = page.evaluate("[...document.links].map(a => a.protocol)")
            assert set(links) <= {"file:", "https:"}
            held = json.loads(page.locator("#evidence").text_content() or "")
            assert held == load(packet).evidence
            assert page.evaluate("document.documentElement.scrollWidth") <= 360
            context.close()


def test_a_script_in_a_packet_is_stopped_by_its_policy(browser: sync_api.Browser, tmp_path: Path) -> None:
    """What somebody writes into a packet afterwards does not run either."""
    packet = answer_packet(corpus(tmp_path / "corpus"), tmp_path / "a.html")
    text = packet.read_text(encoding="utf-8").replace(
        "</main>", "<script>window.PWNED=1</script><img src='https://evil.example/x.png' onerror='window.PWNED=2'></main>"
    )
    packet.write_text(text, encoding="utf-8")
    context = browser.new_context()
    page = context.new_page()
    stopped: list[tuple[str, str | None]] = []
    page.on("requestfailed", lambda request: stopped.append((request.url, request.failure)))
    page.goto(packet.as_uri())
    page.wait_for_timeout(200)
    assert page.evaluate("window.PWNED") is None
    assert stopped == [("https://evil.example/x.png", "csp")]
    context.close()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
def test_a_person_can_read_it_all(browser: sync_api.Browser, tmp_path: Path, width: int, scheme: str) -> None:
    packet = answer_packet(corpus(tmp_path / "corpus"), tmp_path / "a.html")
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto(packet.as_uri())
    assert page.title() == "How many ships had the harbour in 1950? – evidence packet"
    assert page.locator("mark").all_inner_texts() == [
        "The old harbour was opened in 1901.",
        "In 1950 the har-\nbour had forty ships.2",
        "In 1950 the harbour had thirty-eight ships.",
    ]
    page.locator("sup a").first.click()  # of the answer in one line
    assert page.url.endswith("#note-2")
    assert "“In 1950 the harbour had forty ships.”" in page.locator("#note-2").inner_text()
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(set(ids)) == len(ids)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    ink, paper = page.evaluate("[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]")
    lightness = [sum(map(int, re.findall(r"\d+", colour)[:3])) for colour in (ink, paper)]
    assert (lightness[0] < lightness[1]) == (scheme == "light")
    found = axe.Axe().run(page).response["violations"]
    assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []
    context.close()
