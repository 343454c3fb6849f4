"""Measure the assistant on public sets: index, ask, score with the same scorers, set beside what was published."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path

from eval import stats
from eval.casefile import read_library
from eval.collect import Transcript
from eval.figures import figures, value_of
from eval.measures import Row
from eval.public.sets import SETS, World
from eval.rows import rows_of
from rag.errors import InputError
from rag.settings import RagSettings

Progress = Callable[[str, int, int], None]


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

_WORLDS_A_PROCESS = 20

# (set, what it is called there, our measure, published). "first k" is made from the rank of the first gold passage.
_SHOWN = (
    ("squad2", "paragraph first", "first 1", "whole dev set: dense 0.649, BM25 0.800, fused 0.782"),
    ("squad2", "paragraph in 5", "first 5", "whole dev set: dense 0.881, BM25 0.935, fused 0.947"),
    ("squad2", "paragraph MRR", "retrieval.mrr", "whole dev set: dense 0.752, BM25 0.860, fused 0.853"),
    ("squad2", "answer said", "answer.facts", ""),
    ("squad2", "answer in first sentence", "answer.facts_first", ""),
    ("squad2", "unanswerable refused", "refusal.recall", ""),
    ("squad2", "answerable refused", "refusal.false", ""),
    ("squad2", "AUROC of the best score", "refusal.auroc", "dense 0.62, BM25 0.57"),
    (
        "chunking",
        "character recall at 5",
        "retrieval.span_recall@5",
        "5 corpora: MiniLM 0.757, BM25 0.843, text-embedding-3-large 0.881",
    ),
    (
        "chunking",
        "character precision at 5",
        "retrieval.span_precision@5",
        "5 corpora: MiniLM 0.065, BM25 0.065, text-embedding-3-large 0.070",
    ),
    ("qed", "answering sentence cited", "answer.citation_recall", "ranked first: dense 0.665, BM25 0.545"),
    ("qed", "citations that answer", "answer.citation_precision", ""),
    ("qed", "answer said", "answer.facts", ""),
    ("clapnq", "gold sentences cited", "answer.citation_recall", ""),
    ("clapnq", "citations that are gold", "answer.citation_precision", ""),
    ("clapnq", "unanswerable refused", "refusal.recall", ""),
    ("clapnq", "answerable refused", "refusal.false", ""),
    ("clapnq", "AUROC of the best score", "refusal.auroc", "dense 0.80, BM25 0.71"),
    ("nomiracl", "hallucination (not refused)", "not refused", "GPT-4 0.43, GPT-3.5 0.45, Mistral-7B 0.09, Llama-2-70B 0.90"),
    ("nomiracl", "error (answerable refused)", "refusal.false", "GPT-4 0.05, GPT-3.5 0.08, Mistral-7B 0.61, Llama-2-70B 0.15"),
    ("nomiracl", "AUROC of the best score", "refusal.auroc", "dense 0.70, BM25 0.57"),
    ("mtrag", "refusal precision", "refusal.precision", "best published 0.33"),
    ("mtrag", "refusal recall", "refusal.recall", "best published 0.44"),
    ("mtrag", "answerable refused", "refusal.false", ""),
)


def measure_sets(folder: Path, settings: RagSettings, only: str | None, jobs: int, progress: Progress) -> SetFigures:
    """The figures of every known set below `folder` (or the one called `only`). Raises InputError when there is none."""
    present = [name for name in SETS if (folder / name).is_dir() and only in (None, name)]
    if not present:
        raise InputError(f"{folder} holds none of the public sets.", f"Known: {', '.join(SETS)}; see docs/evaluation.md.")
    found: SetFigures = []
    for name in present:
        rows = list(_rows(name, list(SETS[name](folder / name)), settings, jobs, progress))
        found += [
            _figure(name, label, measure, published, rows) for owner, label, measure, published in _SHOWN if owner == name
        ]
    return found


def _rows(name: str, worlds: Sequence[World], settings: RagSettings, jobs: int, progress: Progress) -> Iterator[Row]:
    """The rows of all worlds, in their order.

    A process is replaced after so many worlds: Chroma keeps what belongs to every folder it has opened until its
    process ends, which came to 2 GB after sixty of them.
    """
    total, done = sum(len(world.tasks) for world in worlds), 0
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), max_tasks_per_child=_WORLDS_A_PROCESS) as pool:
        for rows in pool.map(_ask, worlds, repeat(settings)):
            done += len(rows)
            progress(name, done, total)
            yield from rows


def _ask(world: World, settings: RagSettings) -> list[Row]:
    """Index a world in a folder that is removed afterwards, and ask its tasks."""
    from rag.assistant import Assistant

    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        for name, text in world.documents.items():
            (corpus / name).write_bytes(text.encode("utf-8"))
        library = read_library(corpus)
        with Assistant.open(settings.model_copy(update={"corpus": corpus, "data": Path(folder) / "data"})) as assistant:
            assistant.sync()
            asked = [Transcript(task.case, (assistant.ask(task.case.question, task.history),)) for task in world.tasks]
        return [row for row, _ in rows_of(asked, library)]


def _figure(name: str, label: str, measure: str, published: str, rows: Sequence[Row]) -> SetFigure:
    if measure.startswith("first "):
        k = int(measure.removeprefix("first "))
        ranks = [value for row in rows if (value := value_of(row, "retrieval.mrr")) is not None]
        interval = stats.mean([float(value >= 1 / k) for value in ranks])
    elif measure == "not refused":
        interval = stats.mean([1 - value for row in rows if (value := value_of(row, "refusal.recall")) is not None])
    else:
        figure = next(figure for figure in figures(rows) if figure.key == f"{measure}/report")
        return SetFigure(name, label, figure.value, figure.low, figure.high, figure.n, published)
    return SetFigure(name, label, interval.value, interval.low, interval.high, interval.n, published)
