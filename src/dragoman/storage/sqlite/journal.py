"""The table of messages: appended to at once, and entered into the index in bulk later. Everything runs in the writer.

``progress.indexed`` says how far the index has come; what lies behind it is found nowhere else, and dedup names of it are
remembered here. A message whose id is not behind it (ids are given out before they arrive) is entered at once.
"""

from collections.abc import Mapping, Sequence

import apsw

from dragoman.core.address import Address
from dragoman.core.model import Talk
from dragoman.core.stores import DEDUP_SECONDS, Entry
from dragoman.storage.content import other_party
from dragoman.storage.sqlite import index
from dragoman.storage.sqlite.catalogue import queries
from dragoman.storage.sqlite.codec import pack_entries, pack_event, unpack_entries, unpack_event
from dragoman.storage.sqlite.connection import selected, selected_many
from dragoman.storage.sqlite.index import Fresh, Head, Row

NOTHING: Mapping[int, Talk] = {}
#: The largest id there can be, and SQLite's word for no limit.
LAST, ALL = (1 << 63) - 1, -1
_SQL = queries("journal")


class Journal:
    """What the writer knows of the table of messages between two transactions."""

    def __init__(self) -> None:
        self._names: dict[bytes, int] = {}
        self._last = 0
        self._stale = True

    def rolled_back(self) -> None:
        """What was remembered may be of a transaction that never was."""
        self._stale = True

    def append(self, connection: apsw.Connection, rows: Sequence[Fresh], now: float) -> list[int]:
        """Keep messages, in order; for each its id, or that of an earlier one with the same dedup name."""
        self._refresh(connection)
        known = self._known(connection, rows, now)
        ids: list[int] = []
        fresh: list[Fresh] = []
        late: list[Fresh] = []
        for row in rows:
            id, _, dedup, _, _ = row
            if dedup is not None:
                if dedup in known:
                    ids.append(known[dedup])
                    continue
                known[dedup] = self._names[dedup] = id
            ids.append(id)
            if id > self._last:
                self._last = id
                fresh.append(row)
            else:
                late.append(row)
        connection.executemany(_SQL["append"], fresh)
        for row in late:
            self._append_late(connection, Row(*row))
        return ids

    def add_entry(self, connection: apsw.Connection, id: int, owner: Address, keep: int) -> None:
        """One more reason why ``owner`` has a message; nothing where there is no such message."""
        row = self._row(connection, id)
        if row is not None:
            peer = other_party(unpack_event(row.event), owner)
            self._merge(connection, row, (Entry(owner, peer, keep),))

    def index(
        self, connection: apsw.Connection, events: Mapping[int, Talk] = NOTHING, *, up_to: int = LAST, limit: int = ALL
    ) -> bool:
        """Enter what is not in the index yet, up to an id and at most ``limit`` messages; False where more is left of that.

        ``events`` are those of them that are at hand, by their ids.
        """
        self._refresh(connection)
        rows: list[Head] = list(selected(connection, _SQL["unindexed"], {"up_to": up_to, "limit": limit}))
        if rows:
            missing = [(id,) for id, _, _, _ in rows if id not in events]
            if missing:
                read = selected_many(connection, _SQL["event"], missing)
                events = {**events, **{id: unpack_event(event) for id, event in read}}
            index.add(connection, rows, events)
            self._settle(connection, rows)
            connection.execute(_SQL["set_indexed"], (rows[-1][0],))
        return len(rows) != limit

    def replace(self, connection: apsw.Connection, id: int, event: Talk) -> bool:
        """Another event in a message's place; False where there is no such message."""
        self.index(connection)
        row = self._row(connection, id)
        if row is None:
            return False
        index.reenter(connection, row, event)
        connection.execute(_SQL["set_event"], {"event": pack_event(event), "id": id})
        return True

    def delivered(self, connection: apsw.Connection, owner: Address, ids: Sequence[int]) -> None:
        """Messages that wait for ``owner`` no longer."""
        self.index(connection)
        party = index.parties(connection, (owner,))[owner]
        for id in ids:
            keep = index.waits_no_longer(connection, party, id)
            row = self._row(connection, id) if keep == 0 else None
            if row is not None:
                self._delete(connection, index.drop(connection, (row,), party))

    def erase(self, connection: apsw.Connection, owner: Address, limit: int) -> int:
        """Drop up to ``limit`` entries of an owner; how many there were."""
        self.index(connection)
        party = index.parties(connection, (owner,))[owner]
        rows = [Row(*row) for row in connection.execute(_SQL["held"], {"owner": party, "limit": limit})]
        self._delete(connection, index.drop(connection, rows, party))
        return len(rows)

    def expire(self, connection: apsw.Connection, before: int, limit: int) -> int:
        """Drop up to ``limit`` messages older than an id; how many went."""
        self.index(connection)
        rows = [Row(*row) for row in connection.execute(_SQL["older"], {"before": before, "limit": limit})]
        self._delete(connection, index.drop(connection, rows))
        return len(rows)

    def forget_names(self, connection: apsw.Connection, now: float) -> None:
        """Drop the dedup names that are too old to matter."""
        self.index(connection)
        connection.execute(_SQL["forget_names"], (int(now - DEDUP_SECONDS),))

    def _refresh(self, connection: apsw.Connection) -> None:
        if self._stale:
            self._names = dict(selected(connection, _SQL["unindexed_names"]))
            self._last = connection.execute(_SQL["last"]).get
            self._stale = False

    def _known(self, connection: apsw.Connection, rows: Sequence[Fresh], now: float) -> dict[bytes, int]:
        names = {dedup for _, _, dedup, _, _ in rows if dedup is not None}
        if not names:
            return {}
        horizon = int(now - DEDUP_SECONDS)
        known = {name: self._names[name] for name in names if name in self._names}
        asked = [(name, horizon) for name in names if name not in known]
        known.update(connection.executemany(_SQL["known"], asked))
        return known

    def _append_late(self, connection: apsw.Connection, row: Row) -> None:
        """A message whose id is not the largest: it may lie before the index's end, or be there already."""
        present = self._row(connection, row.id)
        if present is not None:
            self._merge(connection, present, unpack_entries(row.entries))
            index.add_dedup(connection, (row[:4],))
            self._forget_name(row.dedup)
        else:
            connection.execute(_SQL["append"], row)
            if row.id > connection.execute(_SQL["indexed"]).get:
                return
            index.add(connection, (row[:4],), {row.id: unpack_event(row.event)})
            self._settle(connection, (row[:4],))

    def _merge(self, connection: apsw.Connection, row: Row, more: Sequence[Entry]) -> None:
        row = row._replace(entries=pack_entries(index.merged((*unpack_entries(row.entries), *more))))
        connection.execute(_SQL["set_entries"], {"entries": row.entries, "id": row.id})
        if row.id <= connection.execute(_SQL["indexed"]).get:
            index.join(connection, row, more)

    def _settle(self, connection: apsw.Connection, heads: Sequence[Head]) -> None:
        """They are in the index now: their dedup names, too. What is in nobody's history was kept for its name only."""
        for _, _, dedup, _ in heads:
            self._forget_name(dedup)
        unowned = {
            packed for packed in {entries for _, _, _, entries in heads} if not index.merged(unpack_entries(packed))
        }
        if unowned:
            self._delete(connection, [id for id, _, _, entries in heads if entries in unowned])

    def _forget_name(self, dedup: bytes | None) -> None:
        if dedup is not None:
            self._names.pop(dedup, None)

    def _row(self, connection: apsw.Connection, id: int) -> Row | None:
        row = connection.execute(_SQL["row"], (id,)).fetchone()
        return Row(*row) if row else None

    def _delete(self, connection: apsw.Connection, ids: Sequence[int]) -> None:
        connection.executemany(_SQL["delete"], [(id,) for id in ids])
