"""Reading a public set's files and drawing samples from them."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from eval.stats import SEED
from rag.errors import InputError

Item = TypeVar("Item")


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON Lines file. Raises InputError."""
    try:
        return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: Exception) -> InputError:
    """The message for a file of a set that is missing or is not what it should be."""
    return InputError(f"{path} cannot be read: {error}.", "See docs/evaluation.md for what the folder must hold.")


def natural(text: str) -> str:
    """`text` as it is written: without the blanks that sets of tokenised Wikipedia text have around punctuation."""
    text = re.sub(r" @([-,.])@ ", r"\1", text.replace("`` ", '"').replace(" ''", '"'))
    text = re.sub(r" ([,.;:?!%)\]]|'s\b|'\B|n't\b)", r"\1", text)
    return re.sub(r"([(\[$]) ", r"\1", text).strip()


def sample(items: Sequence[Item], count: int) -> list[Item]:
    """`count` of `items` in their order, drawn with the seed."""
    chosen = random.Random(SEED).sample(range(len(items)), min(count, len(items)))
    return [items[at] for at in sorted(chosen)]
