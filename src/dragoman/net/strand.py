"""One client's bytes, handled one after the other.

The handler is a coroutine that mostly has nothing to wait for, so it is stepped at once. Where it suspends (on a commit, on
a password), what it waits for steps it on, and what the client sends meanwhile waits in order. No task is made: for a handler
that waits for one commit, a task costs several times what the handler does.

So a handler runs in no task, and ``asyncio.timeout`` and ``TaskGroup`` cannot be used in one, from its first line to its
last. What needs them runs in a task of its own, which the handler awaits.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, Final, Protocol

Work = Coroutine[Any, Any, None]

_DONE: Final[Any] = object()

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

    def broke(self, error: BaseException) -> None:
        """The handler raised, which it should not have."""
        ...


class Suspended:
    """The strands of one loop whose handlers wait, in the order in which they began to."""

    __slots__ = ("_emptied", "_strands", "loop")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._strands: dict[Strand, None] = {}
        self._emptied: asyncio.Event | None = None

    def __len__(self) -> int:
        return len(self._strands)

    def add(self, strand: "Strand") -> None:
        self._strands[strand] = None

    def discard(self, strand: "Strand") -> None:
        self._strands.pop(strand, None)
        if self._emptied is not None and not self._strands:
            self._emptied.set()

    async def settle(self, seconds: float) -> int:
        """Wait until all have finished, at most ``seconds``; give up those that have not, and say how many they were."""
        if self._strands:
            self._emptied = asyncio.Event()
            try:
                async with asyncio.timeout(seconds):
                    await self._emptied.wait()
            except TimeoutError:
                pass
        return self.stop()

    def stop(self) -> int:
        """Give up all, and say how many they were."""
        late = list(self._strands)
        for strand in late:
            strand.stop()
        return len(late)


class Strand:
    """Feeds one client's chunks to its handler, strictly one at a time. ``busy`` while a handler runs or waits."""

    __slots__ = ("_handler", "_host", "_suspended", "_waiting", "_work", "busy")

    def __init__(self, handler: Callable[[bytes], Work | None], host: Host, suspended: Suspended) -> None:
        self._handler = handler
        self._host = host
        self._suspended = suspended
        self._waiting: deque[bytes] | None = None
        self._work: Iterator[Any] | None = None
        self.busy = False

    def feed(self, data: bytes) -> None:
        """Handle a chunk now, or after those before it."""
        if self.busy:
            self._queue(data)
            return
        self.busy = True
        if self._handles(data):
            self.busy = False

    def clear(self) -> None:
        """Throw away what waits."""
        self._waiting = None

    def stop(self) -> None:
        """Give up the handler where it waits."""
        if self._work is not None:
            self._work.close()  # type: ignore[attr-defined]  # what a coroutine is awaited by can be closed
            self._work = None
            self._waiting = None
            self._finish()

    def _handles(self, data: bytes) -> bool:
        """Begin with a chunk; False where the handler waits."""
        try:
            work = self._handler(data)
        except Exception as error:
            self._broke(error)
            return True
        return work is None or self._goes_through(work.__await__())

    def _broke(self, error: BaseException) -> None:
        self._waiting = None
        self._host.broke(error)

    def _goes_through(self, work: Iterator[Any]) -> bool:
        """Step a handler; False where it waits. To be told of the end by a value costs less than by StopIteration."""
        try:
            awaited = next(work, _DONE)
        except (Exception, asyncio.CancelledError) as error:
            self._broke(error)
            return True
        if awaited is _DONE:
            return True
        self._work = work
        self._suspended.add(self)
        if awaited is None:  # it only lets others run
            self._suspended.loop.call_soon(self._wake, None)
        else:
            # Asyncio's mark on a future that was yielded, for the task to take away: it is the future's, not the waiter's,
            # and several may wait for the same one, such as a group commit.
            awaited._asyncio_future_blocking = False
            awaited.add_done_callback(self._wake)
        return False

    def _wake(self, done: asyncio.Future[Any] | None) -> None:
        """What was waited for is there; the handler takes its result, or its error, from the future itself."""
        work, self._work = self._work, None
        if work is None:
            return  # stopped meanwhile
        goes_on = self._goes_through(work)
        while goes_on:
            if not self._waiting:
                self._finish()
                return
            waiting, self._waiting = self._waiting, None
            goes_on = self._handles(b"".join(waiting))

    def _finish(self) -> None:
        self.busy = False
        self._suspended.discard(self)
        self._host.release()

    def _queue(self, data: bytes) -> None:
        if self._waiting is None:
            self._waiting = deque()
        self._waiting.append(data)
        if sum(map(len, self._waiting)) > MAX_WAITING:
            self._waiting = None
            self._host.broke(Overrun(f"more than {MAX_WAITING} bytes"))
        else:
            self._host.hold()
