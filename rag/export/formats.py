"""Which files can be written, and where: the ending decides."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from rag.errors import InputError

SUFFIXES = {".md": "Markdown", ".docx": "Word, with footnotes", ".html": "an evidence packet"}


def now() -> datetime:
    """The time of making, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def check(path: Path) -> str:
    """The suffix of a file that can be written. Raises InputError for another ending, a file that is there, no folder."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        known = ", ".join(f"{ending} ({what})" for ending, what in SUFFIXES.items())
        raise InputError(f"{path.name}: no export ends in {suffix or 'nothing'}.", f"End the name in {known}.")
    if path.exists():
        raise InputError(f"{path} is already there.", "Name another file, or remove it first.")
    if not path.parent.is_dir():
        raise InputError(f"There is no folder {path.parent}.", "Make it first.")
    return suffix


def write(path: Path, content: bytes) -> None:
    """Write a file that is not there yet. Raises InputError when it cannot be written."""
    try:
        with path.open("xb") as file:
            file.write(content)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}.", "Name a file in a folder you may write to.") from error
