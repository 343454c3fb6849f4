"""A verdict on a quotation as a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from rag.corpus import fingerprint
from rag.export import markdown, packet, word
from rag.export.content import Inferred, verdict_report
from rag.export.formats import now
from rag.quotes import QuoteVerdict, Sources
from rag.types import CorpusState


def as_markdown(verdict: QuoteVerdict, sources: Sources) -> str:
    """The verdict as Markdown with footnotes. `sources` are what it was checked against."""
    return markdown.write(verdict_report(verdict, _inferred(sources)))


def as_docx(verdict: QuoteVerdict, sources: Sources, at: datetime | None = None) -> bytes:
    """The verdict as a Word document with footnotes; `at` is the time of making (UTC), now if it is not given."""
    return word.write(verdict_report(verdict, _inferred(sources)), at or now())


def as_packet(verdict: QuoteVerdict, sources: Sources, at: datetime | None = None) -> str:
    """The verdict as an evidence packet: the text of an HTML file. It holds no settings: a verdict depends on none."""
    by_path = {source.document: source for source in sources.documents}
    return packet.make(
        "verdict",
        verdict.to_json(),
        cited=[match.citation for match in verdict.matches],
        retrieved=(),
        library=lambda path: (by_path[path].doc, by_path[path].reading),
        corpus=corpus_state(sources),
        settings=None,
        at=at or now(),
    )


def export(verdict: QuoteVerdict, suffix: str, sources: Sources) -> bytes:
    """The verdict as the bytes of a file with this suffix, one of `formats.SUFFIXES`. Raises KeyError for another."""
    writers: Mapping[str, Callable[[], str | bytes]] = {
        ".md": lambda: as_markdown(verdict, sources),
        ".docx": lambda: as_docx(verdict, sources),
        ".html": lambda: as_packet(verdict, sources),
    }
    written = writers[suffix]()
    return written if isinstance(written, bytes) else written.encode("utf-8")


def corpus_state(sources: Sources) -> CorpusState:
    """The fingerprint of an opened corpus, the same as an index of it has."""
    return CorpusState(fingerprint((source.document, source.sha256) for source in sources.documents), len(sources.documents))


def _inferred(sources: Sources) -> Inferred:
    return {source.document: source.entry.not_printed for source in sources.documents}
