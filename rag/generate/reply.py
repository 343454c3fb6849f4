"""Reading a model's reply while it is being written: JSON as asked for, or plain sentences with [n] behind them.

Weak models wrap JSON in a fence, break it off, or write prose. What can be read is read; what cannot is an error with a
message that the model is shown once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

_CITED = re.compile(r"\[\s*(\d+(?:\s*[,;]\s*(?:\d+))*)\s*\]")
_SENTENCE = re.compile(r"[ \t]*(?:[-*•]\s+|\d+[.)]\s+)?([^\n]+?(?:\[\s*\d+(?:\s*[,;]\s*\d+)*\s*\][ \t]*)+[.!?]?)(?=\s|$)")
# A whole line without a number behind it: a greeting, a heading.
_UNCITED = re.compile(r"\s*(?:[^\n\[]*\n)?")
_REFUSAL = re.compile(
    r"^\W*(?:no answer|the (?:given |provided )?(?:passages?|texts?|documents?|context|sources?) (?:do(?:es)? not|don[’']t|doesn[’']t|contain no)\b|"
    r"i (?:do not|don[’']t|cannot|can[’']t|am unable|was unable)\b|(?:there is )?no (?:information|mention)\b|unanswerable|not (?:stated|mentioned|answered)\b)",
    re.IGNORECASE,
)
# More sentences than any answer has: a model that goes on is in a loop.
_MOST = 12


class ReplyError(ValueError):
    """A reply that cannot be used; the message tells the model what is wrong with it."""


@dataclass(frozen=True)
class DraftSentence:
    """A sentence of the model's, and the passage numbers it gave."""

    text: str
    passages: tuple[int, ...]


class ReplyReader:
    """Feed it pieces of a reply; it gives each sentence once it is complete."""

    def __init__(self) -> None:
        self.text = ""
        self.refused = False
        self.looping = False
        self._at = 0
        self._in_list = False
        self._closed = False
        self._seen: list[DraftSentence] = []

    @property
    def structured(self) -> bool:
        """Whether the reply is JSON, as far as it can be told yet."""
        return bool(re.match(r"\s*(?:```(?:json)?\s*)?[{\[]", self.text))

    def feed(self, piece: str) -> list[DraftSentence]:
        """The sentences that `piece` completes."""
        self.text += piece
        return list(self._new(self._objects() if self.structured else self._lines(finished=False)))

    def finish(self) -> list[DraftSentence]:
        """The last sentences. Raises ReplyError when the reply held nothing that could be used."""
        found = [] if self.structured else list(self._new(self._lines(finished=True)))
        if not self._seen and not self.refused:
            if not self.text.strip():
                raise ReplyError("It was empty.")
            if _REFUSAL.match(self.text):
                self.refused = True
            elif self.structured:
                raise ReplyError('It is not the JSON asked for: {"answered": …, "sentences": [{"text": …, "passages": [n]}]}.')
            else:
                raise ReplyError("It has no sentence with a passage number behind it, such as [1].")
        return found

    def _new(self, sentences: Iterator[DraftSentence]) -> Iterator[DraftSentence]:
        for sentence in sentences:
            if self.looping:
                return
            if any(sentence.text == seen.text for seen in self._seen) or len(self._seen) >= _MOST:
                self.looping = True
                return
            if _REFUSAL.match(sentence.text):
                self.refused = not self._seen
                continue
            self._seen.append(sentence)
            yield sentence

    def _objects(self) -> Iterator[DraftSentence]:
        if not self._in_list:
            start = re.search(r'"sentences"\s*:\s*\[', self.text)
            if re.search(r'"answered"\s*:\s*false', self.text) and not start:
                self.refused = True
            if start is None:
                return
            self._in_list, self._at = True, start.end()
            self.refused = bool(re.search(r'"answered"\s*:\s*false', self.text[: start.start()]))
        decoder = json.JSONDecoder()
        while not self._closed:
            gap = re.compile(r"[\s,]*").match(self.text, self._at)
            at = gap.end() if gap else self._at
            if at < len(self.text) and self.text[at] == "]":
                self._closed = True
                return
            try:
                item, self._at = decoder.raw_decode(self.text, at)
            except json.JSONDecodeError:
                return
            if isinstance(item, dict) and isinstance(item.get("text"), str) and item["text"].strip():
                given = item.get("passages")
                numbers = (
                    [n for n in given if isinstance(n, int)]
                    if isinstance(given, list)
                    else [given]
                    if isinstance(given, int)
                    else []
                )
                text, inside = _without_numbers(item["text"])
                self.refused = False
                yield DraftSentence(text, tuple(dict.fromkeys([*numbers, *inside])))

    def _lines(self, *, finished: bool) -> Iterator[DraftSentence]:
        while True:
            match = _SENTENCE.match(self.text, self._at)
            if match is None:
                skipped = _UNCITED.match(self.text, self._at)
                if skipped is None or skipped.end() == self._at:
                    break
                self._at = skipped.end()
                continue
            if match.end() == len(self.text) and not finished:
                return
            self._at = match.end()
            text, numbers = _without_numbers(match.group(1))
            if text:
                yield DraftSentence(text, numbers)
        rest = self.text[self._at :].strip()
        if finished and re.search(r"\w.*[.!?][”\"’']?$", rest, re.DOTALL) and self._seen:
            yield DraftSentence(" ".join(rest.split()), ())


def _without_numbers(text: str) -> tuple[str, tuple[int, ...]]:
    numbers = [int(n) for match in _CITED.finditer(text) for n in re.findall(r"\d+", match.group(1)) if len(n) < 6]
    bare = re.sub(r"\s+([.,;!?])", r"\1", " ".join(_CITED.sub(" ", text).split()))
    return bare, tuple(dict.fromkeys(numbers))
