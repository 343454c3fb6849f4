"""Our order of sentences against plain ones, on the evaluation's own questions: `python bench/ranking.py`.

Three orders of the same candidates: cosine alone, a plain sum of standardised scores (cosine, BM25, the neighbours'
cosine), and ours. Shown for each half: whole evidence in the first ten sentences, expected facts in the first sentence and
in the first three. No sentence is refused or left out here, so the figures differ from those of `rag eval`.
"""

from __future__ import annotations

import json
import unicodedata
from collections import defaultdict
from pathlib import Path

import numpy as np

from rag.assistant import Assistant
from rag.ledger import Unit
from rag.settings import load

CASES = Path(__file__).parent.parent / "eval" / "cases" / "questions.jsonl"


def plain(text: str) -> str:
    """Text for looking up a fact: one case, one kind of quotation mark."""
    return unicodedata.normalize("NFKC", text).lower().translate(str.maketrans("’“”", '\'""'))


def holds(unit: Unit, gold: dict[str, object]) -> bool:
    """Whether a sentence covers more than half of a gold place, or is covered so by it."""
    start, end = int(str(gold["char_start"])), int(str(gold["char_end"]))
    shared = min(unit.char_end, end) - max(unit.char_start, start)
    return unit.path == gold["document"] and shared > 0.5 * min(unit.char_end - unit.char_start, end - start)


def main() -> None:
    results: dict[tuple[str, str], list[list[float]]] = defaultdict(list)
    with Assistant.open(load()) as assistant:
        assistant.ensure_synced()
        for line in CASES.read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            candidates = assistant.query_engine.retriever.search(case["question"]).candidates
            signals = np.array([candidate.signals for candidate in candidates])
            standard = (signals - signals.mean(0)) / (signals.std(0) + 1e-9)
            column = {name: i for i, name in enumerate(candidates[0].signals._fields)}
            orders = {
                "cosine": signals[:, column["cosine"]],
                "plain sum": sum(standard[:, column[name]] for name in ("cosine", "words", "neighbour_cosine")),
                "ours": np.array([candidate.score for candidate in candidates]),
            }
            groups: dict[int, list[dict[str, object]]] = defaultdict(list)
            for gold in case["gold"]:
                groups[gold["group"]].append(gold)
            for name, scores in orders.items():
                units = [candidates[i].unit for i in np.argsort(-scores, kind="stable")]
                row = [float(all(any(holds(u, g) for u in units[:10] for g in group) for group in groups.values()))]
                for k in (1, 3):
                    said = plain(" ".join(unit.text for unit in units[:k]))
                    row.append(float(np.mean([any(plain(fact) in said for fact in facts) for facts in case["facts"]])))
                results[case["split"], name].append(row)
    print("| half | order | evidence in ten sentences | facts in the first | facts in the first three | questions |")
    print("| --- | --- | --- | --- | --- | --- |")
    for (half, name), rows in results.items():
        ten, first, three = np.mean(rows, 0)
        print(f"| {half} | {name} | {ten:.3f} | {first:.3f} | {three:.3f} | {len(rows)} |")


if __name__ == "__main__":
    main()
