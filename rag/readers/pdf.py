"""PDF: the text of each page as a person reads it, made from the places PDFium gives of its characters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import pypdfium2

from rag.errors import InputError
from rag.readers.about import Notes
from rag.readers.parsed import Parsed
from rag.readers.pdf_drawn import Rule
from rag.readers.pdf_fields import field_words
from rag.readers.pdf_layout import blocks_of
from rag.readers.pdf_ligatures import Ligatures
from rag.readers.pdf_lines import Line, find_raised, set_dropped_capitals
from rag.readers.pdf_paragraphs import FINAL, Block, runs_on
from rag.readers.pdf_rims import Rims, line_numbers, rims_of, running
from rag.readers.pdf_words import PageWords, Word, common_size, words_of

# Pages read before one is written: its heads are known by those of the two after it, the size of the running text by all.
_AHEAD = 4
# So many blocks at the top of a page are looked at for the other half of a sentence.
_FIGURES = 4


class _Findings:
    """What a person should know of the pages, each with the pages' numbers."""

    def __init__(self) -> None:
        self._pages: dict[str, list[int]] = {}

    def add(self, what: str, page: int) -> None:
        self._pages.setdefault(what, []).append(page)

    def has(self, what: str) -> bool:
        return what in self._pages

    def warnings(self, document: str) -> tuple[str, ...]:
        return tuple(f"{document}: {what} (page {_ranges(pages)})" for what, pages in self._pages.items())


_NO_TEXT = "no text"
_PICTURE = "a scanned page or picture, not its text; it needs OCR"


def parse(raw: bytes, document: str) -> Parsed:
    """The pages' text, with where each begins; a line end alone parts two pages in mid-sentence.

    Warnings name the pages without text, with text nobody can see, and with text that had to be guessed. Raises InputError
    for a file that is no PDF, needs a password, or has no page with text.
    """
    try:
        opened = pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError as error:
        what = "is protected by a password" if "password" in str(error).lower() else "is not a readable PDF"
        raise InputError(
            f"{document}: {what}.", "Save it without a password." if "password" in what else "Export it again."
        ) from error
    ligatures, findings = Ligatures(), _Findings()
    with opened:
        count = len(opened)
        pages = list(_pages(opened, ligatures, findings))
        info = _info(opened)
    if not any(pages):
        what = f"none of its {count} pages holds text" if count != 1 else "its page holds no text"
        scanned = findings.has(_PICTURE)
        raise InputError(
            f"{document}: {what}{' (scanned)' if scanned else ''}.", "It needs OCR first." if scanned else "Remove it."
        )
    text, starts = _assembled(pages)
    warnings = list(findings.warnings(document))
    if ligatures.repaired:
        warnings.append(
            f"{document}: {ligatures.repaired} ligatures (fi, ff, Th) that its character map has lost were told by their width"
        )
    about = Notes()
    about.add_properties(info.get("Title"), info.get("Author"), text[: starts[2] if len(starts) > 2 else None])
    return Parsed(text, starts, tuple(warnings), about)


def _info(opened: pypdfium2.PdfDocument) -> dict[str, str]:
    try:
        return dict(opened.get_metadata_dict())
    except UnicodeDecodeError:
        return {}


class _Read(NamedTuple):
    words: list[Word]
    rules: list[Rule]


def _pages(opened: pypdfium2.PdfDocument, ligatures: Ligatures, findings: _Findings) -> Iterator[list[Block]]:
    """The blocks of each page, heads, feet and line numbers left out."""
    opened.init_forms()
    form = opened.formenv.raw if opened.formenv else None
    sizes: Counter[float] = Counter()
    read: dict[int, _Read] = {}
    rims: dict[int, Rims] = {}
    for index in range(len(opened) + _AHEAD):
        if index < len(opened):
            words, rules, height = _words(opened, index, ligatures, form, findings)
            sizes += common_size(words)
            numbers = {id(word) for word in line_numbers(words)}
            words = [word for word in words if id(word) not in numbers]
            rims[index] = rims_of(words, height)
            read[index] = _Read(words, rules)
        written = index - _AHEAD
        if written not in read:
            continue
        page = read.pop(written)  # a long document does not stay in memory
        heads = running(rims, written)
        rims.pop(written - _AHEAD, None)
        gone = {id(word) for head in heads for word in head}
        body = sizes.most_common(1)[0][0] if sizes else 10.0
        words = [word for word in page.words if id(word) not in gone]
        blocks = blocks_of(set_dropped_capitals(words, body), body, page.rules)
        # The foot of the first page may name the document or its date; it stands there as a note does.
        feet = [Line(head).text for head in heads if not written and len(head) > 2]
        yield blocks + [Block([foot], "note") for foot in feet]


def _words(
    opened: pypdfium2.PdfDocument, index: int, ligatures: Ligatures, form: object, findings: _Findings
) -> tuple[list[Word], list[Rule], float]:
    try:
        page = opened[index]
    except pypdfium2.PdfiumError:
        findings.add("a damaged page was left out", index + 1)
        return [], [], 0.0
    try:
        found = words_of(page, ligatures)
        found.words += field_words(page, form)
    finally:
        page.close()
    _note(found, index + 1, findings)
    find_raised(found.words)
    return found.words, found.rules, found.height


def _note(found: PageWords, page: int, findings: _Findings) -> None:
    for how in sorted(found.hidden):
        findings.add(f"text that is not visible ({how}) was left out", page)
    if found.is_scan:
        findings.add("a scan; its text is the invisible layer of an OCR program and may have errors", page)
    if found.unknown:
        findings.add(f"characters without a code, shown as {chr(0xFFFD)}", page)
    if found.is_picture:
        findings.add(_PICTURE, page)
    elif not found.words:
        findings.add(_NO_TEXT, page)


def _assembled(pages: list[list[Block]]) -> tuple[str, tuple[int, ...]]:
    """The text of all pages and where each begins. Between two pages is a blank line, or a line end in mid-sentence."""
    text, starts, length = "", [0], 0
    parts: list[str] = []
    halves: tuple[Block, Block] | None = None
    for blocks, following in zip(pages, [*pages[1:], []], strict=True):
        halves = _halves(blocks, following, halves[1] if halves else None)
        if halves is not None:  # a figure or a table may stand over the other half of the sentence
            following.remove(halves[1])
            following.insert(0, halves[1])
        body = _with_notes(blocks, halves[0] if halves else None)
        text = "\n\n".join("\n".join(block.lines) for block in body)
        text += " \n" if halves is not None else "\n\n" if following else "\n"
        parts.append(text)
        length += len(text)
        starts.append(length)
    return "".join(parts), tuple(starts[:-1])


def _halves(blocks: list[Block], following: list[Block], begun: Block | None) -> tuple[Block, Block] | None:
    """The block of a page whose last sentence goes on in a block of the next page, and that block.

    `begun` is the block that itself goes on from the page before: it stays at the top of its page.
    """
    texts = [block for block in reversed(blocks) if block.kind == "text"]
    for back, last in enumerate(texts):
        if back and (last is begun or not last.is_full):
            continue  # before the page's last text, only one that a picture or a box stands behind
        for ahead, first in enumerate(following[:_FIGURES]):
            if runs_on(last, first, at_break=not back and not ahead):
                return last, first
    return None


def _with_notes(blocks: list[Block], last: Block | None) -> list[Block]:
    """A page's blocks, notes after the text; before the paragraph `last`, if given, whose sentence the next page ends."""
    notes = [block for block in blocks if block.kind == "note"]
    text = [block for block in blocks if block.kind != "note" and block is not last]
    if last is None:
        return text + notes
    ends = [at for at, line in enumerate(last.lines, start=1) if FINAL.search(line.strip())]
    if not text and notes and ends:
        return [Block(last.lines[: ends[-1]]), *notes, Block(last.lines[ends[-1] :])]
    place = len(text)
    while place and text[place - 1].is_heading:  # it stays over its paragraph
        place -= 1
    return [*text[:place], *notes, *text[place:], last]


def _ranges(pages: list[int]) -> str:
    """`3, 7-9` for 3, 7, 8, 9."""
    parts: list[list[int]] = []
    for page in pages:
        if parts and page == parts[-1][-1] + 1:
            parts[-1][1:] = [page]
        else:
            parts.append([page])
    return ", ".join("-".join(map(str, part)) for part in parts)
