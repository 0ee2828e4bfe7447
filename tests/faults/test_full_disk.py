"""The disk is full, or does not sync: nobody is told that a message is kept that is not, and all goes on afterwards."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tests.contract.stores import ALICE, BOB, SetClock, message, said
from tests.faults.disk import FaultyDisk

from dragoman.core.stores import Credentials, Keep, Query, StorageFailed, Stores
from dragoman.storage import Settings, open_stores

pytestmark = pytest.mark.faults

KEEPS = Keep.ARCHIVE, Keep.ARCHIVE | Keep.OFFLINE


@pytest.fixture
def disk() -> Iterator[FaultyDisk]:
    faulty = FaultyDisk("full")
    yield faulty
    faulty.close()


@pytest.fixture
async def stores(tmp_path: Path, disk: FaultyDisk) -> AsyncIterator[Stores]:
    opened = await open_stores(Settings(str(tmp_path / "dragoman.db"), vfs=disk.name), SetClock())
    yield opened
    assert await opened.check() == []
    await opened.close()


async def fill(stores: Stores) -> tuple[list[int], list[int]]:
    """Append in batches until the disk is full: what was kept, and what was refused."""
    kept: list[int] = []
    refused: list[int] = []
    for start in range(1, 10_000, 20):
        numbers = range(start, start + 20)
        sends = [stores.archive.append(said(n, message(n, "x" * 500), keeps=KEEPS, dedup=str(n))) for n in numbers]
        for number, outcome in zip(numbers, await asyncio.gather(*sends, return_exceptions=True), strict=True):
            if isinstance(outcome, StorageFailed):
                refused.append(number)
            else:
                assert outcome == number
                kept.append(number)
        if refused:
            break
    return kept, refused


async def test_a_full_disk_refuses_keeps_what_it_has_and_goes_on_when_there_is_room(
    stores: Stores, disk: FaultyDisk
) -> None:
    disk.room = 300_000
    kept, refused = await fill(stores)
    assert kept
    assert refused
    disk.room = 0
    with pytest.raises(StorageFailed, match="disk is full: make room"):
        await stores.accounts.create(ALICE, Credentials({}))
    assert await stores.accounts.get(ALICE) is None
    disk.room = None
    page = await stores.archive.query(Query(owner=BOB, limit=10_000))
    assert [archived.id for archived in page.records] == kept
    assert await stores.archive.waiting_count(BOB) == len(kept)
    # A refused message may be said again: its name was not taken.
    again = refused[0]
    assert await stores.archive.append(said(10_000, message(again), keeps=KEEPS, dedup=str(again))) == 10_000
    assert await stores.archive.append(said(10_001, message(kept[0]), keeps=KEEPS, dedup=str(kept[0]))) == kept[0]


async def test_a_full_disk_is_read_all_the_same(stores: Stores, disk: FaultyDisk) -> None:
    for number in range(1, 30):
        await stores.archive.append(said(number, keeps=KEEPS))
    disk.room = 0
    with pytest.raises(StorageFailed):
        await stores.archive.append(said(50, keeps=KEEPS))
    page = await stores.archive.query(Query(owner=BOB))
    assert [archived.id for archived in page.records] == list(range(1, 30))
    assert len(await stores.archive.waiting(BOB)) == 29
    assert await stores.archive.count(Query(owner=ALICE, text="hello")) == 29
    found = await stores.archive.find(ALICE, BOB, sender_id="m7")
    assert found is not None
    assert found.id == 7
    assert await stores.archive.find(ALICE, BOB, id=50) is None
    disk.room = None


async def test_a_disk_that_does_not_sync_acknowledges_nothing(stores: Stores, disk: FaultyDisk) -> None:
    await stores.archive.append(said(1))
    disk.refuses_sync = True
    with pytest.raises(StorageFailed, match="look at the disk"):
        await stores.archive.append(said(2, dedup="two"))
    disk.refuses_sync = False
    assert await stores.archive.append(said(3, dedup="two")) == 3
    page = await stores.archive.query(Query(owner=BOB))
    assert [archived.id for archived in page.records] == [1, 3]


async def test_what_was_kept_on_a_full_disk_is_there_after_a_restart(
    stores: Stores, disk: FaultyDisk, tmp_path: Path
) -> None:
    disk.room = 300_000
    kept, _ = await fill(stores)
    await stores.close()
    disk.room = None
    await stores.open()
    page = await stores.archive.query(Query(owner=ALICE, limit=10_000))
    assert [archived.id for archived in page.records] == kept
