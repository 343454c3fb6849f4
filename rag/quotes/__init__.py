"""The quote checker: is it in the sources, word for word, who said it, and what was left out.

    with_sources = open_sources(corpus_folder, data_folder)
    verdict = check(with_sources, "the words", speaker="who is said to have said them")

Needs no model. `check` and `check_draft` are deterministic; `open_sources` reads what is new once and keeps it.
"""

from rag.quotes.check import check
from rag.quotes.store import Sources, open_sources
from rag.quotes.types import Attribution, Difference, Match, QuoteVerdict, Risk, Searched

__all__ = ["Attribution", "Difference", "Match", "QuoteVerdict", "Risk", "Searched", "Sources", "check", "open_sources"]
