"""Stores in memory whose messages are only durable when the test says so."""

import asyncio
from collections.abc import Awaitable

from tests.world import FakeClock

from dragoman.core.stores import Record, StorageFailed
from dragoman.storage.memory import MemoryStores
from dragoman.storage.memory.archive import MemoryArchive


class SlowArchive(MemoryArchive):
    """A message has its place when it is appended; :meth:`commit` ends the waiting of all that were."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.at_once = True
        self.waiting_callers: list[tuple[asyncio.Future[int], int]] = []

    def append(self, record: Record) -> Awaitable[int]:
        if self.at_once:
            return super().append(record)
        kept: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.waiting_callers.append((kept, self._append(record)))
        return kept

    def commit(self, count: int | None = None) -> None:
        """The oldest ``count`` of what waits is durable, or all."""
        now, self.waiting_callers = (
            self.waiting_callers[:count],
            self.waiting_callers[len(self.waiting_callers[:count]) :],
        )
        for kept, id in now:
            kept.set_result(id)

    def fail(self) -> None:
        """None of what waits can be kept."""
        for kept, _ in self.waiting_callers:
            kept.set_exception(StorageFailed("the disk is full"))
        self.waiting_callers = []


class SlowStores(MemoryStores):
    """The same otherwise."""

    def __init__(self) -> None:
        super().__init__(FakeClock())
        self.archive: SlowArchive = SlowArchive(FakeClock())
