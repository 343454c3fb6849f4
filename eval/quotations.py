"""Quotations, seeded and written by hand, into rows: what the quote checker says of each and what it should say.

* verdict: 1 where the verdict is one of the right ones.
* recognised: over quotations whose words are in the corpus, the same.
* false verbatim: over quotations whose words are not, 1 where it was called verbatim (exact, normalized, elided). This
  is the error that ends careers.
* misattribution precision and recall: over quotations called misattributed, and over those that are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from eval import quotes_run, quotes_seeded
from eval.cases import half
from eval.collect import Advance
from eval.measures import Row
from eval.scorers.score import Score, yes
from rag.corpus import bundled
from rag.quotes import Sources, check

# Seeded cases of each kind, of which there are about forty: the quick profile still has all verdicts.
EACH = {"quick": 4, "release": 15}
_SEED = 7

# Words of the shortest sentence that can be quoted, and sentences of the smallest corpus that quotations are made from.
_SHORTEST, _FEWEST = 8, 20


@dataclass(frozen=True)
class Quotation:
    """A quotation, the verdicts that are right for it, and who or what is claimed to have said it."""

    id: str
    split: str
    kind: str
    quote: str
    right: tuple[str, ...]
    speaker: str | None = None
    document: str | None = None


Checker = Callable[[Quotation], str]
"""Gives the verdict on a quotation."""


def quotations(corpus: Path, sources: Sources, profile: str, split: str | None = None) -> list[Quotation]:
    """The seeded quotations made from `corpus`, opened as `sources`, and, for the bundled corpus, those written by hand."""
    said = [sentence for sentence in quotes_run.sentences(sources) if len(sentence.split()) >= _SHORTEST]
    each = EACH.get(profile, EACH["release"])
    made = quotes_seeded.make(said, quotes_run.record(sources), "seeded", _SEED, each) if len(said) >= _FEWEST else []
    found = [Quotation(case.id, case.half, case.kind, case.quote, case.right, case.speaker) for case in made]
    return [
        case
        for case in (*found, *(_by_hand() if corpus.resolve() == bundled().resolve() else ()))
        if split in (None, case.split)
    ]


def _by_hand() -> Iterator[Quotation]:
    for raw in quotes_run.hand():
        verdict: str = raw["verdict"]
        yield Quotation(
            str(raw["id"]),
            half(raw["quote"]),
            f"by hand: {verdict}",
            raw["quote"],
            (verdict,),
            raw.get("speaker"),
            raw.get("document"),
        )


def checker(sources: Sources) -> Checker:
    """The quote checker of the library over `sources`."""
    return lambda case: check(sources, case.quote, case.speaker, case.document).verdict


def quotation_rows(cases: list[Quotation], verdict_of: Checker, advance: Advance = lambda _: None) -> list[Row]:
    """One row a quotation."""
    rows = []
    for case in cases:
        verdict = verdict_of(case)
        rows.append(
            Row(
                "quotes",
                case.id,
                case.split,
                case.kind,
                case.quote,
                " or ".join(case.right),
                verdict,
                (),
                _scores(case, verdict),
            )
        )
        advance(1)
    return rows


def _scores(case: Quotation, verdict: str) -> dict[str, Score]:
    right = verdict in case.right
    true = set(case.right) <= quotes_seeded.VERBATIM
    misattributed = "misattributed" in case.right
    return {
        "quote.verdict": yes(right, verdict),
        "quote.recognised": yes(right, verdict) if true else Score(None, "not the corpus's words"),
        "quote.false_verbatim": (
            Score(None, "the corpus's words") if true or misattributed else yes(verdict in quotes_seeded.VERBATIM, verdict)
        ),
        "quote.misattributed_precision": yes(misattributed, verdict) if verdict == "misattributed" else Score(None, verdict),
        "quote.misattributed_recall": yes(right, verdict) if misattributed else Score(None, "not misattributed"),
    }
