"""Opening the assistant behind a desk, in the background: its index is brought up to date first."""

from __future__ import annotations

from collections.abc import Callable

from rag.assistant import Assistant
from rag.commands.session import progress_bar, warn
from rag.settings import RagSettings
from ui.desk import AT_ONCE, AT_ONCE_WAITING


def opened(settings: RagSettings, progress: Callable[[str, int, int], None]) -> Assistant:
    """An assistant whose index is up to date; the bar is on stderr, and `progress` hears of it too. Raises RagError."""
    assistant = Assistant.open(settings)
    try:
        with progress_bar() as bar:

            def both(what: str, done: int, total: int) -> None:
                bar(what, done, total)
                progress(what, done, total)

            report = assistant.ensure_synced(both)
    except BaseException:
        assistant.close()
        raise
    if report is not None:
        warn(report)
    return assistant


def at_once(settings: RagSettings) -> int:
    """How many questions a desk answers at a time."""
    return AT_ONCE_WAITING if settings.answers == "generative" else AT_ONCE
