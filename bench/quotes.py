"""How fast a quotation is checked, and how that grows with the text.

    python bench/quotes.py --public FOLDER [--sizes 5 10 20 50] [--quotes 10000] [--out bench/quotes.md]

Texts of the wanted size are put together from the sentences of public sets (SQuAD, VitaminC, WiCE), in documents of about
100,000 characters; every sentence stands in several of them. On shared cores the clock on the wall measures the
neighbours too, so both are given: wall clock, and the processor time of this process.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from eval import quotes_seeded as seeded
from eval.quotes_run import record, sentences
from rag.corpus import bundled
from rag.quotes import Sources, check, open_sources

_DOCUMENT = 100_000


def pool(public: Path) -> list[str]:
    """Sentences of the public sets."""
    found: list[str] = []
    for article in json.loads((public / "squad2" / "dev.json").read_text(encoding="utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            found += [s.strip() + "." for s in paragraph["context"].split(". ") if len(s) > 30]
    with (public / "vitaminc" / "vitaminc_real.jsonl").open(encoding="utf-8") as lines:
        found += [json.loads(line)["evidence"] for line in lines]
    return sorted(set(found))


def write_corpus(folder: Path, texts: list[str], size: int) -> None:
    """Documents of together `size` characters, each of random sentences in paragraphs of five."""
    rng = random.Random(size)
    written = 0
    while written < size:
        parts: list[str] = []
        length = 0
        while length < _DOCUMENT:
            paragraph = " ".join(rng.choices(texts, k=5))
            parts.append(paragraph)
            length += len(paragraph) + 2
        (folder / f"{written // _DOCUMENT:05d}.txt").write_text("\n\n".join(parts), encoding="utf-8")
        written += length


def cases(texts: list[str], count: int, seed: int) -> Iterator[tuple[str, str]]:
    """(kind, quote): true, with a printer's noise, changed, shortened, spliced and invented."""
    rng = random.Random(seed)
    long = [t for t in texts if 8 <= len(t.split()) <= 40]
    invented = "The harbour pilots voted against a longer shift because their lamps kept failing in heavy fog"
    kinds = ["true", "straight marks", "one word changed", "negation", "shortened", "spliced", "short", "invented"]
    for number in range(count):
        kind, text = kinds[number % len(kinds)], rng.choice(long)
        words = text.split(" ")
        if kind == "straight marks":
            text = '"' + text.rstrip(".") + '."'
        elif kind == "one word changed":
            words[rng.randrange(1, len(words) - 1)] = rng.choice(["seven", "never", "Helsinki", "reportedly"])
            text = " ".join(words)
        elif kind == "negation":
            text = seeded.negation(rng, text, []) or text
        elif kind == "shortened":
            text = " ".join(words[: len(words) // 3]) + " … " + " ".join(words[len(words) // 2 :])
        elif kind == "spliced":
            text = " ".join(words[: len(words) // 2] + rng.choice(long).split(" ")[-6:])
        elif kind == "short":
            text = " ".join(words[2:4])
        elif kind == "invented":
            shuffled = invented.split()
            rng.shuffle(shuffled)
            text = " ".join(shuffled)
        if any(char.isalnum() for char in text):
            yield kind, text


def measure(sources: Sources, quotes: list[tuple[str, str]]) -> dict[str, list[tuple[float, float]]]:
    """Milliseconds of each check by kind, as (processor time, wall clock)."""
    times: dict[str, list[tuple[float, float]]] = {}
    for kind, quote in quotes:
        wall, processor = time.perf_counter(), time.process_time()
        check(sources, quote)
        times.setdefault(kind, []).append((1000 * (time.process_time() - processor), 1000 * (time.perf_counter() - wall)))
    return times


def _figures(times: list[tuple[float, float]], share: float) -> str:
    """The value below which `share` of the times lie: processor time (wall clock)."""
    at = min(len(times) - 1, int(share * len(times)))
    return f"{sorted(t for t, _ in times)[at]:.1f} ({sorted(w for _, w in times)[at]:.1f})"


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    """Measure and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--public", type=Path, required=True)
    parser.add_argument("--sizes", type=int, nargs="+", default=[5, 10, 20, 50])
    parser.add_argument("--quotes", type=int, default=10_000)
    parser.add_argument("--checks", type=int, default=400, help="single checks for each size")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    lines = [
        "# Quotes: how fast",
        "",
        f"Made by `bench/quotes.py` on {platform.machine()}, Python {platform.python_version()}, two shared cores.",
        "",
    ]
    started = time.perf_counter()
    bundle = open_sources(bundled(), None)
    opened = time.perf_counter() - started
    own = list(sentences(bundle))
    made = seeded.make(own, record(bundle), "bench", 3, given.quotes // 40)
    quotes = [(case.kind, case.quote) for case in made][: given.quotes]
    while len(quotes) < given.quotes:
        quotes += quotes[: given.quotes - len(quotes)]
    wall, processor = time.perf_counter(), time.process_time()
    times = [t for row in measure(bundle, quotes).values() for t in row]
    total, busy = time.perf_counter() - wall, time.process_time() - processor
    lines += [
        f"## {len(quotes):,} quotes against the bundled corpus ({bundle.searched.characters:,} characters)",
        "",
        f"Opened without a data folder in {opened:.2f} s; all quotes in {busy:.0f} s of processor time ({total:.0f} s on the wall). "
        f"Milliseconds a quote, processor time (wall clock): median {_figures(times, 0.5)}, 95% {_figures(times, 0.95)}, "
        f"worst {_figures(times, 1)}.",
        "",
        "## Single checks against larger texts",
        "",
        "Processor time (wall clock), of checks in milliseconds.",
        "",
        _line(
            [
                "text",
                "read and indexed",
                "opened again",
                "first check",
                "median",
                "95%",
                "worst",
                "slowest kind (median)",
                "peak memory",
            ]
        ),
        _line(["---"] * 9),
    ]
    texts = pool(given.public)
    for size in given.sizes:
        with tempfile.TemporaryDirectory() as folder:
            root, data = Path(folder) / "corpus", Path(folder) / "data"
            root.mkdir()
            write_corpus(root, texts, size * 1_000_000)
            started, busy = time.perf_counter(), time.process_time()
            open_sources(root, data).close()
            built, building = time.perf_counter() - started, time.process_time() - busy
            started = time.perf_counter()
            sources = open_sources(root, data)
            opened = time.perf_counter() - started
            started = time.perf_counter()
            check(sources, "a first quotation that stands nowhere at all")
            first = time.perf_counter() - started
            rows = measure(sources, list(cases(texts, given.checks, size)))
            every = [t for row in rows.values() for t in row]
            slowest = max(rows, key=lambda kind: statistics.median(t for t, _ in rows[kind]))
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            lines.append(
                _line(
                    [
                        f"{size} MB",
                        f"{building:.0f} s ({built:.0f} s)",
                        f"{opened:.2f} s",
                        f"{first:.2f} s",
                        _figures(every, 0.5),
                        _figures(every, 0.95),
                        _figures(every, 1),
                        f"{slowest}: {_figures(rows[slowest], 0.5)}",
                        f"{peak:.0f} MiB",
                    ]
                )
            )
            sources.close()
            print(lines[-1], file=sys.stderr)
    report = "\n".join(lines) + "\n"
    given.out.write_text(report, encoding="utf-8") if given.out else sys.stdout.write(report)


if __name__ == "__main__":
    main()
