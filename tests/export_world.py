"""A small corpus, an answer that cites it, and packets made of both: what the tests of the exports share."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from rag.cite import cite
from rag.corpus import list_documents
from rag.export import answers, verdicts
from rag.quotes import check, open_sources
from rag.readers import read_document
from rag.reading import ReadingText, read
from rag.settings import load
from rag.types import Answer, Citation, Claim, Conflict, CorpusState, Key, Passage, SourceDoc, Withheld

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)

HARBOUR = (
    "The harbour of Zephyria\n\n"
    "The old harbour was opened in 1901. Its keeper, Anna Brandt, said that “the light\n"
    "must never go out, not even in a calm”. The council did not agree with her, and\n"
    "the matter went to the governor. He answered after a year.1 In 1950 the har-\n"
    "bour had forty ships.2 It was closed in 1962, when the last of them was sold and\n"
    "the keeper of the lighthouse moved to the town.3\n"
)
LEDGER = "The ledger of the port\n\nIn 1950 the harbour had thirty-eight ships. The keeper was paid monthly.\n"
MANIFEST = """
[[document]]
path = "harbour.txt"
title = "The harbour of *Zephyria*"
authors = ["B. Writer", "C. Other"]
publisher = "The Press"
date = "1970-05"
url = "https://example.org/harbour?a=1&b=2"

[document.inferred]
date = "the keeper of the lighthouse moved to the town"
"""


def corpus(folder: Path) -> Path:
    """The corpus, written into a folder; one that is there is left alone, since another thread may be reading it."""
    if not (folder / "manifest.toml").exists():
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in (("harbour.txt", HARBOUR), ("ledger.txt", LEDGER), ("manifest.toml", MANIFEST)):
            (folder / name).write_bytes(text.encode())
    return folder


class Library:
    """The documents of a folder, by path."""

    def __init__(self, folder: Path) -> None:
        self.listing = list_documents(folder)
        self.entries = {entry.document: entry for entry in self.listing.entries}

    def __call__(self, path: str) -> tuple[SourceDoc, ReadingText]:
        doc = read_document(self.listing.path_of(path), self.entries[path])
        return doc, read(doc.text, doc.page_starts)

    def cite(self, path: str, words: str, number: int | None = None) -> Citation:
        """The citation of these characters of a document."""
        doc, reading = self(path)
        start = doc.text.index(words)
        return cite(doc, reading, start, start + len(words), number=number)


def fingerprint(folder: Path) -> str:
    sources = open_sources(folder, None)
    try:
        return verdicts.corpus_state(sources).fingerprint
    finally:
        sources.close()


def answer(folder: Path) -> Answer:
    """An answer with three citations, two of them called by its key too, a conflict and a sentence that was withheld."""
    library = Library(folder)
    light = library.cite("harbour.txt", "The old harbour was opened in 1901.", 1)
    forty = library.cite("harbour.txt", "In 1950 the har-\nbour had forty ships.2", 2)
    eight = library.cite("ledger.txt", "In 1950 the harbour had thirty-eight ships.", 3)
    return Answer(
        question="How many ships had the harbour in 1950?",
        standalone_question=None,
        mode="extractive",
        model=None,
        status="answered",
        message=None,
        claims=tuple(
            Claim(c.reading_text, (c.number or 0,), "verbatim", words)
            for c, words in ((light, ()), (forty, ((24, 29),)), (eight, ((24, 36),)))
        ),
        withheld=(Withheld("It had none.", "not what stands there"),),
        citations=(light, forty, eight),
        conflicts=(Conflict("the number of ships", (2, 3)),),
        passages=(Passage("ledger.txt", 24, 92, 0.75), Passage("harbour.txt", 25, 60, 0.5)),
        corpus=CorpusState(fingerprint(folder), 2),
        timings_ms={"retrieve": 1, "answer": 1, "verify": 1, "total": 3},
        key=Key("forty (1970-05); thirty-eight (undated)", (2, 3), "verbatim"),
    )


def refusal(folder: Path) -> Answer:
    """An answer that is none."""
    return Answer(
        question="Who painted the lighthouse?",
        standalone_question=None,
        mode="extractive",
        model=None,
        status="not_in_corpus",
        message="The corpus does not answer this. Searched: 2 documents (336 characters).",
        claims=(),
        withheld=(),
        citations=(),
        conflicts=(),
        passages=(Passage("ledger.txt", 24, 67, 0.1),),
        corpus=CorpusState(fingerprint(folder), 2),
        timings_ms={"retrieve": 1, "answer": 1, "verify": 1, "total": 3},
    )


def answer_packet(folder: Path, file: Path, given: Answer | None = None) -> Path:
    """The evidence packet of an answer over the corpus in `folder`, written to `file`."""
    written = answers.as_packet(given or answer(folder), Library(folder), load(corpus=folder), AT)
    file.write_text(written, encoding="utf-8", newline="")
    return file


def verdict_packet(folder: Path, file: Path, quote: str, speaker: str | None = None, document: str | None = None) -> Path:
    """The evidence packet of a verdict on a quote."""
    sources = open_sources(folder, None)
    try:
        written = verdicts.as_packet(check(sources, quote, speaker, document), sources, AT)
    finally:
        sources.close()
    file.write_text(written, encoding="utf-8", newline="")
    return file
