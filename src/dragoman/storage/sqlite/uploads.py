"""Shared files in SQLite: all but their octets."""

import apsw
import msgspec

from dragoman.core.address import Address
from dragoman.core.uploads import Upload
from dragoman.storage.sqlite.catalogue import queries
from dragoman.storage.sqlite.connection import selected
from dragoman.storage.sqlite.reader import Reader
from dragoman.storage.sqlite.writer import Writer

_SQL = queries("uploads")
_upload = msgspec.json.Decoder(Upload)


class SqliteUploads:
    """Implements :class:`dragoman.core.uploads.UploadStore`."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    async def put(self, upload: Upload) -> None:
        text = msgspec.json.encode(upload).decode()
        row = upload.id, str(upload.account), upload.size, upload.created_at, upload.complete, text
        await self._writer.write(lambda connection: _run(connection, "put", row))

    async def get(self, id: str) -> Upload | None:
        text = self._reader.at_once(lambda connection: connection.execute(_SQL["get"], (id,)).get)
        return None if text is None else _upload.decode(text)

    async def of(self, account: Address) -> list[Upload]:
        return self._listed("of", (str(account),))

    async def used(self, account: Address) -> int:
        key = (str(account),)
        total: int = self._reader.at_once(lambda connection: connection.execute(_SQL["used"], key).get)
        return total

    async def remove(self, id: str) -> bool:
        return await self._writer.write(lambda connection: _run(connection, "remove", (id,)))

    async def old(self, *, before: float, complete: bool) -> list[Upload]:
        return self._listed("old", (complete, before))

    def _listed(self, name: str, bound: tuple[str | float, ...]) -> list[Upload]:
        rows = self._reader.at_once(lambda connection: list(selected(connection, _SQL[name], bound)))
        return [_upload.decode(text) for (text,) in rows]


def _run(connection: apsw.Connection, name: str, bound: tuple[str | float, ...]) -> bool:
    connection.execute(_SQL[name], bound)
    return connection.changes() > 0
