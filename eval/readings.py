"""An answer with what it was decided from: the confidence and the readings of each sentence, which the contract does not show.

For measuring the confidence, and for fitting what a reading is worth (train/calibrate.py).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from eval.places import Place
from rag.errors import InputError
from rag.types import Answer, Exchange

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.decide import Sentence


class Decided(NamedTuple):
    """`confidence` (0 to 1) and `read`, the sentences best first, are not known of a follow-up."""

    answer: Answer
    confidence: float | None = None
    read: tuple[Sentence, ...] = ()


def ask_decided(assistant: Assistant, question: str, history: Sequence[Exchange] = ()) -> Decided:
    """Ask once. A question goes through the query engine, as `ask` does, because that gives the read sentences too."""
    from rag.decide import decide, of_nodes
    from rag.retrieve import AskedBundle

    if history:
        return Decided(assistant.ask(question, history))
    response = assistant.query_engine.query(AskedBundle(question))
    read = of_nodes(response.source_nodes)
    answer = response.metadata["answer"]
    return Decided(answer, decide(question, read, kind=answer.kind).confidence, tuple(read))


def reading(
    name: str, kind: str, answerable: bool, decided: Decided, gold: Callable[[Sentence, Place], bool]
) -> dict[str, Any]:
    """What train/calibrate.py takes: each sentence's answers, window, certain, retrieved, and 1 where it is gold."""
    sentences = [
        [round(value, 4) for value in (one.answers, one.window, one.certain, one.retrieved)]
        + [float(gold(one, Place(one.document, one.char_start, one.char_end)))]
        for one in decided.read
    ]
    return {"set": name, "kind": kind, "answerable": answerable, "sentences": sentences}


def write_readings(path: Path, readings: Iterable[Mapping[str, Any]]) -> None:
    """JSON Lines. Raises InputError when the file cannot be written."""
    try:
        path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in readings), encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}.", "Name another file with --readings.") from error
