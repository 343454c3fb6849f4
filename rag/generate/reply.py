"""Reading a model's reply while it is being written: JSON as asked for, or plain lines with sentence numbers in brackets.

Weak models wrap JSON in a fence, break it off, or write prose. What can be read is read; what cannot is an error with a
message that the model is shown once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

# Sentences of an answer. A model that goes on to twice as many is in a loop.
MOST_CHOSEN = 6
_CITED = re.compile(r"\[\s*(\d{1,5}(?:\s*[,;]\s*\d{1,5})*)\s*\]")
_RIM_NUMBERS = re.compile(rf"^(?:\s*{_CITED.pattern})+|(?:\s*{_CITED.pattern})+(?=[.!?]?$)")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
# Around a plain line's text: bullets, a list's numbers, a label, what ended the sentence before.
_RIM = re.compile(r"^(?:[\s.,;:)*•-]|\d+[.)](?=\s))*|[\s*]*$")


class ReplyError(ValueError):
    """A reply that cannot be used; the message tells the model what is wrong with it."""


@dataclass(frozen=True)
class Chosen:
    """Numbers of sentences as the model gave them, and its text for them, None to show the sentence as it stands."""

    numbers: tuple[int, ...]
    text: str | None


class ReplyReader:
    """Feed it pieces of a reply; it gives each choice once it is complete."""

    def __init__(self) -> None:
        self.text = ""
        self.refused = False
        self.looping = False
        self.missing: tuple[str, ...] = ()
        self._seen: list[Chosen] = []
        self._items_read = 0
        self._lines_read = 0  # characters
        self._choices = 0

    def feed(self, piece: str) -> list[Chosen]:
        """The choices that `piece` completes."""
        self.text += piece
        if "{" in self.text:
            return self._new(self._items()) if "}" in piece else []
        return self._new(self._lines(self.text.rfind("\n") + 1)) if "\n" in piece else []

    def finish(self) -> list[Chosen]:
        """The last choices. Raises ReplyError when the reply held nothing that could be used."""
        found = self._new(self._items() if "{" in self.text else self._lines(len(self.text)))
        whole = self._object()
        said = whole.get("missing")
        self.missing = tuple(text for one in said if (text := _words(one))) if isinstance(said, list) else ()
        self.refused = not self._seen and (whole.get("answered") is False or whole.get("sentences") == [])
        if not self._seen and not self.refused:
            raise ReplyError(
                "It was empty."
                if not self.text.strip()
                else 'It is not the JSON asked for: {"answered": …, "sentences": [{"sentence": n, "text": …}], "missing": []}.'
                if "{" in self.text
                else "It has no sentence number, such as [1]."
            )
        return found

    def _new(self, choices: Iterator[Chosen]) -> list[Chosen]:
        """Of `choices` those not given before, up to the most that are shown."""
        found = []
        for choice in choices:
            self._choices += 1
            self.looping = self._choices > 2 * MOST_CHOSEN
            if choice not in self._seen and len(self._seen) < MOST_CHOSEN:
                self._seen.append(choice)
                found.append(choice)
        return found

    def _object(self) -> dict[str, Any]:
        """The JSON object so far: all of it, or up to the last choice that is complete."""
        text = as_text(self.text[self.text.find("{") :])
        for tried in (text, text[: text.rfind("}") + 1] + "]}"):
            with suppress(ValueError, RecursionError):
                value, _ = json.JSONDecoder().raw_decode(tried)
                return value if isinstance(value, dict) else {}
        return {}

    def _items(self) -> Iterator[Chosen]:
        listed = self._object().get("sentences")
        items: Sequence[Any] = listed if isinstance(listed, list) else ()
        new, self._items_read = items[self._items_read :], max(self._items_read, len(items))
        for item in new:
            numbers = _numbers(item.get("sentence") if isinstance(item, dict) else item)
            text = _words(item.get("text")) if isinstance(item, dict) else None
            if numbers:
                yield Chosen(numbers, text)

    def _lines(self, end: int) -> Iterator[Chosen]:
        lines, self._lines_read = self.text[self._lines_read : end], end
        for line in as_text(lines).splitlines():
            yield from _plain(line)


def _plain(line: str) -> Iterator[Chosen]:
    """The choices of a line: "[3] [1]", "[3] its text", or "a text [3]. Another [1, 2]"."""
    parts = _CITED.split(line)
    numbers = [tuple(int(n) for n in re.findall(r"\d+", part)) for part in parts[1::2]]
    texts = [_words(_RIM.sub("", part)) for part in parts[::2]]
    if texts[0] and not texts[0].endswith(":"):
        while numbers:
            own, text = numbers.pop(0), texts.pop(0)
            while numbers and not texts[0]:  # "a text [1][2]"
                own, _ = own + numbers.pop(0), texts.pop(0)
            yield Chosen(own, text)
        return
    for own, text in zip(numbers, texts[1:], strict=True):
        yield from [Chosen(own, text)] if text else [Chosen((n,), None) for n in own]


def _numbers(value: Any) -> tuple[int, ...]:
    """1, "1", "[1]" and [1] are all the number 1."""
    if isinstance(value, list):
        return tuple(n for one in value for n in _numbers(one))
    if isinstance(value, str):
        return tuple(int(n) for n in re.findall(r"\d{1,5}", value))
    return (value,) if isinstance(value, int) and not isinstance(value, bool) else ()


def _words(value: Any) -> str | None:
    """A text without the numbers in brackets that models put around it; None where there are no words."""
    if not isinstance(value, str):
        return None
    text = _RIM_NUMBERS.sub("", " ".join(as_text(value).split())).strip()
    return text if any(character.isalnum() for character in text) else None


def as_text(text: str) -> str:
    """Without characters that nobody sees, and without halves of characters, which no file or model takes."""
    return _UNSEEN.sub("", text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
