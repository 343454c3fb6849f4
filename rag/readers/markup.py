"""An HTML tree into blocks of text: what a browser shows, read aloud in order.

Shared by web pages, chapters of e-books and mails that are HTML.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from rag.readers.marks import raised
from rag.readers.parsed import squeezed, words
from rag.readers.rows import table_lines

# Not text, or not of the text: scripts, controls, what is shown in place of something else.
_SKIPPED = words(
    "head script style template noscript iframe object embed canvas svg video audio map button select option input textarea"
    " datalist progress meter dialog rt rp"
)
_STRUCK = frozenset(("del", "s", "strike"))
_INLINE = words(
    "a abbr acronym b bdi bdo big cite code data dfn em font i img ins kbd label mark math nobr output q ruby rb samp small"
    " span strong sub sup time tt u var wbr"
)
_BLOCKS_INSIDE = words("p div ul ol table blockquote h1 h2 h3 h4 h5 h6 pre section article")
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)\b", re.IGNORECASE)
_RAISED = re.compile(r"vertical-align\s*:\s*super", re.IGNORECASE)
_NOTE_WORDS = re.compile(r"note|ref\b|reference|citation", re.IGNORECASE)
# Columns and rows that one cell may take; a page may claim billions.
_WIDEST_SPAN, _TALLEST_SPAN = 100, 1000

Element = Any


@dataclass(frozen=True)
class TextBlock:
    """A paragraph, heading, list item or row, the element that holds it, and how much of it is the text of links."""

    text: str
    element: Element
    linked: int


class Blocks:
    """The blocks of the elements walked so far; `struck` and `hidden` tell whether text was left out."""

    def __init__(self) -> None:
        self.found: list[TextBlock] = []
        self.struck = self.hidden = False
        self._pieces: list[str] = []
        self._prefix = ""
        self._items: dict[Element, int] = {}  # the number of the next item, by list
        self._linked = 0
        self._links = self._verbatim = 0

    def walk(self, element: Element) -> None:
        """Add the blocks of `element` and all in it."""
        self._element(element)
        self._flush(element)

    def _element(self, element: Element) -> None:
        tag = element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else None
        if tag is None or tag in _SKIPPED:
            return
        if tag in _STRUCK or _is_hidden(element):
            if element.text_content().strip():
                self.struck |= tag in _STRUCK
                self.hidden |= tag not in _STRUCK
            return
        if tag == "br":
            self._pieces.append("\n")
        elif tag == "table":
            self._flush_before(element)
            self._table(element)
        elif tag == "sup" or (tag in ("a", "span") and self._is_mark(element, tag)):
            self._raised(element)
        elif tag in _INLINE:
            self._links += tag == "a"
            self._inside(element, "“", "”") if tag == "q" else self._inside(element)
            self._links -= tag == "a"
        else:
            self._flush_before(element)
            if tag == "li":
                self._prefix = self._item_mark(element)
            self._verbatim += tag == "pre"
            self._inside(element)
            self._flush(element)
            self._verbatim -= tag == "pre"
            if tag == "li":
                self._prefix = ""

    def _inside(self, element: Element, before: str = "", after: str = "") -> None:
        self._text(before + (element.text or ""))
        for child in element:
            self._element(child)
            self._text(child.tail or "")
        self._text(after)

    def _text(self, text: str) -> None:
        if text:
            shown = text if self._verbatim else re.sub(r"[ \t\r\n\f]+", " ", text)
            self._pieces.append(shown)
            if self._links:
                self._linked += len(shown.strip())

    def _is_mark(self, element: Element, tag: str) -> bool:
        """Whether a link or span that is no <sup> is set like one: by its style, or as a number that is a link to a note."""
        if _RAISED.search(element.get("style", "")):
            return True
        before = self._pieces[-1][-1:] if self._pieces else ""
        return (
            tag == "a"
            and element.get("href", "").startswith("#")
            and not before.isspace()
            and before not in ("", "(", "-", "–")
            and re.fullmatch(r"\s*(?:\d{1,3}|[*†‡§]+)\s*", element.text_content()) is not None
        )

    def _item_mark(self, item: Element) -> str:
        """What a browser prints before a list item: its number, or a bullet, for which a hyphen stands."""
        parent = item.getparent()
        if parent is None or parent.tag.rpartition("}")[2] != "ol" or "list-style" in parent.get("style", ""):
            return "- "
        number = _whole(item.get("value"), self._items.get(parent, _whole(parent.get("start"), 1)))
        self._items[parent] = number + 1
        kind = parent.get("type", "1")
        return f"{chr(ord(kind) + number - 1)}. " if kind in ("a", "A") and 1 <= number <= 26 else f"{number}. "

    def _raised(self, element: Element) -> None:
        inner = Blocks()
        for part in [element, *element.iterdescendants()]:
            if isinstance(part.tag, str) and part.tag in _STRUCK:
                self.struck = True
                return
        inner._inside(element)
        text = squeezed("".join(inner._pieces))
        self._pieces.append(raised(text, "".join(self._pieces[-3:]), _links_to_note(element)))

    def _flush(self, element: Element) -> None:
        text = "".join(self._pieces)
        text = text.strip("\n") if self._verbatim else squeezed(text)
        if text.strip():
            self.found.append(TextBlock(self._prefix + text, element, self._linked))
            self._prefix = ""
        self._pieces.clear()
        self._linked = 0

    def _flush_before(self, element: Element) -> None:
        """End the block before `element`: it is its parent's text, not a part of the heading or item that begins."""
        parent = element.getparent()
        self._flush(element if parent is None else parent)

    def _table(self, table: Element) -> None:
        rows = [row for row in table.iter("tr", "{*}tr") if next(row.iterancestors("table", "{*}table")) is table]
        for caption in table.iter("caption", "{*}caption"):
            self._inside(caption)
            self._flush(caption)
        cells = [[cell for cell in row if cell.tag in ("td", "th")] for row in rows]
        if not any(cell.tag == "th" for row in cells for cell in row) and _is_layout(cells):
            for cell in (cell for row in cells for cell in row):
                self._inside(cell)
                self._flush(cell)
            return
        heads = 0
        for row, inside in zip(rows, cells, strict=True):
            in_head = row.getparent().tag == "thead" or (inside and all(cell.tag == "th" for cell in inside))
            if not in_head or _is_hidden(row):
                break
            heads += 1
        heads = heads if heads < len(rows) else 0
        shown = [row for row in cells if row and not _is_hidden(row[0].getparent())]
        for line in table_lines(self._grid(shown), heads):
            self.found.append(TextBlock(line, table, 0))

    def _grid(self, rows: list[list[Element]]) -> list[list[str]]:
        """The texts of the cells; what spans columns or rows stands in each of them."""
        above: dict[int, tuple[int, str]] = {}
        grid = []
        for row in rows:
            texts: list[str] = []

            def fill(texts: list[str] = texts) -> None:
                while above.get(len(texts), (0, ""))[0] > 0:
                    left, text = above[len(texts)]
                    above[len(texts)] = (left - 1, text)
                    texts.append(text)

            for cell in row:
                fill()
                text = self._cell(cell)
                wide = min(_span(cell, "colspan"), _WIDEST_SPAN)
                for column in range(wide):
                    above[len(texts)] = (min(_span(cell, "rowspan"), _TALLEST_SPAN) - 1, text if column == 0 else "")
                    texts.append(text if column == 0 or cell.tag == "th" else "")
            fill()
            grid.append(texts)
        return grid

    def _cell(self, cell: Element) -> str:
        inner = Blocks()
        inner.walk(cell)
        self.struck |= inner.struck
        self.hidden |= inner.hidden
        return " ".join(block.text for block in inner.found)


def _is_hidden(element: Element) -> bool:
    return element.get("hidden") is not None or bool(_HIDDEN.search(element.get("style", "")))


def _links_to_note(element: Element) -> bool:
    """Whether a raised element is a link into the page, in one, or named as a note or reference."""
    links = [element, *element.iterancestors("a", "{*}a"), *element.iter("a", "{*}a")]
    names = " ".join(filter(None, (element.get("class"), element.get("role"), element.get("id"))))
    return any(link.get("href", "").rpartition("#")[1] for link in links) or bool(_NOTE_WORDS.search(names))


def _is_layout(cells: list[list[Element]]) -> bool:
    """Whether a table without heads only places text on the page: it has one column, or whole blocks in its cells."""
    widest = max(map(len, cells), default=0)
    return widest < 2 or any(next(cell.iter(*_BLOCKS_INSIDE), None) is not None for row in cells for cell in row)


def _span(cell: Element, name: str) -> int:
    return max(1, _whole(cell.get(name), 1))


def _whole(value: str | None, default: int) -> int:
    return int(value) if value and re.fullmatch(r"-?[0-9]{1,9}", value) else default
