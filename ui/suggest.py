"""Questions to begin with, made from the documents themselves: what they speak of most, one name a document."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from rag.reading import ReadingText
from rag.types import SourceDoc

# Two to five capitalised words after "the": mostly a body, a treaty, a place. Names in brackets are sources quoted.
_NAME = re.compile(r"(?<=\bthe )(?:[A-Z][\w’'-]+ (?:(?:of|and|for) )?){1,4}[A-Z][\w’-]+(?![^()]{0,80}\))")

# A name has to come back at least this often in its document to be what the document is about.
_OFTEN = 2


def topics(documents: Iterable[tuple[SourceDoc, ReadingText]], most: int) -> list[str]:
    """Names that one document speaks of often and the others hardly, best of each document first, each once."""
    counts = [Counter(_NAME.findall(reading.text)) for _, reading in documents]
    everywhere: Counter[str] = sum(counts, Counter())
    ranked = []
    for own in counts:
        telling = {name: n**2 * len(name.split()) / everywhere[name] for name, n in own.items() if n >= _OFTEN}
        ranked.append([name for name, _ in sorted(telling.items(), key=lambda item: (-item[1], item[0]))])
    found: list[str] = []
    for depth in range(max((len(names) for names in ranked), default=0)):
        found += [names[depth] for names in ranked if depth < len(names)]
    return _distinct(found)[:most]


def _distinct(names: Sequence[str]) -> list[str]:
    """Names of which none shares a word with an earlier one."""
    kept: list[str] = []
    used: set[str] = set()
    for name in names:
        words = set(re.findall(r"[A-Z][\w’'-]+", name))
        if not words & used:
            kept.append(name)
            used |= words
    return kept


def questions(
    documents: Iterable[tuple[SourceDoc, ReadingText]], answers: Callable[[str], bool], most: int = 4
) -> tuple[str, ...]:
    """Up to `most` questions that `answers` says the corpus can answer."""
    found = []
    for topic in topics(documents, 3 * most):
        question = f"What is said about the {topic}?"
        if answers(question):
            found.append(question)
        if len(found) == most:
            break
    return tuple(found)
