"""Rooms in SQLite."""

import apsw
import msgspec

from dragoman.core.address import Address
from dragoman.core.stores import RoomRecord
from dragoman.storage.sqlite.archive import CHUNK, SqliteArchive
from dragoman.storage.sqlite.catalogue import queries
from dragoman.storage.sqlite.connection import selected
from dragoman.storage.sqlite.journal import Journal
from dragoman.storage.sqlite.reader import Reader
from dragoman.storage.sqlite.writer import Writer

_SQL = queries("rooms")
_record = msgspec.json.Decoder(RoomRecord)


class SqliteRooms:
    """Rooms. A room takes its history with it."""

    def __init__(self, writer: Writer, reader: Reader, archive: SqliteArchive, journal: Journal) -> None:
        self._writer = writer
        self._reader = reader
        self._archive = archive
        self._journal = journal

    async def load(self, address: Address) -> RoomRecord | None:
        key = address.domain, address.local
        text = self._reader.at_once(lambda connection: connection.execute(_SQL["load"], key).get)
        return None if text is None else _record.decode(text)

    async def save(self, record: RoomRecord) -> None:
        row = record.address.domain, record.address.local, msgspec.json.encode(record).decode()
        await self._writer.write(lambda connection: _save(connection, row))

    async def remove(self, address: Address) -> bool:
        # A long history goes first, in pieces, so that no room is ever gone whose history another could inherit.
        if await self.load(address) is not None:
            await self._archive.erase(address)
        return await self._archive.write(lambda connection: self._remove(connection, address))

    async def all(self, domain: str) -> list[RoomRecord]:
        rows = await self._reader.apart(lambda connection: list(selected(connection, _SQL["all"], (domain,))))
        return [_record.decode(text) for (text,) in rows]

    def _remove(self, connection: apsw.Connection, address: Address) -> bool:
        connection.execute(_SQL["remove"], (address.domain, address.local))
        if not connection.changes():
            return False
        while self._journal.erase(connection, address, CHUNK):
            pass
        return True


def _save(connection: apsw.Connection, row: tuple[str, str, str]) -> None:
    connection.execute(_SQL["save"], row)
