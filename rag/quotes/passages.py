"""Around a place: its paragraph, its sentence, and which stretches of the paragraph stand in quotation marks."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

from rag.reading import Block, ReadingText

_OPENERS = "“„「『«《"
_CLOSERS = {"“": "”", "„": "“", "「": "」", "『": "』", "«": "»", "《": "》", '"': '"', "‘": "’", "'": "'"}
_ABBREVIATED = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|Gen|Adm|Col|Lt|Sgt|Sen|Rep|Gov|Rev|St|Jr|Sr|vs|No|Nos|Vol|vol|pp|p|al|etc|cf|Inc|Ltd|Co|Corp|Jan|Feb|Mar|"
    r"Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec|e\.g|i\.e)|\b[A-Z](?:\.[A-Z])*)\.$"
)
_END = re.compile(r"[.!?][”\"’')\]»]*\s+(?=[A-ZÀ-ÖØ-Þ“„«\"‘'(\[\d¿¡])|[。！？][」』”]?|\n+")
# Questions that are paragraphs: how many make a talk, and how many of its paragraphs they are.
_FEWEST_QUESTIONS, _QUESTIONS = 2, 0.25
_FRESH = re.compile(r"(?:The|In|A|An|It|This|That|These|He|She|They|We|But|And|However|As|At|On|For|If|Its|Their|His|Her)\b")


@dataclass(frozen=True)
class Passage:
    """A sentence, in offsets of the reading text; `quoted` are the stretches in quotation marks, marks included.

    `masked` is the sentence with the letters inside quotation marks blanked, so that no rule takes quoted words for the
    author's own.
    """

    start: int
    end: int
    block_start: int
    text: str
    masked: str
    quoted: tuple[tuple[int, int], ...]


@lru_cache(maxsize=4096)
def quoted_stretches(text: str) -> tuple[tuple[int, int], ...]:
    """Stretches of `text` in quotation marks, marks included, outer ones before the ones inside them."""
    found: list[tuple[int, int]] = []
    open_marks: list[tuple[str, int]] = []
    for index, char in enumerate(text):
        before = text[index - 1] if index else " "
        after = text[index + 1] if index + 1 < len(text) else " "
        opens = char in _OPENERS or (char in "\"'‘" and not before.isalnum() and before not in ".,!?%)" and not after.isspace())
        if (
            open_marks
            and char == _CLOSERS[open_marks[-1][0]]
            and not (char in "’'" and after.isalnum())
            and not (char in "\"'" and opens and before.isspace())
        ):
            found.append((open_marks.pop()[1], index + 1))
        elif char in "”」』»》" or (char == '"' and not opens):
            # A mark that closes an outer stretch while an inner one was never closed.
            for depth in range(len(open_marks) - 1, -1, -1):
                if _CLOSERS[open_marks[depth][0]] == char:
                    found.append((open_marks[depth][1], index + 1))
                    del open_marks[depth:]
                    break
        elif opens:
            if open_marks and open_marks[-1][0] == char and char in _OPENERS:
                # “uphold[ing] “the principles…”: opened twice, closed once.
                found.append((open_marks.pop()[1], index))
            open_marks.append((char, index))
    # A quotation of several paragraphs closes only in the last one.
    found += [(start, len(text)) for char, start in open_marks if char in _OPENERS]
    return tuple(sorted(found, key=lambda s: (s[0], -s[1])))


def block_of(reading: ReadingText, place: int) -> tuple[int, int, str]:
    """Range and role of the paragraph that holds reading offset `place`."""
    starts = _layout(reading)[1]
    block = reading.blocks[max(0, bisect_right(starts, place) - 1)]
    return block.start, block.end, block.role


_known: dict[int, tuple[ReadingText, list[int], int | None]] = {}


def _layout(reading: ReadingText) -> tuple[ReadingText, list[int], int | None]:
    """Where the paragraphs begin, and where a talk of questions and answers begins, if it is one."""
    known = _known.get(id(reading))
    if known is None or known[0] is not reading:
        if len(_known) > 512:
            _known.clear()
        asked = [
            n
            for n, block in enumerate(reading.blocks)
            if reading.text[block.end - 1] in "?？" and _one_sentence(reading, block)
        ]
        talk = len(asked) >= _FEWEST_QUESTIONS and len(asked) >= _QUESTIONS * (len(reading.blocks) - asked[0])
        known = reading, [block.start for block in reading.blocks], reading.blocks[asked[0]].start if talk else None
        _known[id(reading)] = known
    return known


def _one_sentence(reading: ReadingText, block: Block) -> bool:
    return len(sentences(reading.text[block.start : block.end])) == 1


def interviewed(reading: ReadingText, place: int) -> bool:
    """Whether reading offset `place` is in a talk whose questions are paragraphs of their own: its author says only one half."""
    begin = _layout(reading)[2]
    return begin is not None and place >= begin


def mask(text: str, quoted: tuple[tuple[int, int], ...]) -> str:
    """`text` with the letters and digits inside quotation marks replaced by a character that is no letter."""
    chars = list(text)
    for start, end in quoted:
        for index in range(start + 1, end - 1):
            if chars[index].isalnum() or (chars[index] in ".!?" and index < end - 2) or chars[index] == "\n":
                chars[index] = "\ue000"
    return "".join(chars)


def sentences(text: str) -> list[tuple[int, int]]:
    """Ranges of the sentences of a masked paragraph."""
    found, start = [], 0
    for match in _END.finditer(text):
        tail = text[max(0, match.start() - 11) : match.start() + 1]
        initials = re.search(r"[A-Z]\.[A-Z]\.$", tail)
        # "the U.S. Deputy Secretary" goes on; "the U.S. The deputy" does not.
        if tail.endswith(".") and _ABBREVIATED.search(tail) and not (initials and _FRESH.match(text, match.end())):
            continue
        found.append((start, match.end()))
        start = match.end()
    if start < len(text):
        found.append((start, len(text)))
    return found


def passage(reading: ReadingText, place: int, step: int = 0) -> Passage | None:
    """The sentence that holds reading offset `place`, or the one `step` sentences on in the same paragraph."""
    block_start, block_end, _ = block_of(reading, place)
    # A "paragraph" without end is a text that lost its line ends: the neighbourhood is enough.
    low, high = max(block_start, place - 6000), min(block_end, place + 6000)
    text, quoted, masked, ranges = _parsed(reading.text[low:high])
    number = next((i for i, (a, b) in enumerate(ranges) if a <= place - low < b), len(ranges) - 1)
    if not 0 <= number + step < len(ranges):
        return None
    start, end = ranges[number + step]
    inside = tuple((a + low, b + low) for a, b in quoted if b > start and a < end)
    return Passage(start + low, end + low, low, text[start:end], masked[start:end], inside)


@lru_cache(maxsize=1024)
def _parsed(text: str) -> tuple[str, tuple[tuple[int, int], ...], str, list[tuple[int, int]]]:
    quoted = quoted_stretches(text)
    masked = mask(text, quoted)
    return text, quoted, masked, sentences(masked)
