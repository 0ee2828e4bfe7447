"""Opening a database, and what SQLite's errors mean for whoever runs the server."""

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import apsw

from dragoman.core.stores import StorageFailed
from dragoman.storage.sqlite.settings import Settings

#: Indexing in bulk touches many pages: those of a few thousand accounts stay in memory.
WRITER_CACHE_KIB = 32 * 1024

#: What a long read made of the log is given back to the disk afterwards, down to this.
LARGEST_LOG_BYTES = 64 * 1024 * 1024

#: Errors of the place where the database is. They strike every operation alike; all others are one operation's own.
PLACE_ERRORS = (
    apsw.FullError,
    apsw.IOError,
    apsw.ReadOnlyError,
    apsw.CorruptError,
    apsw.NotADBError,
    apsw.CantOpenError,
    apsw.PermissionsError,
    apsw.BusyError,
    apsw.LockedError,
    apsw.NoMemError,
)


def open_writer(settings: Settings) -> apsw.Connection:
    """The one connection that writes; makes the file where there is none."""
    connection = _open(settings, apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE)
    connection.pragma("journal_mode", "wal")
    connection.pragma("synchronous", settings.synchronous)
    connection.pragma("cache_size", -WRITER_CACHE_KIB)
    connection.pragma("journal_size_limit", LARGEST_LOG_BYTES)
    connection.wal_autocheckpoint(settings.checkpoint_pages)
    return connection


def open_reader(settings: Settings) -> apsw.Connection:
    """A connection that only reads."""
    connection = _open(settings, apsw.SQLITE_OPEN_READONLY)
    connection.pragma("query_only", True)
    return connection


def _open(settings: Settings, flags: int) -> apsw.Connection:
    connection = apsw.Connection(settings.path, flags=flags, vfs=settings.vfs or None)
    connection.set_busy_timeout(int(settings.busy_seconds * 1000))
    # Plans do not depend on the values bound: SQLite would else prepare joins anew for each (20 µs a read, not 6).
    connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
    connection.pragma("temp_store", "memory")
    return connection


def selected(
    connection: apsw.Connection, statement: str, bound: Sequence[Any] | Mapping[str, Any] | None = None
) -> Iterator[Any]:
    """What a statement gives: tuples of the columns that stand in it."""
    return iter(connection.execute(statement, bound))


def selected_many(connection: apsw.Connection, statement: str, bound: Iterable[Sequence[Any]]) -> Iterator[Any]:
    """What a statement gives for each set of values."""
    return iter(connection.executemany(statement, bound))


def failure(error: BaseException, path: str) -> StorageFailed:
    """What to tell whoever waits for an operation that failed, with the remedy."""
    if isinstance(error, StorageFailed):
        return error
    for kind, text in _REMEDIES:
        if isinstance(error, kind):
            return StorageFailed(text.format(path=path, error=error))
    return StorageFailed(f"{path}: {type(error).__name__}: {error}")


@contextlib.contextmanager
def reported(path: str) -> Iterator[None]:
    """Inside, SQLite's errors become ``StorageFailed``."""
    try:
        yield
    except apsw.Error as error:
        raise failure(error, path) from error


_REMEDIES: tuple[tuple[type[BaseException], str], ...] = (
    (apsw.FullError, "the disk is full: make room where {path} is; nothing that was acknowledged is lost"),
    (apsw.ReadOnlyError, "{path} cannot be written: give the server's user the right to write it and its directory"),
    (apsw.PermissionsError, "{path} cannot be opened: give the server's user the right to read and write it"),
    (apsw.CantOpenError, "{path} cannot be opened: does its directory exist, and may the server's user write there?"),
    (apsw.NotADBError, "{path} is not a database of Dragoman: name another path, or move this file away"),
    (apsw.CorruptError, "{path} is damaged ({error}): stop the server and restore the latest backup"),
    (apsw.BusyError, "{path} is held by another program: stop that one"),
    (apsw.IOError, "{path} cannot be read or written ({error}): look at the disk and the system's log"),
)
