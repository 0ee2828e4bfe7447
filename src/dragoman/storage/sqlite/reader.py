"""Reading beside the writer: short reads at once on the event loop, long ones in a thread.

docs/decisions/0020-storage-reads.md has the figures behind this.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import apsw

from dragoman.core.stores import StorageFailed
from dragoman.storage.sqlite.connection import open_reader, reported
from dragoman.storage.sqlite.settings import Settings

T = TypeVar("T")


class Reader:
    """Two connections that only read: the event loop's, and that of one thread."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._path = settings.path
        self._near = open_reader(settings)
        self._far = open_reader(settings)
        self._loop = asyncio.get_running_loop()
        self._thread = ThreadPoolExecutor(1, "dragoman-reader")
        self._closed = False

    def at_once(self, work: Callable[[apsw.Connection], T]) -> T:
        """A read that touches few rows, found by their keys."""
        self._check_open()
        with reported(self._path):
            return work(self._near)

    async def apart(self, work: Callable[[apsw.Connection], T]) -> T:
        """A read that may walk far: it must not keep the loop."""
        self._check_open()
        with reported(self._path):
            return await self._loop.run_in_executor(self._thread, _in_one_state, work, self._far)

    async def alone(self, work: Callable[[apsw.Connection], T]) -> T:
        """A read that takes its time and keeps nobody else waiting: in a thread and on a connection of its own."""
        self._check_open()
        with reported(self._path):
            return await asyncio.to_thread(_on_its_own, work, self._settings)

    async def close(self) -> None:
        """Let reads end, then close."""
        if not self._closed:
            self._closed = True
            await self._loop.run_in_executor(self._thread, self._far.close)
            self._thread.shutdown()
            self._near.close()

    def _check_open(self) -> None:
        if self._closed:
            raise StorageFailed("the stores are closed")


def _in_one_state(work: Callable[[apsw.Connection], T], connection: apsw.Connection) -> T:
    """Several statements see one state of the database."""
    connection.execute("BEGIN")
    try:
        return work(connection)
    finally:
        connection.execute("COMMIT")


def _on_its_own(work: Callable[[apsw.Connection], T], settings: Settings) -> T:
    connection = open_reader(settings)
    try:
        return _in_one_state(work, connection)
    finally:
        connection.close()
