"""Every quotation of an article, with the speaker the article gives it, checked one by one.

A quotation is what stands between quotation marks, outermost ones first, or in a block quote (lines that begin with ">", a web
page's <blockquote>); apostrophes open none. What a speaker's name interrupts (“We will,” he said, “never …”) is one quotation. The speaker is found by the same rules
as in the sources. The list begins with what a copy editor must look at first; what is not found and looks like the title of a
work comes last.
Numbers and dates outside of quotations are not compared: without understanding what they count, most warnings were false.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import InputError
from rag.quotes.check import check
from rag.quotes.passages import quoted_stretches
from rag.quotes.speech import voice
from rag.quotes.store import Sources
from rag.quotes.titles import looks_like_title
from rag.quotes.tokens import WORD
from rag.quotes.types import QuoteVerdict
from rag.quotes.verbs import SPEECH
from rag.readers import read_document
from rag.reading import ReadingText, reading_of
from rag.types import Entry, SourceDoc, Span

_SUFFIXES = (".txt", ".md", ".docx", ".html", ".htm")
# Characters between two halves of a quotation: “, said the minister, who had come by train, “
_LONGEST_INTERRUPTION = 120
_MARKED_LINES = re.compile(r"^[ \t]{0,3}>[^\n]*(?:\n[ \t]{0,3}>[^\n]*)*", re.MULTILINE)
_WORST_FIRST = ("misattributed", "spliced", "altered", "not_found", "elided", "normalized", "exact")


@dataclass(frozen=True)
class DraftQuote:
    """One quotation of a draft: where it stands in the draft's text of record, whose the draft says it is, and the verdict."""

    quote: str
    char_start: int
    char_end: int
    line_start: int
    line_end: int
    speaker: str | None
    verdict: QuoteVerdict
    note: str | None = None

    @property
    def severity(self) -> tuple[int, int]:
        """Orders quotations, the ones to look at first lowest."""
        if self.note is not None:
            return len(_WORST_FIRST) + 1, self.char_start
        turned = any(risk.kind != "reported_speech" for risk in self.verdict.context_risk)
        whole = self.verdict.verdict in ("elided", "normalized", "exact")
        return (4 if whole and turned else _WORST_FIRST.index(self.verdict.verdict) + (whole)), self.char_start


@dataclass(frozen=True)
class DraftReport:
    """All quotations of a draft, worst first, and the draft's own text."""

    draft: str
    text: str
    quotes: tuple[DraftQuote, ...]

    def to_json(self) -> dict[str, Any]:
        """The report as one JSON object; `result` is what `rag quote` gives."""
        return {
            "schema": 1,
            "draft": self.draft,
            "quotations": [
                {
                    "quote": q.quote,
                    "char_start": q.char_start,
                    "char_end": q.char_end,
                    "line_start": q.line_start,
                    "line_end": q.line_end,
                    "speaker": q.speaker,
                    "note": q.note,
                    "result": q.verdict.to_json(),
                }
                for q in self.quotes
            ],
        }


def check_draft(sources: Sources, path: Path) -> DraftReport:
    """Check every quotation in the article at `path`.

    Raises InputError when the file is of another kind than .txt, .md, .docx and .html, or cannot be read.
    """
    if path.suffix.lower() not in _SUFFIXES:
        raise InputError(f"{path.name}: a draft is one of {', '.join(_SUFFIXES)}.", "Save it in one of these forms.")
    if not path.is_file():
        raise InputError(f"There is no file {path}.", "Name the article to check.")
    doc = read_document(path, Entry(path.name, path.stem))
    reading = reading_of(doc)
    set_off = _in_html(doc, path) if path.suffix.lower() in (".html", ".htm") else _in_lines(doc)
    spans = list(quotations(reading, [reading.from_record(*span) for span in set_off]))
    found = [_checked(sources, doc, reading, parts) for parts in _joined(reading, spans)]
    return DraftReport(path.name, doc.text, tuple(sorted(found, key=lambda quote: quote.severity)))


def _in_lines(doc: SourceDoc) -> Iterator[Span]:
    """Block quotes marked by ">" at the beginning of lines, in the text of record, without a last line that names the source."""
    for match in _MARKED_LINES.finditer(doc.text):
        text = re.sub(r"\n[ >\t]*[—–-]{1,2}[^\n]{1,80}$", "", match.group()).rstrip(" >\t\n")
        if WORD.search(text):
            yield Span(match.start(), match.start() + len(text))


def _in_html(doc: SourceDoc, path: Path) -> Iterator[Span]:
    """The block quotes of a web page, in the text of record, without a footer or <cite> that names the source."""
    from rag.readers.html import tree_of
    from rag.readers.markup import Blocks

    blocks = Blocks()
    blocks.walk(tree_of(path.read_bytes(), doc.document)[0])
    position = 0
    spans: dict[object, Span] = {}
    for block in blocks.found:
        holders = [block.element, *block.element.iterancestors()]
        at = doc.text.find(block.text.strip(), position)
        if at == -1:
            continue
        position = at + len(block.text.strip())
        quote = next((element for element in holders if element.tag == "blockquote"), None)
        if quote is not None and not any(element.tag in ("footer", "cite") for element in holders):
            spans[quote] = Span(spans[quote].start if quote in spans else at, position)
    yield from spans.values()


def quotations(reading: ReadingText, set_off: Sequence[Span]) -> Iterator[Span]:
    """The quotations of an article in reading offsets, marks included, in order, none inside another; `set_off` are its block
    quotes."""
    waiting = list(set_off)
    for block in reading.blocks:
        while waiting and waiting[0].start < block.end:
            yield waiting.pop(0)
        if any(span.start < block.end and block.start < span.end for span in set_off):
            continue
        text = reading.text[block.start : block.end]
        double = any(mark in text for mark in '“"「«')
        reached = 0
        for start, end in quoted_stretches(text):
            if start < reached or end - start < 3 or not WORD.search(text, start, end):
                continue
            if text[start] in "'‘" and (double or not _single(text, start, end)):
                continue
            yield Span(block.start + start, block.start + end)
            reached = end


def _single(text: str, start: int, end: int) -> bool:
    """Whether a stretch between single marks is a quotation: several words, not '90s … allies'."""
    inner = text[start + 1 : end - 1]
    return len(inner.split()) > 1 and not inner[:1].isdigit() and (text[start] == "‘" or len(inner) < 300)


def _joined(reading: ReadingText, spans: list[Span]) -> Iterator[tuple[Span, ...]]:
    """The quotations, those together that a speaker's name interrupts."""
    parts: list[Span] = []
    for span in spans:
        if parts and _goes_on(reading.text, parts[-1], span):
            parts.append(span)
            continue
        if parts:
            yield tuple(parts)
        parts = [span]
    if parts:
        yield tuple(parts)


def _goes_on(text: str, first: Span, second: Span) -> bool:
    """Whether only who speaks stands between two quotations: ,” said Kishi, “ — the sentence goes on."""
    between = text[first.end : second.start]
    return (
        len(between) <= _LONGEST_INTERRUPTION
        and bool(re.search(r"[,—–…-]\s*[”\"»’']$", text[first.start : first.end]))
        and bool(re.search(r",\s*$", between))
        and not re.search(r"[.!?;:\n]\s", between)
        and any(word in SPEECH for word in re.findall(r"[a-z]+", between))
    )


def _inner(text: str) -> str:
    return text.strip()[1:-1].strip()


def _quote(text: str, parts: tuple[Span, ...], comma: bool) -> str:
    """The words of the parts as one quotation; with `comma`, those before an interruption are taken for the speaker's own."""
    said = [_inner(text[part.start : part.end]) for part in parts]
    return " ".join([*(one if comma else one.rstrip(",").rstrip() for one in said[:-1]), said[-1]])


def _checked(sources: Sources, doc: SourceDoc, reading: ReadingText, parts: tuple[Span, ...]) -> DraftQuote:
    span = Span(parts[0].start, parts[-1].end)
    text = reading.text[span.start : span.end]
    said = voice(reading, parts[0].start, parts[0].end)
    speaker = said.speaker if said.kind == "direct" else None
    if len(parts) > 1:
        tries = [_quote(reading.text, parts, comma) for comma in (False, True)]
        verdicts = [check(sources, one, speaker) for one in tries]
        best = min((0, 1), key=lambda i: -_WORST_FIRST.index(verdicts[i].verdict))
        quote, verdict = tries[best], verdicts[best]
    else:
        quote = re.sub(r"(?m)^[ \t]*(?:>[ \t]?)+", "", text)
        verdict = check(sources, quote, speaker)
    note = None
    if verdict.verdict == "not_found" and looks_like_title(
        _inner(text), reading.text[max(0, span.start - 100) : span.start], reading.text[span.end : span.end + 100]
    ):
        note = "looks like a title, not checked as speech"
    record = reading.to_record(span.start, span.end)
    return DraftQuote(
        quote, record.start, record.end, doc.line_of(record.start), doc.line_of(record.end - 1), speaker, verdict, note
    )
