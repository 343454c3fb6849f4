"""The marks a journalist puts into a quotation: an ellipsis for words left out, square brackets for words put in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from rag.quotes.pasted import Pasted
from rag.quotes.tokens import Token, tokens

ELLIPSIS = r"(?:…|\.(?:[ \u00a0]?\.){2,3}|‥)"
MARK = re.compile(rf"[\[(]\s*{ELLIPSIS}\s*[\])]|{ELLIPSIS}|\[[^\[\]]{{0,200}}\]")

Kind = Literal["ellipsis", "bracket", "letter", "inflection"]


@dataclass(frozen=True)
class Mark:
    """`content` is what stands in the brackets, or the ellipsis itself; for an inflection `stem` is the word it is glued to."""

    kind: Kind
    content: str
    stem: str = ""


@dataclass(frozen=True)
class Fragment:
    """A stretch of the quote without marks, and the marks just before it."""

    text: str
    words: list[Token]
    before: tuple[Mark, ...]


@dataclass(frozen=True)
class Marked:
    """A quotation cut at its marks; `after` are the marks behind the last fragment."""

    fragments: tuple[Fragment, ...]
    after: tuple[Mark, ...]


def parse(quote: Pasted) -> Marked | None:
    """The fragments of `quote`, or None when it has no marks or nothing but marks."""
    text = quote.text
    fragments: list[Fragment] = []
    pending: list[Mark] = []
    position = 0

    def close(piece: str) -> None:
        nonlocal pending
        words = list(tokens(piece))
        if words:
            fragments.append(Fragment(piece, words, tuple(pending)))
            pending = []

    found = False
    for match in MARK.finditer(text):
        if match.start() < position:
            continue
        found = True
        content = match.group().strip("[]() ")
        before, after = text[position : match.start()], text[match.end() :]
        position = match.end()
        if re.fullmatch(ELLIPSIS, content):
            close(before)
            pending.append(Mark("ellipsis", match.group()))
        elif content.isalpha() and re.match(r"[^\W\d_]", after):
            # [T]aiwan, [un]likely: the word is taken whole, the bracket may have changed its first letter.
            close(before)
            pending.append(Mark("letter", content))
            rest = re.match(r"[^\W\d_]+", after)
            whole = content + (rest.group() if rest else "")
            following = MARK.search(text, position)
            end = following.start() if following else len(text)
            close(whole + text[position + len(whole) - len(content) : end])
            position = end
        elif re.search(r"[^\W\d_]$", before) and re.fullmatch(r"[^\W\d_'’]{1,6}|n['’]t", content):
            # look[s], commit[ment]: one word of the source in another form.
            stem = re.search(r"[^\W\d_]+$", before)
            cut = stem.group() if stem else ""
            close(before[: len(before) - len(cut)])
            pending.append(Mark("inflection", content, cut))
        else:
            close(before)
            pending.append(Mark("bracket", content))
    close(text[position:])
    return Marked(tuple(fragments), tuple(pending)) if found and fragments else None
