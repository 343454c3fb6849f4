"""The figures of a verifier on drafts, or the drafts themselves.

    python -m eval.drafts [--public PATH] [--part tune|report] [--each N] [--misses] [--list]

With --public they are made from the public sets in PATH and nothing is kept of them; without, they are those of the
bundled corpus, by hand and by script. --misses prints what went wrong in the tune half; the report half is not looked at.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from eval import stats
from eval.casefile import read_library
from eval.drafts.rows import EACH, draft_rows, drafts_of, library_verifier
from eval.figures import value_of
from eval.measures import Row
from eval.public.drafts import public_drafts
from rag.corpus import bundled


def table(rows: Sequence[Row]) -> Iterator[str]:
    """One line a kind and half: the share caught of unfaithful drafts, withheld of faithful ones, with its interval."""
    for measure in ("draft.caught", "draft.caught_by_hand", "draft.withheld", "draft.withheld_by_hand"):
        kinds = sorted({row.kind for row in rows if measure in row.scores})
        for part in ("tune", "report"):
            for kind in (None, *kinds):
                chosen = (row for row in rows if row.split == part and kind in (None, row.kind))
                values = [value for row in chosen if (value := value_of(row, measure)) is not None]
                if values:
                    found = stats.mean(values)
                    shown = f"{found.value:.3f}   {found.low:.3f} to {found.high:.3f}   {found.n:>4}"
                    yield f"{measure:<22} {part:<6} {kind or 'all':<23} {shown}"


def misses(rows: Sequence[Row]) -> Iterator[str]:
    """What was shown and should not have been, and the other way round, in the tune half."""
    for row in rows:
        withheld = any(score.value for score in row.scores.values())
        if row.split == "tune" and withheld == (row.expected == "shown"):
            yield f"{row.id} [{row.kind}] {row.question}\n    expected {row.expected}; {row.got}"


def main() -> None:
    parser = argparse.ArgumentParser(description="Verify drafts, print the figures.")
    parser.add_argument("--public", type=Path, help="folder of public sets to make drafts from")
    parser.add_argument("--part", choices=("tune", "report"))
    parser.add_argument("--each", type=int, default=EACH["release"], help="seeded drafts of each kind")
    parser.add_argument("--misses", action="store_true", help="print what went wrong, tune half only")
    parser.add_argument("--list", action="store_true", help="print the drafts of the tune half and verify nothing")
    wanted = parser.parse_args()
    if wanted.public:
        drafts = public_drafts(wanted.public, wanted.each)
    else:
        drafts = drafts_of(bundled(), read_library(bundled()), "release", each=wanted.each)
    drafts = [draft for draft in drafts if wanted.part in (None, draft.split)]
    if wanted.list:
        for draft in drafts:
            if draft.split == "tune":
                print(f"{draft.id} [{draft.kind}] {'faithful' if draft.faithful else 'UNFAITHFUL'}: {draft.statement}")
        return
    rows = draft_rows(drafts, library_verifier())
    print("\n".join((*table(rows), *(misses(rows) if wanted.misses else ()))))


if __name__ == "__main__":
    main()
