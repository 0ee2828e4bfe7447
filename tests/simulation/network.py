"""A network in memory, with everything a real one does to a connection except changing bytes: it delays them, drips them,
holds them back in a partition, and cuts the connection.

On our side the real :class:`dragoman.net.stream.StreamWire` stands on it, so limits, slow readers, closing and draining are
the ones that serve real clients. A simulated client has asyncio's own reader and writer.
"""

import asyncio
from collections import deque
from itertools import pairwise
from random import Random
from typing import Any

from msgspec import Struct
from tests.simulation.trace import Trace

from dragoman.net.hub import Door, Hub
from dragoman.net.stream import StreamWire

_WINDOW = 64 << 10
"""Bytes that may be under way or unread in one direction before the sender's own buffer fills."""

_TICK = 1e-6  # a timer may fire by a rounding error early

_LOW = 4  # writing goes on when the buffer is down to a quarter


class Weather(Struct, frozen=True):
    """What the network does. Times are seconds, chances are of one chunk or one connection attempt."""

    delay: tuple[float, float] = (0.001, 0.05)
    drip: float = 0.1
    """The chance that a chunk arrives in pieces."""
    ghost: float = 0.0
    """The chance that an attempt to connect arrives twice: the second connection never says anything."""
    lifetime: float = 0.0
    """The mean lifetime of a connection; 0: none is cut."""


FAIR = Weather()


class Refused(ConnectionError):
    """Nobody listens, or a partition is in the way."""


class Network:
    """Where doors are found by name. ``weather`` can be changed at any time."""

    def __init__(self, loop: asyncio.AbstractEventLoop, random: Random, trace: Trace, weather: Weather = FAIR) -> None:
        self.loop = loop
        self.random = random
        self.trace = trace
        self.weather = weather
        self.is_parted = False
        self._doors: dict[str, tuple[Hub, Door]] = {}
        self._links: dict[int, Link] = {}
        self._count = 0

    def listen(self, hub: Hub, door: Door) -> None:
        """Let connections in; a door of the same name is replaced."""
        self._doors[door.name] = (hub, door)

    def unlisten(self, name: str) -> None:
        """Turn connections away; those that are open stay."""
        self._doors.pop(name, None)

    async def dial(self, name: str, remote: str = "127.0.0.1") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect a client to a door. Raises Refused."""
        await asyncio.sleep(self.delay())
        if self.is_parted or name not in self._doors:
            raise Refused(name)
        if self.random.random() < self.weather.ghost:
            self._link(name, remote, asyncio.Protocol())
        reader = asyncio.StreamReader(loop=self.loop)
        protocol = asyncio.StreamReaderProtocol(reader, loop=self.loop)
        link = self._link(name, remote, protocol)
        return reader, asyncio.StreamWriter(link.client, protocol, reader, self.loop)

    def part(self) -> None:
        """From now on nothing arrives anywhere."""
        self.is_parted = True
        self.trace.add(self.loop.time(), "network", "part")

    def heal(self) -> None:
        """What was held back arrives."""
        self.is_parted = False
        self.trace.add(self.loop.time(), "network", "heal")
        for link in list(self._links.values()):
            link.carry()

    def cut(self, count: int = 1) -> None:
        """Reset connections, chosen by chance."""
        for link in self.random.sample(list(self._links.values()), min(count, len(self._links))):
            link.reset("cut")

    def cut_all(self) -> None:
        """Reset every connection."""
        for link in list(self._links.values()):
            link.reset("cut")

    def kill(self) -> None:
        """The server's process dies: nothing of it is told, and what it has sent already still arrives."""
        self._doors.clear()
        self.trace.add(self.loop.time(), "network", "kill")
        for link in list(self._links.values()):
            link.server.vanish()

    @property
    def open(self) -> int:
        """How many connections there are."""
        return len(self._links)

    def delay(self) -> float:
        """How long the next thing takes."""
        return self.random.uniform(*self.weather.delay)

    def _link(self, name: str, remote: str, client: asyncio.BaseProtocol) -> "Link":
        hub, door = self._doors[name]
        self._count += 1
        link = Link(self, f"{name}#{self._count}", (remote, 1024 + self._count), self._count)
        self._links[self._count] = link
        self.trace.add(self.loop.time(), link.name, "open")
        if self.weather.lifetime:
            self.loop.call_later(self.random.expovariate(1 / self.weather.lifetime), link.reset, "cut")
        link.connect(client, StreamWire(hub, door))
        return link

    def forget(self, number: int) -> None:
        """A link has come to its end."""
        self._links.pop(number, None)


class Link:
    """One connection: two ends, and a pipe in each direction."""

    def __init__(self, network: Network, name: str, remote: tuple[str, int], number: int) -> None:
        self.network = network
        self.name = name
        self._number = number
        self.client = End(self, f"{name}>", ("server", 0))
        self.server = End(self, f"{name}<", remote)
        self.client.other, self.server.other = self.server, self.client

    def connect(self, client: asyncio.BaseProtocol, server: asyncio.BaseProtocol) -> None:
        """Give both ends what stands on them."""
        for end, protocol in ((self.client, client), (self.server, server)):
            end.protocol = protocol
            protocol.connection_made(end)

    def carry(self) -> None:
        """A partition is over."""
        self.client.deliver_later(0.0)
        self.server.deliver_later(0.0)

    def reset(self, why: str) -> None:
        """Both ends lose the connection, with all that was under way."""
        if self.client.is_gone and self.server.is_gone:
            return
        self.network.trace.add(self.network.loop.time(), self.name, why)
        for end in (self.client, self.server):
            end.lose(ConnectionResetError(why))

    def settle(self) -> None:
        """An end is gone; where both are, so is the link."""
        if self.client.is_gone and self.server.is_gone:
            self.network.forget(self._number)


class End(asyncio.Transport):
    """One end of a link: the transport of what stands on it. ``_unsent`` is its own buffer, ``_inbound`` is what is under
    way to it, as ``(arrival, bytes)``; None for bytes is the other side's end."""

    def __init__(self, link: Link, name: str, peer: tuple[str, int]) -> None:
        super().__init__({"peername": peer})
        self.protocol: Any = None
        self.other: End
        self.is_gone = False
        self._link = link
        self._name = name
        self._unsent: deque[bytes] = deque()
        self._inbound: deque[tuple[float, bytes | None]] = deque()
        self._flying = 0  # bytes in _inbound
        self._high = 64 << 10
        self._is_full = False
        self._is_paused = False
        self._is_closing = False
        self._has_ended = False

    # -- the transport -------------------------------------------------------------------------------------------------

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self.is_gone or self._is_closing or not data:
            return
        self._unsent.append(bytes(data))
        self._push()
        if self.get_write_buffer_size() > self._high and not self._is_full:
            self._is_full = True
            self.protocol.pause_writing()

    def write_eof(self) -> None:
        self._has_ended = True
        self._push()

    def can_write_eof(self) -> bool:
        return True

    def close(self) -> None:
        if not self._is_closing:
            self._is_closing = True
            self._has_ended = True
            self._push()

    def abort(self) -> None:
        self._link.reset("abort")

    def is_closing(self) -> bool:
        return self._is_closing or self.is_gone

    def pause_reading(self) -> None:
        self._is_paused = True

    def resume_reading(self) -> None:
        if self._is_paused:
            self._is_paused = False
            self.deliver_later(0.0)

    def is_reading(self) -> bool:
        return not self._is_paused

    def get_write_buffer_size(self) -> int:
        return sum(map(len, self._unsent))

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self._high = _WINDOW if high is None else high

    # -- the network ---------------------------------------------------------------------------------------------------

    def deliver_later(self, delay: float) -> None:
        """Look for what has arrived, after ``delay``."""
        self._link.network.loop.call_later(delay, self._deliver)

    def lose(self, error: Exception | None) -> None:
        """The connection is gone for this end."""
        if not self.is_gone:
            self.is_gone = True
            self._unsent.clear()
            self._inbound.clear()
            self._link.network.loop.call_soon(self._tell, error)

    def vanish(self) -> None:
        """Whoever stood here is no more; the other side sees an end behind what is under way."""
        if not self.is_gone:
            self.is_gone = True
            self._unsent.clear()
            self._inbound.clear()
            self.other._arrive(None)
            self._link.settle()

    def _tell(self, error: Exception | None) -> None:
        self.protocol.connection_lost(error)
        self._link.settle()

    def _push(self) -> None:
        """Put on the way what the window allows."""
        while self._unsent and self.other._flying < _WINDOW:
            for piece in self._pieces(self._unsent.popleft()):
                self.other._arrive(piece)
        if self._is_full and self.get_write_buffer_size() <= self._high // _LOW:
            self._is_full = False
            self.protocol.resume_writing()
        if not self._unsent and self._has_ended:
            self._has_ended = False
            self.other._arrive(None)
            if self._is_closing:
                self.lose(None)

    def _pieces(self, data: bytes) -> list[bytes]:
        random = self._link.network.random
        if len(data) < 2 or random.random() >= self._link.network.weather.drip:
            return [data]
        places = sorted({0, len(data), *(random.randrange(1, len(data)) for _ in range(random.randint(1, 8)))})
        return [data[start:end] for start, end in pairwise(places)]

    def _arrive(self, data: bytes | None) -> None:
        if self.is_gone:
            return
        network = self._link.network
        now = network.loop.time()
        moment = max(now + network.delay(), self._inbound[-1][0] if self._inbound else 0.0)  # TCP keeps the order
        self._inbound.append((moment, data))
        self._flying += len(data or b"")
        self.deliver_later(moment - now)

    def _deliver(self) -> None:
        network = self._link.network
        now = network.loop.time()
        while self._inbound and not (self.is_gone or self._is_paused or network.is_parted):
            moment, data = self._inbound[0]
            if moment > now + _TICK:
                break
            self._inbound.popleft()
            self._take(now, data)

    def _take(self, now: float, data: bytes | None) -> None:
        self._link.network.trace.add(now, self._name, b"" if data is None else data)
        if data is None:
            if not self.protocol.eof_received():
                self.close()
            return
        self._flying -= len(data)
        self.protocol.data_received(data)
        self.other._push()
