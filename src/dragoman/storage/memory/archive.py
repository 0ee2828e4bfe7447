"""The archive in memory."""

import asyncio
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Awaitable, Iterable, Sequence

from dragoman.core.address import Address
from dragoman.core.clock import Clock
from dragoman.core.model import Message, Talk
from dragoman.core.stores import DEDUP_SECONDS, Archived, Entry, Keep, Page, Query, Record
from dragoman.storage.content import other_party, refers, spoken, words


class _History:
    """One owner's entries, and their ids in order."""

    def __init__(self) -> None:
        self.entries: dict[int, Entry] = {}
        self._ids: list[int] = []

    def add(self, id: int, entry: Entry) -> None:
        present = self.entries.get(id)
        if present is None:
            insort(self._ids, id)
            self.entries[id] = entry
        else:
            self.entries[id] = Entry(present.owner, present.peer, present.keep | entry.keep)

    def drop(self, id: int) -> None:
        if self.entries.pop(id, None) is not None:
            del self._ids[bisect_left(self._ids, id)]

    def ids(self, after: int = 0, before: int = 0) -> list[int]:
        """The ids between two, both exclusive; 0 is open."""
        return self._ids[bisect_right(self._ids, after) : bisect_left(self._ids, before) if before else None]


class MemoryArchive:
    """Messages once, entries per owner."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._events: dict[int, Talk] = {}
        self._histories: defaultdict[Address, _History] = defaultdict(_History)
        self._owners: dict[int, set[Address]] = {}
        self._names: dict[str, tuple[int, float]] = {}
        self._last = 0

    def append(self, record: Record) -> Awaitable[int]:
        kept: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        kept.set_result(self._append(record))
        return kept

    def _append(self, record: Record) -> int:
        now = self._clock.now()
        if record.dedup:
            id, at = self._names.get(record.dedup, (0, now))
            if id and at > now - DEDUP_SECONDS:
                return id
            self._names[record.dedup] = record.id, now
        self._last = max(self._last, record.id)
        for entry in record.entries:
            self._add(record.id, record.event, entry)
        return record.id

    async def query(self, query: Query) -> Page:
        found = list(self._matching(query))
        if query.newest:
            return Page(tuple(found[max(0, len(found) - query.limit) :]), len(found) <= query.limit)
        return Page(tuple(found[: query.limit]), len(found) <= query.limit)

    async def count(self, query: Query) -> int:
        return sum(1 for _ in self._matching(query))

    async def find(self, owner: Address, peer: Address | None, *, id: int = 0, sender_id: str = "") -> Archived | None:
        ids = (id,) if id else tuple(reversed(self._histories[owner].ids())) if sender_id else ()
        for archived in self._archived(owner, peer, ids):
            if id or archived.event.id == sender_id:
                return archived
        return None

    async def about(self, owner: Address, target: int) -> list[Archived]:
        subject = await self.find(owner, None, id=target)
        sender_id, peer = (subject.event.id, subject.peer) if subject else ("", None)
        later = self._archived(owner, peer, self._histories[owner].ids(after=target))
        return [archived for archived in later if refers(archived.event, target, sender_id)]

    async def replace(self, id: int, event: Talk) -> bool:
        if id not in self._events:
            return False
        self._events[id] = event
        return True

    async def bounds(self, owner: Address, peer: Address | None = None) -> tuple[int, int] | None:
        ids = [archived.id for archived in self._archived(owner, peer, self._histories[owner].ids())]
        return (ids[0], ids[-1]) if ids else None

    async def conversations(
        self, owner: Address, *, after: int = 0, before: int = 0, limit: int = 50
    ) -> list[tuple[Address, int]]:
        ids = self._histories[owner].ids(after, before)
        last = {archived.peer: archived.id for archived in self._archived(owner, None, ids)}
        return sorted(last.items(), key=lambda conversation: conversation[1])[:limit]

    async def mark_waiting(self, owner: Address, id: int) -> None:
        event = self._events.get(id)
        if event is not None:
            self._add(id, event, Entry(owner, other_party(event, owner), Keep.OFFLINE))

    async def waiting(self, owner: Address, *, limit: int = 1000) -> list[Archived]:
        return [
            Archived(id, self._histories[owner].entries[id].peer, self._events[id])
            for id in self._waiting(owner)[:limit]
        ]

    async def waiting_count(self, owner: Address) -> int:
        return len(self._waiting(owner))

    async def delivered(self, owner: Address, ids: Sequence[int]) -> None:
        history = self._histories[owner]
        for id in ids:
            entry = history.entries.get(id)
            if entry is None:
                continue
            if entry.keep & Keep.ARCHIVE:
                history.entries[id] = Entry(entry.owner, entry.peer, Keep.ARCHIVE)
            else:
                self._drop(owner, id)

    async def expire(self, *, before: int) -> int:
        old = [id for id in self._events if id < before]
        for id in old:
            for owner in list(self._owners[id]):
                self._drop(owner, id)
        horizon = self._clock.now() - DEDUP_SECONDS
        self._names = {name: (id, at) for name, (id, at) in self._names.items() if at > horizon}
        return len(old)

    async def last_id(self) -> int:
        return self._last

    def erase(self, owner: Address) -> None:
        """Drop all that an owner has."""
        for id in self._histories[owner].ids():
            self._drop(owner, id)

    def _add(self, id: int, event: Talk, entry: Entry) -> None:
        if entry.keep:
            self._events.setdefault(id, event)
            self._owners.setdefault(id, set()).add(entry.owner)
            self._histories[entry.owner].add(id, entry)

    def _drop(self, owner: Address, id: int) -> None:
        """Take one entry away, and the message with the last one."""
        self._histories[owner].drop(id)
        self._owners[id].discard(owner)
        if not self._owners[id]:
            del self._owners[id], self._events[id]

    def _archived(self, owner: Address, peer: Address | None, ids: Iterable[int]) -> Iterable[Archived]:
        entries = self._histories[owner].entries
        for id in ids:
            entry = entries.get(id)
            if entry is not None and entry.keep & Keep.ARCHIVE and peer in (None, entry.peer):
                yield Archived(id, entry.peer, self._events[id])

    def _matching(self, query: Query) -> Iterable[Archived]:
        ids = self._histories[query.owner].ids(query.after, query.before)
        if query.ids:
            ids = sorted(set(query.ids).intersection(ids))
        sought = set(words(query.text))
        for archived in self._archived(query.owner, query.peer, ids):
            if query.words_only and not isinstance(archived.event, Message):
                continue
            if sought <= set(words(spoken(archived.event))):
                yield archived

    def _waiting(self, owner: Address) -> list[int]:
        history = self._histories[owner]
        return [id for id in history.ids() if history.entries[id].keep & Keep.OFFLINE]
