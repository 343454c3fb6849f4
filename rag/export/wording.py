"""How people read it: verdicts, warnings, modes and kinds of support in words, and which words are set bold.

The page, the terminal and the exports all take their words from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rag.types import Answer, Citation

Piece = tuple[str, bool]
"""Words, and whether they are set bold."""

VERDICTS = {
    "exact": "The words stand there, character for character.",
    "normalized": "The same words; only what a printer or a keyboard does is different.",
    "elided": "Shortened with marks; what is quoted stands there in order, in one place.",
    "altered": "This is not what the source says.",
    "spliced": "Pieces of different places, joined as if they were one.",
    "misattributed": "The words are real, but not said by this person, or not in this document.",
    "not_found": "These documents do not hold it.",
}
MODES = {
    "extractive": "Extractive: the sources’ own words, nothing written by a model",
    "generative": "Generative: chosen and ordered by {model}, every sentence checked against its source",
}
STATUSES = {
    "answered": "Answered",
    "partial": "To be checked",
    "not_in_corpus": "Not in the corpus",
}
SUPPORT = {
    "verbatim": "",
    "elided": "words left out",
    "verified": "a model’s wording",
}
"""What stands beside a sentence that is not its source's, whole and word for word."""
FORMS = {
    "overview": "An overview, document by document, newest first.",
    "compare": "What each document says, newest first.",
    "change": "Over time, oldest first.",
    "document": "The document in its own sentences.",
}
"""What is said of an answer that draws several places together."""


def emphasised(text: str, words: Iterable[tuple[int, int]]) -> list[Piece]:
    """`text` in pieces, of which those in the half-open ranges `words` are bold.

    At least one piece. Ranges that overlap or touch become one, and what of them lies outside the text is passed over.
    """
    merged: list[tuple[int, int]] = []
    for start, end in sorted((max(start, 0), min(end, len(text))) for start, end in words):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        elif start < end:
            merged.append((start, end))
    pieces, position = [], 0
    for start, end in merged:
        pieces += [(text[position:start], False), (text[start:end], True)]
        position = end
    pieces.append((text[position:], False))
    return [piece for piece in pieces if piece[0]] or [(text, False)]


def caution(answer: Answer) -> list[Piece]:
    """What is read before an answer: that it is an overview; if it is partial or missing, why, and what is still open."""
    still_open = "; ".join(f"“{part}”" for part in answer.missing)
    said = [answer.message or "", f"Still open: {still_open}." if still_open else ""]
    why = " ".join(part for part in said if part)
    if answer.status == "answered" and answer.mode == "extractive" and (shape := form(answer)):
        return [(shape, False)]
    if answer.status != "partial":
        return [(why, False)] if why else []
    return [("Check this.", True), *([(f" {why}", False)] if why else [])]


def form(answer: Answer) -> str:
    """What is said of the form of an answer: "" of plain ones; of documents asked about, what is known about them."""
    if answer.kind == "metadata":
        lines = [
            " — ".join(part for part in (c.title, ", ".join(c.authors), c.publisher or "", c.date or "no date") if part)
            for c in answer.citations
        ]
        searched = answer.corpus.documents if answer.scope is None else len(answer.scope)
        return "; ".join([f"{documents(len(lines))} of {searched:,}", *lines])
    several = len({citation.document for citation in answer.citations}) > 1
    return FORMS.get(answer.kind, "") if several or answer.kind in ("change", "document") else ""


def newest_first(citations: Iterable[Citation]) -> Sequence[Citation]:
    """Citations that differ, as they are set beside each other; those without a date come last."""
    return sorted(citations, key=lambda citation: citation.date or "", reverse=True)


def mode(answer: Answer) -> str:
    """Who put the answer together, in words."""
    return MODES[answer.mode].format(model=answer.model or "a language model")


def lines_of(citation: Citation) -> str:
    """Page and lines of a citation, as a person writes them."""
    page = f"page {citation.page}, " if citation.page else ""
    if citation.line_start == citation.line_end:
        return f"{page}line {citation.line_start}"
    return f"{page}lines {citation.line_start}–{citation.line_end}"


def who_and_when(citation: Citation) -> str:
    """Date and author of a citation, for setting one beside another."""
    who = ", ".join(citation.authors) or citation.publisher or citation.title
    return f"{citation.date or 'undated'}, {who}"


def words(citation: Citation) -> str:
    """The cited words as a person reads them; those that the reading leaves out (a page's head) as they stand."""
    return citation.reading_text or " ".join(citation.source_text.split())


def documents(count: int) -> str:
    """A number of documents in words."""
    return f"{count:,} document{'s' if count != 1 else ''}"
