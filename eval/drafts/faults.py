"""Verifiers that are broken on purpose, to see that the gates stop them. Used by tests only; nothing else imports this."""

from __future__ import annotations

from dataclasses import dataclass

from eval.drafts.cases import Draft
from eval.drafts.rows import Verify
from rag.lexical import content_tokens


def _finds_nothing(draft: Draft) -> list[str]:
    return []


def _looks_for_words(draft: Draft) -> list[str]:
    """As many have it: supported is what has most of its words in the passage."""
    passage = {token for cited in draft.cited for sentence in cited.sentences for token in content_tokens(sentence)}
    words = set(content_tokens(draft.statement))
    return [] if len(words & passage) >= 0.7 * len(words) else ["words"]


def _withholds_everything(draft: Draft) -> list[str]:
    return ["unsure"]


@dataclass(frozen=True)
class VerifierFault:
    """A broken verifier of drafts, and the gate that must fail because of it."""

    name: str
    gate: str
    what: str
    verify: Verify


VERIFIER_FAULTS = (
    VerifierFault("finds-nothing", "drafts-caught", "every draft is shown as it stands", _finds_nothing),
    VerifierFault("looks-for-words", "drafts-caught", "a draft is shown when its words are in the passage", _looks_for_words),
    VerifierFault("withholds-everything", "drafts-shown", "no draft is shown", _withholds_everything),
)
