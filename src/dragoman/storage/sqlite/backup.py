"""Copying a database while it is in use (https://sqlite.org/backup.html)."""

import os

import apsw

from dragoman.core.stores import StorageFailed


def copy(source: apsw.Connection, path: str) -> None:
    """The state of this moment, as one new file that is there whole or not at all.

    Readers and the writer go on meanwhile; what is written meanwhile is not in the copy.
    """
    if os.path.exists(path):
        raise StorageFailed(f"{path} is there already: name a new file for the backup")
    partial = f"{path}.partial"
    _remove(partial)
    try:
        with open(os.open(partial, os.O_CREAT | os.O_WRONLY, 0o600), "wb"):
            pass
        target = apsw.Connection(partial)
        try:
            with target.backup("main", source, "main") as backup:
                while not backup.done:
                    backup.step(-1)
            target.pragma("journal_mode", "delete")  # nothing beside the file belongs to it
        finally:
            target.close()
        os.replace(partial, path)
    except (apsw.Error, OSError) as error:
        _remove(partial)
        raise StorageFailed(f"the backup to {path} failed: {error}") from error


def _remove(path: str) -> None:
    if os.path.exists(path):
        os.remove(path)
