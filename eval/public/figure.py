"""The figures shown for each set, beside what others published on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from eval.stats import Interval


@dataclass(frozen=True)
class SetFigure:
    """One figure; `published` says what others got, on which part, so that it is compared with the right room."""

    set: str
    name: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    published: str


SetFigures = list[SetFigure]


class Shown(NamedTuple):
    """`measure` is one of `eval.measures` or `eval.public.scores`; `kind` keeps the tasks of one kind only."""

    set: str
    name: str
    measure: str
    published: str = ""
    kind: str | None = None


def set_figure(shown: Shown, interval: Interval) -> SetFigure:
    """A figure with its interval, as it is shown."""
    return SetFigure(shown.set, shown.name, interval.value, interval.low, interval.high, interval.n, shown.published)


def nothing(shown: Shown) -> SetFigure:
    """The figure where there is nothing to measure."""
    return SetFigure(shown.set, shown.name, None, None, None, 0, shown.published)


# "dense", "BM25", "fused": all-MiniLM-L6-v2, bm25s and their reciprocal rank fusion with nothing tuned, measured once on the
# whole sets before this project was built.
SHOWN = (
    Shown("squad2", "paragraph first", "public.first@1", "whole dev set: dense 0.649, BM25 0.800, fused 0.782"),
    Shown("squad2", "paragraph in 5", "public.first@5", "whole dev set: dense 0.881, BM25 0.935, fused 0.947"),
    Shown("squad2", "paragraph MRR", "retrieval.mrr", "whole dev set: dense 0.752, BM25 0.860, fused 0.853"),
    Shown("squad2", "answer said", "answer.facts"),
    Shown("squad2", "answer in first sentence", "answer.facts_first"),
    Shown("squad2", "unanswerable refused", "refusal.recall"),
    Shown("squad2", "answerable refused", "refusal.false"),
    Shown("squad2", "AUROC of the confidence", "public.confidence", "dense 0.62, BM25 0.57"),
    Shown(
        "chunking",
        "character recall at 5",
        "retrieval.span_recall@5",
        "5 corpora: MiniLM 0.757, BM25 0.843, text-embedding-3-large 0.881",
    ),
    Shown(
        "chunking",
        "character precision at 5",
        "retrieval.span_precision@5",
        "5 corpora: MiniLM 0.065, BM25 0.065, text-embedding-3-large 0.070",
    ),
    Shown(
        "scifact",
        "abstracts, nDCG@10",
        "public.documents_ndcg@10",
        "all 5,183 abstracts: BM25 0.679, MiniLM 0.645, fused 0.715",
        "abstracts",
    ),
    Shown("scifact", "abstracts, nDCG@10, plain BM25 here", "public.bm25_ndcg@10", "", "abstracts"),
    Shown("scifact", "evidence sentence cited first", "public.first_cited", "dense 0.555, BM25 0.569", "sentences"),
    Shown("scifact", "evidence sentences cited", "answer.citation_recall", "", "sentences"),
    Shown("scifact", "claims refused", "refusal.false", "", "sentences"),
    Shown("qed", "answering sentence cited first", "public.first_cited", "ranked first: dense 0.665, BM25 0.545"),
    Shown("qed", "answering sentence cited", "answer.citation_recall"),
    Shown("qed", "citations that answer", "answer.citation_precision"),
    Shown("qed", "answer said", "answer.facts"),
    Shown("clapnq", "gold sentences cited", "answer.citation_recall"),
    Shown("clapnq", "citations that are gold", "answer.citation_precision"),
    Shown("clapnq", "unanswerable refused", "refusal.recall"),
    Shown("clapnq", "answerable refused", "refusal.false"),
    Shown("clapnq", "AUROC of the confidence", "public.confidence", "dense 0.80, BM25 0.71"),
    Shown(
        "nomiracl",
        "hallucination (not refused)",
        "public.not_refused",
        "GPT-4 0.43, GPT-3.5 0.45, Mistral-7B 0.09, Llama-2-70B 0.90",
    ),
    Shown(
        "nomiracl",
        "error (answerable refused)",
        "refusal.false",
        "GPT-4 0.05, GPT-3.5 0.08, Mistral-7B 0.61, Llama-2-70B 0.15",
    ),
    Shown("nomiracl", "AUROC of the confidence", "public.confidence", "dense 0.70, BM25 0.57"),
    Shown("mtrag", "refusal precision", "refusal.precision", "best published 0.33"),
    Shown("mtrag", "refusal recall", "refusal.recall", "best published 0.44"),
    Shown("mtrag", "answerable refused", "refusal.false"),
)
