"""Who says the words at a place of a document, for a citation."""

from __future__ import annotations

from collections import Counter

from rag.quotes import lexicon
from rag.quotes.speech import Voice, voice
from rag.quotes.tokens import tokens
from rag.reading import ReadingText
from rag.types import SourceDoc

# "Some have argued" names nobody.
_NOBODY = lexicon.words("some others many few both one people several most observers critics")
# Where in a cited stretch it is asked who speaks, as shares of its words, and how many of these places must agree.
_ASKED = (0.25, 0.45, 0.6, 0.75, 0.95)
_AGREE = 3


def speaker_at(doc: SourceDoc, reading: ReadingText, char_start: int, char_end: int) -> str | None:
    """Who says text-of-record range [char_start, char_end) of `doc`, whose reading text is `reading`.

    The person or body that the text quotes or reports there, if most of the range is theirs ("Kishi said that …" is Kishi's);
    else its writers (see `Entry.writers`); None when neither is known.
    """
    span = reading.from_record(char_start, char_end)
    said = Counter(_named(voice(reading, start, end)) for start, end in _places(reading, span.start, span.end))
    named = [(count, name) for name, count in said.items() if name is not None]
    if named and max(named)[0] >= min(_AGREE, said.total()):
        return max(named)[1]
    return ", ".join(doc.entry.writers) or None


def _named(said: Voice) -> str | None:
    named = said.speaker if said.kind in ("direct", "indirect") else None
    return None if named is None or named.casefold() in _NOBODY else named


def _places(reading: ReadingText, start: int, end: int) -> list[tuple[int, int]]:
    words = [(token.start, token.end) for token in tokens(reading.text, start, end)]
    return [words[index] for index in sorted({int(len(words) * share) for share in _ASKED})] if words else []
