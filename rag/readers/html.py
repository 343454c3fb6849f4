"""Web pages: the main text, found with trafilatura and then read whole, with captions, pull quotes and notes."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import Any

from rag.readers.html_about import about_page
from rag.readers.markup import Blocks, TextBlock
from rag.readers.parsed import Parsed, of_blocks
from rag.readers.plain import decode

Element = Any

_DECLARED = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})|<\?xml[^>]{0,100}?encoding=[\"']([\w.-]{1,40})", re.I
)
_XML_HEAD = re.compile(r"\A\ufeff?\s*<\?xml[^>]*\?>")
# Ways through the site, and what is of the site more often than of the page: there trafilatura has the word.
_MENUS, _FURNITURE = ("nav", "menu"), ("form", "footer")
# The main text is the smallest part of the page with so much of what trafilatura takes for it.
_SHARE = 0.9
# Letters of a block beside it that trafilatura takes as well; a shorter one may be of a menu and match by chance.
_BY_ITSELF = 40
# Characters between a page's heading and its text that are still about the page.
_LONGEST_BYLINE = 300
# A block that is for the most part links leads elsewhere: a menu, related pages.
_MOST_LINKED = 0.6


def parse(raw: bytes, document: str) -> Parsed:
    """The main text of a page; `<del>` is left out, `<ins>` kept, raised numbers are kept apart from figures."""
    root, warning = tree_of(raw, document)
    about = about_page(root)
    blocks = Blocks()
    body = root.find(".//body")
    blocks.walk(root if body is None else body)
    kept = _main(blocks.found, _extracted(root))
    warnings = [*([warning] if warning else []), *left_out(blocks, document)]
    return of_blocks((block.text for block in kept), warnings)._replace(about=about)


def tree_of(raw: bytes, document: str) -> tuple[Element, str | None]:
    """The tree of an HTML or XHTML text, and a warning when its encoding was guessed."""
    import lxml.html

    match = _DECLARED.search(raw[:4096])
    declared = (match.group(1) or match.group(2)).decode("ascii", "ignore") if match else None
    text, warning = decode(raw, document, declared)
    text = _XML_HEAD.sub("", text).lstrip("\ufeff").replace("\0", "")
    parser = lxml.html.HTMLParser(remove_comments=True, remove_pis=True, no_network=True, huge_tree=False)
    if not text.strip():
        return lxml.html.fromstring("<p></p>"), warning
    return lxml.html.document_fromstring(text, parser=parser), warning


def left_out(blocks: Blocks, document: str) -> list[str]:
    """What to say of the text of a tree that was not taken."""
    found = [f"{document}: text that is struck out was left out"] if blocks.struck else []
    return found + ([f"{document}: hidden text was left out"] if blocks.hidden else [])


def _extracted(root: Element) -> str:
    """The words trafilatura takes for the main text, run together."""
    import lxml.html
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    page = lxml.html.tostring(root, encoding="unicode")
    text = trafilatura.extract(page, include_comments=False, include_tables=True, favor_recall=True, output_format="txt")
    return _letters(text or "")


def _letters(text: str) -> str:
    return re.sub(r"[\W_\d]+", "", text)


def _main(blocks: list[TextBlock], extracted: str) -> list[TextBlock]:
    """The blocks of the main text: all of the part of the page that holds it, but for lists of links and controls."""
    blocks = [block for block in blocks if not _in(block, _MENUS)]
    weights = [len(letters) if (letters := _letters(block.text)) and letters in extracted else 0 for block in blocks]
    total = sum(weights)
    if not total:
        return [block for block in blocks if not _in(block, _FURNITURE)]
    inside: dict[Element, int] = {}
    for block, weight in zip(blocks, weights, strict=True):
        for element in _around(block) if weight else ():
            inside[element] = inside.get(element, 0) + weight
    # Of parts with the same share, the innermost: it came first into the table.
    holder = min((element for element in inside if inside[element] >= _SHARE * total), key=lambda element: inside[element])
    title = _title(blocks, holder)

    def is_main(block: TextBlock, weight: int) -> bool:
        linked = block.linked > _MOST_LINKED * len(block.text)
        if any(element is holder for element in _around(block)):
            return bool(weight) or not (linked or _in(block, _FURNITURE))
        return any(block is one for one in title) or (weight >= _BY_ITSELF and not linked)

    return [block for block, weight in zip(blocks, weights, strict=True) if is_main(block, weight)]


def _title(blocks: list[TextBlock], holder: Element) -> list[TextBlock]:
    """The page's one main heading and what stands between it and the text: who wrote it and when, if it is short."""
    heads = [place for place, block in enumerate(blocks) if block.element.tag == "h1" and not _in(block, _FURNITURE)]
    if len(heads) != 1:
        return []
    first = next(place for place, block in enumerate(blocks) if any(element is holder for element in _around(block)))
    between = blocks[heads[0] + 1 : first]
    return [blocks[heads[0]], *(between if sum(len(block.text) for block in between) <= _LONGEST_BYLINE else [])]


def _around(block: TextBlock) -> Iterator[Element]:
    """The element of a block and all that it stands in, from the inside."""
    yield block.element
    yield from block.element.iterancestors()


def _in(block: TextBlock, tags: tuple[str, ...]) -> bool:
    return any(element.tag in tags for element in _around(block))
