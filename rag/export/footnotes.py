"""The footnotes of a Word document, which python-docx (1.2) cannot write: the part, its styles, and the calls in the text.

A footnote lives in `word/footnotes.xml`; the text holds a reference to its id. Ids -1 and 0 are the two separators that
Word wants to find there and in the settings. A footnote is referred to once: a second call of the same note is a field
(NOTEREF) that repeats the number of a bookmark around the first one, so that it stays right when notes are moved.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import XmlPart
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

from rag.export.report import Run
from rag.export.visible import one_line

_CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_NS = nsdecls("w")
# "r" is for no element of ours: Word declares it there, and other readers count on it.
_SEPARATORS = f"""<w:footnotes {nsdecls("w", "r")}>
<w:footnote w:type="separator" w:id="-1"><w:p><w:pPr><w:spacing w:after="0" w:line="240" w:lineRule="auto"/></w:pPr>
<w:r><w:separator/></w:r></w:p></w:footnote>
<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:pPr><w:spacing w:after="0" w:line="240" w:lineRule="auto"/></w:pPr>
<w:r><w:continuationSeparator/></w:r></w:p></w:footnote>
</w:footnotes>"""
_STYLES = (
    f"""<w:style {_NS} w:type="paragraph" w:styleId="FootnoteText"><w:name w:val="footnote text"/><w:basedOn w:val="Normal"/>
<w:uiPriority w:val="99"/><w:unhideWhenUsed/><w:pPr><w:spacing w:after="0" w:line="240" w:lineRule="auto"/></w:pPr>
<w:rPr><w:sz w:val="20"/><w:szCs w:val="20"/></w:rPr></w:style>""",
    f"""<w:style {_NS} w:type="character" w:styleId="FootnoteReference"><w:name w:val="footnote reference"/>
<w:basedOn w:val="DefaultParagraphFont"/><w:uiPriority w:val="99"/><w:unhideWhenUsed/>
<w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style>""",
)
# In the settings they stand before these, in the order that the schema wants.
_AFTER_FOOTNOTES = ("w:endnotePr", "w:compat", "w:docVars", "w:rsids")


class Footnotes:
    """The footnotes of one document, numbered by Word in the order in which they are added."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self._root: Any = None
        self._positions: dict[int, int] = {}
        self._called: set[int] = set()

    def add(self, number: int, runs: Sequence[Run]) -> None:
        """Add note `number` (the caller's own number; in the document the notes count from 1 in the order added)."""
        if self._root is None:
            self._root = self._begin()
        position = self._positions[number] = len(self._positions) + 1
        note = _element("w:footnote", id=position)
        paragraph = _element("w:p")
        properties = _element("w:pPr")
        properties.append(_element("w:pStyle", val="FootnoteText"))
        paragraph.append(properties)
        paragraph.append(_reference_run(_element("w:footnoteRef")))
        for run in (Run(" "), *runs):
            paragraph.append(text_run(run))
        note.append(paragraph)
        self._root.append(note)

    def calls(self, numbers: Sequence[int]) -> Iterator[Any]:
        """What calls these notes in the text, a raised comma between them."""
        for place, number in enumerate(numbers):
            if place:
                yield _reference_run(_text(","))
            position = self._positions[number]
            if number in self._called:
                yield from _repeated(position)
            else:
                self._called.add(number)
                yield _element("w:bookmarkStart", id=position, name=_bookmark(position))
                yield _reference_run(_element("w:footnoteReference", id=position))
                yield _element("w:bookmarkEnd", id=position)

    def _begin(self) -> Any:
        """The part, its relationship, the styles and the settings."""
        part = self._document.part
        root = parse_xml(_SEPARATORS)
        notes = XmlPart(PackURI("/word/footnotes.xml"), _CONTENT_TYPE, root, part.package)
        part.relate_to(notes, RELATIONSHIP_TYPE.FOOTNOTES)
        for style in _STYLES:
            self._document.styles.element.append(parse_xml(style))
        properties = _element("w:footnotePr")
        for separator in (-1, 0):
            properties.append(_element("w:footnote", id=separator))
        settings = self._document.settings.element
        following = next(child for name in _AFTER_FOOTNOTES for child in settings if child.tag == qn(name))
        following.addprevious(properties)
        return root


def text_run(run: Run) -> Any:
    """Words as a run of a paragraph."""
    element = _element("w:r")
    if run.style != "plain":
        properties = _element("w:rPr")
        properties.append(_element("w:b" if run.style == "strong" else "w:i"))
        element.append(properties)
    element.append(_text(run.text))
    return element


def _text(text: str) -> Any:
    element = _element("w:t")
    edges = [" " if edge.isspace() else "" for edge in (text[:1], text[-1:])]
    element.text = f"{edges[0]}{one_line(text)}{edges[1]}" if text.strip() else " "
    element.set(qn("xml:space"), "preserve")
    return element


def _reference_run(content: Any) -> Any:
    run, properties = _element("w:r"), _element("w:rPr")
    properties.append(_element("w:rStyle", val="FootnoteReference"))
    run.append(properties)
    run.append(content)
    return run


def _repeated(position: int) -> Iterator[Any]:
    """A field that shows the number of a note called before."""
    instruction = _element("w:instrText")
    instruction.text = f" NOTEREF {_bookmark(position)} \\f \\h "
    instruction.set(qn("xml:space"), "preserve")
    for content in (
        _element("w:fldChar", fldCharType="begin"),
        instruction,
        _element("w:fldChar", fldCharType="separate"),
        _text(str(position)),
        _element("w:fldChar", fldCharType="end"),
    ):
        yield _reference_run(content)


def _bookmark(position: int) -> str:
    return f"_RefNote{position}"


def _element(tag: str, **attributes: str | int) -> Any:
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), str(value))
    return element
