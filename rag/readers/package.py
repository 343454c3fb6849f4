"""Zip packages (DOCX, ODT, EPUB, XLSX) and XML, opened so that a hostile one costs no more than a large one.

Nothing is unpacked to disk, so a part's name can lead nowhere; sizes are those of the package's own directory, beyond
which zipfile reads nothing. Entities are not resolved and nothing outside the package is opened.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from rag.errors import InputError

# XML of one part, unpacked: a book of some 3,000 pages. lxml takes about ten times as much memory.
LARGEST_PART = 64 * 2**20
_MOST_PARTS = 20_000

# An lxml element; lxml comes without types.
Element = Any


class Package:
    """The parts of a zip package, read on demand. Raises InputError, naming the document, for one that is none."""

    def __init__(self, raw: bytes, document: str, kind: str) -> None:
        self._document, self._kind = document, kind
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(raw))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            # What office programs protect with a password, and their old formats, is a compound file.
            if raw.startswith(b"\xd0\xcf\x11\xe0"):
                message = f"{document}: protected by a password, or in an older format than its suffix says."
                raise InputError(message, f"Save it as {kind} without a password.") from error
            raise self._unreadable() from error
        if len(self._zip.infolist()) > _MOST_PARTS:
            raise InputError(f"{document}: a package of more than {_MOST_PARTS:,} parts.", "Save it again.")

    def _unreadable(self) -> InputError:
        return InputError(f"{self._document}: not a readable {self._kind} file.", "Save it again.")

    @cached_property
    def sizes(self) -> dict[str, int]:
        """Every part's unpacked size in bytes, by name."""
        return {info.filename: info.file_size for info in self._zip.infolist()}

    def part(self, name: str) -> bytes | None:
        """The bytes of a part, or None when there is none of that name."""
        if name not in self.sizes:
            return None
        if self.sizes[name] > LARGEST_PART:
            raise InputError(
                f"{self._document}: its part {name} unpacks to more than {LARGEST_PART // 2**20} MiB.", "Split it."
            )
        try:
            return self._zip.read(name)
        except RuntimeError as error:
            raise InputError(f"{self._document}: protected by a password.", "Save it without a password.") from error
        except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as error:
            raise self._unreadable() from error
        except Exception as error:
            if "decompressing" in str(error):  # zlib.error and its kin in other modules
                raise self._unreadable() from error
            raise

    def xml(self, name: str) -> Element | None:
        """The root of an XML part, or None when there is no such part."""
        raw = self.part(name)
        return None if raw is None else parse_xml(raw, self._document, self._kind)

    def spare(self, name: str) -> Element | None:
        """Like `xml` for a part that the text does without: None also when it is damaged."""
        try:
            return self.xml(name)
        except InputError:
            return None

    def needed(self, name: str) -> Element:
        """The root of an XML part without which there is no document."""
        root = self.xml(name)
        if root is None:
            raise self._unreadable()
        return root

    def related(self, part: str) -> Iterator[tuple[str, str, str]]:
        """Id, kind (the last word of its address) and name of each part that `part` of an Office package points at."""
        folder, name = posixpath.split(part)
        root = self.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
        for relation in () if root is None else root:
            if isinstance(relation.tag, str) and relation.get("TargetMode") != "External":
                target = inner_path(folder, relation.get("Target", ""))
                yield relation.get("Id", ""), relation.get("Type", "").rpartition("/")[2], target


def inner_path(folder: str, target: str) -> str:
    """The name of a part that is named `target` from within `folder` of a package."""
    path = unquote(target.partition("#")[0])
    return posixpath.normpath(path.lstrip("/") if path.startswith("/") else posixpath.join(folder, path))


def parse_xml(raw: bytes, document: str, kind: str) -> Element:
    """The root of an XML text. Entities stay what they are, nothing is fetched, and lxml's limits of depth hold."""
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(raw, parser)
    except etree.XMLSyntaxError as error:
        raise InputError(f"{document}: not a readable {kind} file (damaged XML).", "Save it again.") from error


def local(element: Element) -> str:
    """An element's name without its namespace; "" for what is no element, like an entity that was not resolved."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: Element, name: str) -> str | None:
    """The value of the attribute of that local name; the strict and the usual forms of a format differ in namespaces."""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), None)


def child(element: Element | None, name: str) -> Element | None:
    """The first child of that local name."""
    return None if element is None else next((one for one in element if local(one) == name), None)
