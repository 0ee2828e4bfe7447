"""The power fails at a random moment, and the disk keeps a random part of what was not synced."""

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contract.stores import ALICE, BOB, SetClock, said
from tests.faults.disk import FaultyDisk
from tests.faults.history import Run, Said, Verdict, judge

from dragoman.core.model import Message
from dragoman.core.stores import Keep, Query, StorageFailed, Stores
from dragoman.storage import Settings, SqliteStores

pytestmark = pytest.mark.faults

CUTS, FULL_CUTS = 300, 5000
CUTS_PER_DATABASE = 10
SENDERS = 4


@pytest.fixture
def disk() -> Iterator[FaultyDisk]:
    faulty = FaultyDisk("faulty")
    yield faulty
    faulty.close()


class Life:
    """One database, from power cut to power cut, and senders who resend what was not acknowledged."""

    def __init__(self, directory: Path, disk: FaultyDisk, seed: int, synchronous: str) -> None:
        self.path = str(directory / "dragoman.db")
        self.disk = disk
        self.chance = random.Random(seed)
        self.settings = Settings(
            self.path,
            "NORMAL" if synchronous == "NORMAL" else "FULL",
            vfs=disk.name,
            index_rows=15,
            checkpoint_pages=25,
        )
        self.clock = SetClock()
        self.run = Run()
        self.next = [0] * SENDERS
        self.id = 0

    async def until_the_power_fails(self) -> None:
        self.disk.begin(cut_after=self.chance.randint(1, 250))
        stores = SqliteStores(self.settings, self.clock)
        try:
            await stores.open()
            await asyncio.gather(*(self._send(stores, sender) for sender in range(SENDERS)), self._live(stores))
        except StorageFailed:
            pass
        await stores.close()
        self._lose()

    async def the_archive(self) -> None:
        """Read what is left, and find it sound."""
        self.disk.begin()
        stores = SqliteStores(self.settings, self.clock)
        await stores.open()
        assert await stores.check() == []
        page = await stores.archive.query(Query(owner=BOB, limit=1_000_000))
        assert await stores.archive.count(Query(owner=BOB, text="hello")) == len(page.records)
        self.run.archived = [_said(archived.event) for archived in page.records if isinstance(archived.event, Message)]
        self.id = max(self.id, await stores.archive.last_id())
        await stores.close()

    def _lose(self) -> None:
        self.disk.lose(self.chance, 0.7)
        Path(f"{self.path}-shm").unlink(missing_ok=True)  # memory that all processes share: gone with the power

    async def _send(self, stores: Stores, sender: int) -> None:
        while True:
            name = f"{sender}-{self.next[sender]}"
            self.id += 1
            event = Message(sender=ALICE, recipient=BOB, id=name, text="hello " * self.chance.randint(1, 200))
            self.run.sent.append(_said(event))
            await stores.archive.append(
                said(self.id, event, keeps=(Keep.ARCHIVE, Keep.ARCHIVE | Keep.OFFLINE), dedup=name)
            )
            self.run.acknowledged.append(_said(event))
            self.next[sender] += 1
            if self.chance.random() < 0.2:
                await asyncio.sleep(0)

    async def _live(self, stores: Stores) -> None:
        """What else happens meanwhile."""
        while True:
            waiting = await stores.archive.waiting(BOB, limit=20)
            await stores.archive.delivered(BOB, [archived.id for archived in waiting])
            await stores.markers.set(ALICE, BOB, self.chance.random())


def _said(event: Message) -> Said:
    return Said("alice+bob", event.id.partition("-")[0], event.id)


def live(directory: Path, disk: FaultyDisk, cuts: int, synchronous: str = "FULL") -> list[Verdict]:
    """Cut the power again and again; the verdict of each database."""
    verdicts = []
    for number in range(cuts // CUTS_PER_DATABASE):
        place = directory / str(number)
        place.mkdir()
        life = Life(place, disk, seed=number, synchronous=synchronous)

        async def lives(life: Life = life) -> None:
            for _ in range(CUTS_PER_DATABASE):
                await life.until_the_power_fails()
                await life.the_archive()

        asyncio.run(lives())
        assert life.run.acknowledged
        verdicts.append(judge(life.run))
    return verdicts


@pytest.mark.timeout(1800)
def test_nothing_acknowledged_is_lost_doubled_or_moved_by_a_power_cut(
    tmp_path: Path, disk: FaultyDisk, full_faults: bool
) -> None:
    for verdict in live(tmp_path, disk, FULL_CUTS if full_faults else CUTS):
        assert verdict.clean, str(verdict)


@pytest.mark.timeout(600)
def test_the_test_above_would_find_a_store_that_does_not_sync(tmp_path: Path, disk: FaultyDisk) -> None:
    assert any(verdict.lost for verdict in live(tmp_path, disk, CUTS, synchronous="NORMAL"))
