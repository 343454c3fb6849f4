"""A sentence held once more against the citations it was shown with."""

from __future__ import annotations

from collections.abc import Sequence

from rag.reading import Block, ReadingText, sentence_spans
from rag.types import Citation, Entry
from rag.verify.types import Evidence
from rag.verify.verifier import Verifier


def objection(statement: str, citations: Sequence[Citation]) -> str:
    """Why none of `citations` carries `statement`, empty when one does. Raises ModelError."""
    found = Verifier.bundled().verify(statement, [_evidence(citation) for citation in citations])
    return "; ".join(finding.text for finding in found.findings)


def _evidence(citation: Citation) -> Evidence:
    reading = ReadingText(citation.reading_text, len(citation.reading_text), (), ())
    spans = sentence_spans(reading, Block(0, len(reading.text), "paragraph"))
    entry = Entry(
        document=citation.document,
        title=citation.title,
        authors=citation.authors,
        publisher=citation.publisher,
        date=citation.date,
        url=citation.url,
    )
    return Evidence(tuple(reading.text[span.start : span.end] for span in spans), entry)
