"""The values of the quote checker, and the one place where a verdict becomes the contract's JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, assert_never

from rag.types import Citation

Verdict = Literal["exact", "normalized", "elided", "altered", "spliced", "misattributed", "not_found"]
RiskKind = Literal[
    "negation", "hedge", "conditional", "exception", "contrast", "scope", "reported_speech", "plan", "question", "cut_off"
]
DifferenceClass = Literal["negation", "number", "name", "hedge", "tense", "word", "punctuation"]
AttributionStatus = Literal["not_asked", "confirmed", "different", "unsure"]


@dataclass(frozen=True)
class Risk:
    """Words just outside the quote that would turn its meaning. `text` are the words left out."""

    kind: RiskKind
    text: str


def in_words(kind: RiskKind) -> str:
    """What a person is told of a risk of this kind, before the words themselves."""
    match kind:
        case "negation":
            return "a negation was left out"
        case "hedge":
            return "the source says it less surely"
        case "conditional":
            return "the source ties it to a condition"
        case "exception":
            return "the source makes an exception"
        case "contrast":
            return "the source goes on to the contrary"
        case "scope":
            return "the source says it of a part"
        case "reported_speech":
            return "the source reports what somebody says, in the writer's words or in quotation marks"
        case "plan":
            return "the source tells of a plan or a wish"
        case "question":
            return "the source asks it"
        case "cut_off":
            return "the quote breaks off where the source goes on"
        case _:
            assert_never(kind)


@dataclass(frozen=True)
class Difference:
    """One place where quote and source part; an empty side means that the words stand only on the other."""

    quote: str
    source: str
    kind: DifferenceClass


@dataclass(frozen=True)
class Match:
    """A place that holds the quote or a part of it. `fragment` is that part of the quote."""

    citation: Citation
    fragment: str


@dataclass(frozen=True)
class Attribution:
    """Whether the claimed speaker is who says the matched words. `found` is who the text gives, `why` one sentence."""

    status: AttributionStatus
    found: str | None = None
    why: str = ""


@dataclass(frozen=True)
class Searched:
    """How much stood behind the verdict: documents and characters read, files that could not be read."""

    documents: int
    characters: int
    unreadable: tuple[str, ...] = ()


@dataclass(frozen=True)
class QuoteVerdict:
    """What `rag quote` returns. `occurrences` counts every place that holds the words; `matches` lists the best ones; `note`
    says what was not looked at."""

    quote: str
    verdict: Verdict
    searched: Searched
    matches: tuple[Match, ...] = ()
    differences: tuple[Difference, ...] = ()
    normalizations: tuple[str, ...] = ()
    context_risk: tuple[Risk, ...] = ()
    occurrences: int = 0
    attribution: Attribution = field(default_factory=lambda: Attribution("not_asked"))
    claimed_speaker: str | None = None
    claimed_document: str | None = None
    note: str | None = None
    id: Any = None

    def to_json(self) -> dict[str, Any]:
        """The contract's object; `occurrences` and `note` are more than it asks for."""
        return {
            "schema": 1,
            "id": self.id,
            "quote": self.quote,
            "claimed_speaker": self.claimed_speaker,
            "claimed_document": self.claimed_document,
            "verdict": self.verdict,
            "context_risk": [{"kind": risk.kind, "text": risk.text} for risk in self.context_risk],
            "matches": [_match(match) for match in self.matches],
            "differences": [{"quote": d.quote, "source": d.source, "class": d.kind} for d in self.differences],
            "normalizations": list(self.normalizations),
            "searched": {
                "documents": self.searched.documents,
                "characters": self.searched.characters,
                "unreadable": list(self.searched.unreadable),
            },
            "occurrences": self.occurrences,
            "note": self.note,
            "attribution": {"status": self.attribution.status, "found": self.attribution.found, "why": self.attribution.why},
        }


def _match(match: Match) -> dict[str, Any]:
    c = match.citation
    return {
        "document": c.document,
        "title": c.title,
        "authors": list(c.authors),
        "publisher": c.publisher,
        "date": c.date,
        "url": c.url,
        "page": c.page,
        "line_start": c.line_start,
        "line_end": c.line_end,
        "char_start": c.char_start,
        "char_end": c.char_end,
        "source_text": c.source_text,
        "reading_text": c.reading_text,
        "speaker": c.speaker,
        "fragment": match.fragment,
    }
