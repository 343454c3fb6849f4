"""Which answers got worse, in words: the measures of a comparison, put together case by case.

A case got worse when one of the measures that a reader would notice did; that evidence stands a rank lower is left to the
list of measures. What most lost cases have in common (a document that they need, their kind) is often the cause.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from eval.compare import Change, Moved
from eval.measures import Row

# What a reader notices, worst first: measure, and what is said of a case of which it got worse. `{reason}` is the score's.
_NOTICED = (
    ("answer.verbatim", "words that are not the source's: {reason}"),
    ("answer.exact_citations", "a citation is not what stands there: {reason}"),
    ("answer.resolved", "a citation number points at nothing"),
    ("answer.whole_corpus", "not from all documents: {reason}"),
    ("quote.false_verbatim", "a changed quotation is called verbatim"),
    ("draft.caught", "a statement that its sources do not carry is shown"),
    ("leak.decoys", "answers a question that makes no sense from the cases' gold"),
    ("robust.same_twice", "the same question has two answers"),
    ("refusal.recall", "answered, though the documents do not say"),
    ("conversation.refused", "answered, though the documents do not say"),
    ("refusal.false", "refused, though the documents say"),
    ("conversation.answered", "refused, though the documents say"),
    ("conflict.invented", "a conflict is named where there is none"),
    ("answer.facts", "no longer says it ({reason})"),
    ("conversation.facts", "no longer says it ({reason})"),
    ("retrieval.recall@20", "its evidence is no longer among the passages found"),
    ("conversation.recall@5", "its evidence is no longer among the first five passages"),
    ("retrieval.recall@5", "its evidence is no longer among the first five passages"),
    ("answer.citation_recall", "its evidence is no longer cited"),
    ("conversation.citation_recall", "its evidence is no longer cited"),
    ("conflict.recall", "the conflict is no longer named"),
    ("conflict.both_sides", "only one side of the conflict is cited"),
    ("draft.withheld", "a faithful statement is held back"),
    ("robust.rephrased", "the same question in other words is answered less well"),
    ("answer.echo", "repeats the question"),
    ("refusal.explained", "refuses without a word"),
    ("quote.verdict", "wrongly judged: {reason}"),
)
_RANK = {name: rank for rank, (name, _) in enumerate(_NOTICED)}
_WORDS = dict(_NOTICED)

# What follows from another loss and need not be said beside it.
_FOLLOWS = {
    "refusal.false": ("answer.facts", "answer.citation_recall"),
    "conversation.answered": ("conversation.facts", "conversation.citation_recall"),
    "retrieval.recall@20": ("retrieval.recall@5", "answer.citation_recall"),
    "retrieval.recall@5": ("answer.citation_recall",),
    "conversation.recall@5": ("conversation.citation_recall",),
}

# From this share of the lost cases on, what they share is worth a line.
_MOST = 2 / 3


@dataclass(frozen=True)
class MovedCase:
    """A case that got worse, before and now; `why` in words, the worst first."""

    before: Row
    after: Row
    why: tuple[str, ...]


def worse_cases(found: Sequence[Change]) -> list[MovedCase]:
    """The cases that got worse as a reader would notice, worst first."""
    lost: dict[tuple[str, str], dict[str, Moved]] = {}
    for name, moved in _noticed(found, "worse"):
        lost.setdefault(_key(moved), {})[name] = moved
    ranked = sorted(lost.items(), key=lambda item: (min(map(_RANK.__getitem__, item[1])), item[0]))
    return [_moved_case(by_measure) for _, by_measure in ranked]


def _moved_case(by_measure: dict[str, Moved]) -> MovedCase:
    implied = {name for cause in by_measure for name in _FOLLOWS.get(cause, ())}
    names = sorted(set(by_measure) - implied, key=_RANK.__getitem__)
    why = (_WORDS[name].format(reason=by_measure[name].after.scores[name].reason) for name in names)
    first = by_measure[names[0]]
    return MovedCase(first.before, first.after, tuple(dict.fromkeys(why)))


def summary(found: Sequence[Change]) -> str:
    """How many cases got worse and better, in one line."""
    worse, better = ({_key(moved) for _, moved in _noticed(found, side)} for side in ("worse", "better"))
    both = worse & better
    mixed = f" ({len(both)} of them both, in different respects)" if both else ""
    return f"{_count(len(worse))} got worse and {len(better)} better since the last release{mixed}."


def in_common(lost: Sequence[MovedCase]) -> Iterator[str]:
    """What most of the lost cases share, where that says something: a document that they need, a kind, a reason."""
    if len(lost) < 2:
        return
    first = Counter(case.why[0].split(" (")[0].split(": ")[0] for case in lost)
    documents = Counter(document for case in lost for document in case.after.documents)
    kinds = Counter(f"{case.after.kind} ({case.after.suite})" for case in lost)
    for counts, said in ((first, "went wrong in the same way"), (documents, "need"), (kinds, "are of the kind")):
        for what, count in counts.most_common(1):
            if count >= _MOST * len(lost):
                yield f"{count} of {len(lost)} {said}: {what}"
    answers = [case for case in lost if any("no longer says it" in why or "no longer cited" in why for why in case.why)]
    found = [case for case in answers if not any("passages" in why for why in case.why)]
    if len(answers) >= _MOST * len(lost) and len(found) >= _MOST * len(answers):
        yield f"in {len(found)} of {len(answers)} the search still finds the evidence: what is chosen from it is at fault"


def _noticed(found: Sequence[Change], side: str) -> Iterator[tuple[str, Moved]]:
    for change in found:
        if change.measure in _RANK:
            yield from ((change.measure, moved) for moved in getattr(change, side))


def _key(moved: Moved) -> tuple[str, str]:
    return moved.after.suite, moved.after.id


def _count(number: int) -> str:
    return "1 answer" if number == 1 else f"{number} answers"
