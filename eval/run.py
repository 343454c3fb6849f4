"""A run: cases asked, answers scored, figures made, everything written down.

The figures of a run are a function of code, corpus, cases, settings and model; what differs from one time to the next
(the clock, the speed, the memory) stands apart under `performance` and `made`. `figures_sha256` is over figures and
scores, so that two runs can be compared at a glance.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from eval import stats
from eval.cases import SUITES, Cases, ConflictCase, Conversation, Decoy, Question, Unanswerable, probe
from eval.collect import Advance, Asker, Case, Transcript, collect, collect_in_processes, every, sample
from eval.figures import figures
from eval.measures import Figure, Row
from eval.places import Library
from eval.provenance import provenance
from eval.rows import rows_of
from eval.scorers import Score
from rag.errors import InputError
from rag.settings import RagSettings

SCHEMA = 1
_NAME_A_RUN = "Name a run file, as written by rag eval --out DIR."
Profile = Literal["quick", "release", "public"]

# Cases of each half in the quick profile: few enough for a minute on two cores with the index still to be made (about
# a hundred questions), enough to see what is broken. Whether something got a little worse is for the release profile,
# which has every case.
QUICK: dict[type, int] = {Question: 15, Unanswerable: 10, Conversation: 3, ConflictCase: 6, Decoy: 5}
# Questions of each half that are asked four times.
PROBES = {"quick": 2, "release": 10}


@dataclass(frozen=True)
class Run:
    """What a run file holds. `answers` are the raw answers by case, `performance` is the only part that may vary."""

    profile: str
    rows: tuple[Row, ...]
    figures: tuple[Figure, ...]
    answers: Mapping[str, Any] = field(default_factory=dict)
    performance: Mapping[str, Any] = field(default_factory=dict)
    made: Mapping[str, Any] = field(default_factory=dict)

    def figure(self, key: str) -> Figure | None:
        """The figure called `measure/part` or `measure/part/kind`."""
        return next((figure for figure in self.figures if figure.key == key), None)


def choose(cases: Cases, profile: str, split: str | None = None, only: str | None = None) -> list[Case]:
    """The cases of a profile: `split` keeps one half, `only` the suites, kinds and ids that begin with it."""
    chosen = [case for case in every(cases) if split in (None, case.split)]
    if only:
        chosen = [case for case in chosen if any(name.startswith(only) for name in _names(case))]
        if not chosen:
            raise InputError(f"No case's id, kind or suite begins with {only!r}.", f"Suites: {', '.join(SUITES)}.")
    if profile == "quick":
        chosen = list(sample(chosen, QUICK))
    questions = [case for case in chosen if type(case) is Question]
    probed = sample(questions, {Question: PROBES[profile]})
    return [*chosen, *(probe(case) for case in probed if isinstance(case, Question))]


def _names(case: Case) -> tuple[str, ...]:
    suites = dict(zip((Question, Unanswerable, Conversation, ConflictCase, Decoy), SUITES, strict=True))
    return (case.id, suites[type(case)], getattr(case, "kind", ""))


def ask_all(
    settings: RagSettings, chosen: Sequence[Case], jobs: int, advance: Advance, indexing: Callable[[str, int, int], None]
) -> list[Transcript]:
    """Open an assistant over `settings`, bring its index up to date, and ask."""
    from rag.assistant import Assistant

    with Assistant.open(settings) as assistant:
        assistant.sync(indexing)
        if jobs == 1 or len(chosen) < jobs:
            return collect(assistant, chosen, advance)
    return collect_in_processes(settings, chosen, jobs, advance)


def evaluate(
    transcripts: Sequence[Transcript], library: Library, profile: str, made: Mapping[str, Any], others: Iterable[Row] = ()
) -> Run:
    """Score what was asked, beside the rows of what needs no asking: quotations and drafts."""
    pairs = rows_of(transcripts, library)
    rows = (*(row for row, _ in pairs), *others)
    timings = (answer.timings_ms for transcript in transcripts for answer in transcript.answers)
    answers = {row.id: asdict(answer) for row, answer in pairs}
    return Run(profile, rows, tuple(figures(rows)), answers, performance(timings), made)


def run_asker(asker: Asker, cases: Sequence[Case], library: Library, profile: str = "release") -> Run:
    """Evaluate anything that answers, without provenance: for tests and for pytest in other projects."""
    return evaluate(collect(asker, cases, lambda _: None), library, profile, {})


def provenance_of(settings: RagSettings, library: Library, cases: Cases, chosen: Sequence[Case]) -> dict[str, Any]:
    """`provenance` with what was chosen and when."""
    return {
        **provenance(settings, library, cases.fingerprint),
        "asked": len(chosen),
        "at": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
    }


def performance(timings: Iterable[Mapping[str, int]]) -> dict[str, Any]:
    """Latency by stage in milliseconds (median, p95, worst) and the peak memory of this process in MiB."""
    stages: dict[str, list[float]] = {}
    for timing in timings:
        for stage, milliseconds in timing.items():
            stages.setdefault(stage, []).append(float(milliseconds))
    latency = {
        stage: {
            "median": stats.percentile(values, 0.5),
            "p95": stats.percentile(values, 0.95),
            "worst": max(values),
            "n": len(values),
        }
        for stage, values in stages.items()
    }
    return {"latency_ms": latency, "peak_memory_mib": _peak_memory()}


def _peak_memory() -> int | None:
    """Peak resident memory of this process or its largest child; None on Windows, which has no such count."""
    try:
        import resource
    except ImportError:
        return None
    used = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return int(used // (2**20 if sys.platform == "darwin" else 2**10))


def to_json(run: Run) -> dict[str, Any]:
    """The run as it stands in a run file."""
    rows = [
        {
            **{
                name: getattr(row, name)
                for name in ("suite", "id", "split", "kind", "question", "expected", "got", "documents")
            },
            "scores": {name: [score.value, score.reason] for name, score in row.scores.items()},
        }
        for row in run.rows
    ]
    shown = [asdict(figure) for figure in run.figures]
    digest = hashlib.sha256(json.dumps([shown, rows], sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    return {
        "schema": SCHEMA,
        "profile": run.profile,
        "figures_sha256": digest,
        "made": dict(run.made),
        "performance": dict(run.performance),
        "figures": shown,
        "rows": rows,
        "answers": dict(run.answers),
    }


def save(run: Run, folder: Path) -> Path:
    """Write the run file; named after time, profile and commit."""
    at = str(run.made.get("at", "undated")).replace(":", "")
    commit = str((run.made.get("code") or {}).get("commit") or "nocommit")[:9]
    path = folder / f"{at}-{run.profile}-{commit}.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(to_json(run), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}.", "Name another folder with --out DIR.") from error
    return path


def _row(raw: dict[str, Any]) -> Row:
    scores = {name: Score(*pair) for name, pair in raw["scores"].items()}
    return Row(**{**raw, "documents": tuple(raw["documents"]), "scores": scores})


def read_run(path: Path) -> Run:
    """A run file read back. Raises InputError when it is none."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        if raw["schema"] != SCHEMA:
            raise InputError(f"{path.name}: schema {raw['schema']}, this version reads {SCHEMA}.", "Make the run again.")
        rows = tuple(_row(row) for row in raw["rows"])
        found = tuple(Figure(**figure) for figure in raw["figures"])
        return Run(raw["profile"], rows, found, raw["answers"], raw["performance"], raw["made"])
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.", _NAME_A_RUN) from error
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path.name} is no run file ({type(error).__name__}: {error}).", _NAME_A_RUN) from error
