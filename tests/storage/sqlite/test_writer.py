import asyncio
import weakref
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import apsw
import pytest

from dragoman.core.stores import StorageFailed
from dragoman.storage.sqlite.writer import Writer


class Rollbacks:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


@pytest.fixture
def rollbacks() -> Rollbacks:
    return Rollbacks()


@pytest.fixture
async def writer(tmp_path: Path, rollbacks: Rollbacks) -> AsyncIterator[Writer]:
    connection = apsw.Connection(str(tmp_path / "a.db"))
    connection.execute("CREATE TABLE t (x INTEGER PRIMARY KEY)")
    writer = Writer(connection, rollbacks)
    yield writer
    await writer.close()


def insert(number: int) -> Callable[[apsw.Connection], int]:
    def work(connection: apsw.Connection) -> int:
        connection.execute("INSERT INTO t VALUES (?)", (number,))
        return number

    return work


def count(connection: apsw.Connection) -> int:
    number: int = connection.execute("SELECT count(*) FROM t").get
    return number


async def test_what_is_asked_for_in_one_turn_is_one_transaction(writer: Writer) -> None:
    transactions: list[int] = []

    def changes(connection: apsw.Connection) -> None:
        transactions.append(connection.total_changes())
        assert connection.in_transaction

    first = writer.write(insert(1))
    newest = writer.newest
    second = writer.write(changes)
    assert newest is not None and newest is not writer.newest
    assert await asyncio.gather(first, second) == [1, None]
    assert writer.newest is None
    assert transactions == [1]


async def test_a_job_that_cannot_be_done_does_not_harm_the_others(writer: Writer, rollbacks: Rollbacks) -> None:
    jobs = [writer.write(insert(number)) for number in (1, 2, 1, 3)]
    outcomes = await asyncio.gather(*jobs, return_exceptions=True)
    assert [outcomes[0], outcomes[1], outcomes[3]] == [1, 2, 3]
    assert isinstance(outcomes[2], StorageFailed)
    assert rollbacks.count == 2  # the transaction of all, and the one of its own
    assert await writer.write(count) == 3


async def test_a_mistake_in_a_job_reaches_its_caller_only(writer: Writer) -> None:
    def mistake(connection: apsw.Connection) -> None:
        raise KeyError("oops")

    good, bad = writer.write(insert(1)), writer.write(mistake)
    assert await good == 1
    with pytest.raises(StorageFailed, match="KeyError"):
        await bad
    assert await writer.write(count) == 1


async def test_a_preview_changes_nothing(writer: Writer, rollbacks: Rollbacks) -> None:
    before, shown, after = writer.write(insert(1)), writer.preview(insert(2)), writer.write(insert(3))
    assert await asyncio.gather(before, shown, after) == [1, 2, 3]
    assert await writer.write(count) == 2
    assert rollbacks.count == 1


async def test_a_caller_that_gives_up_stops_nothing(writer: Writer) -> None:
    given_up = asyncio.ensure_future(asyncio.wait_for(writer.write(insert(1)), 10))
    await asyncio.sleep(0)
    given_up.cancel()
    assert await writer.write(insert(2)) == 2
    assert await writer.write(count) == 2


async def test_while_the_thread_waits_it_keeps_nothing_of_what_is_done(writer: Writer) -> None:
    class Work:
        def __call__(self, connection: apsw.Connection) -> int:
            return 1

    work = Work()
    kept = weakref.ref(work)
    done = writer.write(work)
    del work
    assert await done == 1
    async with asyncio.timeout(60):
        while kept() is not None:
            await asyncio.sleep(0)


async def test_closing_finishes_what_was_begun(tmp_path: Path) -> None:
    connection = apsw.Connection(str(tmp_path / "b.db"))
    connection.execute("CREATE TABLE t (x INTEGER PRIMARY KEY)")
    writer = Writer(connection, lambda: None)
    last = writer.write(insert(1))
    await writer.close()
    assert await last == 1
    with pytest.raises(StorageFailed, match="closed"):
        writer.write(insert(2))
    await writer.close()
    assert apsw.Connection(str(tmp_path / "b.db")).execute("SELECT count(*) FROM t").get == 1
