"""The messages that are not in the index yet: who has them, and the moment at which the index catches up."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain

from dragoman.core.address import Address
from dragoman.core.clock import Clock, Timer
from dragoman.core.model import Talk
from dragoman.core.stores import Record
from dragoman.storage.sqlite.settings import Settings


class _Run:
    """The index is catching up with these messages. Where it is ``closed``, one of them may have been changed since."""

    def __init__(self, records: dict[Address, list[Record]], done: "asyncio.Future[None]") -> None:
        self.records = records
        self.done = done
        self.closed = False


class Unindexed:
    """Kept on the event loop. ``index`` asks the writer to index all that it was given before; it gets the events by their
    ids, which saves reading them again, and the last of the ids.

    ``_recent`` has the messages since the last run, for the commonest questions: which message does this receipt mean,
    and how many wait? Their ids are larger than all before; where one is not, a run starts at once. Those that nobody has
    asked for yet are only in ``_noted``: they are put to their owners when somebody asks.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        index: Callable[[Mapping[int, Talk], int], "asyncio.Future[None]"],
        last_id: int,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._index = index
        self._last = last_id
        self._recent: dict[Address, list[Record]] = {}
        self._noted: list[Record] = []
        self._events: dict[int, Talk] = {}
        self._rows = 0
        self._timer: Timer | None = None
        self._runs: list[_Run] = []
        self._unsettled: set[Address] = set()

    def note(self, record: Record) -> None:
        """A message was handed to the writer."""
        self._noted.append(record)
        self._events.setdefault(record.id, record.event)
        self._rows += 1
        if record.id <= self._last:
            self.close()
            return
        self._last = record.id
        if self._rows >= self._settings.index_rows:
            self.catch_up()
        elif self._timer is None:
            self._timer = self._clock.call_later(self._settings.index_seconds, self.catch_up)

    def drop(self, record: Record) -> None:
        """A message was not kept after all."""
        self._events.pop(record.id, None)
        for records in (self._by_owner(), *(run.records for run in self._runs)):
            for entry in record.entries:
                of_owner = records.get(entry.owner, [])
                if record in of_owner:
                    of_owner.remove(record)

    def touch(self, owner: Address) -> None:
        """A message of before was given to ``owner`` too, and may not be in the index."""
        self._unsettled.add(owner)

    def catch_up(self) -> None:
        """Index all messages that were handed to the writer before."""
        self.stop()
        recent = self._by_owner()
        if recent or self._unsettled:
            records = recent | {owner: [] for owner in self._unsettled - recent.keys()}
            run = _Run(records, self._index(self._events, self._last))
            run.closed = bool(self._unsettled)
            self._recent, self._events, self._unsettled, self._rows = {}, {}, set(), 0
            self._runs.append(run)
            run.done.add_done_callback(lambda _: self._ended(run))

    def close(self) -> None:
        """Catch up, and look into none of these messages: one of them, or who has it, is being changed."""
        self.catch_up()
        for run in self._runs:
            run.closed = True

    async def settle(self, owner: Address) -> None:
        """Return when all that ``owner`` was given before is in the index."""
        if owner in self._by_owner() or owner in self._unsettled:
            self.catch_up()
        for run in reversed(self._runs):
            if owner in run.records:
                await asyncio.shield(run.done)  # runs end in their order
                return

    def recent(self, owner: Address) -> Sequence[Record] | None:
        """What ``owner`` was given and is not in the index, oldest first; None where there may be more on its way there."""
        if owner in self._unsettled or any(owner in run.records for run in self._runs):
            return None
        return self._by_owner().get(owner, ())

    def newest(self, owner: Address) -> Iterator[Record] | None:
        """What ``owner`` was given lately, newest first: all that is not in the index, and some that is. None where that
        cannot be told now."""
        runs = [run for run in reversed(self._runs) if owner in run.records]
        if owner in self._unsettled or any(run.closed for run in runs):
            return None
        return chain(reversed(self._by_owner().get(owner, ())), *(reversed(run.records[owner]) for run in runs))

    def stop(self) -> None:
        """Do nothing by itself until the next message."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _by_owner(self) -> dict[Address, list[Record]]:
        recent = self._recent
        for record in self._noted:
            for entry in record.entries:
                if entry.owner in recent:
                    recent[entry.owner].append(record)
                else:
                    recent[entry.owner] = [record]
        self._noted.clear()
        return recent

    def _ended(self, run: _Run) -> None:
        self._runs.remove(run)
        if run.done.cancelled() or run.done.exception() is not None:
            self._unsettled.update(run.records)  # the next read of theirs tries again, or the next run
