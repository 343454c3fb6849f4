"""Drafts: statements as a language model writes them, faithful and unfaithful, each with the passages it cites.

Those in `eval/drafts_cases/hand.jsonl` were written by hand from the bundled corpus, without a look at the verifier or
at what its model is trained on; `eval.drafts.seeded` makes others by script. A case belongs to the `tune` half, which
may be looked at while building, or to the `report` half, which may not.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.cases import SPLITS, half
from eval.places import Library
from rag.errors import InputError
from rag.types import Entry

HAND = Path(__file__).resolve().parent.parent / "drafts_cases" / "hand.jsonl"

_KEYS = {"id", "part", "kind", "statement", "passage", "document", "faithful"}
_REMEDY = "Mend the case."


@dataclass(frozen=True)
class Cited:
    """A passage as a statement cites it: its sentences in order, and the document it stands in."""

    sentences: tuple[str, ...]
    entry: Entry


@dataclass(frozen=True)
class Draft:
    """A statement and the passages it cites. `faithful`: they support it whole, so that it may be shown.

    `source` is "hand" for those written by hand, "corpus" or a public set's name for those made by script.
    """

    id: str
    split: str
    kind: str
    statement: str
    cited: tuple[Cited, ...]
    faithful: bool
    source: str


def load_hand(library: Library, path: Path = HAND) -> list[Draft]:
    """The drafts written by hand. Raises InputError where a passage is not what the corpus holds, or a field is wrong."""
    readings = {name: " ".join(source.reading.text.split()) for name, source in library.items()}
    found: dict[str, Draft] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        where = f"{path.name}, line {number}"
        try:
            raw = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError(f"{where}: not JSON ({error.msg}).", "Write one JSON object a line.") from error
        draft = _draft(raw, where, library, readings)
        if draft.id in found:
            raise InputError(f"{where}: the id {draft.id} is used twice.", "Give every case its own.")
        found[draft.id] = draft
    return list(found.values())


def _draft(raw: dict[str, Any], where: str, library: Library, readings: dict[str, str]) -> Draft:
    if wrong := sorted((_KEYS - set(raw)) | (set(raw) - _KEYS - {"with"})):
        raise InputError(f"{where}: the key {wrong[0]!r} is missing or unknown.", _REMEDY)
    if raw["part"] not in SPLITS or raw["part"] != half(raw["statement"]):
        raise InputError(f"{where}: the part of this statement is {half(raw['statement'])}.", _REMEDY)
    cited = []
    for passage in (raw, *([raw["with"]] if "with" in raw else [])):
        document = passage["document"]
        if document not in library:
            raise InputError(f"{where}: the corpus holds no {document}.", _REMEDY)
        for sentence in passage["passage"]:
            if sentence not in readings[document]:
                raise InputError(f"{where}: {sentence[:60]!r} does not stand in {document}.", _REMEDY)
        cited.append(Cited(tuple(passage["passage"]), library[document].doc.entry))
    return Draft(
        f"draft/{raw['id']}",
        raw["part"],
        raw["kind"],
        raw["statement"],
        tuple(cited),
        bool(raw["faithful"]),
        "hand",
    )
