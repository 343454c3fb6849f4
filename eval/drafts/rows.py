"""Drafts into rows: what a verifier finds in each, and whether it should.

* caught: over unfaithful drafts made by script, 1 where anything was found, so that it is not shown as it stands.
* withheld: over faithful ones, the same; there it is the error.
* caught by hand, withheld by hand: the same over those written by hand, which are harder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from eval.collect import Advance
from eval.drafts.cases import Draft, load_hand
from eval.drafts.seeded import make
from eval.drafts.texts import corpus_texts
from eval.measures import Row
from eval.places import Library
from eval.scorers.score import Score, yes
from rag.corpus import bundled

# Drafts by script of each kind, of which there are seventeen; and of those by hand the quick profile takes each fourth.
EACH = {"quick": 6, "release": 100}
_SOME = 4

Verify = Callable[[Draft], Sequence[str]]
"""What is wrong with a draft, in words; nothing means that it may be shown."""


def library_verifier() -> Verify:
    """What the library finds in a language model's sentence: nothing where it is a sentence of a passage, whole or fairly cut,
    or where the sentences of one passage carry it."""
    from rag.generate import trimmed
    from rag.support import objection

    def verify(draft: Draft) -> list[str]:
        reasons = []
        for cited in draft.cited:
            cuts = [cut.unfair for sentence in cited.sentences if (cut := trimmed(draft.statement, sentence))]
            title = " ".join((cited.entry.title, f"({cited.entry.date})" if cited.entry.date else "")).strip()
            found = cuts or [objection(draft.statement, cited.sentences, title)]
            if None in found:
                return []
            reasons += [reason for reason in found if reason]
        return reasons

    return verify


def drafts_of(corpus: Path, library: Library, profile: str, split: str | None = None, each: int | None = None) -> list[Draft]:
    """The seeded drafts made from `corpus`, `each` of a kind (None: as the profile has it), and, for the bundled corpus,
    those written by hand."""
    by_hand = load_hand(library) if corpus.resolve() == bundled().resolve() else []
    by_hand = by_hand[::_SOME] if profile == "quick" else by_hand
    found = [*by_hand, *make(corpus_texts(library), each or EACH.get(profile, EACH["release"]))]
    return [draft for draft in found if split in (None, draft.split)]


def draft_rows(drafts: Iterable[Draft], verify: Verify, advance: Advance = lambda _: None) -> list[Row]:
    """One row a draft."""
    rows = []
    for draft in drafts:
        found = "; ".join(verify(draft))
        expected = "shown" if draft.faithful else "withheld"
        documents = tuple(dict.fromkeys(cited.entry.document for cited in draft.cited))
        scores = _scores(draft, found)
        got = found or "nothing found"
        rows.append(Row("drafts", draft.id, draft.split, draft.kind, draft.statement, expected, got, documents, scores))
        advance(1)
    return rows


def _scores(draft: Draft, found: str) -> dict[str, Score]:
    name = "draft.withheld" if draft.faithful else "draft.caught"
    return {f"{name}_by_hand" if draft.source == "hand" else name: yes(bool(found), found or "nothing found")}
