"""What public sets are measured by and our own cases are not.

* first@k: 1 where a gold place is among the first k passages.
* documents nDCG@10: over the documents of the passages, each counted at its first, best first; binary gains. Beside it
  plain BM25 over the same documents, as a sample of a set is easier than the whole that others measured.
* first cited: 1 where the first citation of the first claim is gold; a refusal is 0.
* not refused: over unanswerable questions, 1 where one was answered.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import log2

from eval.cases import Question, Unanswerable
from eval.places import Library, Place, same
from eval.public.sets import World
from eval.scorers import Score, Scores
from eval.scorers.decisions import refused
from eval.scorers.score import yes
from rag.lexical import content_tokens
from rag.types import Answer


def public_scores(case: Question | Unanswerable, answer: Answer, library: Library) -> Scores:
    """The scores of one task."""
    if isinstance(case, Unanswerable):
        return {"public.not_refused": yes(not refused(answer), answer.status)}
    places = [Place(passage.document, passage.char_start, passage.char_end) for passage in answer.passages[:5]]
    hits = [any(same(place, gold.place, library) for gold in case.gold) for place in places]
    return {
        "public.first@1": yes(any(hits[:1]), "the first passage"),
        "public.first@5": yes(any(hits), "the first five passages"),
        "public.documents_ndcg@10": _ndcg(case, (passage.document for passage in answer.passages)),
        "public.first_cited": _first_cited(case, answer, library),
    }


def plain_bm25(world: World) -> list[Score]:
    """The documents nDCG@10 of each of a world's questions by bm25s with its own defaults over stemmed content words."""
    import bm25s

    names = sorted(world.documents)
    plain = bm25s.BM25()
    plain.index([content_tokens(world.documents[name]) for name in names], show_progress=False)
    asked = [content_tokens(task.case.question) for task in world.tasks]
    best, _ = plain.retrieve(asked, k=min(10, len(names)), show_progress=False)
    cases = (task.case for task in world.tasks)
    return [
        _ndcg(case, [names[at] for at in ranked]) if isinstance(case, Question) else Score(None, "unanswerable")
        for case, ranked in zip(cases, best.tolist(), strict=True)
    ]


def _ndcg(case: Question, documents: Iterable[str]) -> Score:
    wanted = {gold.place.document for gold in case.gold}
    ranked = list(dict.fromkeys(documents))[:10]
    gain = sum(1 / log2(rank + 1) for rank, document in enumerate(ranked, start=1) if document in wanted)
    ideal = sum(1 / log2(rank + 1) for rank in range(1, min(len(wanted), 10) + 1))
    return Score(gain / ideal, f"{len(wanted & set(ranked))} of {len(wanted)} among the first {len(ranked)} documents")


def _first_cited(case: Question, answer: Answer, library: Library) -> Score:
    first = answer.claims[0].citations[0] if answer.claims else None
    cited = [Place(c.document, c.char_start, c.char_end) for c in answer.citations if c.number == first]
    return yes(any(same(place, gold.place, library) for place in cited for gold in case.gold), f"citation {first}")
