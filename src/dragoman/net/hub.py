"""What all connections on one event loop share: their limits, their deadlines, and one flush a turn."""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from dragoman.core.endpoint import Greeter
from dragoman.net.limits import Deadlines, Gate, Visit
from dragoman.net.settings import Settings
from dragoman.net.strand import Suspended
from dragoman.net.tls import TlsSession
from dragoman.net.traffic import Traffic

LINGER_SECONDS = 2.0
"""How long a closed connection waits for the peer to close too, and between two looks whether it still reads."""

_SWEEPS = 4  # an idle peer is closed after this many sweeps, so at most a quarter of the time too late


@dataclass(slots=True)
class Door:
    """What all connections of one listener have in common. ``tls`` makes the session of one connection; ``direct`` starts
    it with the first byte. ``outgoing`` is for connections that we open: no limits before login for them."""

    name: str
    greeter: Greeter
    tls: Callable[[], TlsSession] | None = None
    direct: bool = False
    outgoing: bool = False
    traffic: Traffic = field(init=False)

    def __post_init__(self) -> None:
        self.traffic = Traffic(self.name)


class Connected(Protocol):
    """A connection, as the hub sees it."""

    def flush(self) -> None:
        """Send what was written in this turn."""
        ...

    def overdue(self, text: str) -> None:
        """A deadline has passed, or the peer was silent for too long."""
        ...

    def lingered(self) -> None:
        """It is closed, and the peer has still not closed its side."""
        ...

    def silent(self) -> int:
        """For how many sweeps, with this one, nothing came in."""
        ...


class Hub:
    """Made once for a loop."""

    __slots__ = (
        "_dirty",
        "_emptied",
        "_sweeper",
        "burst_bytes",
        "connections",
        "gate",
        "handshakes",
        "limits",
        "lingering",
        "loop",
        "strangers",
        "suspended",
    )

    def __init__(self, loop: asyncio.AbstractEventLoop, limits: Settings) -> None:
        self.loop = loop
        self.limits = limits
        self.burst_bytes = limits.burst_bytes or sys.maxsize
        self.gate = Gate(limits)
        self.suspended = Suspended(loop)
        self.connections: dict[Connected, None] = {}  # in the order in which they came, so that a run can be repeated
        self.handshakes: Deadlines[Connected] = Deadlines(
            loop, limits.tls_seconds, lambda one: one.overdue("the TLS handshake took too long")
        )
        self.strangers: Deadlines[Connected] = Deadlines(
            loop, limits.login_seconds, lambda one: one.overdue("logging in took too long")
        )
        self.lingering: Deadlines[Connected] = Deadlines(loop, LINGER_SECONDS, lambda one: one.lingered())
        self._emptied: asyncio.Event | None = None
        self._dirty: list[Connected] = []
        self._sweeper: asyncio.TimerHandle | None = None
        self._sweep_later()

    def flush_later(self, connection: Connected) -> None:
        """Flush a connection at the end of this turn, with all others that were written to."""
        if not self._dirty:
            self.loop.call_soon(self._flush)
        self._dirty.append(connection)

    def admit(self, connection: Connected, remote: str) -> Visit | None:
        """Let a stranger in, and give it its time to log in; None where there are too many."""
        visit = self.gate.enter(remote)
        if visit is not None:
            self.strangers.add(connection)
        return visit

    def dismiss(self, connection: Connected, visit: Visit) -> None:
        """A stranger has logged in, or is gone."""
        visit.end()
        self.strangers.discard(connection)

    def forget(self, connection: Connected) -> None:
        """A connection is gone."""
        self.connections.pop(connection, None)
        self.lingering.discard(connection)
        self.handshakes.discard(connection)
        if self._emptied is not None and not self.connections:
            self._emptied.set()

    async def wait_until_empty(self, seconds: float) -> bool:
        """Wait for the last connection to go; False where one remains after ``seconds``."""
        if not self.connections:
            return True
        self._emptied = asyncio.Event()
        try:
            async with asyncio.timeout(seconds):
                await self._emptied.wait()
        except TimeoutError:
            return False
        return True

    def stop(self) -> None:
        """Let go of the loop's timers."""
        for deadlines in (self.handshakes, self.strangers, self.lingering):
            deadlines.stop()
        if self._sweeper is not None:
            self._sweeper.cancel()
            self._sweeper = None

    def _flush(self) -> None:
        dirty, self._dirty = self._dirty, []
        for connection in dirty:
            connection.flush()

    def _sweep_later(self) -> None:
        if self.limits.idle_seconds:
            self._sweeper = self.loop.call_later(self.limits.idle_seconds / _SWEEPS, self._sweep)

    def _sweep(self) -> None:
        for connection in list(self.connections):
            if connection.silent() > _SWEEPS:
                connection.overdue("nothing was heard for too long")
        self._sweep_later()
