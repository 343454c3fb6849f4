"""Threads for work that takes a while, so many at a time, and a limit to how many callers wait for one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter
from anyio.to_thread import run_sync

from ui.api.problems import Busy

T = TypeVar("T")

# Twenty people at once are served within seconds; who comes after five times as many is better told to come back.
_MOST_WAITING = 100


class Workers:
    """Up to `threads` calls at a time, in the order in which they came. Waiting costs no thread."""

    def __init__(self, threads: int) -> None:
        self._limiter = CapacityLimiter(threads)

    async def run(self, call: Callable[[], T]) -> T:
        """The result of `call`. Raises Busy when too many wait already, and what `call` raises."""
        if self._limiter.statistics().tasks_waiting >= _MOST_WAITING:
            raise Busy("Too many requests are waiting.", "Try again in a moment.")
        return await run_sync(call, limiter=self._limiter)
