"""All of storage in one SQLite file: write-ahead log, one writer, group commit, nothing acknowledged before it is on disk."""

import asyncio
import os

import apsw

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
from dragoman.storage.sqlite import backup, integrity, migrate
from dragoman.storage.sqlite.accounts import (
    SqliteAccounts,
    SqliteBlocks,
    SqliteMarkers,
    SqlitePreferences,
    SqliteRosters,
)
from dragoman.storage.sqlite.archive import SqliteArchive
from dragoman.storage.sqlite.connection import failure, open_writer
from dragoman.storage.sqlite.inbox import SqliteDevices, SqliteInboxes
from dragoman.storage.sqlite.journal import Journal
from dragoman.storage.sqlite.reader import Reader
from dragoman.storage.sqlite.rooms import SqliteRooms
from dragoman.storage.sqlite.settings import Settings
from dragoman.storage.sqlite.uploads import SqliteUploads
from dragoman.storage.sqlite.writer import Writer

__all__ = ["Settings", "SqliteStores"]


class SqliteStores:
    """The stores of one server, in one file that no other process may have open."""

    accounts: AccountStore
    rosters: RosterStore
    blocks: BlockStore
    rooms: RoomStore
    archive: ArchiveStore
    markers: MarkerStore
    inboxes: InboxStore
    devices: DeviceStore
    uploads: UploadStore
    preferences: PreferenceStore

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._lock: apsw.Connection | None = None
        self._writer: Writer
        self._reader: Reader
        self._archive: SqliteArchive

    async def open(self) -> None:
        """Create or migrate the file; raises ``StorageFailed`` with the remedy where that is not possible."""
        settings, journal = self._settings, Journal()
        try:
            self._lock = _lock(settings.path)
            connection = await asyncio.to_thread(_prepare, settings, journal, self._clock.now())
        except (apsw.Error, OSError) as error:
            self._unlock()
            raise failure(error, settings.path) from error
        except StorageFailed:
            self._unlock()
            raise
        self._writer = writer = Writer(connection, journal.rolled_back)
        self._reader = reader = Reader(settings)
        self._archive = archive = SqliteArchive(settings, self._clock, journal, writer, reader)
        self.accounts = SqliteAccounts(writer, reader, archive, journal)
        self.rosters = SqliteRosters(writer, reader)
        self.blocks = SqliteBlocks(writer, reader)
        self.rooms = SqliteRooms(writer, reader, archive, journal)
        self.archive = archive
        self.markers = SqliteMarkers(writer, reader)
        self.inboxes = SqliteInboxes(writer, reader)
        self.devices = SqliteDevices(writer, reader)
        self.uploads = SqliteUploads(writer, reader)
        self.preferences = SqlitePreferences(writer, reader)

    async def check(self) -> list[str]:
        """What is wrong with the data, in sentences."""
        await self._archive.catch_up()
        return await self._reader.alone(integrity.check)

    async def backup(self, path: str) -> None:
        """A copy in a new file; all that was acknowledged before is in it."""
        await self._reader.alone(lambda connection: backup.copy(connection, path))

    async def close(self) -> None:
        """Finish what was begun, bring the index up to date, write the log into the file, let go."""
        if self._lock is None:
            return
        try:
            await self._archive.catch_up()
        except StorageFailed:
            pass  # the next open does it
        await self._reader.close()
        await self._writer.close()  # the last to close: it writes the log into the file
        self._unlock()

    def _unlock(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def _lock(path: str) -> apsw.Connection:
    """Hold an empty database beside the file for as long as the server runs: its lock ends with the process."""
    os.makedirs(os.path.dirname(os.path.abspath(path)), mode=0o700, exist_ok=True)
    lock = apsw.Connection(f"{path}.lock")
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except apsw.BusyError as error:
        lock.close()
        raise StorageFailed(
            f"{path} is in use by another Dragoman: stop that one, or give this one a data directory of its own"
        ) from error
    return lock


def _prepare(settings: Settings, journal: Journal, now: float) -> apsw.Connection:
    """The writer's connection, with the schema of this version and everything in the index."""
    os.close(os.open(settings.path, os.O_RDWR | os.O_CREAT, 0o600))  # SQLite gives its other files the same rights
    connection = open_writer(settings)
    try:
        steps = migrate.pending(connection, migrate.migrations())
        if steps:
            if steps[0].version > 1:
                backup.copy(connection, f"{settings.path}.before-{steps[0].version:04}")
            migrate.apply(connection, steps, now)
        connection.execute("BEGIN IMMEDIATE")
        journal.index(connection)
        connection.execute("COMMIT")
    except BaseException:
        connection.close()
        raise
    return connection
