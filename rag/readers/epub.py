"""EPUB: the chapters in the order of the book's spine."""

from __future__ import annotations

import posixpath

from rag.errors import InputError
from rag.readers.about import Notes, stands_in
from rag.readers.html import left_out, tree_of
from rag.readers.markup import Blocks
from rag.readers.package import Element, Package, attribute, inner_path
from rag.readers.parsed import Parsed, of_blocks

# By then a book has named its authors.
_FRONT = 20_000
_CHAPTER = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml")


def parse(raw: bytes, document: str) -> Parsed:
    """All text of a book, notes and captions included; its table of contents is left out where it is marked as one."""
    package = Package(raw, document, "EPUB")
    if _is_encrypted(package):
        raise InputError(f"{document}: its text is protected (DRM).", "Use a copy without protection.")
    container = package.needed("META-INF/container.xml")
    root = next((attribute(one, "full-path") for one in container.iter("{*}rootfile")), None) or ""
    book = package.needed(root)
    items = {item.get("id"): item for item in book.iterfind("{*}manifest/{*}item")}
    chapters = [items[ref.get("idref")] for ref in book.iterfind("{*}spine/{*}itemref") if ref.get("idref") in items]
    blocks = Blocks()
    warnings: list[str] = []
    for item in chapters:
        if item.get("media-type") not in _CHAPTER or "nav" in (item.get("properties") or "").split():
            continue
        name = inner_path(posixpath.dirname(root), item.get("href") or "")
        content = package.part(name)
        if content is None:
            warnings.append(f"{document}: its chapter {name} is missing")
            continue
        try:
            tree, warning = tree_of(content, f"{document}, {name}")
        except InputError as error:
            warnings.append(f"{document}: its chapter {name} was left out: {error}")
            continue
        warnings += [warning] if warning else []
        body = tree.find(".//body")
        blocks.walk(tree if body is None else body)
    parsed = of_blocks((block.text for block in blocks.found), warnings + left_out(blocks, document))
    return parsed._replace(about=_about(book, parsed.text[:_FRONT]))


def _about(book: Element, front: str) -> Notes:
    """What the package says of the book; its date is that of the e-book, and is left."""
    about = Notes()
    roles = {(one.get("refines") or "")[1:]: one.text for one in book.iter("{*}meta") if one.get("property") == "role"}
    authors = [one for one in book.iter("{*}creator") if (attribute(one, "role") or roles.get(one.get("id"), "aut")) == "aut"]
    about.add("title", "the e-book's title", next((one.text for one in book.iter("{*}title")), None))
    about.add("authors", "the e-book's creator", *(one.text for one in authors if one.text and stands_in(one.text, front)))
    about.add("publisher", "the e-book's publisher", next((one.text for one in book.iter("{*}publisher")), None))
    return about


def _is_encrypted(package: Package) -> bool:
    """Whether more than fonts is encrypted."""
    listed = package.xml("META-INF/encryption.xml")
    references = [] if listed is None else [attribute(one, "URI") or "" for one in listed.iter("{*}CipherReference")]
    return any(name.lower().endswith(("html", "htm", "xml")) for name in references)
