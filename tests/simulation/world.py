"""Everything that a simulated server is given from outside, made from one seed."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from random import Random
from typing import Any

from tests.simulation.loop import VirtualLoop
from tests.simulation.network import FAIR, Network, Weather
from tests.simulation.trace import Trace

from dragoman.core.clock import Timer

EPOCH = 1_800_000_000.0
"""The wall clock at the beginning of every run: 2027-01-15 08:00:00 UTC."""


class SimulatedClock:
    """A core Clock on virtual time."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._running: set[asyncio.Task[None]] = set()

    def now(self) -> float:
        return EPOCH + self._loop.time()

    def monotonic(self) -> float:
        return self._loop.time()

    def call_later(self, seconds: float, call: Callable[[], None]) -> Timer:
        return self._loop.call_later(max(0.0, seconds), call)

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._loop.call_exception_handler({"message": "work in the background failed", "exception": error})


class SeededRandomness:
    """A core Randomness that can be repeated."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def token(self, octets: int = 16) -> bytes:
        return self._random.randbytes(octets)

    def text(self, octets: int = 16) -> str:
        return self.token(octets).hex()


class World:
    """One run. ``random`` is for the scenario's own choices; the server's and the network's are apart, so that one more
    choice in one of them leaves the others as they were."""

    def __init__(self, loop: asyncio.AbstractEventLoop, seed: int, weather: Weather) -> None:
        self.loop = loop
        self.seed = seed
        self.random = Random(f"{seed} scenario")
        self.clock = SimulatedClock(loop)
        self.randomness = SeededRandomness(Random(f"{seed} server"))
        self.trace = Trace()
        self.network = Network(loop, Random(f"{seed} network"), self.trace, weather)
        self.mistakes: list[BaseException] = []
        loop.set_exception_handler(self._note)

    def _note(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self.mistakes.append(context.get("exception") or RuntimeError(context["message"]))


def simulate(scenario: Callable[[World], Awaitable[None]], seed: int, weather: Weather = FAIR) -> Trace:
    """Run a scenario to its end in virtual time. An error has the seed and the end of the trace with it; so has one that
    was raised in a callback, where nobody else would see it."""

    async def run() -> None:
        nonlocal world
        world = World(asyncio.get_running_loop(), seed, weather)
        await scenario(world)
        if world.mistakes:
            raise world.mistakes[0]

    world: World | None = None
    try:
        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            runner.run(run())
    except BaseException as error:
        error.add_note(f"seed {seed}; the trace ends with\n{world.trace.tail() if world else ''}")
        raise
    assert world is not None
    return world.trace
