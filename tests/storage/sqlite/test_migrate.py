from pathlib import Path

import apsw
import pytest
from tests.contract.stores import ALICE, SetClock, said

from dragoman.core.stores import Credentials, StorageFailed
from dragoman.storage import Settings, SqliteStores
from dragoman.storage.sqlite import migrate
from dragoman.storage.sqlite.migrate import Migration


@pytest.fixture
def connection() -> apsw.Connection:
    return apsw.Connection(":memory:")


def test_the_numbers_of_the_migrations_rise_by_one() -> None:
    known = migrate.migrations()
    assert [step.version for step in known] == list(range(1, len(known) + 1))


def test_a_gap_between_migrations_is_found(tmp_path: Path) -> None:
    (tmp_path / "0001_a.sql").write_text("SELECT 1")
    (tmp_path / "0003_c.sql").write_text("SELECT 1")
    with pytest.raises(ValueError, match="do not rise by one"):
        migrate.migrations(tmp_path)


def test_a_new_database_lacks_all_steps_and_a_migrated_one_none(connection: apsw.Connection) -> None:
    known = migrate.migrations()
    assert migrate.pending(connection, known) == known
    migrate.apply(connection, known, 5.0)
    assert migrate.pending(connection, known) == []
    assert connection.execute("SELECT version, name, at FROM migration").fetchall()[0] == (1, "first", 5.0)


def test_only_the_steps_that_are_missing_are_run(connection: apsw.Connection) -> None:
    first, second = Migration(1, "a", "CREATE TABLE a (x)"), Migration(2, "b", "CREATE TABLE b (x)")
    migrate.apply(connection, [first], 0.0)
    assert migrate.pending(connection, [first, second]) == [second]
    migrate.apply(connection, [second], 0.0)
    assert migrate.pending(connection, [first, second]) == []


def test_a_step_that_fails_leaves_nothing_behind(connection: apsw.Connection) -> None:
    steps = [Migration(1, "a", "CREATE TABLE a (x)"), Migration(2, "b", "CREATE TABLE a (x)")]
    with pytest.raises(apsw.SQLError):
        migrate.apply(connection, steps, 0.0)
    assert connection.execute("SELECT count(*) FROM sqlite_schema").get == 0
    assert not connection.in_transaction


def test_a_newer_database_is_refused_with_the_remedy(connection: apsw.Connection) -> None:
    first, second = Migration(1, "a", "CREATE TABLE a (x)"), Migration(2, "b", "CREATE TABLE b (x)")
    migrate.apply(connection, [first, second], 0.0)
    with pytest.raises(StorageFailed, match=r"newer Dragoman \(schema 2, this one knows 1\): install"):
        migrate.pending(connection, [first])


def test_a_migration_that_was_changed_after_it_was_run_is_found(connection: apsw.Connection) -> None:
    migrate.apply(connection, [Migration(1, "a", "CREATE TABLE a (x)")], 0.0)
    with pytest.raises(StorageFailed, match=r"migration 0001 \(a\) is not the one that was run"):
        migrate.pending(connection, [Migration(1, "a", "CREATE TABLE a (x, y)")])


def test_somebody_elses_database_is_refused(connection: apsw.Connection) -> None:
    connection.execute("CREATE TABLE theirs (x)")
    with pytest.raises(StorageFailed, match="not a database of Dragoman"):
        migrate.pending(connection, migrate.migrations())


async def test_a_database_is_copied_before_it_is_migrated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, clock = str(tmp_path / "a.db"), SetClock()
    stores = SqliteStores(Settings(path), clock)
    await stores.open()
    await stores.accounts.create(ALICE, Credentials({}))
    await stores.archive.append(said(1))
    await stores.close()
    known = migrate.migrations()
    added = Migration(len(known) + 1, "added", "CREATE TABLE added (x)")
    monkeypatch.setattr(migrate, "migrations", lambda: [*known, added])
    await stores.open()
    assert await stores.accounts.get(ALICE) == Credentials({})
    assert await stores.check() == []
    await stores.close()
    monkeypatch.undo()
    with pytest.raises(StorageFailed, match="newer"):
        await SqliteStores(Settings(path), clock).open()
    before = SqliteStores(Settings(f"{path}.before-{added.version:04}"), clock)
    await before.open()
    assert await before.archive.find(ALICE, None, id=1) is not None
    await before.close()
