"""What is asked of whole documents: which one is meant, its sentences that sum it up, and what is known about it.

A document is meant when words of the question stand in its title, authors, publisher, date or file name and in no other
document's. It is summed up by its own sentences: those nearest to what all of it is about, and to the question, none like
another. Who wrote it, and when, is read in its first lines by the evidence model. Nothing is written; no language is asked for.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from rag.decide import ASKS, Sentence
from rag.lexical import content_tokens
from rag.models import Reading, Window
from rag.reading import ReadingText, leans, sentence_spans
from rag.types import Entry, SourceDoc, Span

Encode = Callable[[Sequence[str]], Any]
"""Unit vectors of texts that have e5's prefix."""

Read = Callable[[str, Sequence[Window]], Sequence[Reading]]
"""What each window says to a question."""

# Sentences of a summary, and the words of one that can be read alone.
_SENTENCES, _WORDS = 6, range(8, 61)
# Sentences of a document that are looked at: from its opening, its end, and evenly between.
_OPENING, _BETWEEN, _CLOSING = 60, 80, 60
# How much nearness to the question counts beside nearness to the whole, and likeness to what is chosen already against it.
_ASKED, _ALIKE = 0.5, 0.6
# A document's own head: so many characters of its first blocks.
_HEAD = 300
# Its first lines: so many characters, in windows of so many. What answers in them is shown from these log-odds on; lines no further
# apart than this are shown as one.
_FRONT, _WINDOW, _ANSWERS, _APART = 2400, 700, 1.0, 2
# Documents whose first lines are read; documents of a list of documents.
MOST_READ = 3
MOST_DOCUMENTS = 8


def meant(question: str, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The documents that `question` names, all alike if several are; of a corpus of one document that one."""
    if len(entries) == 1:
        return tuple(entries)
    asked = set(content_tokens(question))
    names = [asked & _names(entry) for entry in entries]
    count = Counter(word for words in names for word in words)
    scores = [sum(math.log(len(entries) / count[word]) for word in words) for words in names]
    best = max(scores, default=0.0)
    return tuple(entry for entry, score in zip(entries, scores, strict=True) if best > 0 and score > 0.99 * best)


def _names(entry: Entry) -> set[str]:
    """What a document may be called by. Short words of titles ("two") and numbers but years name nothing; those of people do."""
    words = content_tokens(
        " ".join([entry.title, entry.publisher or "", entry.document.rpartition("/")[2], (entry.date or "")[:4]])
    )
    telling = {word for word in words if len(word) >= 4 or not word.isascii()}
    return telling | set(content_tokens(" ".join(entry.authors)))


def head(doc: SourceDoc, reading: ReadingText) -> Sentence | None:
    """The first lines of a document, where its title and author mostly stand; None where it has none to read."""
    if not reading.blocks:
        return None
    first, end = reading.blocks[0], reading.blocks[0].end
    for block in reading.blocks[1:4]:
        if block.end - first.start > _HEAD:
            break
        end = block.end
    if end - first.start > 2 * _HEAD:  # a document that begins with its text
        end = min(next((span.end for span in sentence_spans(reading, first)), end), first.start + 2 * _HEAD)
    return _sentence(doc, reading, first.start, end, "heading", 0)


def front_lines(question: str, doc: SourceDoc, reading: ReadingText, read: Read) -> list[Sentence]:
    """What answers in a document's first lines: title, authors, date, publisher, number; none where nothing does."""
    opening = (block for block in reading.blocks if block.start < _FRONT)
    spans = [span for block in opening for span in sentence_spans(reading, block) if span.start < _FRONT]
    windows: list[list[Span]] = [[]]
    for span in spans:
        if windows[-1] and span.end - windows[-1][0].start > _WINDOW:
            windows.append([])
        windows[-1].append(span)
    texts = [tuple(" ".join(reading.text[span.start : span.end].split()) for span in window) for window in windows]
    found = read(question, [Window(doc.entry.title, window) for window in texts]) if spans else []
    odds = [one for window in found for one in window.sentences]
    answering = [number for number, one in enumerate(odds) if one >= _ANSWERS]
    runs: list[list[int]] = []
    for number in answering:
        if runs and number - runs[-1][-1] <= _APART and spans[number].end - spans[runs[-1][0]].start <= _HEAD:
            runs[-1].append(number)
        else:
            runs.append([number])
    return [
        _sentence(doc, reading, spans[run[0]].start, spans[run[-1]].end, "heading", run[0])._replace(
            answers=max(odds[n] for n in run)
        )
        for run in runs
    ]


def summed_up(question: str, doc: SourceDoc, reading: ReadingText, encode: Encode) -> list[Sentence]:
    """The sentences of a document that sum it up, in their order; none where it has no sentences that stand alone."""
    import numpy as np

    spans = [
        (span, block.role) for block in reading.blocks if block.role in ("paragraph", "list_item") for span in sentence_spans(reading, block)
        if _stands_alone(reading.text[span.start : span.end])
    ]  # fmt: skip
    if not spans:
        return []
    middle = spans[_OPENING : -_CLOSING or None]
    seen = spans if len(spans) <= _OPENING + _BETWEEN + _CLOSING else [
        *spans[:_OPENING], *middle[:: math.ceil(len(middle) / _BETWEEN)], *spans[-_CLOSING:]
    ]  # fmt: skip
    texts = [reading.text[span.start : span.end] for span, _ in seen]
    vectors = encode([f"passage: {text}" for text in texts])
    asked = encode([f"query: {question} {doc.entry.title}"])[0]
    whole = vectors.mean(0)
    worth = vectors @ (whole / np.linalg.norm(whole)) + _ASKED * (vectors @ asked)
    chosen: list[int] = []
    while len(chosen) < min(_SENTENCES, len(seen)):
        alike = (vectors @ vectors[chosen].T).max(1) if chosen else np.zeros(len(seen))
        left = np.where(np.isin(np.arange(len(seen)), chosen), -9.0, worth - _ALIKE * alike)
        chosen.append(int(left.argmax()))
    return [_sentence(doc, reading, seen[n][0].start, seen[n][0].end, seen[n][1], n + 1) for n in sorted(chosen)]


def _stands_alone(text: str) -> bool:
    """Whether a sentence can be read alone. Without spaces (Chinese, Japanese, Thai) three characters are about a word."""
    words = len(text.split()) if " " in text.strip() and len(text) < 12 * len(text.split()) else len(text) // 3
    return words in _WORDS and not leans(text) and not text.rstrip().endswith(ASKS)


def _sentence(doc: SourceDoc, reading: ReadingText, start: int, end: int, role: str, ordinal: int) -> Sentence:
    place = reading.to_record(start, end)
    text = " ".join(part.strip() for part in reading.text[start:end].split("\n") if part.strip())
    return Sentence(
        doc.document, -ordinal - 1, place.start, place.end, role, text, doc.entry.date, None, 0.0, 0.0, 0.0, 0.0, None, 0.0, doc.entry.title
    )  # fmt: skip
