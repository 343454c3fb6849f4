"""Retrieval, from the passages an answer lists, best first.

* whole evidence at k: 1 when the first k passages together hold every gold group, that is at least 90% of the
  characters of one of its alternatives; else 0. A question half of whose evidence is missing cannot be answered.
* nDCG@10 (Järvelin and Kekäläinen 2002), binary: each gold group counts once, at the first passage that is the same
  place as one of its alternatives, so a passage gains what it brings that is new (α-nDCG with α = 1, Clarke and others
  2008). The ideal is one group a rank; a passage that holds two can beat it, and the value is cut at 1.
* MRR: one over the rank of the first passage that is the same place as any gold span; 0 when none is.
* span recall and precision at 5, in characters (Smith and Troynikov 2024, "Evaluating Chunking Strategies for
  Retrieval"): the share of the gold that was retrieved (for each group, its best alternative), and the share of what
  was retrieved that is gold.
"""

from __future__ import annotations

from math import log2

from eval.cases import Question
from eval.places import Library, Place, common, covered, ink, same, union
from eval.scorers.score import Score, yes
from rag.types import Answer

CUTS = (1, 3, 5, 10, 20)
SPAN_CUT = 5

# A gold span is held when this share of its characters is: footnote numbers and list marks at its rim may be missing.
HELD = 0.9


def score_retrieval(case: Question, answer: Answer, library: Library) -> dict[str, Score]:
    """Scores of the passages of `answer`. With no passage at all every score is 0."""
    found = [Place(passage.document, passage.char_start, passage.char_end) for passage in answer.passages]
    scores = {f"retrieval.recall@{cut}": _whole(case, found[:cut], library) for cut in CUTS}
    ranks = [_rank([gold.place for gold in group], found, library) for group in case.groups]
    scores["retrieval.ndcg@10"] = _ndcg(ranks)
    first = min((rank for rank in ranks if rank), default=None)
    scores["retrieval.mrr"] = Score(1 / first, f"first gold at rank {first}") if first else Score(0.0, "no gold retrieved")
    head = found[:SPAN_CUT]
    scores[f"retrieval.span_recall@{SPAN_CUT}"] = _span_recall(case, head, library)
    retrieved = sum(ink(place, library) for place in union(head))
    gold = common(head, [gold.place for gold in case.gold], library)
    scores[f"retrieval.span_precision@{SPAN_CUT}"] = (
        Score(gold / retrieved, f"{gold} of {retrieved} characters retrieved are gold")
        if retrieved
        else Score(0.0, "nothing retrieved")
    )
    return scores


def _whole(case: Question, found: list[Place], library: Library) -> Score:
    missing = [
        group[0].group for group in case.groups if not any(covered(gold.place, found, library) >= HELD for gold in group)
    ]
    groups = len(case.groups)
    return yes(not missing, f"{groups - len(missing)} of {groups} gold groups in the first {len(found)} passages")


def _rank(group: list[Place], found: list[Place], library: Library) -> int | None:
    for rank, place in enumerate(found, start=1):
        if any(same(place, gold, library) for gold in group):
            return rank
    return None


def _ndcg(ranks: list[int | None]) -> Score:
    gain = sum(1 / log2(rank + 1) for rank in ranks if rank and rank <= 10)
    ideal = sum(1 / log2(rank + 1) for rank in range(1, min(len(ranks), 10) + 1))
    at = ", ".join(str(rank) if rank else "–" for rank in ranks)
    return Score(min(1.0, gain / ideal), f"gold groups at ranks {at}")


def _span_recall(case: Question, found: list[Place], library: Library) -> Score:
    held = total = 0
    for group in case.groups:
        best = max((gold.place for gold in group), key=lambda place: covered(place, found, library))
        held += common([best], found, library)
        total += ink(best, library)
    return Score(held / total, f"{held} of {total} gold characters retrieved")
