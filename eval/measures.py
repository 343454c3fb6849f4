"""The measures: what each is called, what it means, and which way is better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from eval.scorers import Scores


@dataclass(frozen=True)
class Measure:
    """`over` says which cases the mean is taken over; `by_kind` whether it is also shown for each kind of case."""

    name: str
    better: Literal["higher", "lower", "neither"]
    over: str
    meaning: str
    by_kind: bool = False


_ALL = (
    *(
        Measure(f"retrieval.recall@{k}", "higher", "questions", f"the whole evidence is in the first {k} passages")
        for k in (1, 3, 5, 10, 20)
    ),
    Measure("retrieval.ndcg@10", "higher", "questions", "gold groups near the top of the passages"),
    Measure("retrieval.mrr", "higher", "questions", "one over the rank of the first gold passage"),
    Measure("retrieval.span_recall@5", "higher", "questions", "share of gold characters in the first 5 passages"),
    Measure("retrieval.span_precision@5", "higher", "questions", "share of the first 5 passages' characters that are gold"),
    Measure("retrieval.worst_document", "higher", "questions about it", "whole evidence at 20, where it is worst"),
    Measure("answer.facts", "higher", "questions", "facts said, in all claims", by_kind=True),
    Measure("answer.facts_first", "higher", "questions", "facts said in the first sentence"),
    Measure("answer.facts_first3", "higher", "questions", "facts said in the first three sentences"),
    Measure("answer.citation_precision", "higher", "answered questions", "citations that are gold"),
    Measure("answer.citation_recall", "higher", "questions", "gold groups that are cited"),
    Measure("answer.verbatim", "higher", "answers", "verbatim claims that are their sources' words"),
    Measure("answer.exact_citations", "higher", "answers", "citations that are what the file holds at their offsets"),
    Measure("answer.resolved", "higher", "answers", "claims whose citation numbers all exist"),
    Measure("answer.echo", "lower", "answers", "answers with a claim that only repeats the question"),
    Measure("answer.whole_corpus", "higher", "answers", "answers that come from all documents there are"),
    Measure("answer.words", "neither", "answered questions", "length in words"),
    Measure("answer.short", "higher", "answered questions", "answers of at most 120 words, 300 for a list or an overview"),
    Measure("refusal.precision", "higher", "refusals", "refusals of what the corpus cannot answer"),
    Measure("refusal.recall", "higher", "unanswerable questions", "unanswerable questions refused", by_kind=True),
    Measure("refusal.f1", "higher", "questions and unanswerable", "harmonic mean of the two"),
    Measure("refusal.auroc", "higher", "questions and unanswerable", "an answerable question's best score is the higher one"),
    Measure("refusal.false", "lower", "questions", "answerable questions refused", by_kind=True),
    Measure("refusal.explained", "higher", "refusals", "refusals with a message and the nearest passages"),
    Measure("conflict.precision", "higher", "conflicts named", "conflicts named that are conflicts"),
    Measure("conflict.recall", "higher", "conflicts", "conflicts named"),
    Measure("conflict.invented", "lower", "non-conflicts", "conflicts named where there is none"),
    Measure("conflict.both_sides", "higher", "conflicts", "both sides cited, named or not"),
    Measure("conversation.recall@5", "higher", "answerable follow-ups", "the whole evidence is in the first 5 passages"),
    Measure("conversation.facts", "higher", "answerable follow-ups", "facts said"),
    Measure("conversation.citation_recall", "higher", "answerable follow-ups", "gold groups that are cited"),
    Measure("conversation.answered", "higher", "answerable follow-ups", "answered at all"),
    Measure("conversation.refused", "higher", "unanswerable follow-ups", "refused"),
    Measure(
        "conversation.rewrite", "higher", "follow-ups", "words of the conversation left out that the standalone question has"
    ),
    Measure("quote.verdict", "higher", "quotations", "the verdict is right"),
    Measure("quote.recognised", "higher", "true quotations", "the verdict is right"),
    Measure("quote.false_verbatim", "lower", "changed quotations", "called verbatim"),
    Measure("quote.misattributed_precision", "higher", "quotations called misattributed", "they are"),
    Measure("quote.misattributed_recall", "higher", "misattributed quotations", "called so"),
    Measure("draft.caught", "higher", "unfaithful drafts by script", "not shown as they stand", by_kind=True),
    Measure("draft.withheld", "lower", "faithful drafts by script", "not shown as they stand", by_kind=True),
    Measure("draft.caught_by_hand", "higher", "unfaithful drafts by hand", "not shown as they stand", by_kind=True),
    Measure("draft.withheld_by_hand", "lower", "faithful drafts by hand", "not shown as they stand", by_kind=True),
    Measure("judged.grounded", "higher", "judged answers", "claims that their sources carry, as a language model judges"),
    Measure("judged.relevant", "higher", "judged answers", "claims that answer the question, as a language model judges"),
    Measure("leak.decoys", "lower", "decoys", "gold found by questions that make no sense"),
    Measure("robust.same_twice", "higher", "probes", "the same question has the same answer"),
    Measure("robust.rephrased", "higher", "probes", "the question in other words has as good an answer"),
)
MEASURES = {measure.name: measure for measure in _ALL}


@dataclass(frozen=True)
class Row:
    """One case, what was expected and got in words, the documents it cannot do without, and its scores."""

    suite: str
    id: str
    split: str
    kind: str
    question: str
    expected: str
    got: str
    documents: tuple[str, ...]
    scores: Scores


@dataclass(frozen=True)
class Figure:
    """A measure over a part of the cases (and one kind, unless None). No value means no such cases; `reason` says so."""

    measure: str
    part: str
    kind: str | None
    value: float | None
    low: float | None
    high: float | None
    n: int
    reason: str

    @property
    def key(self) -> str:
        return f"{self.measure}/{self.part}" + (f"/{self.kind}" if self.kind else "")
