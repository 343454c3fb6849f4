"""A source's sentence with words left out, each gap marked with …; the quote checker says whether it is still fair."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import closing
from typing import NamedTuple

from rag.quotes import Searched, Sources, check
from rag.quotes.cache import Fresh, Texts
from rag.quotes.store import Source
from rag.quotes.tokens import Token, tokens
from rag.reading import Block, ReadingText
from rag.types import Entry, SourceDoc

# Fewer words than this say nothing by themselves: the whole sentence is shown.
_FEWEST = 4


class Trimmed(NamedTuple):
    """The source's own characters, and why leaving out the others misleads (None: it does not)."""

    text: str
    unfair: str | None = None


def trimmed(text: str, source: str) -> Trimmed | None:
    """What `text` leaves of the sentence `source`, all of it included; None unless its words are the source's, in their order."""
    theirs, ours = list(tokens(source)), list(tokens(text))
    kept = _kept([token.fold for token in ours], [token.fold for token in theirs])
    if kept is None:
        return None
    if len(kept) == len(theirs) or len(kept) < _FEWEST:
        return Trimmed(source)
    shown = _marked(source, theirs, kept)
    return Trimmed(shown, _unfair(shown, source))


def _kept(ours: Sequence[str], theirs: Sequence[str]) -> list[int] | None:
    """The places in `theirs` of the words `ours`, in order and with as few gaps between them as can be; None when they do not stand there."""
    rows: list[dict[int, tuple[int, int]]] = []  # for each word: its places, with the gaps up to there and the place before
    for number, word in enumerate(ours):
        before = rows[-1] if rows else {}
        row = {}
        for at in (at for at, other in enumerate(theirs) if other == word):
            ways = [(gaps + (place + 1 != at), place) for place, (gaps, _) in before.items() if place < at]
            if number == 0:
                row[at] = (0, -1)
            elif ways:
                row[at] = min(ways)
        if not row:
            return None
        rows.append(row)
    places: list[int] = []
    at = min(rows[-1], key=lambda place: rows[-1][place]) if rows else -1
    for row in reversed(rows):
        places.append(at)
        at = row[at][1]
    return places[::-1]


def _marked(source: str, words: Sequence[Token], kept: Sequence[int]) -> str:
    """The kept words as the source writes them, with what is glued to them (signs, brackets, quotation marks)."""
    pieces = []
    for place in kept:
        behind = words[place + 1].start if place + 1 < len(words) else None
        if place == 0 or place - 1 not in kept:
            ahead = words[place - 1].end if place else 0
            glued = re.search(r"[^\s,;:/—–，、；：-]*$" if place else r".*$", source[ahead : words[place].start], re.DOTALL)
            pieces.append(
                ("… " if place else "") + (glued.group() if glued else "") + source[words[place].start : words[place].end]
            )
        else:
            pieces[-1] += source[words[place - 1].end : words[place].end]
        if behind is None:
            pieces[-1] += source[words[place].end :]
        elif place + 1 not in kept:
            glued = re.match(r"[^\s,;:/—–，、；：-]*", source[words[place].end : behind])
            pieces[-1] += glued.group() if glued else ""
    return " ".join(pieces) + ("" if kept[-1] == len(words) - 1 else " …")


def _unfair(shown: str, source: str) -> str | None:
    """What the quote checker objects to: words left out that turn the meaning of those that stay."""
    with closing(_opened(source)) as sources:
        verdict = check(sources, shown)
    if verdict.verdict != "elided":
        hidden = [difference.source for difference in verdict.differences if difference.source]
    elif verdict.context_risk:
        hidden = [risk.text for risk in verdict.context_risk]
    else:
        return None
    return f"leaving out {', '.join(f'“{words}”' for words in dict.fromkeys(hidden)) or 'so much'} changes what is said"


def _opened(text: str) -> Sources:
    """`text` as a corpus of one document, in memory."""
    store, entry = Texts(":memory:"), Entry("sentence", "sentence")
    reading = ReadingText(text, len(text), (), (Block(0, len(text), "paragraph"),))
    store.add([Fresh(text, SourceDoc(entry, text, "", ""), reading)])
    return Sources((Source(entry, store.ids()[text], "", store),), Searched(1, len(text)), store, ())
