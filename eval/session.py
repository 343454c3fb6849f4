"""One evaluation from options to verdicts, with progress on stderr; `eval.command` prints what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from eval import quotations
from eval.casefile import bundled_cases, load, read_library
from eval.cases import Cases
from eval.drafts.rows import draft_rows, drafts_of, library_verifier
from eval.gates import Verdict, bundled_gates, check, load_gates
from eval.judge import judge_run
from eval.places import Library
from eval.releases import last_release
from eval.run import Run, ask_all, choose, evaluate, provenance_of, read_run
from rag.corpus import bundled
from rag.quotes import open_sources
from rag.settings import RagSettings


@dataclass(frozen=True)
class Wanted:
    """What was asked for. None for `cases`, `gates` and `diff` means the bundled ones and the last release; `report` names
    the release that is being made."""

    settings: RagSettings
    profile: str
    split: str | None
    only: str | None
    jobs: int
    cases: Path | None
    gates: Path | None
    diff: Path | None
    judge: Path | None = None
    report: str | None = None

    @property
    def bundled(self) -> bool:
        """Whether it is the bundled corpus and cases, for which gates and last release are meant."""
        return self.cases is None and self.settings.corpus.resolve() == bundled().resolve()


@dataclass(frozen=True)
class Done:
    run: Run
    before: Run | None
    verdicts: list[Verdict]
    cases: Cases
    library: Library
    notes: tuple[str, ...]


def perform(wanted: Wanted) -> Done:
    """Load, ask, score, compare, judge."""
    settings = wanted.settings
    library = read_library(settings.corpus)
    cases = load(wanted.cases or bundled_cases(), library)
    sources = open_sources(settings.corpus, None) if wanted.only in (None, "quotes") else None
    quoted = quotations.quotations(settings.corpus, sources, wanted.profile, wanted.split) if sources else []
    drafted = drafts_of(settings.corpus, library, wanted.profile, wanted.split) if wanted.only in (None, "drafts") else []
    chosen = [] if wanted.only in ("quotes", "drafts") else choose(cases, wanted.profile, wanted.split, wanted.only)
    before = _before(wanted)
    with progress() as bar:
        indexing, asking = bar.add_task("Indexing", total=None), bar.add_task("Asking", total=len(chosen))
        checking = bar.add_task("Checking quotations", total=len(quoted))
        verifying = bar.add_task("Verifying drafts", total=len(drafted))
        transcripts = ask_all(
            settings,
            chosen,
            wanted.jobs,
            lambda steps: bar.advance(asking, steps),
            lambda what, done, total: bar.update(indexing, description=f"Indexing {what}", completed=done, total=total),
        )
        quotes = (
            quotations.quotation_rows(quoted, quotations.checker(sources), lambda steps: bar.advance(checking, steps))
            if sources
            else []
        )
        verified = draft_rows(drafted, library_verifier(), lambda steps: bar.advance(verifying, steps)) if drafted else []
    made = provenance_of(settings, library, cases, chosen)
    result = evaluate(transcripts, library, wanted.profile, made, [*quotes, *verified])
    if wanted.judge:
        with progress() as bar:
            judging = bar.add_task("Judging", total=None)
            result = judge_run(
                result, wanted.judge, settings, lambda done, total: bar.update(judging, completed=done, total=total)
            )
    verdicts, notes = _judged(wanted, result, before)
    return Done(result, before, verdicts, cases, library, notes)


def progress() -> Progress:
    """A progress bar on stderr that leaves nothing behind."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)


def _before(wanted: Wanted) -> Run | None:
    path = wanted.diff or (last_release(but=wanted.report) if wanted.bundled else None)
    return read_run(path) if path else None


def _judged(wanted: Wanted, result: Run, before: Run | None) -> tuple[list[Verdict], tuple[str, ...]]:
    """The verdicts of the gates that fit this run, or a note why there are none."""
    if wanted.split is not None or wanted.only is not None:
        return [], ("Gates not checked: they are set for whole profiles, without --split and --only.",)
    if wanted.gates is None and not wanted.bundled:
        return [], ("Gates not checked: the bundled gates are set for the bundled cases. Name yours with --gates FILE.",)
    return check(load_gates(wanted.gates or bundled_gates()), result, before), ()
