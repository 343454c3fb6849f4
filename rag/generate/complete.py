"""What of the extractive answer is added to what the model wrote, so that fluent is never less."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rag.extract import MOST_WORDS, Draft, Statement
from rag.generate.writer import Outcome
from rag.lexical import content_tokens
from rag.questions import Question, offers
from rag.retrieve import Candidate

# A model that finds no answer is believed unless the search is this sure (0 to 1) of its best sentence.
_SURE = 0.9
_HALF = 0.5

MODEL_FOUND_NONE = "The language model found no answer in the passages. Shown are the sources’ sentences that come nearest; read them with care."


def complete(
    question: Question, draft: Draft, outcome: Outcome, shown: Sequence[str], cited: Callable[[Candidate], bool]
) -> Sequence[Statement]:
    """The statements of the extractive `draft` to show behind the sentences that the model wrote (`shown`).

    All of them when none of the model's could be shown; none when the model refused and the search is not sure either. Else
    those that the model's sentences do not rest on, as long as the whole is no longer than an extractive answer may be. The
    best sentence and every side of a difference are added in any case; so is one that the model shortened by what is asked
    for (a date where the question is when) or, where that cannot be told, by more than half.
    """
    if not shown:
        return () if outcome.refused and draft.confidence < _SURE else draft.statements
    sides = {candidate.unit.id for difference in draft.differences for candidate in difference.candidates}
    best = max((s.candidate.score for s in draft.statements), default=0.0)
    offered = any(offers(text, question) for text in shown)
    words = sum(len(text.split()) for text in shown)
    added = []
    for statement in draft.statements:
        text = statement.candidate.unit.text
        if cited(statement.candidate):
            short = question.kind is None and _kept(text, shown) < _HALF
            wanted = statement.candidate.score == best and (short or (not offered and offers(text, question)))
        else:
            wanted = (
                statement.candidate.unit.id in sides
                or statement.candidate.score == best
                or words + len(text.split()) <= MOST_WORDS
            )
        if wanted:
            added.append(statement)
            words += len(text.split())
            offered = offered or offers(text, question)
    return added


def _kept(text: str, shown: Sequence[str]) -> float:
    """The share of a sentence's words that the shown ones have (0 to 1)."""
    own, theirs = set(content_tokens(text)), set(content_tokens(" ".join(shown)))
    return len(own & theirs) / max(1, len(own))
