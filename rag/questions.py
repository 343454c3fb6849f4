"""Checking what is asked before any work is done for it."""

from __future__ import annotations

from rag.errors import InputError

# Longer than any question a person asks; beyond it something else was pasted.
LONGEST_QUESTION = 10_000


def check_question(question: str) -> str:
    """The question without white space around it. Raises InputError when it is empty, overlong or not text."""
    question = question.strip()
    if not question or not any(character.isalnum() for character in question):
        raise InputError("The question is empty.", "Ask something in words.")
    if len(question) > LONGEST_QUESTION:
        raise InputError(
            f"The question has {len(question):,} characters; at most {LONGEST_QUESTION:,} are read.",
            "Ask a shorter one; to look for a passage, use: rag quote.",
        )
    return question
