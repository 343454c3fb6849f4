"""Decisions: to refuse or not, to name a conflict or not, to take a follow-up for what it means.

Every score is written so that a measure is the plain mean over the cases it applies to:

* refusal precision: over refused questions, 1 where the corpus really cannot answer; recall: over unanswerable
  questions, 1 where refused; false refusals: over answerable questions, 1 where refused. `partial` is no refusal.
* score: that of the first passage. It is no measure, but how well it parts answerable from unanswerable questions is.
* explained: over refusals, 1 when it says so to the reader and shows the nearest passages.
* conflict precision: over cases in which a conflict was reported between the case's sides, or any conflict in a
  non-conflict, 1 where there is one; recall: over conflicts, 1 when one reported conflict cites at least two sides.
* both sides: over conflicts, 1 when the answer cites at least two sides, with or without saying that they conflict.
* invented: over non-conflicts, 1 where any conflict was reported.
* rewrite: over follow-ups that leave out words of the conversation before them, the share of those words (of content,
  stemmed) that the answer's standalone question has. Other words for the same matter are neither asked for nor counted.
* same twice: over probes, 1 when the second answer to the same words is the first one again, timings aside.
* decoys: over questions that make no sense, 1 where the answer cites, or finds first, their gold all the same.
* rephrased: over probes whose first answer says a fact, the share of the other ways of asking that say as many.
"""

from __future__ import annotations

from dataclasses import replace

from eval.cases import ConflictCase, Decoy, Probe, Question, Unanswerable
from eval.places import Library, Place, same
from eval.scorers.answers import said_facts, score_answer
from eval.scorers.retrieval import score_retrieval
from eval.scorers.score import Score, share, yes
from rag.lexical import content_tokens
from rag.types import Answer, Citation


def refused(answer: Answer) -> bool:
    return answer.status == "not_in_corpus"


def score_refusal(answerable: bool, answer: Answer) -> dict[str, Score]:
    """Whether refusing, or answering, was right."""
    no = refused(answer)
    said = "refused" if no else answer.status
    right = yes(not answerable, "refused an answerable question" if answerable else "refused what the corpus cannot answer")
    return {
        "refusal.precision": right if no else Score(None, said),
        "refusal.recall": Score(None, "answerable") if answerable else yes(no, said),
        "refusal.false": yes(no, said) if answerable else Score(None, "unanswerable"),
        "refusal.score": (
            Score(answer.passages[0].score, "score of the first passage") if answer.passages else Score(None, "no passages")
        ),
        "refusal.explained": (
            yes(bool(answer.message and answer.passages), f"message {bool(answer.message)}, {len(answer.passages)} passages")
            if no
            else Score(None, said)
        ),
    }


def score_conflict(case: ConflictCase, answer: Answer, library: Library) -> dict[str, Score]:
    """Whether the answer names the conflict of `case`, or invents one where there is none."""
    by_number = {citation.number: citation for citation in answer.citations}
    reported = [[by_number[n] for n in conflict.citations if n in by_number] for conflict in answer.conflicts]
    real = case.kind == "conflict"
    hits = [cited for cited in reported if _sides(case, cited, library) >= 2]
    cited_sides = _sides(case, list(answer.citations), library)
    says_so = bool(hits) if real else bool(reported)
    return {
        "conflict.precision": (
            yes(real, "named a conflict there is" if real else f"named a conflict there is not: {answer.conflicts[0].about}")
            if says_so
            else Score(None, "named none")
        ),
        "conflict.recall": (
            yes(bool(hits), f"{len(hits)} of {len(reported)} reported fit") if real else Score(None, "no conflict")
        ),
        "conflict.invented": Score(None, "a conflict") if real else yes(bool(reported), f"{len(reported)} conflicts reported"),
        "conflict.both_sides": (
            yes(cited_sides >= 2, f"{cited_sides} of {len(case.sides)} sides cited") if real else Score(None, "no conflict")
        ),
    }


def score_conversation_turn(
    case: Question | Unanswerable, standalone: str, before: str, answer: Answer, library: Library
) -> dict[str, Score]:
    """A follow-up: the same measures as a question's, and what became of the words it leaves out.

    `before` is what the conversation was about until then, in any words.
    """
    if isinstance(case, Unanswerable):
        scores = {"refused": yes(refused(answer), answer.status)}
    else:
        retrieval, said = score_retrieval(case, answer, library), score_answer(case, answer, library)
        scores = {
            "answered": yes(not refused(answer), answer.status),
            "recall@5": retrieval["retrieval.recall@5"],
            "facts": said["answer.facts"],
            "citation_recall": said["answer.citation_recall"],
        }
    left_out = (set(content_tokens(standalone)) - set(content_tokens(case.question))) & set(content_tokens(before))
    lost = sorted(left_out - set(content_tokens(answer.standalone_question or case.question)))
    what = f"words left out were put back{' (not: ' + ', '.join(lost) + ')' if lost else ''}"
    scores["rewrite"] = share(len(left_out) - len(lost), len(left_out), what)
    return {f"conversation.{name}": score for name, score in scores.items()}


def score_decoy(case: Decoy, answer: Answer, library: Library) -> dict[str, Score]:
    """Whether the answer found what its question gives no way to find."""
    shown = [Place(citation.document, citation.char_start, citation.char_end) for citation in answer.citations]
    shown += [Place(first.document, first.char_start, first.char_end) for first in answer.passages[:1]]
    hit = any(same(place, gold.place, library) for place in shown for gold in case.gold)
    return {"leak.decoys": yes(hit, "found the gold of a nonsense question" if hit else "did not find the gold")}


def score_probe(case: Probe, answers: tuple[Answer, ...]) -> dict[str, Score]:
    """Whether the same question has the same answer, and one that means the same an answer as good."""
    first, second, *others = answers
    same_twice = replace(first, timings_ms={}) == replace(second, timings_ms={})
    kept = [said_facts(case.base, answer) for answer in others]
    wanted = said_facts(case.base, first)
    return {
        "robust.same_twice": yes(same_twice, "the same answer" if same_twice else "another answer to the same question"),
        "robust.rephrased": (
            share(sum(one >= wanted for one in kept), len(kept), f"other ways say as much ({kept} of {wanted} facts)")
            if wanted
            else Score(None, "the first answer says none of the facts")
        ),
    }


def _sides(case: ConflictCase, cited: list[Citation], library: Library) -> int:
    places = [Place(citation.document, citation.char_start, citation.char_end) for citation in cited]
    return sum(any(same(place, side, library) for place in places) for side in case.sides)
