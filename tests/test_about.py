"""What a document says about itself is found in it, with where; every document here is made up for these tests."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from test_index import Sandbox, embedder, sandbox  # noqa: F401
from test_readers_word import docx, odt, p, package, r
from typer.testing import CliRunner

from rag.commands import quote, show
from rag.corpus import list_documents
from rag.index import Index
from rag.quotes import check, open_sources
from rag.readers import read_document
from rag.readers.about import as_listed, by_name
from rag.types import FILE_NAME, Entry

_PARAGRAPH = "The lock at Norby was dug by hand in two winters, and it has not been rebuilt since then.\n"


def entry_of(folder: Path, name: str, content: str | bytes) -> Entry:
    """What is known of a file without a manifest."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    listed = by_name(name)
    entry = read_document(path, listed).entry
    assert as_listed(entry) == listed
    return entry


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("2009-10-26_x.txt", "2009-10-26"),
        ("2016-03 x.pdf", "2016-03"),
        ("20230530-x.pdf", "2023-05-30"),
        ("report 2021-07-01.txt", "2021-07-01"),
        ("a-20230588-en.docx", None),
        ("memo-20231025-en.docx", None),  # a number of the year's, as likely as a day
        ("2023-02-30.txt", None),
        ("2011-12 report.txt", None),
        ("1066-10-14.txt", None),
        ("2019-01-02 to 2020-01-02.txt", None),
        ("x2016-03-01.txt", None),
    ],
)
def test_a_date_in_the_name(name: str, date: str | None) -> None:
    entry = by_name(f"folder 2001-01-01/{name}")
    assert entry.date == date
    assert entry.read_from == {"title": FILE_NAME, **({"date": FILE_NAME} if date else {})}


_HEAD = """<title>Locks of the north – Norby Post</title><meta property="og:site_name" content="Norby Post">
<link rel="canonical" href="https://norby.example/locks">"""


def test_a_web_page(tmp_path: Path) -> None:
    page = f"""<html><head>{_HEAD}</head><body><main><header><h1>Locks of the north</h1>
    <a rel="author" href="/i">Ines Duarte</a> <time datetime="2019-04-03T10:00">April 3</time></header><p>{_PARAGRAPH * 4}</p>
    </main><article><h2>Other</h2><time datetime="2020-01-01">x</time><a rel="author">Rui Prado</a></article></body></html>"""
    entry = entry_of(tmp_path, "2001-01-01.html", page)
    assert (entry.title, entry.authors, entry.publisher) == ("Locks of the north", ("Ines Duarte",), "Norby Post")
    assert (entry.date, entry.url) == ("2019-04-03", "https://norby.example/locks")
    assert entry.read_from == {
        "title": "the page's <title>",
        "authors": "the by-line beside the heading",
        "publisher": "the page's og:site_name",
        "date": "the time beside the heading",
        "url": "the page's canonical link",
    }


def test_a_page_with_structured_data(tmp_path: Path) -> None:
    data = {
        "@graph": [
            {"@type": "Person", "@id": "#i", "name": "Ines Duarte"},
            {"@type": "Article", "headline": "Locks", "datePublished": "2019-04-03", "author": [{"@id": "#i"}], "publisher": 5},
        ]
    }
    page = f"""<html><head><script type="application/ld+json">{json.dumps(data)}</script><script type="application/ld+json">
    {{"@graph": 5}}</script><meta name="author" content="webmaster two"></head>
    <body><h1>Locks</h1><p>By Ines Duarte</p><p>{_PARAGRAPH * 4}</p></body></html>"""
    entry = entry_of(tmp_path, "a.html", page)
    assert (entry.title, entry.authors, entry.date, entry.publisher) == ("Locks", ("Ines Duarte",), "2019-04-03", None)


def test_a_page_whose_marks_disagree_says_nothing(tmp_path: Path) -> None:
    page = f"""<html><head><title>Untitled Document</title><meta name="date" content="April 3, 2019"></head><body>
    <h1><a href="https://norby.example/">Untitled Document</a></h1><h1>One thing</h1><h1>Another thing</h1><p>{_PARAGRAPH * 4}</p><time datetime="2019-01-01">1</time></body></html>"""
    assert entry_of(tmp_path, "a.html", page) == by_name("a.html")


def test_an_e_book(tmp_path: Path) -> None:
    book = package(
        **{
            "META-INF__container.xml": '<c><rootfile full-path="b.opf"/></c>',
            "b.opf": """<package xmlns:dc="d"><metadata><dc:title>Locks</dc:title><dc:creator>Ines Duarte</dc:creator>
            <dc:creator>Unknown</dc:creator><dc:creator id="c">Rui Prado</dc:creator><dc:date>2019-01-01</dc:date>
            <meta refines="#c" property="role">ill</meta><dc:publisher>Norby Press</dc:publisher></metadata><manifest>
            <item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest><spine><itemref idref="a"/></spine></package>""",
            "a.xhtml": f"<html><body><p>Ines Duarte, with pictures by Rui Prado</p><p>{_PARAGRAPH}</p></body></html>",
        }
    )
    entry = entry_of(tmp_path, "a.epub", book)
    assert (entry.title, entry.authors, entry.publisher, entry.date) == ("Locks", ("Ines Duarte",), "Norby Press", None)


def test_a_mail(tmp_path: Path) -> None:
    head = 'From: "Ines Duarte" <i@n.example>\nSubject: The lock\nDate: Wed, 20 May 2015 09:12:00 -0400\n'
    entry = entry_of(tmp_path, "a.eml", f"{head}\n{_PARAGRAPH}")
    assert (entry.title, entry.authors, entry.writers, entry.date) == ("The lock", *2 * (("Ines Duarte",),), "2015-05-20")
    for more in ("In-Reply-To: <1@n.example>\n\n", "\n> It holds.\n", "\nVon: Rui Prado <r@n.example>\n\n"):
        entry = entry_of(tmp_path, "a.eml", f"{head}{more}{_PARAGRAPH}")
        assert (entry.authors, entry.writers) == (("Ines Duarte",), ())
    entry = entry_of(tmp_path, "a.eml", f"From: i@n.example\nDate: soon\n\n{_PARAGRAPH}")
    assert entry == by_name("a.eml")


def test_a_word_file(tmp_path: Path) -> None:
    styles = '<w:style w:styleId="a3"><w:name w:val="Title"/></w:style>'
    styled = '<w:pStyle w:val="a3"/>'
    body = p(r("Locks of"), properties=styled) + p(r("the north"), properties=styled) + p(r(_PARAGRAPH))
    assert entry_of(tmp_path, "a.docx", docx(body, styles=styles)).title == "Locks of the north"
    in_table = f"<w:tbl><w:tr><w:tc>{p(r('Locks of'), properties=styled)}</w:tc></w:tr></w:tbl>{p(r(_PARAGRAPH))}"
    assert entry_of(tmp_path, "a.docx", docx(in_table, styles=styles)) == by_name("a.docx")


@pytest.mark.parametrize(
    ("title", "author", "found"),
    [
        ("Old locks of Norby", "Ines Duarte", ("Old locks of Norby", ("Ines Duarte",))),
        ("Impact template of 1999", "Office", ("a", ())),
        ("Old locks", "", ("a", ())),
    ],
)
def test_the_properties_of_a_word_file(tmp_path: Path, title: str, author: str, found: tuple[str, tuple[str, ...]]) -> None:
    relation = '<Relationship Id="c" Type="x/core-properties" Target="core.xml"/>'
    text = p(r("OLD LOCKS")) + p(r("OF NORBY")) + p(r("Ines Duarte, Office")) + p(r(_PARAGRAPH))
    parts = {
        "word__document.xml": f'<w:document xmlns:w="w"><w:body>{text}</w:body></w:document>',
        "_rels__.rels": f"<Relationships>{relation}</Relationships>",
        "core.xml": f'<c xmlns:dc="d"><dc:title>{title}</dc:title><dc:creator>{author}</dc:creator></c>',
    }
    entry = entry_of(tmp_path, "a.docx", package(**parts))
    assert (entry.title, entry.authors, entry.date) == (*found, None)
    damaged = entry_of(tmp_path, "b.docx", package(**{**parts, "core.xml": "<c"}))
    assert damaged == by_name("b.docx")


def test_an_opendocument_text(tmp_path: Path) -> None:
    styles = '<style:style style:name="P1" style:parent-style-name="Title"/>'
    body = f'<text:p text:style-name="P1">Locks of the north</text:p><text:p>{_PARAGRAPH}</text:p>'
    entry = entry_of(tmp_path, "a.odt", odt(body, styles))
    assert (entry.title, entry.read_from["title"]) == ("Locks of the north", "the paragraph in Title style")


def test_a_pdf(tmp_path: Path) -> None:
    def pdf(title: str) -> bytes:
        stream = b"BT /F1 12 Tf 72 700 Td (Locks of the north, by Ines Duarte) Tj ET"
        objects = [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
            b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
            f"<</Title({title})/Author(Ines Duarte)>>".encode(),
        ]
        body = b"".join(b"%d 0 obj%s endobj\n" % (number, one) for number, one in enumerate(objects, start=1))
        return b"%PDF-1.4\n" + body + b"trailer<</Root 1 0 R/Info 6 0 R/Size 7>>"

    entry = entry_of(tmp_path, "a.pdf", pdf("Locks of the north"))
    assert (entry.title, entry.authors, entry.date) == ("Locks of the north", ("Ines Duarte",), None)
    assert entry_of(tmp_path, "a.pdf", pdf("Microsoft Word - draft of locks.doc")).title == "a"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            '---\ntitle: "Old locks"\nauthor: [Ines Duarte, Rui Prado]\ndate: 2019-04-03\n---\n# Other\n',
            ("Old locks", 2, "2019-04-03"),
        ),
        ("---\nauthors:\n  - Ines Duarte\n---\nText\n", ("a", 1, None)),
        ("---\nauthor: Duarte, Ines\n---\nText\n", ("a", 1, None)),
        ("```\n# no heading\n```\n\n# The [old](x) *locks* #\n\n## Norby\n", ("The old locks", 0, None)),
        ("## A part\n\n# Later\n", ("a", 0, None)),
    ],
)
def test_markdown(tmp_path: Path, text: str, found: tuple[str, int, str | None]) -> None:
    entry = entry_of(tmp_path, "a.md", text)
    assert (entry.title, len(entry.authors), entry.date) == found


@pytest.mark.parametrize(
    ("top", "is_title"),
    [
        ("Locks of the north\n\n", True),
        ("北方水閘的歷史\n\n", True),
        ("\ufeff\n\nLos muelles: una historia de Norby\r\n\r\n", False),
        ("Locks\n\n", False),
        ("The lock holds still.\n\n", False),
        ("Subject: old locks\n\n", False),
        ("3 April 2019\n\n", False),
        ("Locks of the north\nBy Ines Duarte\n\n", False),
        ("From the port of Norby\n\nwww.norby.example\n\n", False),  # several short lines: which is it?
    ],
)
def test_plain_text(tmp_path: Path, top: str, is_title: bool) -> None:
    assert entry_of(tmp_path, "a.txt", top + _PARAGRAPH).title == (top.strip() if is_title else "a")


def test_what_the_manifest_gives_wins(tmp_path: Path) -> None:
    (tmp_path / "2001-01-01 a.eml").write_text(f"From: Ines Duarte <i@n.example>\nDate: 20 May 2015 09:12:00\n\n{_PARAGRAPH}")
    manifest = '[[document]]\npath = "2001-01-01 a.eml"\ntitle = "2001 01 01 a"\npublisher = "P"\n'
    (tmp_path / "manifest.toml").write_text(manifest)
    (listed,) = list_documents(tmp_path).entries
    assert (listed.date, listed.read_from) == ("2001-01-01", {"date": FILE_NAME})
    entry = read_document(tmp_path / listed.document, listed).entry
    assert (entry.title, entry.publisher, entry.authors, entry.date) == ("2001 01 01 a", "P", ("Ines Duarte",), "2015-05-20")
    assert as_listed(entry) == listed
    (tmp_path / "manifest.toml").write_text(manifest + 'authors = ["Rui Prado"]\ndate = "1999"\n')
    (listed,) = list_documents(tmp_path).entries
    entry = read_document(tmp_path / listed.document, listed).entry
    assert (entry.authors, entry.date, entry.read_from) == (("Rui Prado",), "1999", {})


def test_the_index_sees_what_changed_without_reading(sandbox: Sandbox) -> None:  # noqa: F811
    def entry() -> Entry:
        index = Index(sandbox.settings)
        try:
            assert index.up_to_date(list_documents(sandbox.settings.corpus))
            return index.ledger.stamps()["locks.md"].entry
        finally:
            index.close()

    sandbox.write("locks.md", f"---\nauthor: Ines Duarte\n---\n# Old locks\n\n{_PARAGRAPH}")
    sandbox.sync()
    assert (entry().title, entry().authors) == ("Old locks", ("Ines Duarte",))
    manifest = sandbox.settings.corpus / "manifest.toml"
    table = '[[document]]\npath = "locks.md"\ntitle = "Old locks"\n'
    manifest.write_text(table + 'authors = ["Rui Prado"]\n')
    report, embedded = sandbox.sync()
    assert (report.changed, embedded) == ((), 0)  # type: ignore[attr-defined]
    assert (entry().authors, entry().read_from) == (("Rui Prado",), {})
    manifest.write_text(table)
    assert sandbox.sync()[1] == 0
    assert (entry().authors, entry().read_from) == (("Ines Duarte",), {"authors": "the front matter"})
    sandbox.write("locks.md", f"# New locks\n\n{_PARAGRAPH}")
    manifest.unlink()
    assert sandbox.sync()[0].changed == ("locks.md",)  # type: ignore[attr-defined]
    assert (entry().title, entry().authors) == ("New locks", ())


def test_one_text_under_two_names(tmp_path: Path) -> None:
    """The quote store keeps a text once; each document is completed on its own."""
    (tmp_path / "c").mkdir()
    for name in ("2001-01-01.txt", "b.txt"):
        (tmp_path / "c" / name).write_text(f"Locks of the north\n\n{_PARAGRAPH}")
    for _ in range(2):  # read, then kept
        sources = open_sources(tmp_path / "c", tmp_path / "data")
        assert [(s.entry.title, s.entry.date) for s in sources.documents] == [
            ("Locks of the north", "2001-01-01"),
            ("Locks of the north", None),
        ]
        sources.close()


def test_an_author_who_was_read_confirms_and_never_convicts(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(f"---\nauthor: Ines Duarte\n---\n\n{_PARAGRAPH}")
    words = "The lock at Norby was dug by hand in two winters"

    def judged(speaker: str) -> tuple[str, str]:
        sources = open_sources(tmp_path, None)
        verdict = check(sources, words, speaker=speaker)
        sources.close()
        return verdict.verdict, verdict.attribution.status

    assert judged("Ines Duarte") == ("exact", "confirmed")
    assert judged("Rui Prado") == ("exact", "unsure")
    (tmp_path / "manifest.toml").write_text('[[document]]\npath = "a.md"\ntitle = "A"\nauthors = ["Ines Duarte"]\n')
    assert judged("Rui Prado") == ("misattributed", "different")


def test_the_list_says_where_it_was_read(tmp_path: Path) -> None:
    app = typer.Typer()
    show.register(app)
    quote.register(app)
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "2001-01-01.txt").write_text(f"Locks of the north\n\n{_PARAGRAPH}")
    options = ["--corpus", str(tmp_path / "c"), "--data", str(tmp_path / "data")]
    (listed,) = json.loads(CliRunner().invoke(app, ["show", "--json", *options]).stdout)["documents"]
    assert listed["read_from"] == {"title": "the line at the top", "date": FILE_NAME}
    plain = CliRunner().invoke(app, ["show", *options]).stdout
    assert plain == f"2001-01-01  2001-01-01.txt  Locks of the north  [title: the line at the top; date: {FILE_NAME}]\n"
    assert CliRunner().invoke(app, ["show", "2001-01-01.txt", *options]).stdout.startswith("Locks of the north  [title: ")
