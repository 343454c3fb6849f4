"""Speed and memory of indexing and answering: `python bench/answers.py`. Prints a table for bench/README.md.

Times are wall-clock seconds on whatever machine this runs on; compare ratios of one run, not numbers of two machines.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

QUESTIONS = (
    "When did a Japanese destroyer first sail through the Taiwan Strait?",
    "Who called Taiwan a security lifeline?",
    "What is the Global Cooperation and Training Framework?",
    "How many tourists from Taiwan visit Japan?",
    "Why did Taiwan ban food imports from Japan?",
    "What did Kishi say about Hong Kong?",
    "How many moons does Jupiter have?",
    "Which working groups should Tokyo and Washington set up?",
)


def timed(*args: str, runs: int = 1) -> list[float]:
    """Wall-clock seconds of `rag ARGS`, each in a process of its own."""
    seconds = []
    for _ in range(runs):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-m", "rag", *args], check=True, capture_output=True)
        seconds.append(time.perf_counter() - started)
    return seconds


def main() -> None:
    rows: list[tuple[str, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        data = ["--data", folder]
        rows.append(("rag --help, median of 5", f"{statistics.median(timed('--help', runs=5)):.2f} s"))
        rows.append(("rag sync, bundled corpus, from nothing", f"{timed('sync', *data)[0]:.1f} s"))
        rows.append(("rag sync, nothing changed", f"{timed('sync', *data)[0]:.1f} s"))
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
        rows.append(("index on disk", f"{size / 2**20:.1f} MiB"))
        rows.append(
            ("rag ask, cold process, median of 5", f"{statistics.median(timed('ask', QUESTIONS[0], *data, runs=5)):.1f} s")
        )
        batch = Path(folder) / "batch.jsonl"
        batch.write_text("\n".join(json.dumps({"id": i, "question": q}) for i, q in enumerate(QUESTIONS * 4)))
        result = subprocess.run(
            [sys.executable, "-m", "rag", "ask", "--batch", str(batch), "--json", *data],
            check=True,
            capture_output=True,
            text=True,
        )
        answers = [json.loads(line)["timings_ms"] for line in result.stdout.splitlines()][len(QUESTIONS) :]
        for stage in ("retrieve", "answer", "verify", "total"):
            values = sorted(answer[stage] for answer in answers)
            rows.append(
                (
                    f"warm question, {stage}: median / worst of {len(values)}",
                    f"{statistics.median(values):.0f} / {values[-1]} ms",
                )
            )
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        rows.append(("largest process, peak memory", f"{peak / (2**10 if sys.platform != 'darwin' else 2**20):.0f} MiB"))
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end\n")
    print("| what | figure |\n| --- | --- |")
    for what, figure in rows:
        print(f"| {what} | {figure} |")


if __name__ == "__main__":
    main()
