"""A quotation as it was pasted: its words, and what the person or the clipboard put around and between them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from rag.quotes.tokens import Token, plain, tokens
from rag.reading.characters import INVISIBLE

DOUBLE = '"“”„‟«»「」『』《》〈〉＂〝〞'
SINGLE = "'‘’‚‛‹›`´ʼ＇"
MARKS = DOUBLE + SINGLE

_PAIRS = {
    "“": "”",
    "„": "“”",
    "‟": "”",
    "«": "»",
    "»": "«",
    "「": "」",
    "『": "』",
    "‘": "’",
    "‚": "‘’",
    "‹": "›",
    '"': '"',
    "'": "'",
    "`": "`'´",
    "＂": "＂",
    "《": "》",
    "〈": "〉",
    "”": "”",
    "’": "’",
}

# Numbers that may be footnote marks carried along: glued to a word's end or its punctuation, set apart before a capital,
# in square brackets, or raised.
_NOTE = re.compile(
    r"(?<=[A-Za-zÀ-ž)\]”’\"'.,;:!?])\d{1,3}(?=[\s)\]”’\"—;:]|[.,](?:\s|$)|$)"
    r"|(?<=[.,;:!?”’\")] )\d{1,3}(?= {1,2}[A-Z“‘\"(\d]|$)|(?<=\[)\d{1,3}(?=\])|[\u00b9\u00b2\u00b3\u2070\u2074-\u2079]{1,3}"
)


@dataclass(frozen=True)
class Pasted:
    """`raw` is what was given; `text` the same without outer marks, invisible characters and compatibility forms."""

    raw: str
    text: str
    cores: tuple[str, ...]
    cleaning: tuple[str, ...]

    @cached_property
    def tokens(self) -> list[Token]:
        return list(tokens(self.text))

    @cached_property
    def without_notes(self) -> list[Token]:
        """The words without numbers that may be footnote marks; the same list where there are none."""
        spots = [match.span() for match in _NOTE.finditer(self.text)]
        if not spots:
            return self.tokens
        kept: list[Token] = []
        for token in self.tokens:
            inside = next((s for s in spots if token.start <= s[0] and s[1] <= token.end), None)
            if inside is None:
                kept.append(token)
            elif inside[0] > token.start and inside[1] == token.end:  # squeeze12: the word without its number
                cut = self.text[token.start : inside[0]]
                kept.extend(Token(t.text, t.fold, token.start + t.start, token.start + t.end) for t in tokens(cut))
        return kept


def paste(raw: str) -> Pasted:
    """Take quotation `raw` apart."""
    cores = [raw.strip()]
    while len(cores[-1]) > 1 and _wrapped(cores[-1]):
        cores.append(cores[-1][1:-1].strip())
    visible = INVISIBLE.sub("", cores[-1])
    cleaning = ["invisible character"] if visible != cores[-1] else []
    text = plain(visible)
    if text != visible:
        cleaning.append("compatibility character")
    while len(text) > 1 and text != cores[-1] and _wrapped(text):
        text = text[1:-1].strip()
    return Pasted(raw, text, tuple(cores), tuple(cleaning))


def _wrapped(text: str) -> bool:
    """Whether the first and the last character are one pair of quotation marks around everything."""
    first, last = text[0], text[-1]
    if first not in _PAIRS or last not in _PAIRS[first]:
        return False
    inner = text[1:-1]
    if first in "\"'＂`”’":
        # The same mark opens and closes: “a” and “b” is no wrapped text, so the next mark inside must open again.
        following = re.search(rf"(?<!\w){re.escape(last)}|{re.escape(last)}(?!\w)", inner)
        if following is None:
            return True
        return bool(re.match(r"\w", inner[following.end() : following.end() + 1])) and not re.match(
            r"\w", inner[following.start() - 1 : following.start()] or " "
        )
    depth = 1
    for char in inner:
        depth += (char == first) - (char in _PAIRS[first] and char != first and not (char == "’" and first == "‘"))
        if not depth:
            return False
    return True
