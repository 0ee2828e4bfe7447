"""One life of a simulated server, from its start to a crash or an orderly stop. What was committed outlives it; timers, work
under way, connections and what was not committed yet die with it, as they do with a process."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, cast

from tests.simulation.world import SimulatedClock, World

from dragoman import config
from dragoman.app.build import Parts, Server, build
from dragoman.auth.keys import Keys
from dragoman.core.clock import Timer
from dragoman.core.endpoint import Caller, Channel, Greeter, Wire
from dragoman.core.stores import Archived, Record
from dragoman.net import server as net
from dragoman.net.hub import Door, Hub
from dragoman.storage.memory import MemoryStores


class MortalClock(SimulatedClock):
    """A clock whose timers and tasks end with the life that set them."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self._is_dead = False

    def call_later(self, seconds: float, call: Callable[[], None]) -> Timer:
        return super().call_later(seconds, lambda: None if self._is_dead else call())

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        if self._is_dead:
            work.close()
        else:
            super().start(work)

    def die(self) -> None:
        self._is_dead = True
        for task in list(self._running):
            task.cancel()


class CommittingArchive:
    """An archive in memory behind a disk: an append waits for the next commit, and what waits when the life ends is gone.

    ``eager`` plants the mistake that all of this is to find: the append returns before the commit.
    """

    def __init__(self, world: World, stores: MemoryStores, *, eager: bool) -> None:
        self._world = world
        self._archive = stores.archive
        self._eager = eager
        self._waiting: list[tuple[Record, asyncio.Future[int]]] = []
        self._is_dead = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._archive, name)

    def append(self, record: Record) -> Awaitable[int]:
        done: asyncio.Future[int] = self._world.loop.create_future()
        if not self._waiting:
            self._world.loop.call_later(self._world.network.random.uniform(0.001, 0.02), self._commit)
        self._waiting.append((record, done))
        return _at_once(record.id) if self._eager else done

    async def waiting(self, owner: Any, *, limit: int = 1000) -> list[Archived]:
        if self._waiting:
            await asyncio.wait([self._waiting[-1][1]])
        return await self._archive.waiting(owner, limit=limit)

    def die(self) -> None:
        self._is_dead = True

    def _commit(self) -> None:
        if self._is_dead:
            return
        waiting, self._waiting = self._waiting, []
        for record, done in waiting:
            kept = cast("asyncio.Future[int]", self._archive.append(record)).result()  # memory never waits
            if not done.done():
                done.set_result(kept)


async def _at_once(id: int) -> int:
    return id


class LifeStores:
    """The stores that outlive a life, as one life sees them."""

    def __init__(self, world: World, stores: MemoryStores, *, eager: bool) -> None:
        self._stores = stores
        self.archive = CommittingArchive(world, stores, eager=eager)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stores, name)


class Life:
    """A server that serves, until :meth:`crash` or :meth:`stop`."""

    def __init__(self, world: World, server: Server, clock: MortalClock, stores: LifeStores, hub: Hub) -> None:
        self.server = server
        self._world = world
        self._clock = clock
        self._stores = stores
        self._network = net.Server(hub)

    def crash(self) -> None:
        """The process is killed."""
        self._world.network.kill()
        self._clock.die()
        self._stores.archive.die()
        self._network.hub.suspended.stop()
        self._network.hub.stop()

    async def stop(self) -> net.Drained:
        """The process is asked to stop."""
        for name in self.server.greeters:
            self._world.network.unlisten(name)
        drained = await self._network.drain("restart")
        self._clock.die()
        return drained


async def begin(world: World, stores: MemoryStores, settings: str, *, eager: bool = False) -> Life:
    """Start a server over what earlier lives have left."""
    clock = MortalClock(world.loop)
    kept = LifeStores(world, stores, eager=eager)
    keys = Keys(b"k" * 32, world.randomness)
    parts = Parts(clock=clock, randomness=world.randomness, stores=kept, keys=keys)  # type: ignore[arg-type]
    server = await build(config.parse(settings, "simulation", {}), parts)
    hub = Hub(world.loop, server.settings.connections)
    for name, greeter in server.greeters.items():
        world.network.listen(hub, Door(name, as_if_secured(greeter)))
    return Life(world, server, clock, kept, hub)


def as_if_secured(greeter: Greeter) -> Greeter:
    """TLS is only said to be there: its randomness cannot be repeated."""

    def greet(wire: Wire) -> Caller:
        caller = greeter(wire)
        wire.channel = Channel(wire.channel.remote, wire.channel.port, secure=True, trusted=True)
        caller.secured(wire.channel)
        return caller

    return greet
