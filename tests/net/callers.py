"""Callers that write down what the network does to them, and plain sockets on the other side."""

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass, field

from dragoman.core.endpoint import Caller, Channel, Wire
from dragoman.core.errors import Condition
from dragoman.net.hub import Door, Hub
from dragoman.net.server import Server
from dragoman.net.settings import Settings


@dataclass(eq=False)
class Recorder:
    """Answers with an echo, and keeps everything it was told. ``before`` runs before each echo."""

    wire: Wire
    heard: bytearray = field(default_factory=bytearray)
    events: list[str] = field(default_factory=list)
    channels: list[Channel] = field(default_factory=list)
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    async def received(self, data: bytes) -> None:
        self.heard += data
        self.wire.write(data)

    def secured(self, channel: Channel) -> None:
        self.channels.append(channel)
        self.events.append("secured")

    def failed(self, condition: Condition, text: str) -> None:
        self.events.append(f"failed {condition} {text}".rstrip())
        self.wire.write(b"failed\n")
        self.wire.close()

    def lost(self, reason: str) -> None:
        self.events.append(f"lost {reason}")
        self.gone.set()

    def drain(self, reason: str) -> None:
        self.events.append(f"drain {reason}")
        self.wire.write(b"bye\n")
        self.wire.close()


@dataclass
class House:
    """A server on loopback with one listener."""

    server: Server
    door: Door
    callers: list[Recorder]
    port: int

    @property
    def hub(self) -> Hub:
        return self.server.hub

    async def connect(self, host: str = "127.0.0.1") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(host, self.port)

    async def caller(self, number: int = 0) -> Recorder:
        await until(lambda: len(self.callers) > number)
        return self.callers[number]

    async def empty(self) -> None:
        assert await self.hub.wait_until_empty(10)

    async def close(self) -> None:
        await self.server.drain("end of test", 0)


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what nobody announces."""
    while not condition():  # there is no event to wait for
        await asyncio.sleep(0.001)


async def house(
    make: Callable[[Wire], Recorder] = Recorder,
    *,
    limits: Settings = Settings(),  # noqa: B008  # frozen
    addresses: tuple[str, ...] = ("127.0.0.1",),
    **door: object,
) -> House:
    callers: list[Recorder] = []

    def greet(wire: Wire) -> Caller:
        callers.append(make(wire))
        return callers[-1]

    server = Server(Hub(asyncio.get_running_loop(), limits))
    opened = Door("test", greet, **door)  # type: ignore[arg-type]
    listening = await server.open(opened, addresses, 0)
    return House(server, opened, callers, listening[0].port)


def patient_socket(port: int, *, receive_buffer: int = 4096) -> socket.socket:
    """A blocking client with a small window, for those who do not read."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    client.connect(("127.0.0.1", port))
    return client
