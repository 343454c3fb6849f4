"""An answer as a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from rag.answer import to_json
from rag.cite import Library, cite
from rag.export import markdown, packet, word
from rag.export.content import answer_report
from rag.export.formats import now
from rag.export.report import Report
from rag.settings import RagSettings
from rag.types import Answer, Citation


def as_markdown(answer: Answer, library: Library) -> str:
    """The answer as Markdown with footnotes; `library` gives the documents of its passages."""
    return markdown.write(_report(answer, library))


def as_docx(answer: Answer, library: Library, at: datetime | None = None) -> bytes:
    """The answer as a Word document with footnotes; `at` is the time of making (UTC), now if it is not given."""
    return word.write(_report(answer, library), at or now())


def as_packet(answer: Answer, library: Library, settings: RagSettings, at: datetime | None = None) -> str:
    """The answer as an evidence packet: the text of an HTML file."""
    scores = [passage.score for passage in answer.passages]
    return packet.make(
        "answer",
        to_json(answer),
        cited=answer.citations,
        retrieved=list(zip(_retrieved(answer, library), scores, strict=True)),
        library=library,
        corpus=answer.corpus,
        settings=settings,
        at=at or now(),
    )


def export(answer: Answer, suffix: str, library: Library, settings: RagSettings) -> bytes:
    """The answer as the bytes of a file with this suffix, one of `formats.SUFFIXES`. Raises KeyError for another."""
    writers: Mapping[str, Callable[[], str | bytes]] = {
        ".md": lambda: as_markdown(answer, library),
        ".docx": lambda: as_docx(answer, library),
        ".html": lambda: as_packet(answer, library, settings),
    }
    written = writers[suffix]()
    return written if isinstance(written, bytes) else written.encode("utf-8")


def _report(answer: Answer, library: Library) -> Report:
    retrieved = _retrieved(answer, library)
    inferred = {c.document: library(c.document)[0].entry.not_printed for c in (*answer.citations, *retrieved)}
    return answer_report(answer, retrieved, inferred)


def _retrieved(answer: Answer, library: Library) -> list[Citation]:
    return [cite(*library(passage.document), passage.char_start, passage.char_end) for passage in answer.passages]
