"""Answers that a language model puts together from the sources' sentences, and what else it is asked."""

from rag.generate.condense import condense, keeps_to
from rag.generate.probe import Trial, probe
from rag.generate.prompt import as_data
from rag.generate.selector import Outcome, Selected, Selector
from rag.generate.trim import Trimmed, trimmed

__all__ = [
    "Outcome", "Selected", "Selector", "Trial", "Trimmed", "as_data", "condense", "keeps_to", "probe", "trimmed",
]  # fmt: skip
