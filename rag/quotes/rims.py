"""The edges of a quotation: what it carries outside its first and last word, and what it cut off there.

Pasted quotation marks outside the source's own are nobody's words and are let go; a full stop or comma before the closing
mark belongs to the article. Everything else a quote carries at its rim must stand in the source. And a quote may not begin
or end inside a word or figure: "able" is no quotation of "un-able", "940" none of "9,940", "can" none of "can’t".
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import NamedTuple

from rag.quotes import gaps, lexicon
from rag.quotes.pasted import MARKS
from rag.quotes.store import Source
from rag.quotes.tokens import Token, plain
from rag.quotes.types import Difference, Risk
from rag.reading import Edit

_MARKS = re.escape(MARKS)
_APOSTROPHES = "'’‘ʼ＇`´"
_HYPHENS = "-\u2010\u2011"

# A rim longer than this holds more than punctuation.
_LONGEST_RIM = 24
_MOST_MARKS = 100


class Rim(NamedTuple):
    """Where the laid stretch begins and ends in the reading text with its rims, and what the quote's text was there."""

    start: int
    end: int
    record_start: int
    record_end: int
    used: str
    names: tuple[str, ...]
    differences: tuple[Difference, ...]


def lay(text: str, quote: list[Token], source: Source, words: list[Token]) -> Rim:
    """Lay the rims of `text` (before its first and after its last word) on the source beside `words`."""
    reading, record = source.reading, source.doc.text
    start, end = words[0].start, words[-1].end
    names: list[str] = []
    differences: list[Difference] = []
    first, last = quote[0], quote[-1]

    lead = text[: first.start].lstrip()
    record_start = reading.to_record(start, start + 1).start
    figure = first.text[0].isdigit()
    taken = 0
    if len(lead) > _MOST_MARKS:
        differences.append(_rim_difference(lead, lead[:_MOST_MARKS], ""))
        lead = ""
    while lead:
        found = None if re.search(r"\w", lead) else _before(lead, reading.text, start, figure)
        if found is not None:
            taken, more = found
            names += more
            break
        if record.endswith(lead, 0, record_start):  # marks of the file itself, which its reading leaves out
            record_start -= len(lead)
            break
        trimmed = re.sub(rf"^[{_MARKS}]\s*|\s*[{_MARKS}]$", "", lead, count=1)
        if trimmed == lead:
            differences.append(_rim_difference(lead, lead + first.text, first.text))
            lead = ""
        else:
            lead = trimmed
    start -= taken

    trail = text[last.end :].rstrip()
    stop = ""
    record_end = reading.to_record(end - 1, end).end
    if len(trail) > _MOST_MARKS:
        differences.append(_rim_difference(trail, trail[:_MOST_MARKS], ""))
        trail = ""
    while trail:
        after = None if re.search(r"\w", trail) else _after(trail, reading.text, end, last.text[-1].isdigit())
        if after is not None:
            end, more = end + after[0], after[1]
            names += more
            break
        if record.startswith(trail, record_end):
            record_end += len(trail)
            break
        # A number carried along is one only where the source has a footnote number in just this place.
        kept = _after(trail, record, record_end, last.text[-1].isdigit()) if re.search(r"\w", trail) else None
        if kept is not None and _holds_note(source, record_end, record_end + kept[0]):
            record_end += kept[0]
            names += kept[1]
            break
        trimmed = re.sub(rf"[{_MARKS}]$", "", trail).rstrip()
        if trimmed == trail and trail[-1] in ".,。，、" and not stop and not trail.endswith(".."):
            stop, trimmed = trail[-1], trail[:-1].rstrip()
        if trimmed == trail:
            trimmed = re.sub(rf"^[{_MARKS}]", "", trail).lstrip()
        if trimmed == trail:
            differences.append(_rim_difference(trail, last.text + trail, last.text))
            trail = ""
        else:
            trail = trimmed
    if stop:
        following = re.sub(rf"[{_MARKS}\s]", "", reading.text[end : end + 4])[:1]
        if following in ("?", "!", "？", "！"):
            differences.append(Difference(last.text + stop, last.text + following, "punctuation"))
        else:
            names.append(gaps.CLOSING)
    kept_note = record_end if record_end > reading.to_record(end - 1, end).end else 0
    return Rim(
        start, end, record_start, kept_note, lead + text[first.start : last.end] + trail, tuple(names), tuple(differences)
    )


def _before(lead: str, text: str, start: int, figure: bool) -> tuple[int, tuple[str, ...]] | None:
    best = None
    for size in range(1, min(len(lead) + 4, _LONGEST_RIM, start) + 1):
        names = gaps.same(lead, text[start - size : start], (False, figure))
        if names is not None and not text[start - size].isspace() and (best is None or len(names) < len(best[1])):
            best = size, names
    return best


def _after(trail: str, text: str, end: int, figure: bool) -> tuple[int, tuple[str, ...]] | None:
    best = None
    for size in range(1, min(len(trail) + 4, _LONGEST_RIM, len(text) - end) + 1):
        names = gaps.same(trail, text[end : end + size], (figure, False))
        if names is not None and not text[end + size - 1].isspace() and (best is None or len(names) < len(best[1])):
            best = size, names
    return best


def _edits(source: Source, start: int, end: int) -> list[Edit]:
    edits = source.reading.edits
    first = bisect_left(edits, start, key=lambda edit: edit.start)
    last = bisect_left(edits, end, key=lambda edit: edit.start)
    return [edit for edit in edits[first:last] if edit.end <= end]


def _holds_note(source: Source, start: int, end: int) -> bool:
    """Whether record range [start, end) holds whole footnote numbers, and no other letters or figures."""
    notes = [edit for edit in _edits(source, start, end) if edit.kind == "footnote number"]
    rest = source.doc.text[start:end]
    for edit in notes:
        rest = rest.replace(source.doc.text[edit.start : edit.end].strip(), "", 1)
    return bool(notes) and not re.search(r"\w", rest)


def _rim_difference(rim: str, quote: str, source: str) -> Difference:
    return Difference(quote, source, "number" if re.search(r"[\d%$€£¥+~<>=]", rim) else "punctuation")


def cut(source: Source, start: int, end: int, first: Token, last: Token) -> tuple[tuple[Difference, ...], tuple[Risk, ...]]:
    """What the edges of reading range [start, end) cut off from the source's own first and last word or figure."""
    text = source.reading.text
    differences: list[Difference] = []
    risks: list[Risk] = []
    before, after = text[max(0, start - 40) : start], text[end : end + 40]
    if start == first.start:
        _left(before, first, differences, risks)
    if end == last.end:
        _right(after, last, differences, risks)
        place = source.reading.to_record(end - 1, end).end
        power = re.match("[\u00b9\u00b2\u00b3\u2070\u2074-\u2079]+", source.doc.text[place : place + 3])
        if power and (last.text[-1].isdigit() or len(last.text) == 1):
            differences.append(Difference(last.text, last.text + power.group(), "number"))
    return tuple(differences), tuple(risks)


def _left(before: str, first: Token, differences: list[Difference], risks: list[Risk]) -> None:
    figure = first.text[0].isdigit()
    if figure and (match := re.search(r"(?:(?:^|[\s(])[-\u2212\u2013]|\d[.,:/'’]|(?:^|[\s(])[.])$", before)):
        differences.append(Difference(first.text, f"{_tail(before, match.start())}{first.text}", "number"))
    elif re.search(rf"\w[{_APOSTROPHES}]$", before) and first.fold in ("t", "s", "d", "ll", "re", "ve", "m"):
        differences.append(Difference(first.text, f"{_tail(before, 0)}{first.text}", "word"))
    elif match := re.search(rf"([^\W_]+)[{_HYPHENS}]$", before):
        prefix = match.group(1)
        if plain(prefix).casefold() in lexicon.PREFIX_NEGATIONS:
            differences.append(Difference(first.text, f"{match.group()}{first.text}", "negation"))
        elif not (figure and prefix[-1].isdigit()):
            risks.append(Risk("cut_off", match.group()))
    elif figure and (match := re.search(r"[~≈±<>≤≥∼]\s?$", before)):
        risks.append(Risk("hedge", match.group().strip()))
    elif figure and (match := re.search(r"(?:US|A|C|NT|HK)?[$€£¥]\s?$", before)):
        risks.append(Risk("cut_off", match.group().strip()))


def _right(after: str, last: Token, differences: list[Difference], risks: list[Risk]) -> None:
    figure = last.text[-1].isdigit()
    if figure and (match := re.match(r"[.,:/'’]\d+", after)):
        differences.append(Difference(last.text, last.text + match.group(), "number"))
    elif figure and (match := re.match(r"\s?[%‰°]", after)):
        risks.append(Risk("cut_off", match.group().strip()))
    elif match := re.match(rf"[{_APOSTROPHES}]([^\W\d_]+)", after):
        suffix = match.group(1).lower()
        if suffix == "t" and last.fold.endswith("n"):
            differences.append(Difference(last.text, last.text + match.group(), "negation"))
        elif suffix in ("d", "ll", "re", "ve", "m"):
            risks.append(Risk("cut_off", match.group()))
    elif match := re.match(rf"[{_HYPHENS}]([^\W_]+)", after):
        suffix = plain(match.group(1)).casefold()
        if suffix in lexicon.SUFFIX_NEGATIONS:
            differences.append(Difference(last.text, last.text + match.group(), "negation"))
        elif not (figure and suffix[0].isdigit()):
            risks.append(Risk("cut_off", match.group()))


def _tail(before: str, at: int) -> str:
    """The end of `before` that belongs to the word cut off."""
    match = re.search(r"\S*$", before[at:])
    return match.group() if match else ""
