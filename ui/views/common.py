"""What every view does the same way: notices instead of errors, and events that nobody else can call by name."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from typing import Any

from rag.errors import RagError
from ui.render.markup import shown

# Our events are the page's own: no name in an API, no grey veil over what they change.
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}

_BUG = "Something went wrong here; the terminal that runs rag serve shows what. This is a bug: please report it."


def notice(text: str) -> str:
    """A line about what could not be done."""
    return f'<div class="cv-notice" role="alert">{shown(text)}</div>'


def working(text: str) -> str:
    """A line about what is being done."""
    return f'<div class="cv-working" role="status">{shown(text)}</div>'


def guarded(make: Callable[[], str]) -> str:
    """What `make` makes, or a notice: an error of the person's in its own words, a bug with its traceback on stderr."""
    try:
        return make()
    except Exception as error:
        return told(error)


def told(error: Exception) -> str:
    """The notice of an error that is being handled."""
    if isinstance(error, RagError):
        return notice(str(error))
    traceback.print_exception(error, file=sys.stderr)
    return notice(_BUG)
