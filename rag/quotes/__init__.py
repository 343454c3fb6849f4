"""The quote checker: is it in the sources, word for word, who said it, and what was left out.

    sources = open_sources(corpus_folder, data_folder)
    verdict = check(sources, "the words", speaker="who is said to have said them")

Needs no model; `open_sources(…, misleads=rag.support.misleads)` has one read what stands around a quotation, too. `check` and
`check_draft` are deterministic; `open_sources` reads what is new once and keeps it.
"""

from rag.quotes.check import check
from rag.quotes.draft import DraftQuote, DraftReport, check_draft
from rag.quotes.speaker import speaker_at
from rag.quotes.store import Misleads, Sources, open_sources
from rag.quotes.types import Attribution, Difference, Match, QuoteVerdict, Risk, Searched

__all__ = [
    "Attribution",
    "Difference",
    "DraftQuote",
    "DraftReport",
    "Match",
    "Misleads",
    "QuoteVerdict",
    "Risk",
    "Searched",
    "Sources",
    "check",
    "check_draft",
    "open_sources",
    "speaker_at",
]
