"""How often the quote checker warns of words that mislead when they stand alone, on the cuts that no training has seen.

    python train/cut_warnings.py DATA

The rules know neither the passages nor the quotations; the model has not read them. Printed for natural passages and for invented
ones: the share of misleading quotations that are warned of, and of fair ones, by rules alone, by the model alone and by both.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from examples import hand_written

from rag.models import Window, bundled_evidence
from rag.quotes import check, open_sources


def main() -> None:
    cuts = [one for one in hand_written(Path(sys.argv[1])) if one.task == "cut" and one.held]
    names = {sentences: f"{number}.txt" for number, sentences in enumerate({one.sentences for one in cuts})}
    with tempfile.TemporaryDirectory() as folder:
        for sentences, name in names.items():
            (Path(folder) / name).write_text(" ".join(sentences) + "\n", encoding="utf-8")
        sources = open_sources(Path(folder), None)
        ruled = [bool(check(sources, one.query, document=names[one.sentences]).context_risk) for one in cuts]
        sources.close()
    read = bundled_evidence().misleads([(one.query, Window("", one.sentences)) for one in cuts])
    for natural in (True, False):
        rows = [
            (bool(one.label), rule, odds)
            for one, rule, odds in zip(cuts, ruled, read, strict=True)
            if one.name.startswith(("p", "q")) is natural
        ]
        count = {label: sum(row[0] is label for row in rows) for label in (True, False)}
        print(f"{'natural' if natural else 'invented'} passages: {count[True]} mislead, {count[False]} are fair")

        def share(label: bool, warned: list[bool], rows: list[tuple[bool, bool, float]] = rows) -> float:
            return sum(w for w, row in zip(warned, rows, strict=True) if row[0] is label) / max(
                1, sum(r[0] is label for r in rows)
            )

        print("  rules: " + " / ".join(f"{share(label, [row[1] for row in rows]):.2f}" for label in (True, False)))
        for least in (-0.5, -0.25, 0.0, 0.25, 0.5, 0.75, 1.0):
            alone, both = [row[2] > least for row in rows], [row[1] or row[2] > least for row in rows]
            print(
                f"  log-odds above {least}: model {share(True, alone):.2f} / {share(False, alone):.2f}, "
                f"both {share(True, both):.2f} / {share(False, both):.2f}"
            )


if __name__ == "__main__":
    main()
