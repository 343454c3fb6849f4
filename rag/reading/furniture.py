"""Lines that belong to the page a text was taken from, not to the text."""

from __future__ import annotations

import itertools
import re
from collections import Counter

from rag.reading.lines import Line

# Fixed sentences of the widespread comment forms and sharing bars; nothing an author writes.
_FURNITURE = re.compile(
    r"(?:Leave a (?:Reply|Comment)(?: Cancel reply)?|Your email address will not be published\..*"
    r"|Required fields are marked \*?|Save my name, email, and website in this browser.*|Post Comment"
    r"|Share this:?|Like this:?|Related (?:posts|articles):?|Click to (?:share|print|email).*|Skip to (?:main )?content"
    r"|Subscribe to our newsletter.*|Advertisement|Continue reading.*|Print this page)\s*$",
    re.IGNORECASE,
)
_PAGE_NUMBER = re.compile(r"(?:page\s+)?[-–—]?\s*(?:\d{1,4}|[ivxlc]{1,6})\s*(?:(?:/|of)\s*\d{1,4})?\s*[-–—]?$", re.IGNORECASE)
# "[Page S714]", "[[Page H6033]]": where the printed page began, set between the lines.
_PAGE_MARK = re.compile(r"\[{1,2}\s*(?:page|p\.|pg\.)?\s*[A-Z]{0,2}\d{1,6}\s*\]{1,2}", re.IGNORECASE)
CAPTION = re.compile(
    r"(?:Photo(?: Source| Credit)?|Image(?: Source| Credit)?|Caption|Picture|Source|Figure \d+|Fig\. \d+)\s*:"
    r"|.{20,400}\((?:Source|Photo|Image|Credit|Photo credit): [^()]{2,80}\)\s*$",
    re.IGNORECASE,
)


def dropped(lines: list[Line], page_starts: tuple[int, ...]) -> set[int]:
    """Indices of lines that are furniture: fixed phrases, a title said twice, heads and feet of pages."""
    gone = {
        index
        for index, line in enumerate(lines)
        if line.text and (_FURNITURE.match(line.text) or _PAGE_MARK.fullmatch(line.text))
    }
    filled = [index for index, line in enumerate(lines) if line.text and index not in gone]
    for index, following in itertools.pairwise(filled):
        text = lines[index].text
        if text == lines[following].text and len(text) > 15 and not re.search(r"[.!?]$", text):
            gone.add(following)
    return gone | _heads_and_feet(lines, page_starts)


def _heads_and_feet(lines: list[Line], page_starts: tuple[int, ...]) -> set[int]:
    """The first or last line of pages, where it is a page number or says the same (but for figures) on most pages."""
    if len(page_starts) < 2:
        return set()
    ends = [*page_starts[1:], lines[-1].end + 1]
    rims: list[int] = []
    at = 0
    for start, end in zip(page_starts, ends, strict=True):
        while at < len(lines) and lines[at].start < start:
            at += 1
        page = []
        while at < len(lines) and lines[at].start < end:
            if lines[at].text:
                page.append(at)
            at += 1
        rims += dict.fromkeys(page[:2] + page[-2:])
    said = Counter(re.sub(r"\d+", "#", lines[index].text) for index in rims)
    often = max(3, len(page_starts) // 3)
    return {
        index
        for index in rims
        if _PAGE_NUMBER.match(lines[index].text)
        or (said[re.sub(r"\d+", "#", lines[index].text)] >= often and len(lines[index].text) < 120)
    }
