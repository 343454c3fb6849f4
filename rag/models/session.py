"""Weights of the project: checked before use, opened once, on ONNX Runtime.

A file is used only if its SHA-256 is the one of this version: half a download or another model would give answers that look
like ours.

Each input is read by itself, several beside one another, each on one core. In a batch the 8-bit activations round differently with
the batch's shape, so that an answer would depend on what was read beside it (log-odds moved by up to 0.2), and it is a third slower, for
its padding. Two inputs on a core each are read an eighth to a quarter sooner than by two cores one after the other (bench/README.md).
"""

from __future__ import annotations

import hashlib
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

from rag.errors import ModelError

Item = TypeVar("Item")

WEIGHTS = Path(__file__).parents[1] / "weights"
# Made by train/export.py; train/README.md says from what.
SHA256: Mapping[str, str] = {
    "encoder.onnx": "6b4265cac9ccace2182624adc4b183217f42043a1eb11a43800bc24555518709",
    "evidence.onnx": "a9b17792a00be2428793dc90e95e696cefd278cbd9c3b007a2aa7cc79544b64b",
    "kinds.npz": "c387705d1250f08044ff2dc9f8a47423b2cca2f28d9fc5a657bcdbcaecdae5bb",
    "pieces.npz": "50b9e810773e07300b41b6b4bb9c8093774d21421e3c39139d0147dca44198ca",
    "tokenizer.json": "2bdcc63e844d21f6bd1557b0359bbcbe72c1dee04b5a1d2eb1b92d3c8be95910",
}
# More cores than this have not been tried; each holds the activations of one input.
_MOST_CORES = 8


def weights(name: str) -> bytes:
    """The content of one of the files. Raises ModelError when it is missing or not the one of this version."""
    path = WEIGHTS / name
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(
            f"The weights file {path} cannot be read: {error.strerror}.", "Reinstall chapter-and-verse; run: make setup."
        ) from error
    if hashlib.sha256(content).hexdigest() != SHA256[name]:
        raise ModelError(
            f"{path} is not the file of this version (its SHA-256 differs).",
            "Restore it from the repository, or reinstall chapter-and-verse.",
        )
    return content


@lru_cache(maxsize=4)
def session(name: str) -> Any:
    """An ONNX Runtime session of one of the models; opening it takes about a third of a second. Raises ModelError."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(weights(name), options, providers=["CPUExecutionProvider"])


def _cores() -> int:
    """How many inputs are read at the same time: as many as there are cores for this process."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(_MOST_CORES, allowed)


@lru_cache(maxsize=1)
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_cores(), "model")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.cache_clear)  # a child process has none of its parent's threads


def run_each(
    name: str, outputs: Sequence[str], items: Iterable[Item], feed: Callable[[Item], Mapping[str, Any]]
) -> Iterator[list[Any]]:
    """The `outputs` of a model for each of the items, in their order. `feed` makes an item's inputs, just before they are read:
    those of a thousand passages would fill the memory. Raises ModelError."""
    run, waiting = session(name).run, deque[Future[list[Any]]]()

    def read(item: Item) -> list[Any]:
        found: list[Any] = run(list(outputs), feed(item))
        return found

    for item in items:
        # Few at a time: somebody's question must not wait behind all passages of an index that is being made.
        if len(waiting) >= 2 * _cores():
            yield waiting.popleft().result()
        waiting.append(_pool().submit(read, item))
    while waiting:
        yield waiting.popleft().result()


def check_weights() -> None:
    """Raise ModelError unless all files are there and are those of this version."""
    for name in SHA256:
        weights(name)


def preload(*loaders: Callable[[], Any]) -> None:
    """Begin loading in the background: ONNX Runtime works while Python imports other things.

    What the threads need is imported before they start. Two threads that import NumPy at once can end in "cannot load module
    more than once per process": Python gives way where waiting for an import would be a deadlock.
    """
    import numpy  # noqa: F401
    import onnxruntime  # noqa: F401
    import tokenizers  # noqa: F401

    def load(loader: Callable[[], Any]) -> None:
        with suppress(ModelError):  # who needs the model meets the error
            loader()

    for loader in loaders:
        Thread(target=load, args=(loader,), daemon=True).start()
