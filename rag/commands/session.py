"""Opening an assistant for a command: settings from options, the index brought up to date with a bar on stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.commands.shared import note

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.index import SyncReport


@contextmanager
def progress_bar() -> Iterator[Callable[[str, int, int], None]]:
    """A progress callback that draws a bar on stderr; in a pipe or a log file it writes nothing."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(file=sys.stderr)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Indexing", total=None)
        yield lambda what, done, total: bar.update(task, description=what[-60:], completed=done, total=total or None)


def quiet_libraries() -> None:
    """Keep libraries from calling home and from chatting on stderr. Called before the first heavy import."""
    import os
    import warnings

    for name, value in {
        "ANONYMIZED_TELEMETRY": "False",
        "GRADIO_ANALYTICS_ENABLED": "False",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "DO_NOT_TRACK": "1",
        "TOKENIZERS_PARALLELISM": "false",
    }.items():
        os.environ.setdefault(name, value)
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    warnings.filterwarnings("ignore", category=FutureWarning)


@contextmanager
def assistant(*, sync: bool = True, **options: Any) -> Iterator[Assistant]:
    """An open assistant for these options (None: not given), its index up to date unless `sync` is False."""
    quiet_libraries()
    if sync:  # a question follows
        from rag.models import bundled_evidence, preload
        from rag.models.session import session

        preload(bundled_evidence, lambda: session("encoder.onnx"))
    from rag.assistant import Assistant
    from rag.settings import load

    with Assistant.open(load(**options)) as opened:
        if sync:
            with progress_bar() as progress:
                report = opened.ensure_synced(progress)
            if report is not None:
                warn(report)
        yield opened


def warn(report: SyncReport) -> None:
    """What could not be read, one line each, on stderr."""
    for line in (*report.unreadable, *report.warnings):
        note(f"rag: warning: {line}")


def resolve(path: Path | None) -> Path | None:
    """A path option as an absolute path, so that messages and the index name it alike."""
    return path.expanduser().resolve() if path is not None else None
