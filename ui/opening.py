"""The desk of a server: its assistant is opened in the background, its index brought up to date first."""

from __future__ import annotations

from collections.abc import Callable

from rag.assistant import Assistant
from rag.commands.session import progress_bar, warn
from rag.library import Library
from rag.quotes import open_sources
from rag.settings import RagSettings
from rag.support import misleads
from ui.desk import AT_ONCE, AT_ONCE_WAITING, Desk


def desk_for(settings: RagSettings, library: Library | None = None) -> Desk:
    """The desk for these settings; `start()` opens it. `library` is the folder that documents are put into, where they may be."""
    return Desk(
        lambda progress: _opened(settings, progress),
        lambda: open_sources(settings.corpus, settings.data, misleads=misleads),
        library,
        at_once=AT_ONCE_WAITING if settings.answers == "generative" else AT_ONCE,
    )


def _opened(settings: RagSettings, progress: Callable[[str, int, int], None]) -> Assistant:
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
