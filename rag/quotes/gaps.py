"""What stands between two words, compared: the same, the same but for a named normalisation, or different.

Between words a printer and a keyboard work: spaces, line and page ends, hyphens, quotation marks, dashes, dots. Each
normalisation is a function on such a *gap*; two gaps are the same under the smallest set of normalisations that makes
them equal, and the set's names are reported. What no normalisation explains is a difference.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from itertools import combinations

from rag.quotes.pasted import DOUBLE, SINGLE
from rag.quotes.tokens import plain
from rag.reading.characters import INVISIBLE

WHITE = "white space"
MARKS_NAME = "quotation marks"
DASH = "dash"
CLOSING = "stop at the closing mark"
ELLIPSIS = "form of the ellipsis"
INVISIBLE_NAME = "invisible character"
COMPATIBILITY = "compatibility character"
LINE_HYPHEN = "line-break hyphen"
LIST_MARK = "list mark"

_HYPHENS = "-\u2010\u2011\u2212\ufe63\uff0d"
_DASHES = "\u2012\u2013\u2014\u2015\ufe58"
# A dash set off from what stands before it and glued to a figure is a minus sign.
_MINUS = re.compile(rf"(?:(?<=\s)|(?<=\())[{_HYPHENS}{_DASHES}](?=\d)")
_DASH_RUN = re.compile(rf"\s*[{_HYPHENS}{_DASHES}]+\s*")
_TIGHT = re.compile(r"\s*([^\w\s])\s*")
_ANY_MARK = re.compile(rf"''|``|[{re.escape(DOUBLE + SINGLE)}]")

_ANY_DASH = re.compile(rf"[{_HYPHENS}{_DASHES}]")
_KEPT_APART = re.compile(rf"[{_HYPHENS}{_DASHES}\s]")

# What stands before an item of a list or a heading, at the beginning of its line; no dash, which may be punctuation.
_LIST_MARK = re.compile(r"(\n\s*)(?:[●•▪◦‣»■□○]|#{1,6}(?=\s))\s*")

# More marks than this between two words are no punctuation, whatever they are.
_LONGEST = 100

_SOURCE_LINE_HYPHEN = re.compile(rf"^[{_HYPHENS}\u00ad]\s*[\n\r\f\v\u2028\u2029]|^\u00ad\s*$")
_QUOTE_LINE_HYPHEN = re.compile(rf"^[{_HYPHENS}\u00ad]\s+$")


def _white(gap: str) -> str:
    tight = _TIGHT.sub(r"\1", gap)
    return re.sub(r"\s+", " ", tight) if tight.strip() else " " if tight else ""


def _dash(gap: str) -> str:
    return _DASH_RUN.sub("-", gap)


def _marks(gap: str) -> str:
    return _ANY_MARK.sub('"', gap)


def _closing(gap: str) -> str:
    return re.sub(rf"([{re.escape(DOUBLE + SINGLE)}]+)([.,])", r"\2\1", gap)


def _ellipsis(gap: str) -> str:
    return re.sub(r"\.(?:[ \u00a0]?\.){2,3}|‥", "…", gap)


_STAGES: tuple[tuple[str, Callable[[str], str]], ...] = (
    (WHITE, _white),
    (MARKS_NAME, _marks),
    (DASH, _dash),
    (ELLIPSIS, _ellipsis),
    (CLOSING, _closing),
    (INVISIBLE_NAME, lambda gap: INVISIBLE.sub("", gap)),
    (COMPATIBILITY, plain),
)


@lru_cache(maxsize=65536)
def same(quote: str, source: str, figures: tuple[bool, bool] = (False, False)) -> tuple[str, ...] | None:
    """Names of the normalisations under which two gaps are equal (none when they are the same characters); else None.

    `figures` says whether a digit stands before and after the gap: there a space, a comma, a sign or a foot mark counts.
    """
    if quote == source:
        return ()
    if len(quote) > _LONGEST or len(source) > _LONGEST:
        quote, source = re.sub(r"\s+", " ", quote), re.sub(r"\s+", " ", source)
        if quote == source:
            return (WHITE,)
        if len(quote) > _LONGEST or len(source) > _LONGEST:
            return None
    if _sign(quote, figures[1]) != _sign(source, figures[1]):
        return None
    if all(figures) and _numeric(quote) != _numeric(source):
        return None
    if figures[0] and _measure(quote) != _measure(source):
        return None
    unlisted = _unlisted(quote), _unlisted(source)
    if unlisted != (quote, source):
        names = same(*unlisted, figures)
        if names is not None:
            return (*names, LIST_MARK)
    if _kept(quote) != _kept(source):
        return None
    for size in range(1, len(_STAGES) + 1):
        for stages in combinations(_STAGES, size):
            left, right = quote, source
            for _, stage in reversed(stages):
                left, right = stage(left), stage(right)
            if left == right:
                return tuple(name for name, _ in stages)
    return None


def _unlisted(gap: str) -> str:
    return _LIST_MARK.sub(r"\1", gap)


@lru_cache(maxsize=65536)
def _kept(gap: str) -> tuple[bool, bool, str]:
    """What no normalisation changes: whether there are quotation marks and dashes, and the other punctuation in its order."""
    unmarked = plain(_ANY_MARK.sub("", gap))
    bare = INVISIBLE.sub("", _KEPT_APART.sub("", _ANY_MARK.sub("", unmarked)))
    if bare.count(".") > 1 or "…" in bare or "‥" in bare:
        bare = re.sub("[.…‥]", "", bare)  # they may be one ellipsis in another form
    return bool(_ANY_MARK.search(gap)), bool(_ANY_DASH.search(unmarked)), bare


def _sign(gap: str, before_figure: bool) -> bool:
    return before_figure and bool(_MINUS.search(gap + "0"))


def _numeric(gap: str) -> str:
    """What joins two figures to one number, or keeps them apart."""
    if not gap or gap.isspace():
        return " " if gap else ""
    return re.sub(r"\s+", " ", gap) if re.fullmatch(r"\s*[.,:/'’]\s*", gap) else "+"


def _measure(gap: str) -> str:
    """A foot or inch mark right behind a figure, unless it closes a quotation."""
    match = re.match(r"['’′\"”″]", gap)
    return "" if not match else "'" if match.group() in "'’′" else '"'


def ends_in_line_hyphen(record_gap: str) -> bool:
    """Whether the source's gap is a hyphen at a line's end, which may or may not belong to the word."""
    return bool(_SOURCE_LINE_HYPHEN.match(record_gap))


def pasted_line_hyphen(gap: str) -> bool:
    """Whether the quote's gap is a hyphen followed by white space: a line's end that was pasted along."""
    return bool(_QUOTE_LINE_HYPHEN.match(gap))
