"""The quote checker's figures: false verbatim, recognition, verdicts, attribution; on seeded and hand-written cases.

    python -m eval.quotes_run [--public FOLDER] [--half tune|report] [--show KIND]

Public texts are read from the folder named and never stored.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from eval import quotes_seeded as seeded
from eval import quotes_voices as voices
from eval.cases import half as half_of
from rag.corpus import bundled
from rag.quotes import QuoteVerdict, Sources, check, open_sources
from rag.support import misleads

CASES = Path(__file__).parent / "quotes_cases"
_EACH = 15
_SEED = 7


def sentences(sources: Sources) -> Iterator[str]:
    """Sentences of the reading texts, one line each, paragraphs only."""
    from rag.reading import sentence_spans

    for source in sources.documents:
        for block in source.reading.blocks:
            if block.role == "paragraph":
                for span in sentence_spans(source.reading, block):
                    yield " ".join(source.reading.text[span.start : span.end].split())


def record(sources: Sources) -> str:
    """All reading texts with single white space, to tell whether a changed quote is by chance a true one."""
    return " ".join(" ".join(source.reading.text.split()) for source in sources.documents)


def public_texts(public: Path) -> dict[str, str]:
    """Some texts of other people, by name: encyclopedia articles and abstracts."""
    found = {}
    for article in json.loads((public / "squad2" / "dev.json").read_text(encoding="utf-8"))["data"]:
        found[f"{re.sub(r'[^A-Za-z0-9]+', '-', article['title'])}.txt"] = "\n\n".join(
            p["context"] for p in article["paragraphs"]
        )
    return found


def hand() -> list[dict[str, Any]]:
    """The hand-written cases: quote, verdict, and optionally speaker, document, kind and who says it."""
    lines = [
        line for path in sorted(CASES.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()
    ]
    return [json.loads(line) for line in lines]


def score(sources: Sources, cases: list[seeded.Case], show: str | None = None) -> dict[str, Any]:
    """Verdicts of seeded cases against what they should be."""
    table: dict[str, Counter[str]] = {}
    false_verbatim = []
    wrong = []
    for case in cases:
        verdict = check(sources, case.quote).verdict
        table.setdefault(case.kind, Counter())[verdict] += 1
        if not case.true and verdict in seeded.VERBATIM:
            false_verbatim.append((case.id, case.quote))
        if verdict not in case.right:
            wrong.append((case, verdict))
            if show in (case.kind, "all"):
                print(f"{case.id}\t{verdict}\t{case.quote}", file=sys.stderr)
    true = [c for c in cases if c.true]
    missed = sum(1 for case, _ in wrong if case.true)
    return {
        "cases": len(cases),
        "false_verbatim": len(false_verbatim),
        "false_verbatim_cases": false_verbatim,
        "recognised": 1 - missed / len(true) if true else 1.0,
        "verdict_right": 1 - len(wrong) / len(cases) if cases else 1.0,
        "table": {kind: dict(sorted(row.items())) for kind, row in table.items()},
    }


def score_hand(sources: Sources, cases: list[dict[str, Any]], show: bool = False) -> dict[str, Any]:
    """Hand-written cases: verdicts, false verbatim, and attribution where a speaker is expected or claimed."""
    right = false_verbatim = 0
    table: dict[str, Counter[str]] = {}
    claimed_wrong = called_wrong = both = 0
    said = said_right = 0
    risks = risks_right = 0
    for case in cases:
        found = check(sources, case["quote"], case.get("speaker"), case.get("document"))
        table.setdefault(case["verdict"], Counter())[found.verdict] += 1
        right += found.verdict == case["verdict"]
        if found.verdict != case["verdict"] and show:
            print(
                f"{case['id']}: {case['verdict']} expected, {found.verdict} found: {case['quote'][:100]} | {found.attribution} "
                f"{[(d.quote, d.source, d.kind) for d in found.differences][:3]}",
                file=sys.stderr,
            )
        false_verbatim += case["verdict"] in ("altered", "spliced", "not_found") and found.verdict in seeded.VERBATIM
        if "speaker" in case:
            claimed_wrong += case["verdict"] == "misattributed"
            called_wrong += found.verdict == "misattributed"
            both += case["verdict"] == found.verdict == "misattributed"
        if "says" in case:
            said += 1
            ok = _says(found, case["says"])
            said_right += ok
            if not ok and show:
                print(
                    f"{case['id']}: said by {case['says']!r}, found {[m.citation.speaker for m in found.matches][:2]}",
                    file=sys.stderr,
                )
        if "risk" in case:
            risks += 1
            kinds = {risk.kind for risk in found.context_risk} - {"reported_speech"}
            wanted = set(case["risk"])
            ok = wanted <= {risk.kind for risk in found.context_risk} if wanted else not kinds
            risks_right += ok
            if not ok and show:
                print(
                    f"{case['id']}: risk {sorted(wanted)} expected, found {[(r.kind, r.text[:60]) for r in found.context_risk]}",
                    file=sys.stderr,
                )
    return {
        "cases": len(cases),
        "verdict_right": right / len(cases) if cases else 1.0,
        "false_verbatim": false_verbatim,
        "misattributed_precision": both / called_wrong if called_wrong else 1.0,
        "misattributed_recall": both / claimed_wrong if claimed_wrong else 1.0,
        "misattributed_cases": claimed_wrong,
        "speaker_right": said_right / said if said else 1.0,
        "speaker_cases": said,
        "context_right": risks_right / risks if risks else 1.0,
        "context_cases": risks,
        "table": {kind: dict(sorted(row.items())) for kind, row in table.items()},
    }


def score_voices(texts: list[str], folder: Path, articles: int, show: bool = False) -> dict[str, Any]:
    """Attribution on articles made from templates: precision and recall of `misattributed`, and of confirming the true speaker."""
    made = [voices.article(texts, number) for number in range(articles)]
    entries = []
    for number, (text, author, _) in enumerate(made):
        (folder / f"{number:03d}.txt").write_text(text, encoding="utf-8")
        entries.append(f'[[document]]\npath = "{number:03d}.txt"\ntitle = "Article {number}"\nauthors = ["{author}"]\n')
    (folder / "manifest.toml").write_text("\n".join(entries), encoding="utf-8")
    sources = open_sources(folder, None)
    wrong = called = both = true = confirmed = 0
    by_kind: dict[str, Counter[str]] = {}
    for number, (_, _, claims) in enumerate(made):
        for claim in claims:
            found = check(sources, claim.quote, claim.speaker, f"{number:03d}.txt")
            misattributed = found.verdict == "misattributed"
            wrong += not claim.true
            called += misattributed
            both += misattributed and not claim.true
            true += claim.true
            confirmed += claim.true and found.attribution.status == "confirmed"
            by_kind.setdefault(f"{claim.kind}, {'true' if claim.true else 'false'}", Counter())[found.attribution.status] += 1
            if show and misattributed == claim.true:
                print(
                    f"{number:03d} {claim.kind} {'true' if claim.true else 'false'} claim {claim.speaker!r}: {found.verdict} "
                    f"{found.attribution} | {claim.quote[:60]}",
                    file=sys.stderr,
                )
    sources.close()
    return {
        "claims": wrong + true,
        "misattributed_precision": both / called if called else 1.0,
        "misattributed_recall": both / wrong if wrong else 1.0,
        "confirmed": confirmed / true if true else 1.0,
        "table": {kind: dict(sorted(row.items())) for kind, row in by_kind.items()},
    }


def _says(found: QuoteVerdict, who: str | None) -> bool:
    from rag.quotes.attribution import compare_names

    speaker = found.matches[0].citation.speaker if found.matches else None
    if who is None or speaker is None:
        return who is speaker
    return compare_names(who, speaker) == "same"


def run(public: Path | None = None, half: str | None = None, show: str | None = None, each: int = _EACH) -> dict[str, Any]:
    """All measures. `public` is the folder of other people's texts; without it only the bundled corpus is used.

    `half` limits seeded cases to "tune" or "report"; `each` is how many cases a kind has.
    """
    results: dict[str, Any] = {}
    bundle = open_sources(bundled(), None, misleads=misleads)
    own = list(sentences(bundle))
    sets: list[tuple[str, Sources, list[seeded.Case]]] = [
        ("bundled", bundle, seeded.make(own, record(bundle), "bundled", _SEED, each))
    ]
    with tempfile.TemporaryDirectory() as folder:
        if public is not None:
            texts = public_texts(public)
            for name, change in (("public", False), ("printed", True)):
                root = Path(folder) / name
                root.mkdir()
                for number, (file, text) in enumerate(sorted(texts.items())):
                    (root / file).write_text(seeded.noisy(text, number) if change else text, encoding="utf-8")
                opened = open_sources(root, None)
                clean = sets[1][1] if change else opened
                made = seeded.make(sentences(clean), record(clean), name, _SEED + 1 + change, each)
                sets.append((name, opened, made))
            foreign = list(sentences(sets[1][1]))
            sets[0][2].extend(seeded.invented(foreign, "bundled", _SEED, 10 * each))
            sets[1][2].extend(seeded.invented(own, "public", _SEED, 10 * each))
        spoken = Path(folder) / "voices"
        spoken.mkdir()
        telling = [
            t for t in (foreign if public is not None else own) if 8 <= len(t.split()) <= 30 and re.match(r"[A-Z].*[a-z]\.$", t)
        ]
        results["voices"] = score_voices(telling, spoken, 2 * each, show is not None)
        for name, opened, made in sets:
            wanted = [case for case in made if half is None or case.half == half]
            results[name] = score(opened, wanted, show)
    results["hand"] = score_hand(bundle, [c for c in hand() if half is None or half_of(c["quote"]) == half], show is not None)
    groups = [results[name] for name, _, _ in sets]
    results["false_verbatim"] = sum(g["false_verbatim"] for g in groups) + results["hand"]["false_verbatim"]
    results["recognised"] = min(g["recognised"] for g in groups)
    results["cases"] = sum(g["cases"] for g in groups)
    return results


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--public", type=Path)
    parser.add_argument("--half", choices=("tune", "report"))
    parser.add_argument("--show", help="print wrong cases of this kind, or all, to stderr")
    parser.add_argument("--each", type=int, default=_EACH)
    given = parser.parse_args()
    results = run(given.public, given.half, given.show, given.each)
    for name in ("bundled", "public", "printed", "voices", "hand"):
        if name not in results:
            continue
        group = results[name]
        print(
            f"\n{name}: "
            + ", ".join(
                f"{k} {v:.3f}" if isinstance(v, float) else f"{k} {v}"
                for k, v in group.items()
                if k not in ("table", "false_verbatim_cases")
            )
        )
        for kind, row in group["table"].items():
            print(f"  {kind:18} " + "  ".join(f"{verdict} {count}" for verdict, count in row.items()))
        for case in group.get("false_verbatim_cases", [])[:40]:
            print("  FALSE VERBATIM", *case)
    print(
        f"\nseeded cases {results['cases']}, false verbatim {results['false_verbatim']}, recognised {results['recognised']:.4f}"
    )


if __name__ == "__main__":
    main()
