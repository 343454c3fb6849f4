"""Quotations, seeded and written by hand, into rows: what the quote checker says of each and what it should say.

* verdict: 1 where the verdict is one of the right ones.
* recognised: over quotations whose words are in the corpus, the same.
* false verbatim: over quotations whose words are not, 1 where it was called verbatim (exact, normalized, elided). This
  is the error that ends careers.
* misattribution precision and recall: over quotations called misattributed, and over those that are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval import quotes_run, quotes_seeded
from eval.collect import Advance
from eval.measures import Row
from eval.scorers.score import Score, yes
from rag.corpus import bundled

VERBATIM = frozenset(("exact", "normalized", "elided"))

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


def quotations(corpus: Path, profile: str, split: str | None = None) -> list[Quotation]:
    """The seeded quotations made from `corpus` and, for the bundled corpus, those written by hand."""
    from rag.quotes import open_sources

    sources = open_sources(corpus, None)
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
            raw.get("split") or half(raw["quote"]),
            f"by hand: {verdict}",
            raw["quote"],
            (verdict,),
            raw.get("speaker"),
            raw.get("document"),
        )


def half(text: str) -> str:
    """The half that a case without one belongs to: by its words, so that adding a case moves no other."""
    return ("tune", "report")[hashlib.sha256(text.encode()).digest()[0] % 2]


def checker(corpus: Path) -> Checker:
    """The quote checker of the library over `corpus`."""
    from rag.quotes import check, open_sources

    sources: Any = open_sources(corpus, None)
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
    true = set(case.right) <= VERBATIM
    misattributed = "misattributed" in case.right
    return {
        "quote.verdict": yes(right, verdict),
        "quote.recognised": yes(right, verdict) if true else Score(None, "not the corpus's words"),
        "quote.false_verbatim": (
            Score(None, "the corpus's words") if true or misattributed else yes(verdict in VERBATIM, verdict)
        ),
        "quote.misattributed_precision": yes(misattributed, verdict) if verdict == "misattributed" else Score(None, verdict),
        "quote.misattributed_recall": yes(right, verdict) if misattributed else Score(None, "not misattributed"),
    }
