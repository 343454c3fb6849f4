"""A first request to a language model's server: does it reply, how fast, in a form that can be read."""

from __future__ import annotations

import time
from dataclasses import dataclass

from rag.generate.prompt import SCHEMA
from rag.generate.reply import ReplyError, ReplyReader
from rag.llm import LanguageModel, Message

_TRIAL = (
    "[1] The harbour was opened in 1912. Question: When was the harbour opened? Reply with JSON only, naming the sentence that "
    'answers: {"answered": true, "sentences": [{"sentence": 1, "text": null}], "missing": []}'
)
_TOKENS = 80


@dataclass(frozen=True)
class Trial:
    """What the trial request showed; `usable` when its reply could be read."""

    usable: bool
    message: str
    remedy: str = ""


def probe(model: LanguageModel) -> Trial:
    """Ask once. Raises LanguageModelError."""
    began = time.monotonic()
    reply = model.complete([Message("user", _TRIAL)], SCHEMA, _TOKENS)
    took = f"{time.monotonic() - began:.1f} s"
    form = "structured output" if model.structured else "plain replies (the server refused a JSON schema)"
    reader = ReplyReader()
    try:
        found = [*reader.feed(reply), *reader.finish()]
    except ReplyError as error:
        found = []
        problem = str(error)
    else:
        problem = "" if found else "It chose no sentence, though one answers."
    if problem:
        return Trial(
            False, f"replied in {took}, but not usably: {problem}", "Answers will mostly be extractive; use a stronger model."
        )
    return Trial(True, f"replied in {took}, {form}.")
