"""Whether the data is whole: SQLite's own check, and what must hold between the tables."""

import apsw
import msgspec

from dragoman.core.stores import StorageFailed
from dragoman.storage.sqlite import migrate
from dragoman.storage.sqlite.catalogue import queries
from dragoman.storage.sqlite.codec import unpack_entries, unpack_event

#: More of one kind than this helps nobody.
MOST = 20
_SQL = queries("check")


def check(connection: apsw.Connection) -> list[str]:
    """One sentence for each thing that is wrong; empty where all is well."""
    found = [f"SQLite: {line}" for (line,) in connection.execute(_SQL["integrity"]) if line != "ok"]
    if found:
        return found  # what stands in damaged tables says nothing
    try:
        if migrate.pending(connection, migrate.migrations()):
            found.append("migrations are missing")
    except StorageFailed as error:
        found.append(str(error))
    found += [
        f"message {id} is in a history and not in the archive"
        for (id,) in connection.execute(_SQL["entries_of_nothing"])
    ]
    return [*found, *_unowned(connection), *_unreadable(connection)]


def _unowned(connection: apsw.Connection) -> list[str]:
    found: list[str] = []
    for id, packed in connection.execute(_SQL["messages_of_nobody"]):
        owners = {str(entry.owner) for entry in unpack_entries(packed)}
        if not any(connection.execute(_SQL["is_held"], (owner, id)).fetchone() for owner in owners):
            found.append(f"message {id} is in nobody's history")
        if len(found) == MOST:
            break
    return found


def _unreadable(connection: apsw.Connection) -> list[str]:
    found: list[str] = []
    for id, packed in connection.execute(_SQL["events"]):
        try:
            unpack_event(packed)
        except msgspec.DecodeError as error:
            found.append(f"message {id} cannot be read: {error}")
        if len(found) == MOST:
            break
    return found
