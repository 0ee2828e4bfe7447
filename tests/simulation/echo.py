"""The smallest server there is: it says back each line, after a commit that takes its time."""

import asyncio
from dataclasses import dataclass, field

from tests.simulation.world import World

from dragoman.core.endpoint import Caller, Channel, Wire
from dragoman.core.errors import Condition
from dragoman.net.hub import Door, Hub
from dragoman.net.settings import Settings

DEFAULT = Settings()


@dataclass
class Echo:
    """A line protocol: ``in`` logs in, everything else is said back with a number in front of it."""

    wire: Wire
    server: "EchoServer"
    buffer: bytes = b""

    async def received(self, data: bytes) -> None:
        *lines, self.buffer = (self.buffer + data).split(b"\n")
        for line in lines:
            if line == b"in":
                self.wire.authenticated()
            else:
                await self.server.commit()
                self.server.said.append(line)
                self.wire.write(b"%d %s\n" % (len(self.server.said), line))

    def secured(self, channel: Channel) -> None:
        raise AssertionError("there is no TLS here")

    def failed(self, condition: Condition, text: str) -> None:
        self.wire.write(b"failed\n")
        self.wire.close()

    def lost(self, reason: str) -> None:
        self.server.lost.append(reason)

    def drain(self, reason: str) -> None:
        self.wire.write(b"bye\n")
        self.wire.close()


@dataclass
class EchoServer:
    """Its state, and its place in a simulated world."""

    world: World
    limits: Settings = DEFAULT
    said: list[bytes] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    hub: Hub = field(init=False)

    def __post_init__(self) -> None:
        self.hub = Hub(self.world.loop, self.limits)
        self.world.network.listen(self.hub, Door("echo", self._greet))

    async def commit(self) -> None:
        await asyncio.sleep(self.world.random.uniform(0.0005, 0.005))

    def _greet(self, wire: Wire) -> Caller:
        return Echo(wire, self)
