"""Time as the event loop sees it."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from dragoman.core.clock import Timer, system_time


class LoopClock:
    """A :class:`dragoman.core.clock.Clock` on the loop that runs where it is made."""

    __slots__ = ("_loop", "_running")

    def __init__(self, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self._loop = loop or asyncio.get_running_loop()
        self._running: set[asyncio.Task[None]] = set()

    def now(self) -> float:
        """Seconds since 1970-01-01 UTC, by the machine's clock."""
        return system_time()

    def monotonic(self) -> float:
        """The loop's own time in seconds: it stands still within one turn on some loops, and never steps back."""
        return self._loop.time()

    def call_later(self, seconds: float, call: Callable[[], None]) -> Timer:
        """Call once after ``seconds``; less than nothing means the next turn."""
        return self._loop.call_later(max(0.0, seconds), call)

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run in a task; what it raises goes to the loop's exception handler."""
        task = self._loop.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._done)

    async def settle(self, seconds: float = 5.0) -> None:
        """Wait until all that was started is done, and what that has started; at most ``seconds``."""
        deadline = self._loop.time() + seconds
        while self._running and (left := deadline - self._loop.time()) > 0:
            await asyncio.wait(set(self._running), timeout=left)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._loop.call_exception_handler({"message": "work in the background failed", "exception": error})
