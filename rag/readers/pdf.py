"""PDF: the text of each page as a person reads it, made from the places PDFium gives of its characters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import pypdfium2

from rag.errors import InputError
from rag.readers import ocr
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

    def __init__(self, document: str) -> None:
        self.document = document
        self._pages: dict[str, list[int]] = {}

    def add(self, what: str, page: int) -> None:
        self._pages.setdefault(what, []).append(page)

    def pages(self, *kinds: str) -> list[int]:
        return sorted(page for what in kinds for page in self._pages.get(what, []))

    def warnings(self) -> tuple[str, ...]:
        return tuple(f"{self.document}: {what} (page {ocr.ranges(pages)})" for what, pages in self._pages.items())


_NO_TEXT = "no text"
_NO_WORDS = "a scanned page or picture in which OCR found no words"


def parse(raw: bytes, document: str) -> Parsed:
    """The pages' text, with where each begins; a line end alone parts two pages in mid-sentence.

    Warnings name the pages without text, with text nobody can see, and with text that had to be guessed; of those that are
    scanned, `scans` says whether and by what OCR they were read. Raises InputError for a file that is no PDF, needs a password,
    or has no page with text.
    """
    try:
        opened = pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError as error:
        what = "is protected by a password" if "password" in str(error).lower() else "is not a readable PDF"
        raise InputError(
            f"{document}: {what}.", "Save it without a password." if "password" in what else "Export it again."
        ) from error
    ligatures, findings = Ligatures(), _Findings(document)
    with opened:
        count = len(opened)
        pages = list(_pages(opened, ligatures, findings))
        info = _info(opened)
    if not any(pages):
        what = f"none of its {count} pages holds text" if count != 1 else "its page holds no text"
        if findings.pages(ocr.UNREAD_PAGE):
            raise InputError(f"{document}: {what} (scanned).", f"It needs OCR first: {ocr.INSTALL}")
        raise InputError(f"{document}: {what}{' that OCR can read' if findings.pages(_NO_WORDS) else ''}.", "Remove it.")
    text, starts = _assembled(pages)
    warnings = list(findings.warnings())
    if ligatures.repaired:
        warnings.append(
            f"{document}: {ligatures.repaired} ligatures (fi, ff, Th) that its character map has lost were told by their width"
        )
    about = Notes()
    about.add_properties(info.get("Title"), info.get("Author"), text[: starts[2] if len(starts) > 2 else None])
    has_scans = findings.pages(ocr.READ_PAGE, ocr.UNREAD_PAGE, _NO_WORDS)
    scans = ocr.mark(findings.pages(ocr.READ_PAGE, ocr.UNREAD_PAGE)) if has_scans else ""
    return Parsed(text, starts, tuple(warnings), about, scans)


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
        # Sizes of a scan are measured, and differ by its page: held against another's, its text would be taken for notes.
        near = common_size(page.words) if written + 1 in findings.pages(ocr.READ_PAGE) else sizes
        body = near.most_common(1)[0][0] if near else 10.0
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
        seen = ocr.read_page(page, findings.document) if found.is_picture and ocr.engine() != ocr.UNREAD else None
        corner = page.get_cropbox()[:2] if not page.get_rotation() else None
    finally:
        page.close()
    _note(found, index + 1, findings, seen)
    find_raised(found.words)
    if seen is not None:
        return _with_scan(found.words, seen, corner), [], seen.height
    return found.words, found.rules, found.height


def _with_scan(words: list[Word], seen: ocr.Seen, corner: tuple[float, float] | None) -> list[Word]:
    """The words read off a scanned page, and those few that stand on it as text (a stamp, a running head): exact ones first.

    `corner` is the lower left one of the page that is shown; None where the page is turned. Then, or where words stand on
    their side, their places cannot be told from those of the picture, and the picture, which shows them, is taken alone.
    """
    if corner is None or seen.is_turned or any(word.turned for word in words):
        return seen.words
    for word in seen.words:
        word.x0, word.x1 = word.x0 + corner[0], word.x1 + corner[0]
        word.y = word.line_y = word.y + corner[1]
    return words + [word for word in seen.words if not any(_covers(exact, word) for exact in words)]


def _covers(exact: Word, read: Word) -> bool:
    """Whether a word of the picture is one that stands there as text: its middle is in the other's box."""
    return exact.x0 - exact.size <= (read.x0 + read.x1) / 2 <= exact.x1 + exact.size and abs(exact.y - read.y) < exact.size


def _note(found: PageWords, page: int, findings: _Findings, seen: ocr.Seen | None) -> None:
    for how in sorted(found.hidden):
        findings.add(f"text that is not visible ({how}) was left out", page)
    if found.is_scan:
        findings.add("a scan; its text is the invisible layer of an OCR program and may have errors", page)
    if found.unknown:
        findings.add(f"characters without a code, shown as {chr(0xFFFD)}", page)
    if found.is_picture:
        is_unread = ocr.engine() == ocr.UNREAD
        findings.add(ocr.READ_PAGE if seen else ocr.UNREAD_PAGE if is_unread else _NO_WORDS, page)
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
