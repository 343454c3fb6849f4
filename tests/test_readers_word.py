"""Word processors' files: what is printed is read, what is struck or hidden is not, and notes stand apart."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from test_readers import read_bytes

from rag.errors import InputError

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_ODF = "urn:oasis:names:tc:opendocument:xmlns"
_NAMES = (
    " ".join(
        f'xmlns:{short}="{_ODF}:{long}:1.0"'
        for short, long in (("office", "office"), ("text", "text"), ("style", "style"), ("table", "table"), ("draw", "drawing"))
    )
    + f' xmlns:fo="{_ODF}:xsl-fo-compatible:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
)


def package(**parts: str | bytes) -> bytes:
    """A zip of the parts, whose names have `__` for a slash."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def docx(body: str, **parts: str) -> bytes:
    """A DOCX of this body; each further part by its kind, all of them related to the document."""
    relations = "".join(f'<Relationship Id="{kind}" Type="x/{kind}" Target="{kind}.xml"/>' for kind in parts)
    return package(
        **{f"word__{kind}.xml": f"<w:{kind} {_W}>{content}</w:{kind}>" for kind, content in parts.items()},
        **{"word__document.xml": f"<w:document {_W}><w:body>{body}</w:body></w:document>"},
        **{"word___rels/document.xml.rels": f"<Relationships>{relations}</Relationships>"},
    )


def p(*runs: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(runs)}</w:p>"


def r(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def odt(body: str, styles: str = "") -> bytes:
    return package(
        **{
            "content.xml": f"<office:document-content {_NAMES}><office:automatic-styles>{styles}</office:automatic-styles>"
            f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
        }
    )


def text_of(tmp_path: Path, name: str, content: bytes) -> str:
    return read_bytes(tmp_path, name, content).text


def test_docx_tracked_changes_are_read_as_accepted(tmp_path: Path) -> None:
    body = p(r("It will "), f"<w:ins>{r('not ')}</w:ins>", "<w:del><w:r><w:delText>ever </w:delText></w:r></w:del>", r("end."))
    body += p(f"<w:moveFrom>{r('Moved away.')}</w:moveFrom>", f"<w:moveTo>{r('Moved here.')}</w:moveTo>")
    doc = read_bytes(tmp_path, "a.docx", docx(body))
    assert doc.text == "It will not end.\n\nMoved here."
    assert "tracked changes accepted" in doc.warnings[0]


def test_docx_a_deleted_paragraph_mark_joins_paragraphs(tmp_path: Path) -> None:
    body = p(r("The lease "), properties="<w:rPr><w:del/></w:rPr>") + p(r("ends in 2031."))
    assert text_of(tmp_path, "a.docx", docx(body)) == "The lease ends in 2031."


def test_docx_content_controls_smart_tags_and_field_results_are_text(tmp_path: Path) -> None:
    field = "".join(
        f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>{after}'
        for kind, after in (("begin", "<w:r><w:instrText>REF rent</w:instrText></w:r>"), ("separate", r("95,000")), ("end", ""))
    )
    body = p(
        r("Pay "), field, r(" to "), f"<w:smartTag>{r('Oswin')}</w:smartTag>", f"<w:fldSimple>{r(' on 1 March')}</w:fldSimple>"
    )
    body += f"<w:sdt><w:sdtContent>{p(r('In a control.'))}</w:sdtContent></w:sdt>"
    assert text_of(tmp_path, "a.docx", docx(body)) == "Pay 95,000 to Oswin on 1 March\n\nIn a control."


def test_docx_a_field_without_its_end_swallows_one_paragraph_at_most(tmp_path: Path) -> None:
    body = p('<w:r><w:fldChar w:fldCharType="begin"/></w:r>', r("code")) + p(r("The text goes on."))
    assert text_of(tmp_path, "a.docx", docx(body)) == "The text goes on."


def test_docx_text_boxes_are_read_once(tmp_path: Path) -> None:
    box = f"<w:txbxContent>{p(r('In the box.'))}</w:txbxContent>"
    both = (
        f"<mc:AlternateContent xmlns:mc='m'><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    )
    body = p(r("Beside it."), f"<w:r>{both}</w:r>") + p(r("After it."))
    assert text_of(tmp_path, "a.docx", docx(body)) == "Beside it.\n\nIn the box.\n\nAfter it."


def test_docx_notes_and_comments_stand_at_the_end(tmp_path: Path) -> None:
    body = p(
        r("Seven voted"),
        '<w:r><w:footnoteReference w:id="5"/></w:r>',
        r(" in 2016"),
        '<w:r><w:endnoteReference w:id="2"/></w:r>',
    )
    doc = read_bytes(
        tmp_path,
        "a.docx",
        docx(
            body,
            footnotes=f'<w:footnote w:type="separator" w:id="0"/><w:footnote w:id="5">{p(r("One abstained."))}</w:footnote>',
            endnotes=f'<w:endnote w:id="2">{p(r("The minutes."))}</w:endnote>',
            comments=f'<w:comment w:author="Ines">{p(r("Is this so?"))}</w:comment>',
        ),
    )
    assert doc.text == "Seven voted¹ in 2016\u2060¹\n\n[1] One abstained.\n\n[1] The minutes.\n\nComment by Ines: Is this so?"
    assert "comments" in doc.warnings[0]


def test_docx_numbers_are_those_word_prints(tmp_path: Path) -> None:
    levels = '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>'
    levels += '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%1.(%2)"/></w:lvl>'
    numbering = f'<w:abstractNum w:abstractNumId="0">{levels}</w:abstractNum>'
    numbering += '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    numbering += '<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/></w:lvlOverride></w:num>'
    styles = '<w:style w:styleId="L"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'

    def item(text: str, level: int = 0, number: int = 1) -> str:
        return p(r(text), properties=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')

    body = item("One") + item("A", 1) + item("B", 1) + p(r("Two"), properties='<w:pStyle w:val="L"/>') + item("A", 1)
    body += item("Seven", 0, 2)
    text = text_of(tmp_path, "a.docx", docx(body, numbering=numbering, styles=styles))
    assert text.split("\n\n") == ["1. One", "1.(a) A", "1.(b) B", "2. Two", "2.(a) A", "7. Seven"]


def test_docx_hidden_text_is_left_out_with_a_warning(tmp_path: Path) -> None:
    styles = '<w:style w:styleId="H"><w:rPr><w:vanish/></w:rPr></w:style>'
    body = p(
        r("Seen. "),
        r("Secret. ", "<w:vanish/>"),
        r("Also secret. ", '<w:rStyle w:val="H"/>'),
        r("Shown.", '<w:vanish w:val="0"/>'),
    )
    doc = read_bytes(tmp_path, "a.docx", docx(body, styles=styles))
    assert doc.text == "Seen. Shown."
    assert "hidden text" in doc.warnings[0]


def test_docx_raised_numbers_are_no_digits(tmp_path: Path) -> None:
    up = '<w:vertAlign w:val="superscript"/>'
    body = p(r("10"), r("6", up), r(" by 2016"), r("1", up), r("2", up), r(", 300 m"), r("2", up), r(", the 1"), r("st", up))
    assert text_of(tmp_path, "a.docx", docx(body)) == "10^6 by 2016\u2060¹², 300 m², the 1st"


def test_docx_tables_have_a_line_a_row(tmp_path: Path) -> None:
    def row(*cells: str, properties: str = "") -> str:
        return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(f'<w:tc>{cell}</w:tc>' for cell in cells)}</w:tr>"

    tall = '<w:tcPr><w:vMerge w:val="restart"/></w:tcPr>', "<w:tcPr><w:vMerge/></w:tcPr>"
    inner = f"<w:tbl>{row(p(r('Year')), p(r('1921')))}</w:tbl>"
    headed = row(p(r("Port")), p(r("Ships")), p(r("Crews")), properties="<w:tblHeader/>")
    headed += row(tall[0] + p(r("Skarn")), p(r("14")), p(r("14"))) + row(tall[1] + p(), p(r("15")), p(r("16")))
    body = f"<w:tbl>{headed}</w:tbl><w:tbl>{row(p(r('Before')) + inner, p(r('Beside')))}</w:tbl>"
    assert text_of(tmp_path, "a.docx", docx(body)).split("\n\n") == [
        "Port | Ships | Crews",
        "Port: Skarn; Ships: 14; Crews: 14.",
        "Port: Skarn; Ships: 15; Crews: 16.",
        "Before | Beside",
        "Year | 1921",
    ]


def test_odt_is_read_as_it_is_printed(tmp_path: Path) -> None:
    styles = '<style:style style:name="up"><style:text-properties style:text-position="super 58%"/></style:style>'
    styles += '<style:style style:name="no"><style:text-properties text:display="none"/></style:style>'
    styles += '<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/></text:list-style>'
    note = "<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>One abstained.</text:p></text:note-body></text:note>"
    body = "<text:tracked-changes><text:changed-region><text:deletion><text:p>Gone.</text:p></text:deletion></text:changed-region></text:tracked-changes>"
    body += (
        f'<text:h>The quay</text:h><text:p>Seven<text:s/>voted{note} in 10<text:span text:style-name="up">6</text:span> cases.'
    )
    body += '<text:span text:style-name="no">Secret.</text:span><office:annotation><dc:creator>Ines</dc:creator><text:p>Why?</text:p></office:annotation></text:p>'
    body += '<text:list text:style-name="L"><text:list-item><text:p>First</text:p></text:list-item><text:list-item><text:p>Second</text:p></text:list-item></text:list>'
    body += "<table:table><table:table-header-rows><table:table-row><table:table-cell><text:p>Port</text:p></table:table-cell><table:table-cell><text:p>Ships</text:p></table:table-cell></table:table-row></table:table-header-rows>"
    body += '<table:table-row><table:table-cell><text:p>Skarn</text:p></table:table-cell><table:table-cell><text:p>14</text:p></table:table-cell><table:table-cell table:number-columns-repeated="99999999"/></table:table-row></table:table>'
    doc = read_bytes(tmp_path, "a.odt", odt(body, styles))
    assert doc.text.split("\n\n") == [
        "The quay",
        "Seven voted¹ in 10^6 cases.",
        "1. First",
        "2. Second",
        "Port | Ships",
        "Port: Skarn; Ships: 14.",
        "[1] One abstained.",
        "Comment by Ines: Why?",
    ]
    assert len(doc.warnings) == 3


def test_rtf_is_read_as_it_is_printed(tmp_path: Path) -> None:
    source = (
        r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss Helvetica;}{\f1\fcharset204 Cyr;}}{\info{\title T}}{\header Head\par}"
        r"\pard Caf\'e9 \u8364?40 {\super\chftn}{\footnote\pard {\super\chftn} One abstained.} of 10{\super 6} is"
        r" {\deleted never }due{\v  secret}.\par"
        r"{\f1\'cc\'ee\'f1\'f2}: {\field{\*\fldinst HYPERLINK x}{\fldrslt a link}}{\*\unknown nothing}\par"
        r"{\shp{\*\shpinst{\sp{\sn a}{\sv 1}}{\shptxt In the box.\par}}}"
        r"\trowd\trhdr\pard\intbl Port\cell Ships\cell\row\trowd\intbl Skarn\cell 14\cell\row\pard After.\par{\pict\bin4 }}{}}x}"
    )
    doc = read_bytes(tmp_path, "a.rtf", source.encode())
    assert doc.text.split("\n\n") == [
        "Café €40 ¹ of 10^6 is due.",
        "Мост: a link",
        "In the box.",
        "Port | Ships",
        "Port: Skarn; Ships: 14.",
        "After.",
        "x",
        "[1] One abstained.",
    ]
    assert len(doc.warnings) == 2


@pytest.mark.parametrize("name", ["a.docx", "a.odt"])
def test_entities_are_never_resolved(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    bomb = '<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    dtd = f'<!DOCTYPE x [{bomb}<!ENTITY file SYSTEM "file://{tmp_path}/secret.txt">]>'
    if name == "a.docx":
        content = package(
            **{"word__document.xml": f"{dtd}<w:document {_W}><w:body>{p(r('Seen &b;&file;.'))}</w:body></w:document>"}
        )
    else:
        content = package(
            **{
                "content.xml": f"{dtd}<office:document-content {_NAMES}><office:body><office:text><text:p>Seen &b;&file;.</text:p>"
                "</office:text></office:body></office:document-content>"
            }
        )
    text = text_of(tmp_path, name, content)
    assert "Seen" in text
    assert "secret" not in text
    assert "haha" not in text


def test_a_part_that_unpacks_too_large_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.readers.package.LARGEST_PART", 2**20)
    content = docx(p(r("a" * 2**20)))
    assert len(content) < 2**14
    with pytest.raises(InputError, match="unpacks to more than 1 MiB"):
        read_bytes(tmp_path, "a.docx", content)


def test_xml_nested_without_end_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a readable DOCX"):
        read_bytes(tmp_path, "a.docx", docx("<w:sdt>" * 100_000))


def test_rtf_nested_without_end_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nested deeper"):
        read_bytes(tmp_path, "a.rtf", b"{\\rtf1 " + b"{" * 100_000)


def test_an_old_or_locked_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"a\.docx: protected by a password, or in an older format"):
        read_bytes(tmp_path, "a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
