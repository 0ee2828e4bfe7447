"""What an account has set for its conversations, and its devices, in SQLite."""

import apsw
import msgspec

from dragoman.core.address import Address
from dragoman.core.devices import Device
from dragoman.core.inbox import ConversationSettings, Preferences
from dragoman.storage.sqlite.catalogue import queries
from dragoman.storage.sqlite.connection import selected
from dragoman.storage.sqlite.reader import Reader
from dragoman.storage.sqlite.writer import Writer

_SQL = queries("inbox")
_settings = msgspec.json.Decoder(ConversationSettings)
_preferences = msgspec.json.Decoder(Preferences)
_device = msgspec.json.Decoder(Device)


class SqliteInboxes:
    """Implements :class:`dragoman.core.inbox.InboxStore`."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    async def load(self, account: Address) -> list[ConversationSettings]:
        key = (str(account),)
        rows = self._reader.at_once(lambda connection: list(selected(connection, _SQL["conversations"], key)))
        return sorted((_settings.decode(text) for (text,) in rows), key=lambda settings: settings.peer)

    async def put(self, account: Address, settings: ConversationSettings) -> None:
        row = str(account), str(settings.peer), _json(settings)
        await self._writer.write(lambda connection: _run(connection, "put_conversation", row))

    async def preferences(self, account: Address) -> Preferences | None:
        key = (str(account),)
        text = self._reader.at_once(lambda connection: connection.execute(_SQL["preferences"], key).get)
        return None if text is None else _preferences.decode(text)

    async def set_preferences(self, account: Address, preferences: Preferences) -> None:
        row = str(account), _json(preferences)
        await self._writer.write(lambda connection: _run(connection, "set_preferences", row))


class SqliteDevices:
    """Implements :class:`dragoman.core.devices.DeviceStore`."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    async def put(self, device: Device) -> None:
        row = str(device.account), device.id, device.digest, device.used_at, _json(device)
        await self._writer.write(lambda connection: _run(connection, "put_device", row))

    async def find(self, digest: bytes) -> Device | None:
        key = (digest,)
        text = self._reader.at_once(lambda connection: connection.execute(_SQL["find_device"], key).get)
        return None if text is None else _device.decode(text)

    async def of(self, account: Address) -> list[Device]:
        key = (str(account),)
        rows = self._reader.at_once(lambda connection: list(selected(connection, _SQL["devices"], key)))
        return [_device.decode(text) for (text,) in rows]

    async def remove(self, account: Address, id: str) -> bool:
        key = str(account), id
        return await self._writer.write(lambda connection: _run(connection, "remove_device", key))

    async def expire(self, *, before: float) -> list[Device]:
        return await self._writer.write(lambda connection: _expire(connection, before))


def erase(connection: apsw.Connection, account: Address) -> None:
    """Drop all of this that an account has."""
    for name in ("remove_conversations", "remove_preferences", "remove_devices"):
        connection.execute(_SQL[name], (str(account),))


def _expire(connection: apsw.Connection, before: float) -> list[Device]:
    gone = [_device.decode(text) for (text,) in selected(connection, _SQL["unused_devices"], (before,))]
    connection.execute(_SQL["drop_unused"], (before,))
    return gone


def _run(connection: apsw.Connection, name: str, bound: tuple[str | bytes | float, ...]) -> bool:
    connection.execute(_SQL[name], bound)
    return connection.changes() > 0


def _json(struct: msgspec.Struct) -> str:
    return msgspec.json.encode(struct).decode()
