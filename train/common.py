"""Reading the sets that the evidence model is trained on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Of SQuAD 2's dev set the articles that no training sees; what else is held back is said by eval.public.unseen.
HELD_ARTICLES = ("Packet_switching", "Scottish_Parliament", "Huguenot")


def sentences_of(text: str) -> list[tuple[int, str]]:
    """(offset, sentence) of each sentence of `text`."""
    import sentencex

    found, at = [], 0
    for piece in sentencex.segment("en", text):
        start = text.find(piece, at) if piece.strip() else at
        if piece.strip():
            found.append((start + len(piece) - len(piece.lstrip()), piece.strip()))
        at = start + len(piece)
    return found


def tidy(text: str) -> str:
    """Undo the blanks of tokenised Wikipedia text."""
    text = re.sub(r" @([-,.])@ ", r"\1", text)
    text = re.sub(r" ([,.;:?!%)\]]|'s\b|'\B|n't\b)", r"\1", text)
    return re.sub(r"([(\[$]) ", r"\1", text).replace(" - ", "-").replace("`` ", '"').replace(" ''", '"').strip()


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON Lines file."""
    with path.open(encoding="utf-8") as file:
        yield from (json.loads(line) for line in file if line.strip())
