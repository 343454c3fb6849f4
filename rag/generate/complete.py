"""What of the extractive answer is added to what the model wrote, so that fluent is never less."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rag.extract import Draft, Statement
from rag.generate.writer import Outcome
from rag.retrieve import Candidate

# A model that finds no answer is believed unless the search is this sure (0 to 1) of its best sentence.
_SURE = 0.9

MODEL_FOUND_NONE = "The language model found no answer in the passages. Shown are the sources’ sentences that come nearest; read them with care."


def complete(draft: Draft, outcome: Outcome, shown: int, cited: Callable[[Candidate], bool]) -> Sequence[Statement]:
    """The statements of the extractive `draft` to show behind the `shown` sentences that the model wrote.

    All of them when none of the model's could be shown; none when the model refused and the search is not sure either. Else
    those that bring what the model left out: the best sentence, and every side of a difference.
    """
    if not shown:
        return () if outcome.refused and draft.confidence < _SURE else draft.statements
    sides = {candidate.unit.id for difference in draft.differences for candidate in difference.candidates}
    best = max((s.candidate.score for s in draft.statements), default=0.0)
    return [
        statement
        for statement in draft.statements
        if not cited(statement.candidate) and (statement.candidate.unit.id in sides or statement.candidate.score == best)
    ]
