"""One client's bytes, handled one after the other.

The handler is a coroutine that mostly has nothing to wait for, so it is stepped at once, without a task. Only where it
suspends (on a commit, on a password) does a task finish it; what the client sends meanwhile waits in order.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from functools import partial
from types import coroutine
from typing import Any, Protocol

Work = Coroutine[Any, Any, None]

MAX_WAITING = 1 << 20
"""Bytes that may wait behind a suspended handler. Reading stops at the first of them, so this is never met, except
where a transport ignores that."""


class Overrun(Exception):
    """More came in behind a suspended handler than may wait."""


class Host(Protocol):
    """The connection that a strand belongs to."""

    def hold(self) -> None:
        """Something waits already: read no more."""
        ...

    def release(self) -> None:
        """A handler that was suspended has finished, and nothing waits: read on."""
        ...

    def broke(self, error: Exception) -> None:
        """The handler raised, which it should not have."""
        ...


class Tasks:
    """Keeps what was suspended alive until it is done: the loop itself holds tasks only weakly."""

    __slots__ = ("_loop", "_running")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._running: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._running)

    def start(self, work: Work) -> None:
        """Run to the end in a task. ``work`` deals with its own errors."""
        task = self._loop.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def settle(self, seconds: float) -> int:
        """Wait until all are done, at most ``seconds``; cancel those that are not, and say how many they were."""
        if not self._running:
            return 0
        _, late = await asyncio.wait(set(self._running), timeout=seconds)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late)
        return len(late)


class Strand:
    """Feeds one client's chunks to its handler, strictly one at a time."""

    __slots__ = ("_handler", "_host", "_tasks", "_waiting", "busy")

    def __init__(self, handler: Callable[[bytes], Work], host: Host, tasks: Tasks) -> None:
        self._handler = handler
        self._host = host
        self._tasks = tasks
        self._waiting: deque[bytes] | None = None
        self.busy = False

    def feed(self, data: bytes) -> None:
        """Handle a chunk now, or after those before it."""
        if self.busy:
            self._queue(data)
            return
        self.busy = True
        work = self._handler(data)
        try:
            awaited = work.send(None)
        except StopIteration:
            self.busy = False
        except Exception as error:
            self.busy = False
            self._host.broke(error)
        else:
            if awaited is not None:
                awaited._asyncio_future_blocking = False  # see resumed()
            self._tasks.start(self._finish(work, awaited))

    def clear(self) -> None:
        """Throw away what waits."""
        self._waiting = None

    def _queue(self, data: bytes) -> None:
        if self._waiting is None:
            self._waiting = deque()
        self._waiting.append(data)
        if sum(map(len, self._waiting)) > MAX_WAITING:
            self._waiting = None
            self._host.broke(Overrun(f"more than {MAX_WAITING} bytes"))
        else:
            self._host.hold()

    async def _finish(self, work: Work, awaited: object) -> None:
        try:
            await resumed(work, awaited)
            while self._waiting:
                waiting, self._waiting = self._waiting, None
                await self._handler(b"".join(waiting))
        except Exception as error:
            self._waiting = None
            self._host.broke(error)
        finally:
            self.busy = False
            self._host.release()


@coroutine
def resumed(work: Work, awaited: Any) -> Generator[Any, Any, None]:
    """The rest of a coroutine that was stepped by hand and gave ``awaited``: a future that is about to be waited for, or
    None where it only lets others run. Awaiting ``work`` itself is not possible, because it is awaiting already."""
    while True:
        # Asyncio's mark between a future and the task that it is yielded to. There is one for each future, not for each
        # waiter: it must be away while nobody takes it, so that others can wait for the same one, such as a group commit.
        if awaited is not None:
            awaited._asyncio_future_blocking = True
        try:
            yield awaited
        except GeneratorExit:
            work.close()
            raise
        except BaseException as error:
            step = partial(work.throw, error)
        else:
            step = partial(work.send, None)
        try:
            awaited = step()
        except StopIteration:
            return
