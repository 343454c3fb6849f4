"""What exports call things: verdicts, warnings, modes, and a citation in words."""

from __future__ import annotations

from rag.types import Answer, Citation

VERDICTS = {
    "exact": "The words stand there, character for character.",
    "normalized": "The same words; only what a printer or a keyboard does is different.",
    "elided": "Shortened with marks; what is quoted stands there in order, in one place.",
    "altered": "This is not what the source says.",
    "spliced": "Pieces of different places, joined as if they were one.",
    "misattributed": "The words are real, but not said by this person, or not in this document.",
    "not_found": "These documents do not hold it.",
}
RISKS = {
    "negation": "a negation stands just outside the quote",
    "hedge": "the source says it with reserve",
    "conditional": "the source says it under a condition",
    "reported_speech": "the source reports what somebody else says",
    "cut_off": "the quote breaks off where the source goes on",
}
MODES = {
    "extractive": "Extractive: the sources’ own words, nothing written by a model",
    "generative": "Generative: written by {model}, every sentence checked against its source",
}
STATUSES = {
    "answered": "Answered",
    "partial": "Answered in part",
    "not_in_corpus": "Not in the corpus",
}


def mode(answer: Answer) -> str:
    """Who wrote the answer, in words."""
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
