"""Drafts made from public texts: what the verifier catches of the unfaithful ones and withholds of the faithful ones, by kind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from eval import stats
from eval.drafts.cases import Draft
from eval.drafts.rows import EACH, draft_rows, library_verifier
from eval.drafts.seeded import from_answers, make
from eval.drafts.texts import answers, public_texts
from eval.figures import value_of
from eval.public.figure import SetFigures, Shown, set_figure

# Each said as the share of its drafts that are not shown as they stand.
_NAMES = {"draft.caught": "unfaithful, caught", "draft.withheld": "faithful, withheld"}


def public_drafts(folder: Path, each: int) -> list[Draft]:
    """Drafts made from the public sets in `folder`, `each` of a kind, and answers that people wrote from them."""
    return [*make(public_texts(folder), each), *from_answers(answers(folder), each)]


def draft_figures(folder: Path, progress: Callable[[str, int, int], None]) -> SetFigures:
    """The figures over all drafts and over each kind."""
    drafts = public_drafts(folder, EACH["release"])
    done = 0

    def advance(steps: int) -> None:
        nonlocal done
        done += steps
        progress("drafts", done, len(drafts))

    rows = draft_rows(drafts, library_verifier(), advance)
    found: SetFigures = []
    for measure, name in _NAMES.items():
        kinds = sorted({row.kind for row in rows if measure in row.scores})
        for kind in (None, *kinds):
            values = [value for row in rows if kind in (None, row.kind) and (value := value_of(row, measure)) is not None]
            if values:
                shown = Shown("drafts", f"{name}: {kind}" if kind else name, measure)
                found.append(set_figure(shown, stats.mean(values)))
    return found
