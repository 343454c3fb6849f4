"""Measure the assistant on public sets: index, ask, score with the same scorers, set beside what was published."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval import stats
from eval.casefile import read_library
from eval.cases import Question
from eval.collect import Transcript
from eval.figures import figure_of, value_of
from eval.measures import MEASURES, Row
from eval.places import Library, Place, same
from eval.public.claims import claim_figures
from eval.public.figure import SHOWN, SetFigure, SetFigures, Shown, nothing, set_figure
from eval.public.scores import plain_bm25, public_scores
from eval.public.sets import SETS, Task, World
from eval.readings import Decided, ask_decided, reading, write_readings
from eval.rows import rows_of
from eval.scorers import Score
from eval.scorers.answers import says
from rag.errors import InputError
from rag.settings import RagSettings

if TYPE_CHECKING:
    from rag.decide import Sentence

Asked = tuple[Row, Mapping[str, Any] | None]
"""A row, and what was read for it (see `eval.readings.reading`)."""

Progress = Callable[[str, int, int], None]

_WORLDS_A_PROCESS = 20
CLAIM_SETS = ("vitaminc", "wice")
# Sets whose texts drafts are made from, which are measured under the name of "drafts".
DRAFTED = ("squad2", "qed", "clapnq")


def measure_sets(
    folder: Path, settings: RagSettings, only: str | None, jobs: int, progress: Progress, readings: Path | None = None
) -> SetFigures:
    """The figures of every known set below `folder` (or the one called `only`); `readings` is a file for what was read.

    Raises InputError when there is none.
    """
    present = [name for name in (*SETS, *CLAIM_SETS) if (folder / name).is_dir() and only in (None, name)]
    if only in (None, "drafts") and any((folder / name).is_dir() for name in DRAFTED):
        present.append("drafts")
    if not present:
        known = ", ".join((*SETS, *CLAIM_SETS, "drafts"))
        raise InputError(f"{folder} holds none of the public sets.", f"Known: {known}; see docs/evaluation.md.")
    found: SetFigures = []
    read: list[Mapping[str, Any]] = []
    for name in present:
        if name in CLAIM_SETS:
            found += claim_figures(name, folder / name, progress)
        elif name == "drafts":
            from eval.public.drafts import draft_figures  # which makes its drafts from the sets here

            found += draft_figures(folder, progress)
        else:
            rows = []
            for row, reading in _rows(name, list(SETS[name](folder / name)), settings, jobs, progress):
                rows.append(row)
                read += [reading] if reading else []
            found += [_figure(shown, rows) for shown in SHOWN if shown.set == name]
    if readings:
        write_readings(readings, read)
    return found


def _rows(name: str, worlds: Sequence[World], settings: RagSettings, jobs: int, progress: Progress) -> Iterator[Asked]:
    """The rows of all worlds, in their order.

    Processes are replaced after so many worlds: Chroma keeps what belongs to every folder it has opened until its
    process ends, which came to 2 GB after sixty of them. (The pool's own max_tasks_per_child hangs in Python 3.11:
    github.com/python/cpython/issues/115634.)
    """
    total, done = sum(len(world.tasks) for world in worlds), 0
    for first in range(0, len(worlds), jobs * _WORLDS_A_PROCESS):
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
            for rows in pool.map(_ask, repeat(name), worlds[first : first + jobs * _WORLDS_A_PROCESS], repeat(settings)):
                done += len(rows)
                progress(name, done, total)
                yield from rows


def _ask(name: str, world: World, settings: RagSettings) -> list[Asked]:
    """Index a world of the set called `name` in a folder that is removed afterwards, and ask its tasks."""
    from rag.assistant import Assistant

    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        for document, text in world.documents.items():
            (corpus / document).write_bytes(text.encode("utf-8"))
        library = read_library(corpus)
        changes = {"corpus": corpus, "data": Path(folder) / "data", "top_k": world.passages}
        with Assistant.open(settings.model_copy(update=changes)) as assistant:
            assistant.sync()
            decided = [ask_decided(assistant, task.case.question, task.history) for task in world.tasks]
        pairs = list(zip(world.tasks, decided, strict=True))
        rows = (row for row, _ in rows_of([Transcript(task.case, (one.answer,)) for task, one in pairs], library))
        more = [public_scores(task.case, one.answer, library) for task, one in pairs]
        if len(world.documents) > 1:
            more = [{**scores, "public.bm25_ndcg@10": score} for scores, score in zip(more, plain_bm25(world), strict=True)]
        sure = (Score(one.confidence, "as decided") for one in decided)
        scored = [
            replace(row, scores={**row.scores, **added, "public.confidence": one})
            for row, added, one in zip(rows, more, sure, strict=True)
        ]
        return list(zip(scored, (_reading(name, world, task, one, library) for task, one in pairs), strict=True))


def _reading(name: str, world: World, task: Task, decided: Decided, library: Library) -> Mapping[str, Any] | None:
    """What was read for a task of a set that marks what answers; None for others."""
    case = task.case
    if not decided.read or (world.marked == "nothing" and isinstance(case, Question)):
        return None

    def gold(sentence: Sentence, place: Place) -> bool:
        if not isinstance(case, Question) or not any(same(place, one.place, library) for one in case.gold):
            return False
        return world.marked == "sentences" or any(says(sentence.text, spelling) for fact in case.facts for spelling in fact)

    return reading(name, case.kind, isinstance(case, Question), decided, gold)


def _figure(shown: Shown, rows: Sequence[Row]) -> SetFigure:
    chosen = [row for row in rows if shown.kind in (None, row.kind)]
    if shown.measure == "refusal.precision" and not any(value_of(row, "refusal.recall") is not None for row in chosen):
        return nothing(shown)  # that should be refused
    if shown.measure == "public.confidence":
        sure = [(value, row) for row in chosen if (value := value_of(row, shown.measure)) is not None]
        bad = [value for value, row in sure if value_of(row, "refusal.recall") is not None]
        good = [value for value, row in sure if value_of(row, "refusal.recall") is None]
        return set_figure(shown, stats.auroc(good, bad)) if good and bad else nothing(shown)
    if shown.measure in MEASURES:
        figure = figure_of(shown.measure, [row for row in chosen if row.split == "report"])
        return SetFigure(shown.set, shown.name, figure.value, figure.low, figure.high, figure.n, shown.published)
    values = [value for row in chosen if (value := value_of(row, shown.measure)) is not None]
    return set_figure(shown, stats.mean(values)) if values else nothing(shown)
