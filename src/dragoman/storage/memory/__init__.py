"""All of storage in memory: for tests, for the simulation, and for a server that is to forget everything.

It never waits and never fails, so a run over it is as deterministic as its clock.
"""

from dragoman.core.clock import Clock
from dragoman.core.devices import DeviceStore
from dragoman.core.inbox import InboxStore
from dragoman.core.stores import (
    AccountStore,
    ArchiveStore,
    BlockStore,
    MarkerStore,
    PreferenceStore,
    RoomStore,
    RosterStore,
    StorageFailed,
)
from dragoman.core.uploads import UploadStore
from dragoman.storage.memory.accounts import (
    MemoryAccounts,
    MemoryBlocks,
    MemoryMarkers,
    MemoryPreferences,
    MemoryRosters,
)
from dragoman.storage.memory.archive import MemoryArchive
from dragoman.storage.memory.inbox import MemoryDevices, MemoryInboxes
from dragoman.storage.memory.rooms import MemoryRooms
from dragoman.storage.memory.uploads import MemoryUploads


class MemoryStores:
    """The stores of one server; what is in them lasts as long as the object, through any ``close`` and ``open``."""

    def __init__(self, clock: Clock) -> None:
        archive, rosters, blocks, markers = MemoryArchive(clock), MemoryRosters(), MemoryBlocks(), MemoryMarkers()
        inboxes, devices = MemoryInboxes(), MemoryDevices()
        preferences = MemoryPreferences()
        self.accounts: AccountStore = MemoryAccounts(archive, rosters, blocks, markers, preferences, inboxes, devices)
        self.rosters: RosterStore = rosters
        self.blocks: BlockStore = blocks
        self.rooms: RoomStore = MemoryRooms(archive)
        self.archive: ArchiveStore = archive
        self.markers: MarkerStore = markers
        self.inboxes: InboxStore = inboxes
        self.devices: DeviceStore = devices
        self.uploads: UploadStore = MemoryUploads()
        self.preferences: PreferenceStore = preferences

    async def open(self) -> None:
        """Nothing to do."""

    async def check(self) -> list[str]:
        """Nothing can be wrong."""
        return []

    async def backup(self, path: str) -> None:
        """There is no file to copy: ``StorageFailed``."""
        raise StorageFailed("the stores are kept in memory: there is nothing on disk to back up")

    async def close(self) -> None:
        """Nothing to do."""
