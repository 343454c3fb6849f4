"""OpenDocument texts (.odt), from content.xml: the text as it is printed, tracked changes accepted."""

from __future__ import annotations

from collections.abc import Iterator

from rag.errors import InputError
from rag.readers.about import HEAD, Notes
from rag.readers.marks import note_mark, raised
from rag.readers.odt_lists import Lists
from rag.readers.package import Element, Package, attribute, child, local
from rag.readers.parsed import Parsed, of_blocks, squeezed, words
from rag.readers.rows import table_lines

# Elements that are no text, or other text than what stands around them.
_SKIPPED = words(
    "tracked-changes annotation annotation-end forms variable-decls sequence-decls user-field-decls dde-connection-decls"
    " ruby-text script title desc number bookmark-start bookmark-end soft-page-break hidden-text"
)
_AROUND = words(
    "section index-body index-title table-of-content alphabetical-index illustration-index table-index object-index user-index"
    " bibliography frame text-box g custom-shape rect a"
)
# One empty cell may stand for a million.
_MOST_REPEATS = 100


def parse(raw: bytes, document: str) -> Parsed:
    """The paragraphs, list items and rows; notes and comments at the end."""
    package = Package(raw, document, "ODT")
    manifest = package.xml("META-INF/manifest.xml")
    if manifest is not None and next(manifest.iter("{*}encryption-data"), None) is not None:
        raise InputError(f"{document}: protected by a password.", "Save it without a password.")
    content = package.needed("content.xml")
    return _Reader(content, package.xml("styles.xml"), package.spare("meta.xml")).parsed(document)


class _Reader:
    """One document on its way to text; what was left out is noted in `_left_out`."""

    def __init__(self, content: Element, styles: Element | None, meta: Element | None) -> None:
        self._body = next(content.iterfind("{*}body/{*}text"), None)
        self._lists = Lists([part for part in (styles, content) if part is not None])
        self._raised: set[str] = set()
        self._hidden: set[str] = set()
        self._title_styles = {"Title"}
        self._paragraphs = 0
        self._titles: list[tuple[int, str]] = []
        self._properties = {
            local(one): one.text for one in (() if meta is None else meta.iter("{*}title", "{*}initial-creator"))
        }
        for part in (styles, content):
            for style in () if part is None else part.iter("{*}style"):
                self._note_style(style)
        self._notes: list[str] = []
        self._comments: list[str] = []
        self._boxes: list[str] = []
        self._left_out: dict[str, None] = {}

    def _note_style(self, style: Element) -> None:
        look, name = child(style, "text-properties"), attribute(style, "name") or ""
        if attribute(style, "parent-style-name") == "Title" and not name.isalpha():  # "P1", what the style is here
            self._title_styles.add(name)
        if look is None:
            return
        place = (attribute(look, "text-position") or "").split(" ")[0]
        if place == "super" or (place.endswith("%") and not place.startswith(("-", "0"))):
            self._raised.add(name)
        if attribute(look, "display") == "none":
            self._hidden.add(name)

    def parsed(self, document: str) -> Parsed:
        blocks = [] if self._body is None else list(self._blocks(self._body))
        warnings, about = (f"{document}: {what}" for what in self._left_out), Notes()
        parsed = of_blocks(blocks + self._notes + self._comments, warnings)
        about.add_styled(self._titles, parsed.text)
        about.add_properties(self._properties.get("title"), self._properties.get("initial-creator"), parsed.text[:HEAD])
        return parsed._replace(about=about)

    def _blocks(self, parent: Element) -> Iterator[str]:
        for element in parent:
            name = local(element)
            if name in ("p", "h"):
                text = self._paragraph(element)
                label = self._lists.heading(element) if name == "h" and text else ""
                yield label + text
                boxes, self._boxes = self._boxes, []
                yield from boxes
            elif name == "list":
                yield from self._list(element)
            elif name == "table":
                yield from self._table(element)
            elif name == "tracked-changes":
                if next(element.iter("{*}deletion"), None) is not None:
                    self._left_out["read with its tracked changes accepted: deleted text was left out"] = None
            elif name in _AROUND:
                if attribute(element, "display") == "none":
                    self._left_out["hidden text was left out"] = None
                else:
                    yield from self._blocks(element)

    def _paragraph(self, paragraph: Element) -> str:
        if attribute(paragraph, "style-name") in self._hidden:
            self._left_out["hidden text was left out"] = None
            return ""
        text = squeezed(self._inline(paragraph, ""))
        self._paragraphs += bool(text)
        is_title = attribute(paragraph, "style-name") in self._title_styles
        if text and is_title and next(paragraph.iterancestors("{*}table-cell"), None) is None:
            self._titles.append((self._paragraphs, text))
        return text

    def _inline(self, parent: Element, before: str) -> str:
        """The text of `parent`, whose own begins after `before`."""
        text = parent.text or ""
        for element in parent:
            text += self._part(element, text[-40:] if len(text) > 40 else before + text)
            text += element.tail or ""
        return text

    def _part(self, element: Element, before: str) -> str:
        name = local(element)
        if name == "s":
            return " "
        if name in ("tab", "line-break"):
            return "\t" if name == "tab" else "\n"
        if name == "note":
            return self._note(element, before)
        if name == "annotation":
            self._comment(element)
        if name in ("frame", "custom-shape", "g", "rect"):
            self._boxes += self._blocks(element)
        if not name or name in _SKIPPED or name in _AROUND - {"a"}:
            return ""
        style = attribute(element, "style-name") if name == "span" else None
        if style in self._hidden:
            self._left_out["hidden text was left out"] = None
            return ""
        inner = self._inline(element, "" if style in self._raised else before)
        return raised(inner, before) if style in self._raised else inner

    def _note(self, note: Element, before: str) -> str:
        label = "".join(part for one in note.iterfind("{*}note-citation") for part in one.itertext()).strip()
        text = "\n".join(filter(None, (block for body in note.iterfind("{*}note-body") for block in self._blocks(body))))
        self._notes.append(f"[{label}] {text}" if text else "")
        return note_mark(label, before)

    def _comment(self, annotation: Element) -> None:
        text = "\n".join(filter(None, self._blocks(annotation)))
        creator = child(annotation, "creator")
        if text:
            self._comments.append(f"Comment by {creator.text if creator is not None and creator.text else 'somebody'}: {text}")
            self._left_out["its margin comments stand at the end"] = None

    def _list(self, element: Element, style: str | None = None, level: int = 1) -> Iterator[str]:
        style = attribute(element, "style-name") or style
        self._lists.open(element, style, level)
        for item in element:
            label = self._lists.item(item, style, level) if local(item) == "list-item" else ""
            for inner in item:
                if local(inner) == "list":
                    yield from self._list(inner, style, level + 1)
                    continue
                for block in self._blocks([inner]):
                    yield label + block if block else ""
                    label = "" if block else label

    def _table(self, table: Element) -> Iterator[str]:
        nested: list[str] = []
        rows: list[list[str]] = []
        heads = 0
        for row in table.iter("{*}table-row"):
            if next(row.iterancestors("{*}table")) is not table:
                continue
            cells = self._row(row, rows[-1] if rows else [], nested)
            heads += local(row.getparent()) == "table-header-rows" and heads == len(rows)
            rows.append(cells)
        yield from table_lines(rows, heads if heads < len(rows) else 0)
        yield from nested

    def _row(self, row: Element, above: list[str], nested: list[str]) -> list[str]:
        """A row's cells; what spans rows stands in each. `nested` takes up the tables within cells."""
        cells: list[str] = []
        covered = 0
        for cell in row:
            if local(cell) == "covered-table-cell":
                cells.append("" if covered or len(cells) >= len(above) else above[len(cells)])
                covered = max(0, covered - 1)
            elif local(cell) == "table-cell":
                covered = _number(cell, "number-columns-spanned") - 1
                for inner in (one for one in cell if local(one) == "table"):
                    nested += self._table(inner)
                text = "\n".join(filter(None, self._blocks([one for one in cell if local(one) != "table"])))
                cells += [text] * _number(cell, "number-columns-repeated")
        return cells


def _number(element: Element, name: str) -> int:
    value = attribute(element, name) or ""
    return min(max(1, int(value)), _MOST_REPEATS) if value.isdecimal() else 1
