"""What an account has, in SQLite: credentials, contact list, blocks, how far it has read, and what is kept for it."""

from collections.abc import Sequence

import apsw
import msgspec

from dragoman.core.address import Address
from dragoman.core.stores import AppPassword, Credentials, HistoryPreferences, RosterItem
from dragoman.storage.sqlite import inbox
from dragoman.storage.sqlite.archive import CHUNK, SqliteArchive
from dragoman.storage.sqlite.catalogue import queries
from dragoman.storage.sqlite.codec import address_of
from dragoman.storage.sqlite.connection import selected
from dragoman.storage.sqlite.journal import Journal
from dragoman.storage.sqlite.reader import Reader
from dragoman.storage.sqlite.writer import Writer

_SQL = queries("accounts")
_credentials = msgspec.json.Decoder(Credentials)
_password = msgspec.json.Decoder(AppPassword)
_item = msgspec.json.Decoder(RosterItem)
_preferences = msgspec.json.Decoder(HistoryPreferences)
_BELONGINGS = ("remove_app_passwords", "remove_roster", "remove_blocks", "remove_markers", "remove_preferences")


class SqliteAccounts:
    """Credentials. An account takes all that is its own with it, its entries in the archive too."""

    def __init__(self, writer: Writer, reader: Reader, archive: SqliteArchive, journal: Journal) -> None:
        self._writer = writer
        self._reader = reader
        self._archive = archive
        self._journal = journal

    async def create(self, account: Address, credentials: Credentials) -> bool:
        row = account.domain, account.local, _json(credentials)
        return await self._writer.write(lambda connection: _changed(connection, "create", row))

    async def get(self, account: Address) -> Credentials | None:
        key = account.domain, account.local
        text = self._reader.at_once(lambda connection: connection.execute(_SQL["get"], key).get)
        return None if text is None else _credentials.decode(text)

    async def replace(self, account: Address, credentials: Credentials) -> bool:
        row = _json(credentials), account.domain, account.local
        return await self._writer.write(lambda connection: _changed(connection, "replace", row))

    async def remove(self, account: Address) -> bool:
        # A long history goes first, in pieces, so that no account is ever gone whose history another could inherit.
        if await self.get(account) is not None:
            await self._archive.erase(account)
        return await self._archive.write(lambda connection: self._remove(connection, account))

    async def page(self, domain: str, *, after: str = "", limit: int = 100) -> list[Address]:
        bound = domain, after, limit
        rows = self._reader.at_once(lambda connection: list(selected(connection, _SQL["page"], bound)))
        return [Address(local, domain) for (local,) in rows]

    async def count(self, domain: str) -> int:
        number: int = await self._reader.apart(lambda connection: connection.execute(_SQL["count"], (domain,)).get)
        return number

    async def add_app_password(self, account: Address, password: AppPassword) -> None:
        row = str(account), password.id, _json(password)
        await self._writer.write(lambda connection: _changed(connection, "add_app_password", row))

    async def app_passwords(self, account: Address) -> list[AppPassword]:
        key = (str(account),)
        rows = self._reader.at_once(lambda connection: list(selected(connection, _SQL["app_passwords"], key)))
        return [_password.decode(text) for (text,) in rows]

    async def remove_app_password(self, account: Address, id: str) -> bool:
        key = str(account), id
        return await self._writer.write(lambda connection: _changed(connection, "remove_app_password", key))

    def _remove(self, connection: apsw.Connection, account: Address) -> bool:
        if not _changed(connection, "remove", (account.domain, account.local)):
            return False
        for name in _BELONGINGS:
            connection.execute(_SQL[name], (str(account),))
        inbox.erase(connection, account)
        while self._journal.erase(connection, account, CHUNK):
            pass
        return True


class SqliteRosters:
    """Contact lists."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    async def load(self, account: Address) -> list[RosterItem]:
        key = (str(account),)
        rows = self._reader.at_once(lambda connection: list(selected(connection, _SQL["roster"], key)))
        return sorted((_item.decode(text) for (text,) in rows), key=lambda item: item.contact)

    async def put(self, account: Address, item: RosterItem) -> None:
        row = str(account), str(item.contact), _json(item)
        await self._writer.write(lambda connection: _changed(connection, "put_item", row))

    async def forget(self, account: Address, contact: Address) -> None:
        key = str(account), str(contact)
        await self._writer.write(lambda connection: _changed(connection, "forget_item", key))


class SqliteBlocks:
    """Whom an account does not want to hear."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    async def load(self, account: Address) -> list[Address]:
        key = (str(account),)
        rows = self._reader.at_once(lambda connection: list(selected(connection, _SQL["blocks"], key)))
        return sorted(address_of(text) for (text,) in rows)

    async def add(self, account: Address, blocked: Sequence[Address]) -> None:
        await self._change("add_block", account, blocked)

    async def remove(self, account: Address, blocked: Sequence[Address]) -> None:
        await self._change("remove_block", account, blocked)

    async def _change(self, name: str, account: Address, blocked: Sequence[Address]) -> None:
        rows = [(str(account), str(each)) for each in blocked]
        await self._writer.write(lambda connection: _each(connection, name, rows))


class SqliteMarkers:
    """How far an account has read."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    async def get(self, account: Address, peer: Address) -> float | None:
        key = str(account), str(peer)
        moment: float | None = self._reader.at_once(lambda connection: connection.execute(_SQL["marker"], key).get)
        return moment

    async def set(self, account: Address, peer: Address, moment: float) -> float:
        key = str(account), str(peer)
        return await self._writer.write(lambda connection: self._set(connection, key, moment))

    def _set(self, connection: apsw.Connection, key: tuple[str, str], moment: float) -> float:
        connection.execute(_SQL["set_marker"], (*key, moment))
        held: float = connection.execute(_SQL["marker"], key).get
        return held


class SqlitePreferences:
    """What accounts want to have in their histories."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    async def all(self) -> list[tuple[Address, HistoryPreferences]]:
        rows = await self._reader.apart(lambda connection: list(selected(connection, _SQL["preferences"], ())))
        return sorted((address_of(account), _preferences.decode(text)) for account, text in rows)

    async def set(self, account: Address, preferences: HistoryPreferences) -> None:
        usual = preferences == HistoryPreferences()
        name = "remove_preferences" if usual else "put_preferences"
        row = (str(account),) if usual else (str(account), _json(preferences))
        await self._writer.write(lambda connection: _changed(connection, name, row))


def _changed(connection: apsw.Connection, name: str, bound: Sequence[str]) -> bool:
    connection.execute(_SQL[name], bound)
    return connection.changes() > 0


def _each(connection: apsw.Connection, name: str, rows: Sequence[tuple[str, str]]) -> None:
    connection.executemany(_SQL[name], rows)


def _json(struct: msgspec.Struct) -> str:
    return msgspec.json.encode(struct).decode()
