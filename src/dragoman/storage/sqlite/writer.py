"""The one thread that writes: whatever was asked for while a commit ran goes into the next.

The event loop gathers the jobs of one turn and hands them over together; the thread runs all that it finds in one
transaction, and after the commit the loop learns of them in the order in which they were asked for.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from itertools import groupby
from queue import Empty, SimpleQueue
from typing import Generic, Protocol, TypeVar

import apsw

from dragoman.core.stores import StorageFailed
from dragoman.storage.sqlite.connection import PLACE_ERRORS, failure

T = TypeVar("T")


class Job(Protocol):
    """Work inside a transaction. It may be run again where the transaction failed for the sake of another job."""

    def run(self, connection: apsw.Connection) -> None:
        """In the writer's thread, before the commit."""
        ...

    def finish(self, error: StorageFailed | None) -> None:
        """On the event loop, after the commit or after it failed."""
        ...


Outcome = tuple[Job, StorageFailed | None]


class Task(Generic[T]):
    """A job that is one function, for one caller."""

    def __init__(self, work: Callable[[apsw.Connection], T], future: "asyncio.Future[T]") -> None:
        self._work = work
        self._future = future
        self._result: T

    def run(self, connection: apsw.Connection) -> None:
        self._result = self._work(connection)

    def finish(self, error: StorageFailed | None) -> None:
        if self._future.done():  # its caller was cancelled; what it asked for was done all the same
            return
        if error is None:
            self._future.set_result(self._result)
        else:
            self._future.set_exception(error)


class Preview(Task[T]):
    """A task of which only the result is wanted."""


class Writer:
    """``rolled_back`` is called in the thread when a transaction failed, before anything else is run."""

    def __init__(self, connection: apsw.Connection, rolled_back: Callable[[], None]) -> None:
        self._connection = connection
        self._path = connection.filename
        self._rolled_back = rolled_back
        self._loop = asyncio.get_running_loop()
        self._turn: list[Job] = []
        self._handed: SimpleQueue[list[Job] | None] = SimpleQueue()
        self._ended: asyncio.Future[None] | None = None
        self._writing = threading.Thread(target=self._serve, name="dragoman-writer", daemon=True)
        self._writing.start()

    @property
    def newest(self) -> Job | None:
        """The job asked for last, while it has not been handed over: more may still be put into it."""
        return self._turn[-1] if self._turn else None

    def submit(self, job: Job) -> None:
        """Ask for a job; ``StorageFailed`` where the stores are closed."""
        if self._ended is not None:
            raise StorageFailed("the stores are closed")
        if not self._turn:
            self._loop.call_soon(self._hand_over)
        self._turn.append(job)

    def write(self, work: Callable[[apsw.Connection], T]) -> "asyncio.Future[T]":
        """Run a function in a transaction; its result, when that is durable."""
        future: asyncio.Future[T] = self._loop.create_future()
        self.submit(Task(work, future))
        return future

    def preview(self, work: Callable[[apsw.Connection], T]) -> "asyncio.Future[T]":
        """Run a function in a transaction that is rolled back: what would be, where it cannot be written just now."""
        future: asyncio.Future[T] = self._loop.create_future()
        self.submit(Preview(work, future))
        return future

    async def close(self) -> None:
        """Do what was asked for, then end; the connection is closed."""
        if self._ended is None:
            self._hand_over()
            self._ended = self._loop.create_future()
            self._handed.put(None)
        await asyncio.shield(self._ended)

    def _hand_over(self) -> None:
        if self._turn:
            self._handed.put(self._turn)
            self._turn = []

    def _serve(self) -> None:
        while self._work():  # a call for each round: while the thread waits, it keeps nothing of what is done
            pass
        with contextlib.suppress(apsw.Error):  # what could not be written now is in the log, for the next open
            self._connection.close()
        self._tell(self._end)

    def _work(self) -> bool:
        """Wait for jobs and do them; False after the last."""
        jobs, going = self._take()
        for previews, group in groupby(jobs, lambda job: isinstance(job, Preview)):
            run = self._show if previews else self._commit
            self._tell(self._finish, run(list(group)))
        return going

    def _take(self) -> tuple[list[Job], bool]:
        """All jobs that were handed over by now, at least one; False with the last."""
        jobs: list[Job] = []
        handed = self._handed.get()
        try:
            while handed is not None:
                jobs += handed
                handed = self._handed.get_nowait()
        except Empty:
            return jobs, True
        return jobs, False

    def _commit(self, jobs: list[Job]) -> list[Outcome]:
        error = self._attempt(jobs)
        if error is None:
            return [(job, None) for job in jobs]
        if len(jobs) == 1 or isinstance(error, PLACE_ERRORS):
            failed = failure(error, self._path)
            return [(job, failed) for job in jobs]
        # One of them cannot be done, and the others have nothing to do with it.
        return [outcome for job in jobs for outcome in self._commit([job])]

    def _show(self, jobs: list[Job]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        for job in jobs:
            try:
                self._connection.pragma("cache_spill", False)  # nothing that is only shown reaches the disk
                self._connection.execute("BEGIN")
                job.run(self._connection)
                outcomes.append((job, None))
            except Exception as error:
                outcomes.append((job, failure(error, self._path)))
            self._roll_back()
        self._connection.pragma("cache_spill", True)
        return outcomes

    def _attempt(self, jobs: list[Job]) -> Exception | None:
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            for job in jobs:
                job.run(connection)
            connection.execute("COMMIT")
        except Exception as error:
            self._roll_back()
            return error
        return None

    def _roll_back(self) -> None:
        # Where the place is beyond writing, SQLite forgets the pages all the same.
        with contextlib.suppress(apsw.Error):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        self._rolled_back()

    def _finish(self, outcomes: list[Outcome]) -> None:
        for job, error in outcomes:
            job.finish(error)

    def _end(self) -> None:
        if self._ended is not None and not self._ended.done():
            self._ended.set_result(None)

    def _tell(self, call: Callable[..., None], *arguments: object) -> None:
        try:
            self._loop.call_soon_threadsafe(call, *arguments)
        except RuntimeError:
            pass  # the loop is closed: nobody is left who could be told
