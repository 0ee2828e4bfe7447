"""What is SQLite's own: its file, its lock, its copies, and what it says where it cannot work."""

import gc
import os
import stat
from pathlib import Path

import apsw
import pytest
from tests.contract.stores import ALICE, BOB, SetClock, message, said

from dragoman.core.model import Message
from dragoman.core.stores import Keep, Query, Record, StorageFailed
from dragoman.storage import Settings, SqliteStores


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "data" / "dragoman.db")


async def opened(path: str) -> SqliteStores:
    stores = SqliteStores(Settings(path), SetClock())
    await stores.open()
    return stores


async def test_the_directory_and_the_file_are_made_for_the_owner_alone(path: str) -> None:
    stores = await opened(path)
    await stores.archive.append(said(1))
    for file in (path, f"{path}-wal", f"{path}-shm"):
        assert stat.S_IMODE(os.stat(file).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(os.path.dirname(path)).st_mode) == 0o700
    await stores.close()
    assert sorted(os.listdir(os.path.dirname(path))) == ["dragoman.db", "dragoman.db.lock"]


async def test_a_second_server_is_kept_out_until_the_first_has_closed(path: str) -> None:
    first = await opened(path)
    with pytest.raises(StorageFailed, match="in use by another Dragoman: stop that one"):
        await opened(path)
    await first.archive.append(said(1))
    await first.close()
    second = await opened(path)
    assert await second.archive.last_id() == 1
    await second.close()


def letter(path: str) -> Path:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    return Path(path)


async def test_what_is_not_a_database_is_refused_and_left_alone(path: str) -> None:
    letter(path).write_text("a letter to my mother, of some length, so that it is no empty file\n" * 50)
    with pytest.raises(StorageFailed, match="is not a database of Dragoman"):
        await opened(path)
    assert letter(path).read_text().startswith("a letter")
    letter(path).unlink()
    await (await opened(path)).close()  # the lock was let go


async def test_a_directory_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageFailed, match="file"):
        await opened(str(tmp_path / "file" / "dragoman.db"))


async def test_a_closed_store_says_so_and_closes_twice(path: str) -> None:
    stores = await opened(path)
    archive, accounts = stores.archive, stores.accounts
    await stores.close()
    await stores.close()
    with pytest.raises(StorageFailed, match="closed"):
        await archive.append(said(1))
    with pytest.raises(StorageFailed, match="closed"):
        await accounts.get(ALICE)


async def test_a_backup_has_everything_that_was_acknowledged_and_is_one_file(path: str, tmp_path: Path) -> None:
    stores = await opened(path)
    for number in range(1, 50):
        await stores.archive.append(said(number, keeps=(Keep.ARCHIVE, Keep.OFFLINE), dedup=str(number)))
    copy = str(tmp_path / "copy.db")
    await stores.backup(copy)
    assert sorted(file for file in os.listdir(tmp_path) if file.startswith("copy")) == ["copy.db"]
    assert stat.S_IMODE(os.stat(copy).st_mode) == 0o600
    await stores.archive.append(said(50))
    with pytest.raises(StorageFailed, match="there already"):
        await stores.backup(copy)
    await stores.close()
    restored = await opened(copy)
    assert await restored.check() == []
    assert await restored.archive.count(Query(owner=ALICE, text="hello")) == 49
    assert len(await restored.archive.waiting(BOB)) == 49
    assert await restored.archive.append(said(51, dedup="7")) == 7
    await restored.close()


async def test_a_backup_that_cannot_be_written_leaves_nothing(path: str, tmp_path: Path) -> None:
    stores = await opened(path)
    with pytest.raises(StorageFailed, match="backup"):
        await stores.backup(str(tmp_path / "nowhere" / "copy.db"))
    await stores.close()


async def test_the_check_finds_what_is_wrong(path: str) -> None:
    stores = await opened(path)
    for number in (1, 2, 3):
        await stores.archive.append(said(number))
    await stores.close()
    connection = apsw.Connection(path)
    connection.execute("DELETE FROM message WHERE id = 1")
    connection.execute("DELETE FROM entry WHERE id = 2")
    connection.execute("UPDATE message SET event = x'c1' WHERE id = 3")
    connection.close()
    stores = await opened(path)
    found = "\n".join(await stores.check())
    assert "message 1 is in a history and not in the archive" in found
    assert "message 2 is in nobody's history" in found
    assert "message 3 cannot be read" in found
    await stores.close()


async def test_a_check_or_a_removal_in_between_counts_nothing_twice(path: str) -> None:
    stores = await opened(path)
    await stores.archive.append(said(1, keeps=(Keep.ARCHIVE, Keep.OFFLINE)))
    assert await stores.check() == []
    assert await stores.archive.waiting_count(BOB) == 1
    await stores.archive.append(said(2, keeps=(Keep.ARCHIVE, Keep.OFFLINE)))
    await stores.accounts.remove(ALICE)
    assert await stores.archive.waiting_count(BOB) == 2
    await stores.close()


async def test_what_was_appended_before_a_crash_is_indexed_at_the_next_open(path: str) -> None:
    stores = await opened(path)
    for number in (1, 2, 3):
        await stores.archive.append(said(number, dedup=str(number)))
    # A crash leaves the table of messages ahead of the index.
    image = apsw.Connection(path).execute("SELECT indexed FROM progress").get
    assert image == 0
    await stores.close()
    connection = apsw.Connection(path)
    for table in ("entry", "name", "dedup", "word"):
        connection.execute(f"DELETE FROM {table}")
    connection.execute("UPDATE progress SET indexed = 0")
    connection.close()
    stores = await opened(path)
    assert await stores.archive.count(Query(owner=BOB, text="hello")) == 3
    assert await stores.archive.append(said(4, dedup="2")) == 2
    assert await stores.check() == []
    await stores.close()


async def test_the_index_catches_up_by_itself_after_a_while_or_after_many_messages(path: str) -> None:
    clock = SetClock()
    stores = SqliteStores(Settings(path, index_rows=10), clock)
    await stores.open()
    watching = apsw.Connection(path)

    async def indexed() -> int:
        await stores.markers.set(ALICE, BOB, 1.0)  # behind whatever the writer has been asked for
        number: int = watching.execute("SELECT indexed FROM progress").get
        return number

    await stores.archive.append(said(1))
    assert await indexed() == 0
    clock.advance(1.0)
    assert await indexed() == 1
    for number in range(2, 12):
        await stores.archive.append(said(number))
    assert await indexed() == 11
    watching.close()
    await stores.close()


async def test_messages_leave_memory_when_they_are_indexed_and_not_when_cycles_are_looked_for(path: str) -> None:
    clock = SetClock()
    stores = SqliteStores(Settings(path, index_rows=100), clock)
    await stores.open()
    gc.collect()
    gc.disable()
    try:
        for number in range(1, 301):
            await stores.archive.append(said(number))
        await stores.archive.append(said(150, message(150, "late")))
        await stores.archive.mark_waiting(BOB, 301)
        clock.advance(2)
        assert await stores.archive.count(Query(owner=BOB, text="hello")) == 300
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        assert [kept for kept in gc.garbage if isinstance(kept, Message | Record)] == []
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
        await stores.close()
