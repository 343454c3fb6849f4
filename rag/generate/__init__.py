"""Answers written by a language model: what it is asked, how its reply is read, and what of it is shown.

What the model writes is a draft. Each sentence is verified against the passages before anybody sees it.
"""

from rag.generate.complete import MODEL_FOUND_NONE, complete
from rag.generate.condense import condense, keeps_to
from rag.generate.probe import probe
from rag.generate.prompt import NumberedPassage, as_data, number_passages
from rag.generate.reply import DraftSentence, ReplyError, ReplyReader
from rag.generate.writer import Outcome, Shown, Writer

__all__ = [
    "MODEL_FOUND_NONE",
    "DraftSentence",
    "NumberedPassage",
    "Outcome",
    "ReplyError",
    "ReplyReader",
    "Shown",
    "Writer",
    "as_data",
    "complete",
    "condense",
    "keeps_to",
    "number_passages",
    "probe",
]
