"""Web pages, books, mails, tables and transcripts into texts of record."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from test_readers import read_bytes
from test_readers_word import package

from rag.errors import InputError

FILLER = "<p>The weir at Dunmarsh was rebuilt in the winter after a flood had carried off half of the mill lane below it.</p>"
END = "<p>The county engineer inspected it every autumn until she retired, and left a note in the log each time she came.</p>"


def blocks(tmp_path: Path, inside: str) -> list[str]:
    """The blocks of an article that holds `inside`, without those around it."""
    page = f"<!DOCTYPE html><html><head><meta charset=utf-8><title>T</title></head><body><article><h1>Weir</h1>{FILLER}{inside}{END}"
    return read_bytes(tmp_path, "a.html", page.encode()).text.split("\n\n")[2:-1]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("10<sup>6</sup> bacteria", "10^6 bacteria"),
        ("10<sup>−6</sup> grams", "10^−6 grams"),
        ("in 2016<sup>3</sup> by", "in 2016\u2060³ by"),
        ("the mill<sup>3,4</sup> was", "the mill³⁴ was"),
        ("300 m<sup>2</sup> in", "300 m² in"),
        ("the 1<sup>st</sup> of", "the 1st of"),
        ("in 1998<sup id=r class=reference><a href='#n'>[2]</a></sup> after", "in 1998[2] after"),
        ("10<sup><a href='#n'>6</a></sup> sheds", "10\u2060⁶ sheds"),
        ("the mill<a href='#n'>7</a> was", "the mill⁷ was"),
        ("CO<sub>2</sub> rose", "CO2 rose"),
    ],
)
def test_html_raised_numbers_are_no_digits(tmp_path: Path, written: str, read: str) -> None:
    assert blocks(tmp_path, f"<p>{written}</p>") == [read]


def test_html_struck_text_is_left_out_and_inserted_text_kept(tmp_path: Path) -> None:
    assert blocks(tmp_path, "<p>It costs <del>40</del><ins>95</ins> <s>crowns</s> pounds.</p>") == ["It costs 95 pounds."]


def test_html_captions_pull_quotes_and_comments_in_the_text_are_kept_apart(tmp_path: Path) -> None:
    inside = "<figure><img alt=x><figcaption>“Not below it.”</figcaption></figure><aside class=pullquote>“Four times.”</aside>"
    inside += (
        "<div class='comment official-comment'><h3>The ministry</h3><p>It regrets the loss.</p></div><p>He said <q>no</q>.</p>"
    )
    assert blocks(tmp_path, inside) == [
        "“Not below it.”",
        "“Four times.”",
        "The ministry",
        "It regrets the loss.",
        "He said “no”.",
    ]


def test_html_lists_and_tables_are_read_as_shown(tmp_path: Path) -> None:
    inside = "<ol start=4><li>Four<li>Five</ol><ul><li>Point</ul><table><tr><th>Port<th>Ships<th>Crews<tr><td rowspan=2>Skarn<td>14<td>14"
    inside += "<tr><td>15<td>16<tr><td colspan=999999999>None</table>"
    expected = ["4. Four", "5. Five", "- Point", "Port | Ships | Crews"]
    expected += ["Port: Skarn; Ships: 14; Crews: 14.", "Port: Skarn; Ships: 15; Crews: 16.", "None"]
    assert blocks(tmp_path, inside) == expected


def test_html_scripts_hidden_text_and_menus_are_no_text(tmp_path: Path) -> None:
    inside = "<script>x()</script><p hidden>Secret.</p><p style='display: none'>Secret.</p><nav><a href=/a>Home</a></nav><p>Shown.</p>"
    assert blocks(tmp_path, inside) == ["Shown."]


def test_html_without_a_declaration_is_guessed(tmp_path: Path) -> None:
    doc = read_bytes(tmp_path, "a.html", f"<html><body>{FILLER}<p>The “café” cost €40,000.</p>{END}".encode("cp1252"))
    assert "The “café” cost €40,000." in doc.text
    assert "CP1252, a guess" in doc.warnings[0]


def test_html_nested_without_end_is_read_or_refused(tmp_path: Path) -> None:
    try:
        text = read_bytes(tmp_path, "a.html", f"<html><body>{FILLER}{END}{'<div>' * 100_000}".encode()).text
    except InputError:
        return
    assert "winter" in text


def book(**parts: str) -> bytes:
    container = '<container xmlns="urn:c"><rootfiles><rootfile full-path="O/b.opf"/></rootfiles></container>'
    items = [f'<item id="{n}" href="{n}.xhtml" media-type="application/xhtml+xml"/>' for n in ("two", "one%201", "gone")]
    spine = '<itemref idref="one%201"/><itemref idref="two"/><itemref idref="gone"/>'
    opf = f'<package xmlns="urn:o"><manifest>{"".join(items)}</manifest><spine>{spine}</spine></package>'
    return package(**{"META-INF/container.xml": container, "O/b.opf": opf}, **parts)


def test_epub_is_read_in_the_order_of_its_spine(tmp_path: Path) -> None:
    head = '<?xml version="1.0" encoding="UTF-8"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body>'
    one = f'{head}<h1>I</h1><p>It began&#160;in caf&#233;s<a href="notes.xhtml#n"><sup>1</sup></a>.</p></body></html>'
    doc = read_bytes(tmp_path, "a.epub", book(**{"O/one 1.xhtml": one, "O/two.xhtml": f"{head}<p>It ended.</p></body></html>"}))
    assert doc.text == "I\n\nIt began\u00a0in cafés¹.\n\nIt ended."
    assert doc.warnings == ("a.epub: its chapter O/gone.xhtml is missing",)


def test_an_epub_that_is_protected_says_so(tmp_path: Path) -> None:
    locked = '<encryption xmlns="urn:e"><CipherReference URI="O/two.xhtml"/></encryption>'
    with pytest.raises(InputError, match="DRM"):
        read_bytes(tmp_path, "a.epub", book(**{"META-INF/encryption.xml": locked}))


MAIL = """\
From: =?utf-8?q?Ren=C3=A9e?= <renee@x.example>
To: Tom <tom@x.example>
Date: Wed, 20 May 2015 09:12:00 -0400
Subject: The quay
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=B

--B
Content-Type: multipart/alternative; boundary=A

--A
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

It is caf=E9 time.
> We will sell the barrier and everything that
> stands on it.
I never said so.
--A
Content-Type: text/html

<p>It is the same in HTML.</p>
--A--
--B
Content-Type: application/pdf; name="plan.pdf"
Content-Disposition: attachment; filename="plan.pdf"

JVBERi0=
--B--
"""


def test_a_mail_has_its_head_its_text_and_quoted_words_apart(tmp_path: Path) -> None:
    assert read_bytes(tmp_path, "a.eml", MAIL.encode()).text.split("\n\n") == [
        "From: Renée <renee@x.example>\nTo: Tom <tom@x.example>\nDate: Wed, 20 May 2015 09:12:00 -0400\nSubject: The quay\n"
        "Attachments: plan.pdf",
        "It is café time.",
        "> We will sell the barrier and everything that stands on it.",
        "I never said so.",
    ]


def test_a_mail_of_html_and_a_malformed_head_is_read(tmp_path: Path) -> None:
    mail = b"From: <<a@@>\nDate: =?x?y?=\nSubject: S\nContent-Type: text/html; charset=no-such\n\n<p>One.</p><script>x</script><p>Two</p>"
    text = read_bytes(tmp_path, "a.eml", mail).text
    assert text.endswith("Subject: S\n\nOne.\n\nTwo")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_a_row_of_a_table_is_a_line_with_its_heads(tmp_path: Path, separator: str) -> None:
    rows = ["Port|Note|Ships", 'Skarn|"low, wide\ntower"|14', "Osk||15"]
    content = "\ufeff" + "\r\n".join(row.replace("|", separator) for row in rows)
    text = read_bytes(tmp_path, "a.csv", content.encode()).text
    assert text == "Port | Note | Ships\n\nPort: Skarn; Note: low, wide tower; Ships: 14.\n\nPort: Osk; Ships: 15."


def test_a_table_without_heads_gives_its_cells(tmp_path: Path) -> None:
    assert read_bytes(tmp_path, "a.tsv", b"1921\t14\n1922\t15\n").text == "1921 | 14\n\n1922 | 15"


def test_a_workbook_is_read_as_it_is_shown(tmp_path: Path) -> None:
    import datetime as dt

    import openpyxl

    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "Ports"
    for row in (["Traffic of the ports"], [], ["Port", "Day", "Share", "Rent"], ["Skarn", dt.date(2024, 3, 1), 0.125, 95000]):
        sheet.append(row)
    sheet["C4"].number_format, sheet["D4"].number_format = "0.0%", "#,##0"
    made.create_sheet("Secret").append(["x"])
    made["Secret"].sheet_state = "hidden"
    out = io.BytesIO()
    made.save(out)
    doc = read_bytes(tmp_path, "a.xlsx", out.getvalue())
    assert doc.text.split("\n\n") == [
        "Ports",
        "Traffic of the ports",
        "Port | Day | Share | Rent",
        "Port: Skarn; Day: 2024-03-01; Share: 12.5%; Rent: 95,000.",
    ]
    assert "hidden sheet 'Secret'" in doc.warnings[0]


def test_webvtt_gives_turns_without_times(tmp_path: Path) -> None:
    vtt = "WEBVTT\n\nNOTE nothing\n\n1\n00:00:01.000 --> 00:00:03.000 align:start\n<v Ilse Brandvold>I do <i>not</i> think\n\n"
    vtt += "00:03.000 --> 00:05.000\n<v Ilse Brandvold>they will last &amp; hold.</v>\n\n00:05.000 --> 00:06.000\n<v.loud Tobias>Why?\n"
    assert (
        read_bytes(tmp_path, "a.vtt", vtt.encode()).text
        == "Ilse Brandvold: I do not think they will last & hold.\n\nTobias: Why?"
    )


def test_srt_gives_paragraphs_without_numbers_and_times(tmp_path: Path) -> None:
    srt = (
        "1\r\n00:00:01,000 --> 00:00:02,500\r\nWe will not\r\n\r\n2\r\n00:00:02,500 --> 00:00:04,000\r\nsell it in\r\n2031.\r\n"
    )
    srt += "3\r\n00:00:09,000 --> 00:00:10,000\r\nMAYOR: Nobody asked.\r\n"
    assert read_bytes(tmp_path, "a.srt", srt.encode()).text == "We will not sell it in 2031.\n\nMAYOR: Nobody asked."


def test_html_the_heading_and_by_line_above_the_text_are_kept(tmp_path: Path) -> None:
    head = "<header><a href=/>Home of the gazette</a><h1>The weir</h1><div>By <a href=/s>Sunniva Aldercott</a></div><time>3 May 2019</time></header>"
    doc = read_bytes(
        tmp_path, "a.html", f"<html><body>{head}<main>{FILLER * 8}{END}</main><ul><li><a href=/x>More</a></ul>".encode()
    )
    assert doc.text.split("\n\n")[:3] == ["The weir", "By Sunniva Aldercott", "3 May 2019"]
    assert doc.text.endswith("each time she came.")
