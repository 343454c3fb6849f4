"""Ask every case and keep the raw answers; scoring comes later and sees nothing else.

With more than one job every process opens its own assistant over its own copy of the index, because an index has one
owner. Answers come back in the order of the cases, so the figures do not depend on the number of jobs.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Protocol

from eval.cases import SUITES, Cases, ConflictCase, Conversation, Probe, Question, Unanswerable
from rag.settings import RagSettings
from rag.types import Answer, Exchange

Case = Question | Unanswerable | Conversation | ConflictCase | Probe
Advance = Callable[[int], None]


class Asker(Protocol):
    """What is evaluated: the Assistant, or anything that answers as it does."""

    def ask(self, question: str, history: Sequence[Exchange] = ()) -> Answer: ...


@dataclass(frozen=True)
class Transcript:
    """A case and its answers: one, or one for each turn of a conversation, or for each way a probe asks."""

    case: Case
    answers: tuple[Answer, ...]


def every(cases: Cases) -> list[Case]:
    """All cases, suite by suite, in file order."""
    return [case for suite in SUITES for case in getattr(cases, suite)]


def said(answer: Answer) -> str:
    """An answer as it stands in the history of a conversation."""
    return " ".join(claim.text for claim in answer.claims) or answer.message or ""


def ask(asker: Asker, case: Case) -> Transcript:
    """The answers to one case. A conversation's history holds the answers that were really given."""
    if isinstance(case, Probe):
        return Transcript(case, tuple(asker.ask(way) for way in case.ways))
    if not isinstance(case, Conversation):
        return Transcript(case, (asker.ask(case.question),))
    history: list[Exchange] = []
    answers = []
    for turn in case.turns:
        answers.append(asker.ask(turn.question, tuple(history)))
        history.append(Exchange(turn.question, said(answers[-1])))
    return Transcript(case, tuple(answers))


def collect(asker: Asker, cases: Sequence[Case], advance: Advance) -> list[Transcript]:
    """Ask `cases` one after the other; `advance` is told of each that is done."""
    found = []
    for case in cases:
        found.append(ask(asker, case))
        advance(1)
    return found


def collect_in_processes(settings: RagSettings, cases: Sequence[Case], jobs: int, advance: Advance) -> list[Transcript]:
    """The same with `jobs` processes; the index at `settings.data` must be up to date and not open here."""
    with (
        tempfile.TemporaryDirectory() as folder,
        ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_open, initargs=(settings, folder)) as pool,
    ):
        found = []
        for transcript in pool.map(_ask, cases):
            found.append(transcript)
            advance(1)
        return found


_opened: list[Asker] = []
_until_exit = ExitStack()


def _open(settings: RagSettings, folder: str) -> None:
    from rag.assistant import Assistant

    copy = Path(tempfile.mkdtemp(dir=folder)) / "data"
    shutil.copytree(settings.data, copy)
    _opened.append(_until_exit.enter_context(Assistant.open(settings.model_copy(update={"data": copy}))))


def _ask(case: Case) -> Transcript:
    return ask(_opened[0], case)


def _documents(case: Case) -> list[str]:
    return sorted({gold.place.document for gold in case.gold}) if isinstance(case, Question) else []


def sample(cases: Sequence[Case], limits: Mapping[type, int]) -> Iterator[Case]:
    """At most so many cases of each type and half, evenly spread over the documents and the order; never at random."""
    groups: dict[tuple[type, str], list[Case]] = {}
    for case in cases:
        groups.setdefault((type(case), case.split), []).append(case)
    for (kind, _), members in groups.items():
        members.sort(key=_documents)
        limit = limits.get(kind, 0)
        step = max(1.0, len(members) / limit)
        yield from (members[int(at * step)] for at in range(min(limit, len(members))))
