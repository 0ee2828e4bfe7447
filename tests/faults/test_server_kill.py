"""The whole server is killed under load, again and again; its clients come back and go on."""

import asyncio
import random

import pytest
from tests.faults.conftest import Servers
from tests.faults.crowd import gather, read_archive
from tests.faults.history import judge

pytestmark = [pytest.mark.faults, pytest.mark.timeout(2400)]

KILLS, FULL_KILLS = 60, 200
NAMES = ("alice", "bob", "carol", "dave", "erin", "frank")


async def test_nothing_acknowledged_is_lost_doubled_or_moved(servers: Servers, full_faults: bool) -> None:
    server = servers(arguments=("--no-limits",))
    await server.start()
    people = await gather(server, NAMES)
    run, chance = people[0].run, random.Random(1)
    for _ in range(FULL_KILLS if full_faults else KILLS):
        before = len(run.acknowledged)
        lives = [asyncio.create_task(person.live()) for person in people]
        while len(run.acknowledged) == before:  # until somebody at least is heard
            await asyncio.sleep(0.02)
        await asyncio.sleep(chance.uniform(0.0, 0.3))
        await server.kill()
        await asyncio.wait(lives)
        await server.start()
    for person in people:
        person.talking = False
    await asyncio.gather(*(person.live() for person in people))
    assert await server.stop() == 0
    await read_archive(server.data, server.domain, people, run)
    verdict = judge(run)
    assert verdict.clean, str(verdict)
    assert len(run.acknowledged) > 20 * KILLS
