"""What answers hold: the contract's JSON objects, field by field, for the OpenAPI description and the MCP tools.

They describe what the library writes and do not touch it: what is sent is the library's own JSON. The tests compare the
two, unknown fields included, so that the description cannot drift from the truth.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from rag.models import Kind
from rag.quotes.types import AttributionStatus, DifferenceClass, RiskKind, Verdict
from rag.types import SupportKind

Count = Annotated[int, Field(ge=0)]
Line = Annotated[int, Field(ge=1)]
Range = Annotated[list[Count], Field(min_length=2, max_length=2)]
Support = Annotated[
    SupportKind, Field(description="The citation's words, those with some left out, or a language model's that it supports.")
]


class Result(BaseModel):
    """A JSON object with these fields and no others."""

    model_config = ConfigDict(extra="forbid")


class Versioned(Result):
    """A top-level object: `schema` is raised when a change breaks readers."""

    version: Literal[1] = Field(alias="schema", description="Raised when a change breaks readers.")


class Place(Result):
    """An exact place. `source_text` is the text of record from `char_start` (inclusive) to `char_end` (exclusive), in
    code points; `reading_text` the same words without line-break hyphens, wraps and footnote numbers."""

    document: str = Field(description="Path below the corpus folder.")
    title: str
    authors: list[str]
    publisher: str | None
    date: str | None = Field(description="As exact as known: 2021, 2021-03 or 2021-03-16.")
    url: str | None
    page: Line | None
    line_start: Line
    line_end: Line
    char_start: Count
    char_end: Line
    source_text: str
    reading_text: str
    speaker: str | None


class Citation(Place):
    """A place that a claim points at by its number."""

    number: Line


class Claim(Result):
    """A statement and the numbers of the citations that carry it."""

    text: str
    citations: list[Line] = Field(min_length=1)
    support: Support
    words: list[Range] = Field(description="Half-open ranges of `text`: the words that answer. Possibly none.")


class Key(Result):
    """The answer in one line, from the sources: "2019"; "third-largest (2016); fourth-largest (2021)"."""

    text: str
    citations: list[Line] = Field(min_length=1)
    support: Support


class Withheld(Result):
    """A statement that is not shown, and why."""

    text: str
    reason: str


class Conflict(Result):
    """Citations that say different things about the same matter."""

    about: str
    citations: list[Line]


class Passage(Result):
    """A retrieved place. The score orders the passages of one answer; it is no probability."""

    document: str
    char_start: Count
    char_end: Line
    score: float


class Corpus(Result):
    """Which corpus answered."""

    fingerprint: str
    documents: Count


class Answer(Versioned):
    """What `rag ask --json` prints."""

    id: str | int | None
    question: str
    standalone_question: str | None = Field(description="How a follow-up question was understood, else null.")
    mode: Literal["extractive", "generative"]
    model: str | None
    status: Literal["answered", "partial", "not_in_corpus"]
    message: str | None = Field(description="What a person reads when the answer is missing or partial.")
    key: Key | None = Field(description="The answer in one line, where one can be given, else null.")
    claims: list[Claim]
    missing: list[str] = Field(description="What of the question is not answered; empty unless the status is `partial`.")
    withheld: list[Withheld]
    citations: list[Citation]
    conflicts: list[Conflict]
    passages: list[Passage] = Field(description="Everything retrieved, best first.")
    corpus: Corpus
    timings_ms: dict[str, Count]
    scope: list[str] = Field([], description="The documents searched, where the request named some; else left out.")
    kind: Kind = Field(
        "fact", description="Which kind of answer was wanted, where it is an overview or about documents; else left out."
    )


class ClaimEvent(Result):
    """The data of an event `claim`: a verified claim with its citations, as soon as it is ready."""

    claim: Claim
    citations: list[Citation]


class Difference(Result):
    """Where quote and source part; an empty side means that the words stand only on the other."""

    quote: str
    source: str
    kind: DifferenceClass = Field(alias="class")


class Risk(Result):
    """Words left out just beside the quote that would turn its meaning."""

    kind: RiskKind
    text: str


class Match(Place):
    """A place that holds the quote, or the part of it in `fragment`."""

    fragment: str


class Searched(Result):
    """How much was searched."""

    documents: Count
    characters: Count
    unreadable: list[str]


class Attribution(Result):
    """Whether the claimed speaker is who says the words; `found` is who the source gives."""

    status: AttributionStatus
    found: str | None
    why: str


class QuoteVerdict(Versioned):
    """What `rag quote --json` prints."""

    id: str | int | None
    quote: str
    claimed_speaker: str | None
    claimed_document: str | None
    verdict: Verdict
    context_risk: list[Risk]
    matches: list[Match]
    differences: list[Difference]
    normalizations: list[str]
    searched: Searched
    occurrences: Count
    note: str | None = Field(description="What was not looked at, if anything.")
    attribution: Attribution


class QuoteVerdicts(Versioned):
    """The verdicts, in the order of the quotes."""

    results: list[QuoteVerdict]


class DraftQuotation(Result):
    """A quotation of the draft: where it stands in the draft, whose the draft says it is, and the verdict."""

    quote: str
    char_start: Count
    char_end: Line
    line_start: Line
    line_end: Line
    speaker: str | None
    note: str | None = Field(description="Why it was not checked as speech, where it was not.")
    result: QuoteVerdict


class DraftReport(Versioned):
    """What `rag draft --json` prints: every quotation, worst first."""

    draft: str
    quotations: list[DraftQuotation]


class FoundPassage(Place):
    """A passage with its words."""

    score: float


class SearchResult(Versioned):
    """What `rag search --json` prints."""

    query: str
    passages: list[FoundPassage]


class ShownPlace(Place, Versioned):
    """What `rag show --json` prints for a place."""


class Document(Result):
    """A document of the corpus. `inferred` maps a field that is not printed to the words it was inferred from, `read_from` one that
    was not given to where in the file it was read."""

    document: str
    title: str
    authors: list[str]
    publisher: str | None
    date: str | None
    url: str | None
    inferred: dict[str, str]
    read_from: dict[str, str]


class Documents(Versioned):
    """What `rag show --json` prints without a place."""

    documents: list[Document]


class IndexState(Result):
    """What is indexed."""

    documents: Count
    characters: Count
    units: Count = Field(description="Sentences and passages.")
    fingerprint: str
    embedding_model: str
    unreadable: list[str] = Field(description="Documents that could not be read.")
    mode: Literal["extractive", "generative"]
    model: str | None


class SyncResult(IndexState, Versioned):
    """What `rag sync --json` prints."""

    added: list[str]
    changed: list[str]
    removed: list[str]
    unchanged: Count
    warnings: list[str]


class Status(Versioned):
    """Where the server stands; `index` is null until the assistant is ready."""

    program: str = Field(description="The program and its version.")
    phase: Literal["starting", "indexing", "loading", "ready", "failed"]
    message: str
    index: IndexState | None


class Problem(Result):
    """What is wrong and what to do; `where` names the field of the request, if it is one."""

    message: str
    remedy: str
    where: str | None


class ProblemResult(Result):
    """Every answer that is not 2xx."""

    error: Problem
