"""Finds the tasks of public sets that have a passage the evidence model was trained on, and rewrites `eval.public.seen`.

    python -m eval.public.overlap --public PATH --train PATH

Two texts overlap that have twelve words in a row in common. `--train` is the folder with `passages.jsonl` and `public/`
(train/README.md). To be run again when either changes.
"""

from __future__ import annotations

import argparse
import re
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from eval.public.files import read_lines
from eval.public.unseen import digest

_IN_A_ROW = 12
# Characters around a chunking question's reference that a passage may hold too.
_AROUND = 300

_HEAD = '''"""Tasks of public sets that have a passage which the evidence model was trained on, made by `eval.public.overlap`."""

SEEN = frozenset(
    """
{}
""".split()  # noqa: SIM905
)
'''


def seen_tasks(public: Path, train: Path) -> list[str]:
    """The digests of the tasks below `public` that overlap with what lies below `train`, sorted."""
    rows: dict[int, set[str]] = {}
    for name, key, text in _tasks(public):
        for row in _in_a_row(text):
            rows.setdefault(row, set()).add(digest(name, key))
    found: set[str] = set()
    for path in (train / "passages.jsonl", *sorted((train / "public").glob("*.jsonl"))):
        for raw in read_lines(path):
            text = " ".join(raw["sentences"]) if "sentences" in raw else str(raw.get("passage") or raw.get("text") or "")
            for row in _in_a_row(text):
                found |= rows.get(row, set())
    return sorted(found)


def _in_a_row(text: str) -> Iterator[int]:
    words = re.findall(r"\w+", text.casefold())
    return (hash(tuple(words[at : at + _IN_A_ROW])) for at in range(len(words) - _IN_A_ROW + 1))


def _tasks(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Set, key and texts of each task, of the sets that are there."""

    def lines(*names: str) -> Iterable[dict[str, Any]]:
        return (raw for name in names if (folder / name).is_file() for raw in read_lines(folder / name))

    def joined(passages: Iterable[dict[str, Any]]) -> str:
        return " ".join(passage["text"] for passage in passages)

    for raw in lines("qed/dev.jsonl"):
        yield "qed", str(raw["example_id"]), raw["paragraph_text"]
    for raw in lines("clapnq/answerable.jsonl", "clapnq/unanswerable.jsonl"):
        yield "clapnq", str(raw["id"]), joined(raw["passages"])
    for raw in lines("nomiracl/relevant.jsonl", "nomiracl/non_relevant.jsonl"):
        yield "nomiracl", str(raw["query_id"]), raw["prompt"]
    for raw in lines("mtrag/tasks.jsonl"):
        yield "mtrag", str(raw["task_id"]), joined(raw["contexts"])
    for raw in lines("wice/claim.jsonl"):
        yield "wice", raw["claim"], " ".join(raw["evidence"])
    for raw in lines("chunking/questions.jsonl"):
        text = (folder / "chunking" / "corpora" / f"{raw['corpus']}.md").read_text(encoding="utf-8")
        for one in raw["references"]:
            yield "chunking", raw["question"], text[max(0, one["start_index"] - _AROUND) : one["end_index"] + _AROUND]


def main() -> None:
    parser = argparse.ArgumentParser(description="List the tasks that training has seen.")
    parser.add_argument("--public", type=Path, required=True, help="folder of public sets")
    parser.add_argument("--train", type=Path, required=True, help="folder of the training data")
    wanted = parser.parse_args()
    digests = textwrap.fill(" ".join(seen_tasks(wanted.public, wanted.train)), 125)
    (Path(__file__).parent / "seen.py").write_text(_HEAD.format(digests), encoding="utf-8")


if __name__ == "__main__":
    main()
