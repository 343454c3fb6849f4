"""Time twelve windows of the bundled documents read with one question: a core each, and all cores on one window after another.

    python bench/reading.py

Prints seconds for twelve windows (medians over seven rounds, the ways taking turns) and the largest difference between what came out.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import onnxruntime

from rag.corpus import bundled, list_documents
from rag.models import EvidenceModel, Window
from rag.models.session import weights
from rag.readers import read_document
from rag.reading import read, sentence_spans

WINDOWS, SENTENCES, ROUNDS = 12, 6, 7
QUESTION = "Why did Taiwan ban food imports from Japan?"


def windows() -> Iterator[Window]:
    """Stretches of neighbouring sentences, some of each document."""
    listing = list_documents(bundled())
    for entry in listing.entries:
        doc = read_document(listing.path_of(entry.document), entry)
        reading = read(doc.text, doc.page_starts)
        texts = [reading.text[s.start : s.end] for block in reading.blocks for s in sentence_spans(reading, block)]
        for first in range(40, 40 + 3 * SENTENCES, SENTENCES):
            yield Window(entry.title, tuple(texts[first : first + SENTENCES]))


def opened(threads: int, spinning: bool = False) -> Any:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = threads
    # Threads that wait by spinning are quicker, and take the cores from everything else.
    options.add_session_config_entry("session.intra_op.allow_spinning", str(int(spinning)))
    return onnxruntime.InferenceSession(weights("evidence.onnx"), options, providers=["CPUExecutionProvider"])


def main() -> None:
    model = EvidenceModel()
    feeds = [
        model.feed(model.input("query: ", QUESTION, window), 0.0) for _, window in zip(range(WINDOWS), windows(), strict=False)
    ]
    one, two, spinning, pool = opened(1), opened(2), opened(2, spinning=True), ThreadPoolExecutor(2)
    outputs = ["window", "sentence", "span"]
    ways: dict[str, Callable[[], list[Any]]] = {
        "side by side, a core each": lambda: list(pool.map(lambda feed: one.run(outputs, feed), feeds)),
        "in a row, two cores on each": lambda: [two.run(outputs, feed) for feed in feeds],
        "in a row, two cores on each, spinning": lambda: [spinning.run(outputs, feed) for feed in feeds],
        "in a row, one core": lambda: [one.run(outputs, feed) for feed in feeds],
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    results: dict[str, list[Any]] = {}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            began = time.perf_counter()
            results[name] = way()
            times[name].append(time.perf_counter() - began)
    for name, taken in times.items():
        print(f"{name}: {statistics.median(taken):.2f} s")
    first, *others = results.values()
    apart = max(
        float(np.abs(a - b).max())
        for other in others
        for x, y in zip(first, other, strict=True)
        for a, b in zip(x, y, strict=True)
    )
    print(f"largest difference: {apart:g}")


if __name__ == "__main__":
    main()
