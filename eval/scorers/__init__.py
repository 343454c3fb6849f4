"""The scorers: pure functions from a case and its answer to named scores, each a value and a reason.

No scorer looks at timings, at the index or at another answer, so the same answer always has the same scores.
"""

from eval.scorers.answers import score_answer, score_integrity
from eval.scorers.decisions import score_conflict, score_conversation_turn, score_decoy, score_probe, score_refusal
from eval.scorers.retrieval import score_retrieval
from eval.scorers.score import Score, Scores

__all__ = [
    "Score",
    "Scores",
    "score_answer",
    "score_conflict",
    "score_conversation_turn",
    "score_decoy",
    "score_integrity",
    "score_probe",
    "score_refusal",
    "score_retrieval",
]
