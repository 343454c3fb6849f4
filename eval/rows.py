"""Transcripts into rows: for each case what was expected, what was got, and its scores."""

from __future__ import annotations

from collections.abc import Iterable

from eval.cases import ConflictCase, Conversation, Decoy, Probe, Question, Unanswerable
from eval.collect import Transcript, said
from eval.measures import Row
from eval.places import Library
from eval.scorers import (
    Scores,
    score_answer,
    score_conflict,
    score_conversation_turn,
    score_decoy,
    score_integrity,
    score_probe,
    score_refusal,
    score_retrieval,
)
from rag.types import Answer

Asked = Question | Unanswerable | ConflictCase | Probe


def rows_of(transcripts: Iterable[Transcript], library: Library) -> list[tuple[Row, Answer]]:
    """One row a case, or one a turn of a conversation, in the order of the transcripts, each with the answer it is about."""
    return [pair for transcript in transcripts for pair in _rows(transcript, library)]


def _rows(transcript: Transcript, library: Library) -> list[tuple[Row, Answer]]:
    case = transcript.case
    if isinstance(case, Conversation):
        found, before = [], ""
        for turn, alone, answer in zip(case.turns, case.standalone, transcript.answers, strict=True):
            scores = score_conversation_turn(turn, alone, before, answer, library) if before else {}
            found.append(_row("conversations", turn, answer, scores, library))
            gold = [gold.text for gold in turn.gold] if isinstance(turn, Question) else []
            before = " ".join((before, turn.question, alone, *gold))
        return found
    answer = transcript.answers[0]
    if isinstance(case, Probe):
        return [_row("probes", case, answer, score_probe(case, transcript.answers), library)]
    if isinstance(case, Decoy):
        return [_row("decoys", case, answer, score_decoy(case, answer, library), library)]
    if isinstance(case, Question):
        scores = {**score_retrieval(case, answer, library), **score_answer(case, answer, library)}
        return [_row("questions", case, answer, {**scores, **score_refusal(True, answer)}, library)]
    if isinstance(case, Unanswerable):
        return [_row("unanswerable", case, answer, score_refusal(False, answer), library)]
    return [_row("conflicts", case, answer, score_conflict(case, answer, library), library)]


def _row(suite: str, case: Asked, answer: Answer, scores: Scores, library: Library) -> tuple[Row, Answer]:
    every = {**scores, **score_integrity(answer, library)}
    return Row(suite, case.id, case.split, case.kind, case.question, expected(case), got(answer), _needs(case), every), answer


def _needs(case: Asked) -> tuple[str, ...]:
    """The documents without which a question cannot be answered: those that hold all alternatives of a gold group."""
    if not isinstance(case, Question):
        return ()
    alone = [{gold.place.document for gold in group} for group in case.groups]
    return tuple(sorted({document for documents in alone if len(documents) == 1 for document in documents}))


def expected(case: Asked) -> str:
    """What a right answer would be, in words."""
    if isinstance(case, Probe):
        return expected(case.base)
    if isinstance(case, Decoy):
        return "anything but the gold"
    if isinstance(case, Question):
        return "; ".join(fact[0] for fact in case.facts) or " / ".join(gold.text for gold in case.gold)
    if isinstance(case, Unanswerable):
        return f"not in the corpus: {case.why}"
    return f"{case.kind.replace('_', ' ')} about {case.about}: {case.why}"


def got(answer: Answer) -> str:
    """What the answer says, with the number of each claim's citations, and the conflicts it names."""
    claims = " ".join(f"{claim.text} {''.join(f'[{number}]' for number in claim.citations)}" for claim in answer.claims)
    conflicts = "".join(f" (conflict: {conflict.about})" for conflict in answer.conflicts)
    return f"{claims or f'{answer.status}: {said(answer)}'}{conflicts}"
