"""Errors a person can meet. Each says what is wrong and what to do next.

RagError                the root: exit status 1
├── InputError          a question, option or file of the caller's: exit status 2
├── CorpusError         the corpus folder or its manifest: exit status 2
├── StoreError          the data folder: locked, stale, damaged, not writable
└── ModelError          an embedding model or one of the project's own
    └── LanguageModelError   the language model's server: not there, refusing, too slow, failing
"""

from __future__ import annotations


class RagError(Exception):
    """`message` says what is wrong, `remedy` what to do; `exit_status` is the command's."""

    exit_status = 1

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class InputError(RagError):
    """What the caller gave cannot be used."""

    exit_status = 2


class CorpusError(RagError):
    """The corpus folder or its manifest cannot be used."""

    exit_status = 2


class StoreError(RagError):
    """The data folder cannot be used: locked, stale, damaged or not writable."""


class ModelError(RagError):
    """A model is missing, is not the one expected, or failed."""


class LanguageModelError(ModelError):
    """The language model's server cannot be reached, refuses, fails or takes too long."""
