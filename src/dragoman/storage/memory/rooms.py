"""Rooms in memory."""

from dragoman.core.address import Address
from dragoman.core.stores import RoomRecord
from dragoman.storage.memory.archive import MemoryArchive


class MemoryRooms:
    """Rooms; knows the archive, since a room takes its history with it."""

    def __init__(self, archive: MemoryArchive) -> None:
        self._rooms: dict[Address, RoomRecord] = {}
        self._archive = archive

    async def load(self, address: Address) -> RoomRecord | None:
        return self._rooms.get(address)

    async def save(self, record: RoomRecord) -> None:
        self._rooms[record.address] = record

    async def remove(self, address: Address) -> bool:
        if self._rooms.pop(address, None) is None:
            return False
        self._archive.erase(address)
        return True

    async def all(self, domain: str) -> list[RoomRecord]:
        return [self._rooms[address] for address in sorted(self._rooms) if address.domain == domain]
