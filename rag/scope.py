"""Which documents a question is put to: by path, author and date, decided before anything is searched.

A document's date is a period as long as it is exact: "2021" is the whole year. A document is within the dates asked for
when its period and theirs overlap, so one that is only known to be of 2021 is not lost to "since 2021-06". A document
without a date is within no dates, one without an author is nobody's.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from fnmatch import fnmatchcase

from rag.corpus import DATE
from rag.errors import InputError
from rag.types import Entry, Scope

# Names this like the one given (of 100) are offered when there is none of that name; "dickie" and "Dickey" have 83.
_LIKE = 60
_MOST_NAMES = 3


def select(scope: Scope, entries: Iterable[Entry]) -> tuple[str, ...] | None:
    """The documents within a scope, in order of path; None for a scope that names nothing.

    Raises InputError for a pattern or an author that nothing has, a date that is none, and a scope without a document.
    """
    if not scope:
        return None
    every = sorted(entries, key=lambda entry: entry.document)
    paths = {entry.document for entry in every}

    def is_called(entry: Entry, name: str) -> bool:
        """Whether a document has this path, else this file name, or a path or file name that fits this pattern."""
        if name in paths:
            return name == entry.document
        last = entry.document.rpartition("/")[2]
        return name == last or fnmatchcase(entry.document, name) or fnmatchcase(last, name)

    since, until = _period(scope.since, "--since"), _period(scope.until, "--until")
    if since and until and since[0] > until[1]:
        raise InputError(f"{scope.since} is later than {scope.until}.", "Give the earlier date to --since.")
    _check(scope.documents, every, is_called, "document", sorted(paths))
    _check(scope.authors, every, _is_by, "author", [author for entry in every for author in entry.authors])
    found = [
        entry
        for entry in every
        if (not scope.documents or any(is_called(entry, name) for name in scope.documents))
        and (not scope.authors or any(_is_by(entry, author) for author in scope.authors))
        and _within(entry, since, until)
    ]
    if not found:
        undated = sum(entry.date is None for entry in every)
        dates = f" {undated} of {len(every)} documents have no date." if undated and (since or until) else ""
        raise InputError(f"No document is {_worded(scope)}.{dates}", "Ask for less, or list the documents with: rag show.")
    return tuple(entry.document for entry in found)


def _check(
    wanted: Sequence[str], entries: Sequence[Entry], fits: Callable[[Entry, str], bool], what: str, names: Sequence[str]
) -> None:
    """Raise InputError, with the names nearest to it, for what no document has: a slip, whatever else is asked for."""
    for one in wanted:
        if not any(fits(entry, one) for entry in entries):
            near = _nearest(one, list(dict.fromkeys(names)))
            remedy = f"Near it: {', '.join(near)}." if near else "List the documents with: rag show."
            raise InputError(f"There is no {what} {one!r}.", remedy)


def _is_by(entry: Entry, name: str) -> bool:
    """Whether one of the authors has all words of a name."""
    wanted = set(_folded(name).split())
    return bool(wanted) and any(wanted <= set(_folded(author).split()) for author in entry.authors)


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(" " if c in ".,;" else c for c in plain if not unicodedata.combining(c))


def _nearest(name: str, names: Sequence[str]) -> list[str]:
    from rapidfuzz.fuzz import WRatio
    from rapidfuzz.process import extract

    return [
        near for near, _, _ in extract(name, names, scorer=WRatio, processor=_folded, score_cutoff=_LIKE, limit=_MOST_NAMES)
    ]


def _period(date: str | None, option: str) -> tuple[str, str] | None:
    """The first and last day of a date that may leave out day and month, for comparing as text. Raises InputError."""
    if date is None:
        return None
    if not DATE.fullmatch(date):
        raise InputError(f"{option}: {date!r} is not a date.", "Write 2021, 2021-03 or 2021-03-16.")
    return (date + "-01-01"[len(date) - 4 :], date + "-12-31"[len(date) - 4 :])


def _within(entry: Entry, since: tuple[str, str] | None, until: tuple[str, str] | None) -> bool:
    if since is None and until is None:
        return True
    own = _period(entry.date, "date")
    return own is not None and (since is None or own[1] >= since[0]) and (until is None or own[0] <= until[1])


def _worded(scope: Scope) -> str:
    parts = [
        f"called {' or '.join(scope.documents)}" if scope.documents else "",
        f"by {' or '.join(scope.authors)}" if scope.authors else "",
        f"from {scope.since} or later" if scope.since else "",
        f"from {scope.until} or earlier" if scope.until else "",
    ]
    return " and ".join(part for part in parts if part)
