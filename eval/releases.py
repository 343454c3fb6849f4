"""Where the reports of releases are kept, and which is the last. Apart from the reports, which need matplotlib."""

from __future__ import annotations

from pathlib import Path

RELEASES = Path(__file__).resolve().parent / "reports"


def last_release(folder: Path = RELEASES, but: str | None = None) -> Path | None:
    """The run file of the newest release in `folder`, by version; `but` is the one being made again, which is no earlier one."""
    found = sorted((path for path in folder.glob("*.json") if path.stem != but), key=_version)
    return found[-1] if found else None


def _version(path: Path) -> tuple[tuple[int, str], ...]:
    """10 comes after 9: parts that are numbers are compared as numbers."""
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in path.stem.split("."))
