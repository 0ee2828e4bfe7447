"""The archive in SQLite: the event loop's side of it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import apsw

from dragoman.core.address import Address
from dragoman.core.clock import Clock
from dragoman.core.model import Talk
from dragoman.core.stores import Archived, Keep, Page, Query, Record, StorageFailed
from dragoman.storage.sqlite import history
from dragoman.storage.sqlite.codec import pack_entries, pack_event, pack_name
from dragoman.storage.sqlite.index import Fresh, merged
from dragoman.storage.sqlite.journal import Journal
from dragoman.storage.sqlite.reader import Reader
from dragoman.storage.sqlite.settings import Settings
from dragoman.storage.sqlite.unindexed import Unindexed
from dragoman.storage.sqlite.writer import Writer

T = TypeVar("T")

#: How many messages one transaction drops at most: others want to write, too.
CHUNK = 500
#: How many messages one transaction indexes: senders wait for it, some 10 ms. Where very many have come, a quarter of them,
#: since larger transactions cost less for each.
INDEX_AT_ONCE = 500


class _Appends:
    """The messages of one turn of the loop, for one insert."""

    def __init__(self, journal: Journal, unindexed: Unindexed, now: float) -> None:
        self._journal = journal
        self._unindexed = unindexed
        self._now = now
        self._rows: list[Fresh] = []
        self._records: list[Record] = []
        self._callers: list[asyncio.Future[int]] = []
        self._ids: list[int] = []

    def add(self, record: Record, caller: "asyncio.Future[int]") -> None:
        entries, event = pack_entries(record.entries), pack_event(record.event)
        self._rows.append((record.id, int(self._now), pack_name(record.dedup), entries, event))
        self._records.append(record)
        self._callers.append(caller)

    def run(self, connection: apsw.Connection) -> None:
        self._ids = self._journal.append(connection, self._rows, self._now)

    def finish(self, error: StorageFailed | None) -> None:
        if error is not None:
            for record, caller in zip(self._records, self._callers, strict=True):
                self._unindexed.drop(record)
                if not caller.done():
                    caller.set_exception(error)
            return
        for record, caller, id in zip(self._records, self._callers, self._ids, strict=True):
            if id != record.id:
                self._unindexed.drop(record)
            if not caller.done():
                caller.set_result(id)


class _IndexRun:
    """The index catches up, in as many transactions as that takes.

    Nothing in here refers to itself, so that its events, which may be long, go with its end and not at some later search
    for cycles.
    """

    def __init__(
        self, done: "asyncio.Future[None]", writer: Writer, journal: Journal, events: Mapping[int, Talk], up_to: int
    ) -> None:
        self._done = done
        self._writer = writer
        self._journal = journal
        self._events = events
        self._up_to = up_to
        self._limit = max(INDEX_AT_ONCE, len(events) // 4)

    def step(self) -> None:
        """Begin with the next transaction."""
        try:
            some = self._writer.write(self._some)
        except StorageFailed as closed:
            self._done.set_exception(closed)
        else:
            some.add_done_callback(self._ended)

    def _some(self, connection: apsw.Connection) -> bool:
        return self._journal.index(connection, self._events, up_to=self._up_to, limit=self._limit)

    def _ended(self, some: "asyncio.Future[bool]") -> None:
        error = some.exception()
        if error is not None:
            self._done.set_exception(error)
        elif some.result():
            self._done.set_result(None)
        else:
            self.step()


class SqliteArchive:
    """Appends go to the writer as they come; reads first let the index catch up with the owner they are about."""

    def __init__(self, settings: Settings, clock: Clock, journal: Journal, writer: Writer, reader: Reader) -> None:
        self._clock = clock
        self._journal = journal
        self._writer = writer
        self._reader = reader
        self._loop = asyncio.get_running_loop()
        self._appends: _Appends | None = None
        last_id = reader.at_once(history.last_id)
        self._unindexed = Unindexed(settings, clock, self._index, last_id)

    def append(self, record: Record) -> "asyncio.Future[int]":
        appends = self._appends
        if appends is None or appends is not self._writer.newest:
            appends = _Appends(self._journal, self._unindexed, self._clock.now())
            self._writer.submit(appends)
            self._appends = appends
        caller: asyncio.Future[int] = self._loop.create_future()
        appends.add(record, caller)
        self._unindexed.note(record)
        return caller

    async def query(self, query: Query) -> Page:
        return await self._read(query.owner, lambda connection: history.page(connection, query), far=bool(query.text))

    async def count(self, query: Query) -> int:
        return await self._read(query.owner, lambda connection: history.count(connection, query), far=True)

    async def find(self, owner: Address, peer: Address | None, *, id: int = 0, sender_id: str = "") -> Archived | None:
        def look(connection: apsw.Connection) -> Archived | None:
            return history.find(connection, owner, peer, id=id, sender_id=sender_id)

        newest = self._unindexed.newest(owner)
        if newest is None:
            return await self._read(owner, look)
        for record in newest:
            if record.id == id or (not id and sender_id and record.event.id == sender_id):
                for entry in merged(record.entries):
                    if entry.owner == owner and peer in (None, entry.peer) and entry.keep & Keep.ARCHIVE:
                        return Archived(record.id, entry.peer, record.event)
        return self._reader.at_once(look)

    async def about(self, owner: Address, target: int) -> list[Archived]:
        return await self._read(owner, lambda connection: history.about(connection, owner, target))

    async def replace(self, id: int, event: Talk) -> bool:
        return await self.write(lambda connection: self._journal.replace(connection, id, event))

    async def bounds(self, owner: Address, peer: Address | None = None) -> tuple[int, int] | None:
        return await self._read(owner, lambda connection: history.bounds(connection, owner, peer))

    async def conversations(
        self, owner: Address, *, after: int = 0, before: int = 0, limit: int = 50
    ) -> list[tuple[Address, int]]:
        return await self._read(
            owner,
            lambda connection: history.conversations(connection, owner, after=after, before=before, limit=limit),
            far=True,
        )

    async def mark_waiting(self, owner: Address, id: int) -> None:
        self._unindexed.touch(owner)
        await self._writer.write(lambda connection: self._journal.add_entry(connection, id, owner, Keep.OFFLINE))

    async def waiting(self, owner: Address, *, limit: int = 1000) -> list[Archived]:
        return await self._read(owner, lambda connection: history.waiting(connection, owner, limit))

    async def waiting_count(self, owner: Address) -> int:
        def look(connection: apsw.Connection) -> int:
            return history.waiting_count(connection, owner)

        recent = self._unindexed.recent(owner)
        if recent is None:
            return await self._read(owner, look)
        entries = [entry for record in recent for entry in merged(record.entries) if entry.owner == owner]
        return self._reader.at_once(look) + sum(bool(entry.keep & Keep.OFFLINE) for entry in entries)

    async def delivered(self, owner: Address, ids: Sequence[int]) -> None:
        await self.write(lambda connection: self._journal.delivered(connection, owner, ids))

    async def expire(self, *, before: int) -> int:
        now, gone = self._clock.now(), 0
        await self.write(lambda connection: self._journal.forget_names(connection, now))
        while dropped := await self.write(lambda connection: self._journal.expire(connection, before, CHUNK)):
            gone += dropped
        return gone

    async def last_id(self) -> int:
        return self._reader.at_once(history.last_id)

    async def erase(self, owner: Address) -> None:
        """Drop what an owner has, in several transactions; what comes meanwhile is left for :meth:`Journal.erase`."""
        while await self.write(lambda connection: self._journal.erase(connection, owner, CHUNK)) == CHUNK:
            pass

    async def write(self, work: Callable[[apsw.Connection], T]) -> T:
        """Do something in the journal that is about indexed messages: the index catches up first."""
        self._unindexed.close()
        return await self._writer.write(work)

    async def catch_up(self) -> None:
        """Return when everything that was appended before is in the index."""
        await self.write(self._journal.index)

    async def _read(self, owner: Address, work: Callable[[apsw.Connection], T], *, far: bool = False) -> T:
        """Read what ``owner`` has; ``far`` is for what may walk through many messages."""
        try:
            await self._unindexed.settle(owner)
        except StorageFailed:
            # Nothing can be written now, and what was acknowledged is to be read all the same.
            return await self._writer.preview(lambda connection: self._preview(connection, work))
        return await self._reader.apart(work) if far else self._reader.at_once(work)

    def _index(self, events: Mapping[int, Talk], up_to: int) -> "asyncio.Future[None]":
        """Index in several transactions: between two of them the writer does what others have asked for meanwhile."""
        done: asyncio.Future[None] = self._loop.create_future()
        _IndexRun(done, self._writer, self._journal, events, up_to).step()
        return done

    def _preview(self, connection: apsw.Connection, work: Callable[[apsw.Connection], T]) -> T:
        self._journal.index(connection)
        return work(connection)
