"""Many senders and a receiver at once: whoever was answered finds what the answer promised."""

import asyncio
import random
from pathlib import Path

import pytest
from tests.contract.stores import ALICE, BOB, message, said

from dragoman.core.stores import Keep, Query, Stores
from dragoman.net.clock import LoopClock
from dragoman.storage import Settings, SqliteStores

SENDERS, EACH = 20, 30
KEEPS = Keep.ARCHIVE, Keep.ARCHIVE | Keep.OFFLINE


class Life:
    """What the senders and the receiver know."""

    def __init__(self, stores: Stores, seed: int) -> None:
        self.stores = stores
        self.chance = random.Random(seed)
        self.given = 0
        self.kept: list[int] = []
        self.delivered: list[int] = []

    async def send(self) -> None:
        archive = self.stores.archive
        for _ in range(EACH):
            self.given += 1
            id = self.given
            assert await archive.append(said(id, keeps=KEEPS, dedup=f"m{id}")) == id
            self.kept.append(id)
            found = await archive.find(BOB, ALICE, sender_id=f"m{id}")
            assert found is not None and found.id == id
            if self.chance.random() < 0.2:
                assert await archive.append(said(1_000_000 + id, message(id), keeps=KEEPS, dedup=f"m{id}")) == id
            if self.chance.random() < 0.1:
                await archive.mark_waiting(ALICE, id)
            if self.chance.random() < 0.1:
                assert await archive.replace(id, message(id, "other"))
                found = await archive.find(ALICE, BOB, id=id)
                assert found is not None and found.event == message(id, "other")

    async def receive(self) -> None:
        archive = self.stores.archive
        while len(self.delivered) < SENDERS * EACH:
            expected = set(self.kept) - set(self.delivered)
            ids = [archived.id for archived in await archive.waiting(BOB)]
            assert ids == sorted(ids)
            assert expected <= set(ids)
            assert await archive.waiting_count(BOB) >= len(ids)
            await archive.delivered(BOB, ids[:25])
            self.delivered += ids[:25]
            await asyncio.sleep(0)


@pytest.mark.parametrize("index_rows", [1, 7, 10_000])
async def test_everybody_finds_what_they_were_promised(tmp_path: Path, index_rows: int) -> None:
    settings = Settings(str(tmp_path / "a.db"), index_rows=index_rows, index_seconds=0.01)
    stores = SqliteStores(settings, LoopClock())
    await stores.open()
    life = Life(stores, seed=index_rows)
    await asyncio.gather(*(life.send() for _ in range(SENDERS)), life.receive())
    assert sorted(life.delivered) == sorted(life.kept) == list(range(1, SENDERS * EACH + 1))
    assert await stores.archive.waiting_count(BOB) == 0
    assert await stores.archive.count(Query(owner=BOB)) == SENDERS * EACH
    assert await stores.check() == []
    await stores.close()
