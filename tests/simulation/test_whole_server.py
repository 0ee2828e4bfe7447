"""The whole server in virtual time: XMPP and IRC through a bad network, partitions, crashes and restarts. What was acknowledged
is in the archive, once and in order; the same seed does the same, in every process."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.faults.history import Run, Said, judge
from tests.simulation.life import Life, begin
from tests.simulation.network import Weather
from tests.simulation.people import ROOM, Person, conversation
from tests.simulation.world import World, simulate
from tests.stage.clients import PASSWORD
from tests.stage.stage import SETTINGS

from dragoman.core.address import Address
from dragoman.core.model import Message
from dragoman.core.stores import Query, RoomConfig
from dragoman.storage.memory import MemoryStores

pytestmark = pytest.mark.simulation

PEOPLE = {f"x{number}": "xmpp" for number in range(8)} | {f"i{number}": "irc" for number in range(4)}
BAD = Weather(delay=(0.001, 0.1), drip=0.2, ghost=0.05, lifetime=400.0)


class Town:
    """A server, those who use it, and what befalls them."""

    def __init__(self, world: World, *, eager: bool = False) -> None:
        self.world = world
        self.run = Run()
        self.crashes = 0
        self._eager = eager
        self._stores: MemoryStores
        self._life: Life

    async def spend(self, seconds: float, *, calm: float, pause: float) -> None:
        """Let people talk, with about ``calm`` seconds between two misfortunes and ``pause`` between two messages of one."""
        self._stores = MemoryStores(self.world.clock)
        await self._begin()
        for name in PEOPLE:
            credentials = await self._life.server.accounts.passwords.credentials(PASSWORD)
            await self._life.server.services.accounts.create(Address(name, "example.org"), credentials)
        room, owner = Address(ROOM, "rooms.example.org"), Address(next(iter(PEOPLE)), "example.org")
        await self._life.server.services.rooms.create(room, owner, RoomConfig(persistent=True))
        async with asyncio.TaskGroup() as group:
            for name, protocol in PEOPLE.items():
                others = [ROOM, *(other for other in PEOPLE if other != name)]
                person = Person(self.world, self.run, name, protocol)
                group.create_task(person.live(others, seconds, pause))
            group.create_task(self._suffer(seconds, calm))
        await self._life.stop()
        self.run.archived = await self._archived()

    async def _begin(self) -> None:
        self._life = await begin(self.world, self._stores, SETTINGS, eager=self._eager)

    async def _suffer(self, until: float, calm: float) -> None:
        random, network = self.world.random, self.world.network
        while self.world.loop.time() < until:
            await asyncio.sleep(random.expovariate(1 / calm))
            match random.choice(["crash", "crash", "restart", "part", "cut"]):
                case "crash":
                    self._life.crash()
                    self.crashes += 1
                    await asyncio.sleep(random.uniform(0.1, 5))
                    await self._begin()
                case "restart":
                    await self._life.stop()
                    await self._begin()
                case "part":
                    network.part()
                    await asyncio.sleep(random.uniform(1, 30))
                    network.heal()
                case _:
                    network.cut(3)

    async def _archived(self) -> list[Said]:
        found = []
        for owner in (Address(ROOM, "rooms.example.org"), *(Address(name, "example.org") for name in PEOPLE)):
            page = await self._stores.archive.query(Query(owner=owner, limit=1_000_000))
            for record in page.records:
                event = record.event
                if isinstance(event, Message) and event.recipient.bare == owner and event.text:
                    sender = event.text.partition("-")[0]
                    found.append(Said(conversation(sender, owner.local), sender, event.text))
        return found


def simulated(
    seed: int, seconds: float, *, calm: float = 60.0, pause: float = 5.0, eager: bool = False
) -> tuple[Town, str]:
    towns = []

    async def scenario(world: World) -> None:
        towns.append(Town(world, eager=eager))
        await towns[0].spend(seconds, calm=calm, pause=pause)

    trace = simulate(scenario, seed, BAD)
    return towns[0], trace.digest()


@pytest.mark.timeout(600)
def test_an_hour_of_misfortunes_loses_doubles_and_moves_nothing() -> None:
    town, _ = simulated(1, 3600.0)
    verdict = judge(town.run)
    assert verdict.clean, str(verdict)
    assert len(town.run.acknowledged) > 5000
    assert town.crashes > 10


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", range(5))
def test_a_crash_every_few_seconds_loses_doubles_and_moves_nothing(seed: int) -> None:
    town, _ = simulated(seed, 200.0, calm=3.0, pause=0.5)
    verdict = judge(town.run)
    assert verdict.clean, str(verdict)
    assert town.crashes > 0


@pytest.mark.timeout(300)
def test_a_server_that_acknowledges_before_the_commit_is_found_out() -> None:
    lost = (len(judge(simulated(seed, 100.0, calm=3.0, pause=0.5, eager=True)[0].run).lost) for seed in range(10))
    assert any(lost)


@pytest.mark.timeout(300)
def test_the_same_seed_does_the_same_in_another_process() -> None:
    program = "from tests.simulation.test_whole_server import simulated; print(simulated(3, 120.0, calm=20.0)[1])"
    digests = set()
    for hash_seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=Path(__file__).parents[2],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        digests.add(done.stdout.strip().splitlines()[-1])
    assert len(digests) == 1
