"""The messages that are not in the index yet: who has them, and the moment at which the index catches up."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from dragoman.core.address import Address
from dragoman.core.clock import Clock, Timer
from dragoman.core.model import Talk
from dragoman.core.stores import Record
from dragoman.storage.sqlite.settings import Settings


class Unindexed:
    """Kept on the event loop. ``index`` asks the writer to index all that it was given before; it gets the
    events by their ids, which saves reading them again, and the last of the ids.

    ``_recent`` has the messages since the last run, for the commonest questions: which message does this receipt mean,
    and how many wait? Their ids are larger than all before; where one is not, a run starts at once.
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
        self._events: dict[int, Talk] = {}
        self._rows = 0
        self._timer: Timer | None = None
        self._runs: list[tuple[frozenset[Address], asyncio.Future[None]]] = []
        self._unsettled: set[Address] = set()

    def note(self, record: Record) -> None:
        """A message was handed to the writer."""
        recent = self._recent
        for entry in record.entries:
            if entry.owner in recent:
                recent[entry.owner].append(record)
            else:
                recent[entry.owner] = [record]
        self._events.setdefault(record.id, record.event)
        self._rows += 1
        late = record.id <= self._last
        self._last = max(self._last, record.id)
        if late or self._rows >= self._settings.index_rows:
            self.catch_up()
        elif self._timer is None:
            self._timer = self._clock.call_later(self._settings.index_seconds, self.catch_up)

    def drop(self, record: Record) -> None:
        """A message was not kept after all."""
        self._events.pop(record.id, None)
        for entry in record.entries:
            records = self._recent.get(entry.owner, [])
            if record in records:
                records.remove(record)

    def touch(self, owner: Address) -> None:
        """A message of before was given to ``owner`` too, and may not be in the index."""
        self._unsettled.add(owner)

    def catch_up(self) -> None:
        """Index all messages that were handed to the writer before."""
        self.stop()
        owners = self._unsettled.union(self._recent)
        if not owners:
            return
        run = frozenset(owners), self._index(self._events, self._last)
        self._recent, self._events, self._unsettled, self._rows = {}, {}, set(), 0
        self._runs.append(run)
        run[1].add_done_callback(lambda _: self._ended(run))

    async def settle(self, owner: Address) -> None:
        """Return when all that ``owner`` was given before is in the index."""
        if owner in self._recent or owner in self._unsettled:
            self.catch_up()
        for owners, run in reversed(self._runs):
            if owner in owners:
                await asyncio.shield(run)  # runs end in their order
                return

    def recent(self, owner: Address) -> Sequence[Record] | None:
        """What ``owner`` was given and is not in the index, oldest first; None where there may be more on its way there."""
        if owner in self._unsettled or any(owner in owners for owners, _ in self._runs):
            return None
        return self._recent.get(owner, ())

    def stop(self) -> None:
        """Do nothing by itself until the next message."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _ended(self, run: "tuple[frozenset[Address], asyncio.Future[None]]") -> None:
        self._runs.remove(run)
        if run[1].cancelled() or run[1].exception() is not None:
            self._unsettled.update(run[0])  # the next read of theirs tries again, or the next run
