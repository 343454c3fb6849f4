"""Answers and verdicts as Markdown and as Word documents, opened again and read."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from html import unescape
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Pt
from export_world import AT, HARBOUR, LEDGER, Library, answer, corpus, refusal
from lxml import etree
from test_ui_render import HOSTILE
from typer.testing import CliRunner

from rag.cite import cite
from rag.cli import app
from rag.errors import InputError
from rag.export import answers, formats, markdown, verdicts, wording
from rag.export.markdown import escaped
from rag.export.report import Paragraph, Report, Run
from rag.export.visible import one_line
from rag.quotes import Attribution, Difference, Match, QuoteVerdict, Risk, Searched, Sources, check, open_sources
from rag.quotes.cache import Texts
from rag.quotes.types import in_words
from rag.reading import read
from rag.settings import load as settings
from rag.types import Answer, Claim, Conflict, CorpusState, Entry, Key, Passage, SourceDoc, Withheld

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return corpus(tmp_path / "corpus")


class Opened:
    """A .docx file as its XML."""

    def __init__(self, raw: bytes) -> None:
        self.zip = zipfile.ZipFile(io.BytesIO(raw))
        assert self.zip.testzip() is None
        self.document = self.part("word/document.xml")

    def part(self, name: str) -> etree._Element:
        return etree.fromstring(self.zip.read(name))

    @property
    def notes(self) -> dict[int, str]:
        """Text of the footnotes by id, the two separators left out."""
        found = {}
        for note in self.part("word/footnotes.xml").findall(f"{W}footnote"):
            if note.get(f"{W}type") is None:
                found[int(note.get(f"{W}id"))] = "".join(t.text or "" for t in note.iter(f"{W}t")).strip()
        return found

    @property
    def references(self) -> list[int]:
        return [int(element.get(f"{W}id")) for element in self.document.iter(f"{W}footnoteReference")]


def test_every_citation_of_an_answer_is_a_footnote_of_the_word_document(folder: Path) -> None:
    given = answer(folder)
    raw = answers.as_docx(given, Library(folder), AT)
    opened = Opened(raw)
    assert opened.references == [1, 2, 3]
    assert list(opened.notes) == [1, 2, 3]
    assert opened.notes[1] == (  # Word numbers them as they are called, and the key calls first
        "B. Writer, C. Other, The harbour of *Zephyria*, The Press, 1970-05 (date inferred), https://example.org/harbour?a=1&b=2. "
        "harbour.txt, lines 5–6, characters 247–286: “In 1950 the harbour had forty ships.”"
    )
    # Sentences and conflict call two notes again: by a field that repeats the number of the first call's bookmark.
    fields = [element.text.split()[1] for element in opened.document.iter(f"{W}instrText")]
    assert fields == ["_RefNote1", "_RefNote2", "_RefNote1", "_RefNote2"]
    assert [e.get(f"{W}name") for e in opened.document.iter(f"{W}bookmarkStart")] == ["_RefNote1", "_RefNote2", "_RefNote3"]
    again = docx.Document(io.BytesIO(raw))
    paragraphs = [paragraph.text for paragraph in again.paragraphs]
    assert paragraphs[1] == "How many ships had the harbour in 1950?"
    assert paragraphs[2].startswith("forty (1970-05); thirty-eight (undated)")
    assert again.paragraphs[2].style.font.size == Pt(16)
    bold = [[run.text for run in paragraph.runs if run.bold] for paragraph in again.paragraphs[2:6]]
    assert bold == [["forty (1970-05); thirty-eight (undated)"], [], ["forty"], ["thirty-eight"]]
    assert "The old harbour was opened in 1901." in paragraphs
    assert "The documents differ on the number of ships:" in paragraphs
    assert any(text.startswith("It had none.") for text in paragraphs)
    assert again.core_properties.title == given.question
    assert again.core_properties.author == "Chapter & Verse"


def test_the_word_document_is_well_made(folder: Path) -> None:
    opened = Opened(answers.as_docx(answer(folder), Library(folder), AT))
    types = opened.part("[Content_Types].xml")
    assert [e.get("ContentType") for e in types if e.get("PartName") == "/word/footnotes.xml"] == [
        "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    ]
    relations = opened.part("word/_rels/document.xml.rels")
    assert [e.get("Target") for e in relations if e.get("Type", "").endswith("/footnotes")] == ["footnotes.xml"]
    assert len({e.get("Id") for e in relations}) == len(relations)
    notes = opened.part("word/footnotes.xml")
    ids = [note.get(f"{W}id") for note in notes]
    assert ids == ["-1", "0", "1", "2", "3"]
    for note in notes[2:]:
        assert len(list(note.iter(f"{W}footnoteRef"))) == 1
    bookmarks = [e.get(f"{W}id") for e in opened.document.iter(f"{W}bookmarkStart")]
    assert len(set(bookmarks)) == len(bookmarks)
    assert bookmarks == [e.get(f"{W}id") for e in opened.document.iter(f"{W}bookmarkEnd")]
    styles = [style.get(f"{W}styleId") for style in opened.part("word/styles.xml").findall(f"{W}style")]
    assert len(set(styles)) == len(styles)
    used = {e.get(qn("w:val")) for part in (opened.document, notes) for e in part.iter(f"{W}pStyle", f"{W}rStyle")}
    assert used <= set(styles)
    settings = [child.tag for child in opened.part("word/settings.xml")]
    assert settings.index(f"{W}footnotePr") < settings.index(f"{W}compat")


def test_a_document_without_citations_has_no_footnotes_part(folder: Path) -> None:
    raw = answers.as_docx(refusal(folder), Library(folder), AT)
    assert "word/footnotes.xml" not in zipfile.ZipFile(io.BytesIO(raw)).namelist()
    text = "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(raw)).paragraphs)
    assert "Searched: 2 documents (336 characters)." in text
    assert "“In 1950 the harbour had thirty-eight ships.”" in text
    assert "Not in the corpus." in text


@pytest.mark.skipif(shutil.which("soffice") is None, reason="no LibreOffice is installed")
def test_another_program_prints_the_footnotes_at_the_foot(folder: Path, tmp_path: Path) -> None:
    import pypdfium2

    (tmp_path / "a.docx").write_bytes(answers.as_docx(answer(folder), Library(folder), AT))
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf", "a.docx"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    with pypdfium2.PdfDocument(tmp_path / "a.pdf") as pdf:
        lines = pdf[0].get_textpage().get_text_range().replace("\r\n", "\n")
    assert "forty (1970-05); thirty-eight (undated)1,2\n" in lines
    assert "The old harbour was opened in 1901.3\n" in lines
    assert "forty ships.”1" in lines
    assert "thirty-eight ships.”2" in lines
    assert lines.index("Withheld") < lines.index("\n1\n B. Writer, C. Other") < lines.index("\n3\n")


def test_an_answer_as_markdown(folder: Path) -> None:
    assert answers.as_markdown(answer(folder), Library(folder)) == (
        "# How many ships had the harbour in 1950?\n\n"
        "**forty (1970-05); thirty-eight (undated)**[^2][^3]\n\n"
        "The old harbour was opened in 1901.[^1]\n\n"
        "In 1950 the harbour had **forty** ships.[^2]\n\n"
        "In 1950 the harbour had **thirty-eight** ships.[^3]\n\n"
        "The documents differ on the number of ships:\n\n"
        "- **1970-05, B. Writer, C. Other:** “In 1950 the harbour had forty ships.”[^2]\n\n"
        "- **undated, The ledger of the port:** “In 1950 the harbour had thirty-eight ships.”[^3]\n\n"
        "## Withheld\n\n"
        "- It had none. *(not what stands there)*\n\n"
        "Answered. Extractive: the sources’ own words, nothing written by a model. Searched: 2 documents, fingerprint "
        f"{answer(folder).corpus.fingerprint}.\n\n"
        "[^1]: B. Writer, C. Other, *The harbour of \\*Zephyria\\**, The Press, 1970-05 (date inferred), "
        "https://example.org/harbour?a=1&b=2. harbour.txt, line 3, characters 25–60: “The old harbour was opened in 1901.”\n"
        "[^2]: B. Writer, C. Other, *The harbour of \\*Zephyria\\**, The Press, 1970-05 (date inferred), "
        "https://example.org/harbour?a=1&b=2. harbour.txt, lines 5–6, characters 247–286: “In 1950 the harbour had forty ships.”\n"
        "[^3]: *The ledger of the port*, undated. ledger.txt, line 3, characters 24–67: “In 1950 the harbour had thirty-eight ships.”\n"
    )


def test_a_partial_answer_says_in_every_file_what_is_to_be_checked(folder: Path) -> None:
    whole = answer(folder)
    trimmed = Claim("The old harbour … opened", (1,), "elided")
    given = replace(whole, status="partial", message="It comes near.", missing=("who built it",), claims=(trimmed,), key=None)
    library = Library(folder)
    for written in (
        answers.as_markdown(given, library).replace("*", "").replace("[^1]", ""),
        "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(answers.as_docx(given, library, AT))).paragraphs),
        re.sub(r"<sup>.*?</sup>|<[^>]*>", "", answers.as_packet(given, library, settings(corpus=folder), AT)),
    ):
        assert "Check this. It comes near. Still open: “who built it”." in written
        assert "The old harbour … opened (words left out)" in written
        assert "To be checked. Extractive" in written


@pytest.mark.parametrize(
    ("text", "words", "html"),
    [
        ("It cost $5 then", (8, 10), "It cost <strong>$5</strong> then"),
        ("他说“好”的了", (2, 5), "他说“<strong>好</strong>”的了"),
        ("the “end”s of", (4, 9), "the <strong>“end</strong>”s of"),
        ("a—b", (1, 2), "a—b"),
        ("a*b*c", (2, 4), "a*<strong>b</strong>*c"),
    ],
)
def test_bold_words_are_bold_in_markdown_whatever_stands_at_their_edges(text: str, words: tuple[int, int], html: str) -> None:
    markdown_it = pytest.importorskip("markdown_it")
    runs = tuple(Run(piece, "strong" if bold else "plain") for piece, bold in wording.emphasised(text, [words]))
    written = markdown.write(Report("Answer", "x", (Paragraph(runs),)))
    assert f"<p>{html}</p>" in markdown_it.MarkdownIt("commonmark").render(written)


def test_a_verdict_names_differences_context_speaker_and_places(folder: Path) -> None:
    sources = open_sources(folder, None)
    altered = verdicts.as_markdown(check(sources, "It was closed in 1963"), sources)
    assert altered.startswith("# Quote check: altered\n\n> It was closed in 1963\n\n**Altered.** This is not")
    assert "| number | 1963 | 1962 |" in altered
    assert "harbour.txt, line 6, characters 287–308: “It was closed in 1962”" in altered
    spoken = verdicts.as_markdown(check(sources, "the light must never go out", "Karl May"), sources)
    assert "**Speaker Karl May:** different" in spoken
    assert "said by Anna Brandt: “the light must never go out”" in spoken
    assert f"**Mind the context:** {in_words('reported_speech')}. Left out: “Anna Brandt, said”" in spoken
    cut = verdicts.as_markdown(check(sources, "agree with her"), sources)
    assert f"**Mind the context:** {in_words('negation')}. Left out: “The council did not”" in cut
    raw = verdicts.as_docx(check(sources, "It was closed in 1963"), sources, AT)
    table = docx.Document(io.BytesIO(raw)).tables[0]
    assert [cell.text for cell in table.rows[1].cells] == ["number", "1963", "1962"]
    assert Opened(raw).references == [1]
    missing = verdicts.as_markdown(check(sources, "completely different sentences about penguins"), sources)
    assert f"Searched: 2 documents, {len(HARBOUR) + len(LEDGER)} characters." in missing
    sources.close()


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_is_text_in_every_format(hostile: str) -> None:
    text = f"Before it. {hostile} After it."
    doc = SourceDoc(Entry(f"{hostile}.txt", hostile, (hostile,), hostile, "2021", hostile), text, "0" * 64, "txt/1")
    reading = read(text)
    whole = cite(doc, reading, 0, len(text), number=1, speaker=hostile)
    given = Answer(
        hostile, hostile, "extractive", None, "partial", hostile, (Claim(hostile, (1,), "elided", ((3, 9), (8, 99))),),
        (Withheld(hostile, hostile),), (whole,), (Conflict(hostile, (1,)),), (Passage(doc.document, 0, 5, 1.0),),
        CorpusState("f", 1), {}, (hostile,), Key(hostile, (1,), "verbatim"), (hostile,),
    )  # fmt: skip
    verdict = QuoteVerdict(
        hostile, "altered", Searched(1, 10, (hostile,)), (Match(whole, hostile),), (Difference(hostile, hostile, "word"),),
        (hostile,), (Risk("negation", hostile),), 1, Attribution("different", hostile, hostile), hostile, hostile,
    )  # fmt: skip
    library = lambda path: (doc, reading)
    nothing = Sources((), verdict.searched, Texts(":memory:"), ())
    for written in (answers.as_markdown(given, library), verdicts.as_markdown(verdict, nothing)):
        assert not re.search(r"(?<!\\)<", written)
        assert not re.search(r"(?<!\\)!?\[[^\]^]*(?<!\\)\](?!\[\^|:)", written.replace("[^1]", ""))
        assert "\x00" not in written
        assert "\u202e" not in written
        assert not re.search(r"^\s{0,3}(?:`{3}|~{3}|<)", written, re.MULTILINE)
    for raw in (answers.as_docx(given, library, AT), verdicts.as_docx(verdict, nothing, AT)):
        opened = Opened(raw)
        assert opened.references == [1]
        assert docx.Document(io.BytesIO(raw)).paragraphs


def test_markdown_that_stands_in_a_text_is_shown_as_it_is() -> None:
    markdown_it = pytest.importorskip("markdown_it")
    for text in ("*a* _b_ `c` [d](e) ![f](g) ~~h~~ <i>j</i> &amp; snake_case_word 5 * 3 \\ k", *HOSTILE):
        html = markdown_it.MarkdownIt("commonmark").render("x " + escaped(text))
        shown = re.sub(r"<[^>]*>", "", html.replace("<p>x ", "").replace("</p>\n", ""))
        assert "<" not in html.replace("<p>x ", "").replace("</p>", "")
        assert unescape(shown) == one_line(text)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a.pdf", "no export ends in .pdf"),
        ("a", "no export ends in nothing"),
        ("there.md", "is already there"),
        ("nowhere/a.md", "no folder"),
    ],
)
def test_a_file_that_cannot_be_written_is_refused_with_the_reason(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "there.md").write_text("mine")
    with pytest.raises(InputError, match=said):
        formats.check(tmp_path / name)
    assert (tmp_path / "there.md").read_text() == "mine"


def test_a_file_that_appears_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("mine")
    with pytest.raises(InputError, match="cannot be written"):
        formats.write(tmp_path / "a.md", b"theirs")
    assert (tmp_path / "a.md").read_text() == "mine"


@pytest.mark.parametrize("ending", [".md", ".docx", ".HTML"])
def test_the_commands_write_what_they_say(bundled_data: Path, tmp_path: Path, ending: str) -> None:
    runner = CliRunner()
    asked = tmp_path / f"answer{ending}"
    question = "When did Japan and Taiwan negotiate a fisheries agreement?"
    result = runner.invoke(app, ["ask", question, "--export", str(asked), "--data", str(bundled_data)])
    assert result.exit_code == 0, result.output
    quoted = tmp_path / f"quote{ending}"
    result = runner.invoke(app, ["quote", "grave concern", "--export", str(quoted), "--data", str(tmp_path / "data")])
    assert result.exit_code == 0, result.output
    if ending == ".docx":
        assert "landmark fisheries agreement" in Opened(asked.read_bytes()).notes[1]
        assert "grave concern" in Opened(quoted.read_bytes()).notes[1]
    else:
        assert "landmark fisheries agreement to reduce tensions in 2013" in asked.read_text(encoding="utf-8")
        assert "grave concern" in quoted.read_text(encoding="utf-8")


def test_a_batch_is_not_exported(tmp_path: Path) -> None:
    for command in ("ask", "quote"):
        result = CliRunner().invoke(app, [command, "--batch", "-", "--export", str(tmp_path / "a.md")])
        assert isinstance(result.exception, InputError)
