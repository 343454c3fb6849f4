"""The page as a person meets it: the real server process, the real model, a real browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from browsing import FISHERIES, FISHERIES_WORDS, NEEDS_BROWSER, ask, in_view, marked
from test_ui_render import HOSTILE

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = NEEDS_BROWSER


def test_a_question_is_answered_and_the_cited_words_are_shown_in_their_source(
    address: str, visit: Callable[..., sync_api.Page]
) -> None:
    page = visit(address)
    ask(page, FISHERIES)
    claim = page.locator(".cv-claim", has_text=FISHERIES_WORDS)
    assert claim.count() == 1
    assert "Extractive" in page.locator(".cv-mode").inner_text()
    claim.locator("a.cv-number").click()
    assert FISHERIES_WORDS in marked(page)
    assert in_view(page)
    panel = page.locator("#cv-panel").inner_text()
    assert "The Wilson Center · 2021 (inferred)" in panel
    assert "lines 241–243 · characters 16,165–16,318" in panel


def test_the_answer_in_one_line_stands_above_the_sentences_and_its_words_are_bold(
    address: str, visit: Callable[..., sync_api.Page]
) -> None:
    page = visit(address)
    ask(page, FISHERIES)
    key, claim = page.locator(".cv-key"), page.locator(".cv-claim", has_text=FISHERIES_WORDS)
    assert "2013" in key.inner_text()
    assert key.bounding_box()["y"] < page.locator(".cv-claim").first.bounding_box()["y"]
    sizes = [float(line.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")) for line in (key, claim)]
    assert sizes[0] > 1.2 * sizes[1]
    assert claim.locator("strong").first.inner_text() == "2013"
    assert int(claim.locator("strong").first.evaluate("e => getComputedStyle(e).fontWeight")) >= 700
    assert claim.locator(".cv-date").first.inner_text() == "2021"


@pytest.mark.parametrize("width", [1280, 360])
def test_a_new_answer_stands_at_the_top_and_its_first_source_opens_by_itself_where_there_is_room(
    address: str, visit: Callable[..., sync_api.Page], width: int
) -> None:
    page = visit(address, width=width)
    for question in (FISHERIES, "What is the GCTF?", "How do I bake sourdough bread with rye flour?", FISHERIES):
        ask(page, question)
        above = page.evaluate("""() => {
            const asked = [...document.querySelectorAll('#cv-chat .cv-asked')].pop();
            return asked.getBoundingClientRect().top - document.querySelector('#cv-chat [role="log"]').getBoundingClientRect().top;
        }""")
        assert -2 <= above <= 24, question
    assert FISHERIES_WORDS in marked(page)
    assert page.locator("#cv-panel").is_visible() is (width == 1280)
    assert page.evaluate("document.activeElement.matches('#cv-question textarea')")
    page.locator(".cv-key a.cv-number").last.click()  # the place that is open already: on a narrow screen it comes into view
    page.wait_for_function("document.activeElement.matches('.cv-source')")
    assert in_view(page)


def test_the_whole_document_and_the_file_are_there_on_demand(address: str, visit: Callable[..., sync_api.Page]) -> None:
    page = visit(address)
    ask(page, FISHERIES)
    page.locator(".cv-claim", has_text=FISHERIES_WORDS).locator("a.cv-number").click()
    marked(page)
    page.get_by_role("button", name="Whole document").click()
    page.wait_for_selector('#cv-panel [data-show="whole"][aria-pressed="true"]')
    assert "Executive Summary" in page.locator(".cv-page").inner_text()
    assert in_view(page)
    page.get_by_role("button", name="As in the file").click()
    page.wait_for_selector("#cv-panel .cv-lines")
    assert "Japan and Taiwan peacefully negotiated a landmark" in page.locator('.cv-lines li[value="241"]').inner_text()
    assert in_view(page)


def test_hovering_over_a_number_shows_the_passage(address: str, visit: Callable[..., sync_api.Page]) -> None:
    page = visit(address)
    ask(page, FISHERIES)
    peek = page.locator(".cv-claim .cv-peek").first
    assert not peek.is_visible()
    page.locator(".cv-claim a.cv-number").first.hover()
    peek.wait_for(state="visible")
    assert "lines" in peek.inner_text()


def test_everything_is_done_by_keyboard(address: str, visit: Callable[..., sync_api.Page]) -> None:
    page = visit(address)
    ask(page, "What rank does Taiwan hold among Japan’s trading partners?")
    number = page.locator(".cv-claim a.cv-number")
    assert number.count() > 1
    number.first.focus()
    page.keyboard.press("Enter")
    first = marked(page)
    page.wait_for_function("document.activeElement.matches('.cv-source')")
    page.keyboard.press("Tab")  # the previous citation is disabled: the first stop is the next one
    assert page.evaluate("document.activeElement.dataset.step") == "1"
    page.keyboard.press("Enter")
    page.wait_for_selector("#cv-panel :text('2 of ')")
    assert marked(page) != first


def test_a_question_that_the_corpus_does_not_answer_is_refused_with_help(
    address: str, visit: Callable[..., sync_api.Page]
) -> None:
    page = visit(address)
    ask(page, "How do I bake sourdough bread with rye flour?")
    assert "The corpus does not answer this. Searched: 5 documents" in page.locator(".cv-message").inner_text()
    nearest = page.locator(".cv-nearest a")
    assert nearest.count() >= 1
    nearest.first.click()
    assert marked(page)


def test_a_follow_up_knows_what_was_asked_before(address: str, visit: Callable[..., sync_api.Page]) -> None:
    page = visit(address)
    ask(page, "What is the GCTF?")
    ask(page, "When did Japan join it?")
    assert (
        page.locator(".cv-understood").last.inner_text() == "Understood as: What is the GCTF? When did Japan join it? Change it"
    )
    page.locator(".cv-understood a").last.click()  # it can be put right and asked again
    box = page.locator("#cv-question textarea")
    assert box.input_value() == "What is the GCTF? When did Japan join it?"
    assert box.evaluate("box => box === document.activeElement")
    box.fill("")
    page.get_by_role("button", name="Ask again").click()
    page.wait_for_selector(".cv-working", state="detached")
    assert page.locator(".cv-asked").count() == 2
    page.get_by_role("button", name="Clear").click()
    page.wait_for_selector(".cv-asked", state="detached")


def test_suggested_questions_come_from_the_corpus_and_are_answered(address: str, visit: Callable[..., sync_api.Page]) -> None:
    page = visit(address)
    example = page.locator(".cv-welcome a").first
    example.wait_for()
    example.click()
    page.wait_for_selector(".cv-claim")


def test_a_narrow_page_lays_the_source_over_the_conversation(address: str, visit: Callable[..., sync_api.Page]) -> None:
    page = visit(address, width=360)
    ask(page, FISHERIES)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    number = page.locator(".cv-claim a.cv-number").first
    number.click()
    page.locator("#cv-panel").wait_for(state="visible")
    assert FISHERIES_WORDS in marked(page)
    assert in_view(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.keyboard.press("Escape")
    page.locator("#cv-panel").wait_for(state="hidden")
    assert number.evaluate("e => e === document.activeElement")


def test_a_question_that_is_none_gets_one_clear_line(address: str, visit: Callable[..., sync_api.Page]) -> None:
    page = visit(address)
    for question, said in (("   ", "is empty"), ("?!", "is empty"), ("word " * 20_000, "characters; at most")):
        ask(page, question)
        assert said in page.locator(".cv-notice").last.inner_text()
    ask(page, FISHERIES)
    assert page.locator(".cv-claim").count() >= 1


def test_a_question_can_be_stopped_while_the_index_is_made(
    world: Callable[..., str], visit: Callable[..., sync_api.Page]
) -> None:
    # Enough different sentences to be embedding for half a minute.
    text = " ".join(
        f"Ship number {n} came to berth {n % 97} of the harbour of Zephyria with {n * 7} sacks of flour." for n in range(2500)
    )
    page = visit(world({"ships.txt": text}))
    page.fill("#cv-question textarea", "When was the mayor of Zephyria born?")
    page.keyboard.press("Enter")
    page.wait_for_selector(".cv-working")
    # Gradio does not hear a stop in the moment in which it begins, which is long on a busy machine: a person stops again.
    for _ in range(5):
        page.wait_for_timeout(1500)
        page.get_by_role("button", name="Stop").click()
        page.wait_for_timeout(1500)
        if not page.locator(".cv-asked").count():
            break
    page.wait_for_timeout(1000)
    assert page.locator(".cv-asked").count() == 0


@pytest.mark.parametrize("each", [6, pytest.param(1, marks=pytest.mark.slow)])
def test_hostile_documents_and_questions_run_nothing_and_load_nothing(
    world: Callable[..., str], visit: Callable[..., sync_api.Page], each: int
) -> None:
    """All hostile documents stand in the corpus; every sixth of the questions is asked, all of them in the slow run."""
    documents = {
        f"{number}.txt": f"The harbour of Zephyria number {number}, {words} says its sign, was opened in {1900 + number}.\n"
        for number, words in enumerate(HOSTILE)
    }
    named = "<img src=x onerror=window.PWNED=6>.txt"
    described = f"[[document]]\npath = '{named}'\ntitle = '<script>window.PWNED=7</script>'\ndate = '1850'\n"
    described += "authors = ['<b onclick=window.PWNED=8>Author</b>']\nurl = 'javascript:window.PWNED=9'\n"
    mayor = {named: "The mayor of Zephyria was born in 1850.\n", "manifest.toml": described}
    page = visit(world({**documents, **mayor}))
    page.set_default_timeout(60_000)

    def harmless() -> None:
        assert page.evaluate("window.PWNED") is None
        foreign = ":is(#cv-chat, #cv-panel, #cv-corpus, #cv-verdict, #cv-report, #cv-filters) "
        assert page.locator(f"{foreign} :is(img, iframe, script, form, object, embed, video, base, link)").count() == 0
        assert page.evaluate("getComputedStyle(document.body).display") != "none"
        assert page.locator('a[href^="javascript"], [onerror], [onload], [onclick]').count() == 0

    ask(page, "When was the mayor of Zephyria born?")
    page.locator(".cv-claim a.cv-number").first.click()
    marked(page)
    assert "javascript:window.PWNED=9" in page.locator(".cv-at").inner_text()  # shown, and no link
    for number, words in enumerate(HOSTILE[::each]):
        ask(page, f"When was the harbour of Zephyria opened whose sign says {words}?")
        if number % 6 == 5:
            harmless()
            page.get_by_role("button", name="Clear", exact=True).first.click()
            page.wait_for_selector(".cv-asked", state="detached")
    ask(page, "When was the harbour of Zephyria opened?")
    for link in page.locator("#cv-chat .cv-answer").last.locator('a[href^="#cite-"]').all()[:4]:
        link.click()
        marked(page)
        page.get_by_role("button", name="Whole document").click()
        page.wait_for_selector('#cv-panel [data-show="whole"][aria-pressed="true"]')
    harmless()
    page.locator("#cv-filters button").first.click()
    page.locator("#cv-documents input").click()
    page.get_by_role("option").first.click()
    page.locator("#cv-authors input").click()
    page.get_by_role("option").first.click()
    harmless()
    page.get_by_role("tab", name="Corpus").click()
    page.wait_for_selector(".cv-documents")
    harmless()
    page.get_by_role("tab", name="Check a quote").click()
    page.fill("#cv-quote textarea", "\n".join(" ".join(words.split())[:500] for words in HOSTILE))
    page.check("#cv-many input")
    page.get_by_role("button", name="Check the quote").click()
    page.wait_for_selector(".cv-folded")
    harmless()
    page.get_by_role("tab", name="Check a draft").click()
    page.fill("#cv-draft textarea", "\n\n".join(f"He said “{words[:500]} says its sign”." for words in HOSTILE))
    page.get_by_role("button", name="Check the draft").click()
    page.wait_for_selector(".cv-draft")
    harmless()


def test_a_quote_is_checked_and_its_differences_are_marked(address: str, visit: Callable[..., sync_api.Page]) -> None:
    page = visit(address)
    page.get_by_role("tab", name="Check a quote").click()
    page.fill("#cv-quote textarea", "peacefully negotiated a landmark fisheries agreement to reduce tensions in 2015")
    page.get_by_role("button", name="Check the quote").click()
    verdict = page.locator(".cv-verdict")
    verdict.wait_for()
    assert verdict.locator(".cv-badge strong").inner_text() == "Altered"
    assert verdict.locator("del").all_inner_texts() == ["2015"]
    assert verdict.locator("ins").all_inner_texts() == ["2013"]
    assert page.locator("#cv-quote textarea").bounding_box()["height"] > 60  # the quote stays to be read and mended
    verdict.locator('a[href^="#cite-"]').first.click()
    assert "landmark fisheries agreement" in marked(page)
    assert in_view(page)


def test_a_list_of_quotes_is_checked_line_by_line(address: str, visit: Callable[..., sync_api.Page]) -> None:
    page = visit(address)
    page.get_by_role("tab", name="Check a quote").click()
    page.fill("#cv-quote textarea", "resources can be shared\n\nThis was never written in any of these documents at all\n?!")
    page.check("#cv-many input")
    page.get_by_role("button", name="Check the quote").click()
    page.wait_for_selector(".cv-folded")
    assert page.locator(".cv-folded .cv-chip").all_inner_texts() == ["normalized", "not found"]
    assert "holds no words" in page.locator("#cv-verdict .cv-notice").inner_text()


def test_a_draft_is_checked_worst_first_and_its_marked_copy_downloaded(
    address: str, visit: Callable[..., sync_api.Page], tmp_path: Path
) -> None:
    draft = tmp_path / "article.md"
    draft.write_text(
        "# An article\n\nThe study says “sovereignty is indivisible, resources can be shared”.\n\n"
        "It “negotiated a landmark fisheries agreement to reduce tensions in 2015”, <script>window.PWNED=9</script>\n",
        encoding="utf-8",
    )
    page = visit(address)
    page.get_by_role("tab", name="Check a draft").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Upload an article").click()
    chooser.value.set_files(draft)
    page.wait_for_selector(".cv-draft")
    assert page.locator(".cv-draft summary .cv-chip").all_inner_texts() == ["altered", "normalized"]
    page.locator(".cv-article a", has_text="resources can be shared").click()
    assert page.locator("#cv-q2").get_attribute("open") is not None
    with page.expect_download() as download:
        page.get_by_text("Download the marked copy").click()
    assert "resources can be shared" in download.value.path().read_text(encoding="utf-8")
    assert page.evaluate("window.PWNED") is None


def test_the_corpus_lists_its_documents_by_date_and_opens_them(address: str, visit: Callable[..., sync_api.Page]) -> None:
    page = visit(address)
    page.get_by_role("tab", name="Corpus").click()
    rows = page.locator(".cv-documents tbody tr")
    rows.first.wait_for()
    assert [text[:4] for text in rows.all_inner_texts()] == ["2016", "2019", "2021", "2021", "2025"]
    rows.first.locator("a").click()
    assert "Taiwan-Japan Ties Deepen" in marked(page)


def test_an_answer_is_copied_with_its_footnotes(address: str, visit: Callable[..., sync_api.Page]) -> None:
    page = visit(address, permissions=["clipboard-read", "clipboard-write"])
    ask(page, FISHERIES)
    page.get_by_text("Copy with footnotes").click()
    page.wait_for_selector("text=Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert f"{FISHERIES}\n\n" in copied
    assert "[^1]: " in copied
    assert "lines 241–243, characters 16165–16318: “" in copied


def test_the_history_stays_in_the_browser_and_is_searched_and_deleted(
    address: str, visit: Callable[..., sync_api.Page]
) -> None:
    page = visit(address)
    ask(page, FISHERIES)
    ask(page, "What is the GCTF?")
    page.reload()
    page.get_by_role("tab", name="History").click()
    rows = page.locator(".cv-history li")
    rows.nth(1).wait_for()
    assert [FISHERIES in text for text in rows.all_inner_texts()] == [False, True]
    page.fill(".cv-history input", "fisheries agreement to reduce tensions")
    assert rows.count() == 1
    rows.locator("summary").click()
    assert "[^1]" in rows.locator("pre").inner_text()
    rows.get_by_role("button", name="Delete").click()
    page.fill(".cv-history input", "")
    assert rows.count() == 1
    rows.locator("summary").click()
    rows.get_by_role("button", name="Ask again").click()
    page.wait_for_selector(".cv-claim")
    page.get_by_role("tab", name="History").click()
    page.get_by_role("button", name="Delete all").click()
    assert rows.count() == 0
