"""Bringing a database to the form that this version knows: numbered SQL files, each run once, in order, all or nothing."""

import hashlib
import re
from importlib.resources import files
from importlib.resources.abc import Traversable

import apsw
from msgspec import Struct

from dragoman.core.stores import StorageFailed
from dragoman.storage.sqlite.catalogue import queries

#: Marks the file as ours (``PRAGMA application_id``): "drgm".
APPLICATION_ID = 0x6472676D
_NAME = re.compile(r"(\d{4})_(\w+)\.sql")


class Migration(Struct, frozen=True):
    """One step; ``checksum`` shows that what was run is what the file says."""

    version: int
    name: str
    script: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.script.encode()).hexdigest()


def migrations(directory: Traversable | None = None) -> list[Migration]:
    """All steps that this version knows, in order; their numbers rise by one from 1."""
    found = []
    for file in (directory or files(__package__) / "migrations").iterdir():
        if match := _NAME.fullmatch(file.name):
            found.append(Migration(int(match[1]), match[2], file.read_text("utf-8")))
    found.sort(key=lambda migration: migration.version)
    if [migration.version for migration in found] != list(range(1, len(found) + 1)):
        raise ValueError("the numbers of the migrations do not rise by one from 1")
    return found


def pending(connection: apsw.Connection, known: list[Migration]) -> list[Migration]:
    """The steps that a database lacks. ``StorageFailed`` where it is not ours, newer than we are, or was changed."""
    sql = queries("migration")
    if not connection.execute(sql["is_managed"]).fetchone():
        if connection.execute(sql["has_tables"]).fetchone():
            raise StorageFailed(f"{connection.filename} is not a database of Dragoman: name another path for it")
        return known
    run = {version: (name, checksum) for version, name, checksum in connection.execute(sql["run"])}
    newest = max(run, default=0)
    if newest > len(known):
        raise StorageFailed(
            f"{connection.filename} was written by a newer Dragoman (schema {newest}, this one knows {len(known)}): "
            "install that version or a later one, or restore a backup made before the upgrade"
        )
    for migration in known[:newest]:
        if run.get(migration.version, ("", ""))[1] != migration.checksum:
            raise StorageFailed(
                f"{connection.filename}: migration {migration.version:04} ({migration.name}) is not the one that was "
                "run on it: install an unchanged Dragoman"
            )
    return known[newest:]


def apply(connection: apsw.Connection, steps: list[Migration], now: float) -> None:
    """Run steps in one transaction that keeps everybody else out."""
    sql = queries("migration")
    connection.execute("BEGIN EXCLUSIVE")
    try:
        connection.execute(sql["create"])
        for step in steps:
            connection.execute(step.script)
            connection.execute(sql["record"], (step.version, step.name, step.checksum, now))
        connection.pragma("application_id", APPLICATION_ID)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
