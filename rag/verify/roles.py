"""Who does it: the names of a statement must stand in the very sentence that says the rest of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.quotes import names
from rag.verify.text import Word, content, holds, stems, words
from rag.verify.types import Finding

# A sentence with this share of the statement's words that are no names says what the statement says.
_SAYS_IT = 0.75
# A sentence with one of these may mean somebody named before it.
_POINTS_BACK = re.compile(
    r"\b(?:he|she|they|it|his|her|hers|their|theirs|its|him|them|both|latter|itself|"
    r"himself|herself|themselves|(?:the|two) (?:two|sides|countries|nations|governments|government|country|island|allies|men|parties|party|group|team|"
    r"company|bill|law|statement|ministers?|president|agreement|forum|meeting|visit|report|project))\b",
    re.IGNORECASE,
)


def findings(statement: str, sentences: Sequence[str]) -> Iterator[Finding]:
    """A name that the statement puts where the passage has another."""
    ours = content(statement)
    parts = {part for name in names.capitalised("so " + statement) for part in re.findall(r"[^\W_]+", name)}
    named = [word for word in ours if word.text in parts]
    plain = [word for word in ours if word.text not in parts]
    if not named or len(plain) < 3 or len(sentences) < 2:
        return
    share, best = max(((_share(plain, sentence), sentence) for sentence in sentences), key=lambda found: found[0])
    if share < _SAYS_IT or _POINTS_BACK.search(best):
        return
    have = stems(best)
    capitals = "".join(word.text[0].upper() for word in words(best))
    for word in named:
        if not holds(have, word.stem) and not (word.text.isupper() and word.text in capitals):
            yield Finding("name", f"the sentence that says this does not name “{word.text}”")
            return


def _share(some: Sequence[Word], sentence: str) -> float:
    have = stems(sentence)
    return sum(holds(have, word.stem) for word in some) / len(some)
