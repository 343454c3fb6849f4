"""DOCX, from the package's XML: what Word prints once its tracked changes are accepted.

python-docx passes over insertions, content controls, smart tags, text boxes, notes and automatic numbers without a word.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rag.readers.about import HEAD, Notes
from rag.readers.docx_styles import Numbering, Styles, is_on
from rag.readers.marks import note_mark, raised
from rag.readers.package import Element, Package, attribute, child, local
from rag.readers.parsed import Parsed, of_blocks, squeezed, words
from rag.readers.rows import table_lines

# Around paragraphs or runs, with no meaning for the text.
_WRAPPERS = words("sdt sdtContent customXml smartTag ins moveTo hyperlink fldSimple dir bdo ruby rubyBase oMath oMathPara")
_REMOVED = frozenset(("del", "moveFrom"))
_CHARACTERS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}


def parse(raw: bytes, document: str) -> Parsed:
    """The body's paragraphs and rows, then its footnotes, endnotes and comments."""
    package = Package(raw, document, "DOCX")
    main = next((target for _, kind, target in package.related("") if kind == "officeDocument"), "word/document.xml")
    return _Reader(package, main).parsed(document)


class _Reader:
    """One document on its way to text; what was left out is noted in `_left_out`."""

    def __init__(self, package: Package, main: str) -> None:
        parts = {kind: package.xml(target) for _, kind, target in package.related(main) if kind in _PARTS}
        self._body = child(package.needed(main), "body")
        self._notes = {kind: _by_id(parts.get(kind), kind[:-1]) for kind in _PARTS[:2]}
        self._comments = parts.get("comments")
        self._styles = Styles(parts.get("styles"))
        self._numbering = Numbering(parts.get("numbering"), self._styles)
        self._cited: dict[str, list[tuple[str, str]]] = {"footnotes": [], "endnotes": []}
        self._left_out: dict[str, None] = {}
        self._boxes: list[Element] = []
        self._open_fields: list[bool] = []
        self._paragraphs = 0
        self._titles: list[tuple[int, str]] = []
        core = next((package.spare(target) for _, kind, target in package.related("") if kind == "core-properties"), None)
        self._properties = {local(one): one.text for one in (() if core is None else core)}

    def parsed(self, document: str) -> Parsed:
        blocks = list(self._blocks(self._body)) if self._body is not None else []
        for kind, cited in self._cited.items():
            for number, (key, label) in enumerate(cited, start=1):
                note = self._notes[kind].get(key)
                text = "\n".join(self._blocks(note)) if note is not None else ""
                blocks.append(f"[{label or number}] {text}" if text.strip() else "")
        for comment in self._comments if self._comments is not None else ():
            text = "\n".join(self._blocks(comment))
            if text.strip():
                blocks.append(f"Comment by {attribute(comment, 'author') or 'somebody'}: {text}")
                self._left_out["its margin comments stand at the end"] = None
        parsed, about = of_blocks(blocks, (f"{document}: {what}" for what in self._left_out)), Notes()
        about.add_styled(self._titles, parsed.text)
        about.add_properties(self._properties.get("title"), self._properties.get("creator"), parsed.text[:HEAD])
        return parsed._replace(about=about)

    def _blocks(self, parent: Element) -> Iterator[str]:
        """Paragraphs and rows in order; what floats beside a paragraph comes after it."""
        waiting = ""
        for element in parent:
            name = local(element)
            if name == "p":
                text, runs_on = self._paragraph(element)
                waiting += text
                if not runs_on:  # a deleted paragraph mark joins a paragraph to the next one
                    yield squeezed(waiting)
                    waiting = ""
                boxes, self._boxes = self._boxes, []
                for box in boxes:
                    yield from self._blocks(box)
            elif name == "tbl":
                yield from self._table(element)
            elif name in _REMOVED:
                self._note_removed(element)
            elif name in _WRAPPERS:
                yield from self._blocks(element)
            elif name == "AlternateContent":
                yield from self._blocks(_choice(element))
        yield squeezed(waiting)

    def _paragraph(self, paragraph: Element) -> tuple[str, bool]:
        properties = child(paragraph, "pPr")
        mark = child(properties, "rPr")
        style = self._styles.of_paragraph(properties)
        pieces: list[tuple[str, bool]] = []
        if style.hidden:
            self._hide(paragraph)
        else:
            self._runs(paragraph, pieces)
        text = ""
        for piece, is_raised in _merged(pieces):
            text += raised(piece, text) if is_raised else piece
        self._open_fields = [False for _ in self._open_fields]  # no field's code runs on; its end may be missing
        runs_on = child(mark, "del") is not None or child(mark, "moveFrom") is not None
        if not text.strip():
            if not runs_on:
                self._numbering.label(properties)  # an empty paragraph has a number too
            return "", runs_on
        self._paragraphs += 1
        if self._styles.is_title(properties) and next(paragraph.iterancestors("{*}tc"), None) is None:
            self._titles.append((self._paragraphs, text))
        return self._numbering.label(properties) + text, runs_on

    def _runs(self, parent: Element, pieces: list[tuple[str, bool]]) -> None:
        for element in parent:
            name = local(element)
            if name == "r":
                self._run(element, pieces)
            elif name in _REMOVED:
                self._note_removed(element)
            elif name in _WRAPPERS:
                if not _is_placeholder(element):
                    self._runs(element, pieces)
            elif name and _is_math(element):
                inner: list[tuple[str, bool]] = []
                self._runs(element, inner)
                pieces += [("/", False)] if name == "den" else []
                pieces += [(text, name == "sup" or up) for text, up in inner]
            elif name == "AlternateContent":
                self._runs(_choice(element), pieces)

    def _run(self, run: Element, pieces: list[tuple[str, bool]]) -> None:
        properties = child(run, "rPr")
        style = self._styles.of_run(properties)
        if style.hidden:
            self._hide(run)
            return
        for element in run:
            name = local(element)
            if name == "fldChar":
                self._field(attribute(element, "fldCharType"))
            elif any(self._open_fields):
                continue  # a field's code, not its result
            elif name == "t":
                pieces.append((element.text or "", style.raised))
            elif name in _CHARACTERS:
                pieces.append((_CHARACTERS[name], False))
            elif name == "sym":
                pieces.append((_symbol(element), style.raised))
            elif name in ("footnoteReference", "endnoteReference"):
                before = pieces[-1][0] if pieces else ""
                pieces.append((self._cite(name.replace("Reference", "s"), element, run, before), False))
                if attribute(element, "customMarkFollows"):
                    return
            elif name in ("drawing", "pict", "object", "AlternateContent"):
                self._boxes += _text_boxes(element)

    def _field(self, kind: str | None) -> None:
        if kind == "begin":
            self._open_fields.append(True)
        elif kind == "separate" and self._open_fields:
            self._open_fields[-1] = False
        elif kind == "end" and self._open_fields:
            self._open_fields.pop()

    def _cite(self, kind: str, reference: Element, run: Element, before: str) -> str:
        own = "".join(t.text or "" for t in run.iter("{*}t")) if is_on(attribute(reference, "customMarkFollows")) else ""
        cited = self._cited[kind]
        cited.append((attribute(reference, "id") or "", own.strip()))
        return note_mark(own or str(len(cited)), before)

    def _table(self, table: Element) -> Iterator[str]:
        rows: list[list[str]] = []
        nested: list[Element] = []
        heads = 0
        for row in _members(table, "tr"):
            properties = child(row, "trPr")
            if child(properties, "del") is not None:
                self._note_removed(row)
                continue
            if is_on(child(properties, "tblHeader")) and heads == len(rows):
                heads += 1
            rows.append(self._row(row, rows[-1] if rows else [], nested))
        if any(len(row) > 1 for row in rows):
            yield from table_lines(rows, heads if heads < len(rows) else 0)
        else:  # one column: a frame around text
            yield from (cell for row in rows for cell in row)
        for inner in nested:
            yield from self._table(inner)

    def _row(self, row: Element, above: list[str], nested: list[Element]) -> list[str]:
        """A row's cells, one for each column of the grid. `nested` takes up the tables within cells."""
        cells: list[str] = [""] * _number(child(child(row, "trPr"), "gridBefore"))
        for cell in _members(row, "tc"):
            properties = child(cell, "tcPr")
            merged = child(properties, "vMerge")
            if merged is not None and attribute(merged, "val") != "restart":
                cells.append(above[len(cells)] if len(cells) < len(above) else "")
            else:
                nested += list(_members(cell, "tbl"))
                cells.append("\n".join(filter(None, self._blocks(_without_tables(cell)))))
            cells += [""] * (_number(child(properties, "gridSpan"), 1) - 1)
        return cells

    def _hide(self, element: Element) -> None:
        if any((t.text or "").strip() for t in element.iter("{*}t")):
            self._left_out["hidden text was left out"] = None

    def _note_removed(self, element: Element) -> None:
        if next(element.iter("{*}delText", "{*}t"), None) is not None:
            self._left_out["read with its tracked changes accepted: deleted text was left out"] = None


_PARTS = ("footnotes", "endnotes", "comments", "styles", "numbering")


class _Members(list[Any]):
    """Elements that are walked like the children of one."""


def _without_tables(cell: Element) -> _Members:
    return _Members(element for element in cell if local(element) != "tbl")


def _members(parent: Element, name: str) -> Iterator[Element]:
    """The children of that name, also within content controls and insertions."""
    for element in parent:
        if local(element) == name:
            yield element
        elif local(element) in _WRAPPERS:
            yield from _members(element, name)


def _choice(alternate: Element) -> Element:
    """Of the forms of one thing for newer and older programs, the newer, unless it is without text."""
    newer = child(alternate, "Choice")
    older = child(alternate, "Fallback")
    if newer is None or (older is not None and next(newer.iter("{*}t"), None) is None):
        return older if older is not None else alternate
    return newer


def _text_boxes(element: Element) -> Iterator[Element]:
    """The contents of the text boxes in a drawing, outermost ones."""
    for part in [_choice(element)] if local(element) == "AlternateContent" else element:
        if local(part) == "txbxContent":
            yield part
        elif local(part):
            yield from _text_boxes(part)


def _is_math(element: Element) -> bool:
    return isinstance(element.tag, str) and "officeDocument" in element.tag and element.tag.partition("}")[0].endswith("/math")


def _is_placeholder(element: Element) -> bool:
    """Whether a content control shows its own advice ("Click to enter text") for want of text."""
    return child(child(element, "sdtPr"), "showingPlcHdr") is not None


def _symbol(element: Element) -> str:
    """A character of a symbol font: its own where it has one, nothing for the fonts' private ones."""
    try:
        char = chr(int(attribute(element, "char") or "", 16))
    except ValueError:
        return ""
    return char if char.isprintable() and not "\ue000" <= char <= "\uf8ff" else ""


def _merged(pieces: list[tuple[str, bool]]) -> Iterator[tuple[str, bool]]:
    """The pieces, those next to each other that are raised alike as one: Word cuts text into runs anywhere."""
    text, state = "", False
    for piece, is_raised in pieces:
        if is_raised != state:
            if text:
                yield text, state
            text, state = "", is_raised
        text += piece
    if text:
        yield text, state


def _by_id(part: Element | None, name: str) -> dict[str, Element]:
    notes = (note for note in (() if part is None else part) if local(note) == name and attribute(note, "type") is None)
    return {attribute(note, "id") or "": note for note in notes}


def _number(element: Element | None, default: int = 0) -> int:
    value = (attribute(element, "val") or "") if element is not None else ""
    return min(int(value), 100) if value.isdecimal() else default
