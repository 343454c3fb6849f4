"""A strangers' corpus measured: index, ask, check the quotations, and the figures over all rows."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from eval import stats
from eval.casefile import read_library
from eval.public.figure import SetFigure, SetFigures, Shown, set_figure
from eval.readings import ask_decided
from eval.strangers.cases import Corpus, load_corpus
from eval.strangers.rows import ROOM, Row, asked_rows, checker, quoted_rows
from rag.errors import InputError
from rag.quotes import open_sources
from rag.settings import RagSettings

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Strangers:
    """`notes` say what of the corpora could not be read or found."""

    figures: SetFigures
    rows: list[Row]
    notes: list[str]


def measure_strangers(
    folders: Sequence[Path], settings: RagSettings, data: Path | None, only: str | None, progress: Progress
) -> Strangers:
    """The figures of each corpus, and of all together if there are several.

    `data` keeps their indexes, each in a folder of the corpus's name. Raises InputError for what is no such corpus.
    """
    corpora = [load_corpus(folder) for folder in folders]
    if len({corpus.name for corpus in corpora}) < len(corpora):
        raise InputError("Two of the corpora have the same name.", "Rename a folder: figures and indexes go by it.")
    rows, notes, figures = [], [], []
    for corpus in corpora:
        found, remarks = _measured(corpus.only(only) if only else corpus, settings, data, progress)
        rows += found
        notes += remarks
        figures += figures_of(corpus.name, found)
    if len(corpora) > 1:
        figures += figures_of("all", rows)
    return Strangers(figures, rows, notes)


def _measured(corpus: Corpus, settings: RagSettings, data: Path | None, progress: Progress) -> tuple[list[Row], list[str]]:
    from rag.assistant import Assistant

    library = read_library(corpus.documents)
    files = (path.relative_to(corpus.documents).as_posix() for path in corpus.documents.rglob("*") if path.is_file())
    unread = sorted(set(files) - set(library))
    notes = [f"{corpus.name}: not readable here: {', '.join(unread)}."] if unread else []
    done = 0

    def advance() -> None:
        nonlocal done
        done += 1
        progress(f"Asking {corpus.name}", done, len(corpus))

    rows: list[Row] = []
    with ExitStack() as stack:
        if corpus.questions or corpus.unanswerable or corpus.talks:
            kept = data / corpus.name if data else Path(stack.enter_context(tempfile.TemporaryDirectory())) / "data"
            changes = {"corpus": corpus.documents, "data": kept, "top_k": max(ROOM, settings.top_k)}
            assistant = stack.enter_context(Assistant.open(settings.model_copy(update=changes)))
            assistant.sync(lambda what, so_far, total: progress(f"Indexing {corpus.name}: {what}", so_far, total))
            rows, lost = asked_rows(corpus, library, partial(ask_decided, assistant), advance)
            if lost:
                notes.append(f"{corpus.name}: evidence whose words were not found, and is not judged: {', '.join(lost)}.")
        if corpus.quotes:
            sources = open_sources(corpus.documents, None)
            stack.callback(sources.close)
            rows += quoted_rows(corpus, checker(sources), advance)
    return rows, notes


# What is shown: its name, the suite, the score, and whether it is shown for each kind too.
_SHOWN = (
    ("facts in the answer", "questions", "facts", True),
    ("whole evidence in 5 passages", "questions", "evidence@5", False),
    ("whole evidence in 20 passages", "questions", "evidence@20", False),
    ("first sentence right", "questions", "first", False),
    ("citation precision", "questions", "precision", False),
    ("answerable refused", "questions", "refused", False),
    ("answerable partial", "questions", "partial", False),
    ("unanswerable refused", "unanswerable", "refused", True),
    ("unanswerable partial", "unanswerable", "partial", False),
    ("follow-ups: facts", "follow-ups", "facts", False),
    ("follow-ups: unanswerable refused", "unanswerable follow-ups", "refused", False),
    ("quotes: verdict right", "quotes", "right", True),
    ("quotes: false verbatim", "quotes", "false_verbatim", False),
    ("quotes: right speaker accused", "quotes", "accused", False),
    ("quotes: wrong speaker caught", "quotes", "caught", False),
    ("quotes: speaker not shown, confirmed", "quotes", "confirmed", False),
)
_NEAR = ("near_miss", "false_premise")


def figures_of(name: str, rows: Sequence[Row]) -> SetFigures:
    """The figures over `rows`, with 95% intervals; what no row has is left out."""
    return [*_means(name, rows), *_aurocs(name, rows), *_seconds(name, rows)]


def _means(name: str, rows: Sequence[Row]) -> Iterator[SetFigure]:
    for title, suite, score, by_kind in _SHOWN:
        scored = [row for row in rows if row.suite == suite and score in row.scores]
        kinds = dict.fromkeys(row.kind for row in scored) if by_kind else ()
        for kind in (None, *kinds):
            values = [row.scores[score] for row in scored if kind in (None, row.kind)]
            if values:
                yield set_figure(Shown(name, f"{title}: {kind}" if kind else title, score), stats.mean(values))


def _aurocs(name: str, rows: Sequence[Row]) -> Iterator[SetFigure]:
    """How often an answerable question's confidence is above that of one which only seems so."""

    def sure(suite: str, kind: str | None = None) -> list[float]:
        return [
            row.confidence for row in rows if row.suite == suite and kind in (None, row.kind) and row.confidence is not None
        ]

    for kind in _NEAR:
        if sure("questions") and sure("unanswerable", kind):
            shown = Shown(name, f"confidence: answerable against {kind}, AUROC", "confidence")
            yield set_figure(shown, stats.auroc(sure("questions"), sure("unanswerable", kind)))


def _seconds(name: str, rows: Sequence[Row]) -> Iterator[SetFigure]:
    taken = [row.seconds for row in rows if row.seconds is not None]
    if taken:
        for title, value in (("median", stats.percentile(taken, 0.5)), ("worst", max(taken))):
            yield SetFigure(name, f"seconds a question, {title}", value, None, None, len(taken), "")
