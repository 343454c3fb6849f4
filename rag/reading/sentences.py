"""Sentences of a reading text, by Wikimedia's sentencex rules, with the cuts it makes too early taken back."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.reading.mapping import Block, ReadingText
from rag.types import Span

# After these a full stop ends no sentence when a figure or a small letter follows (sentencex knows titles and months).
_ABBREVIATION = re.compile(
    r"(?:^|[\s(“\"])(?:approx|appr|vol|vols|no|nos|pp|p|fig|figs|art|sec|ch|cf|ca|ed|eds|est|e\.g|i\.e|vs|v|al|etc|viz|incl|"
    r"dept|gov|gen|col|lt|adm|sgt|rep|sen|hon|rev|jr|sr|st|mt|inc|ltd|co|corp|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec)\.$",
    re.IGNORECASE,
)
_TITLE = re.compile(r"(?:^|[\s(“\"])(?:Mr|Mrs|Ms|Dr|Prof|Gen|Col|Lt|Adm|Sgt|Rep|Sen|Gov|Hon|Rev|St|Capt|Maj|Pres|Supt|eds?)\.$")
_INITIAL = re.compile(r"(?:^|[\s(“\"])[A-Z]\.$")
_BULLET = re.compile(r"[●•▪◦‣»*–·■□○¨-]\s+")
_CLOSERS = "”’\"')]»」』）"


def _glued(left: str, right: str) -> bool:
    """Whether a cut between these two pieces of one block was too early."""
    head = right.lstrip()
    tail = left.rstrip()
    if not head:
        return True
    if not left[-1:].isspace() and right[0].isascii() and right[0].isalnum():  # Japan-U.|S. relations
        return True
    if head[0].islower() and not re.search(r"[。！？]$", tail):
        return True
    if head[0] in ",;:)]”’»" or (head[0] in _CLOSERS and len(head) > 1 and head[1] in " .,"):
        return True
    if re.fullmatch(r"[(\[]?\d{1,3}[.)\]]", tail):  # the number of a list item or note
        return True
    if _TITLE.search(tail) or (_INITIAL.search(tail) and head[0].isupper() and not re.search(r"U\.S\.$|[A-Z]\.[A-Z]\.$", tail)):
        return True
    return bool(_ABBREVIATION.search(tail)) and not head[0].isupper()


def _cuts(text: str) -> Iterator[tuple[int, int]]:
    from sentencex import get_sentence_boundaries

    start = 0
    pieces = [(b["start_index"], b["end_index"]) for b in get_sentence_boundaries("en", text)]
    for index, (_, end) in enumerate(pieces):
        if index + 1 < len(pieces) and _glued(text[start:end], text[end : end + 40]):
            continue
        yield start, end
        start = end


def sentences(text: str) -> list[str]:
    """The sentences of a text that is one paragraph."""
    reading = ReadingText(text, len(text), (), ())
    return [text[span.start : span.end] for span in sentence_spans(reading, Block(0, len(text), "paragraph"))] if text else []


def sentence_spans(reading: ReadingText, block: Block) -> list[Span]:
    """The sentences of a block as ranges of the reading text, without white space and bullets at their rims, in order."""
    text = reading.text[block.start : block.end]
    found = []
    bullet = _BULLET.match(text)
    for start, end in _cuts(text):
        if start == 0 and bullet:
            start = min(bullet.end(), end)
        piece = text[start:end]
        lead = len(piece) - len(piece.lstrip())
        trail = len(piece.rstrip())
        if trail > lead:
            found.append(Span(block.start + start + lead, block.start + start + trail))
    return found
