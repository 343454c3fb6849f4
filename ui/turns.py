"""Who may work at a thing that many can read at once and only one can change."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock


class Turns:
    """Up to `most` holders share; one who changes something is alone. Who waits to be alone goes before later comers.

    A turn may be given back by another thread than the one that took it: a generator may be resumed anywhere.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._free = BoundedSemaphore(most)
        self._door = Lock()

    @contextmanager
    def shared(self) -> Iterator[None]:
        """A turn beside others."""
        with self._door:
            self._free.acquire()
        try:
            yield
        finally:
            self._free.release()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """A turn while nobody else has one."""
        with self._door:
            for _ in range(self._most):
                self._free.acquire()
            try:
                yield
            finally:
                self._free.release(self._most)
