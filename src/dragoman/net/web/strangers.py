"""Connections to the web that nobody has logged in on: so many, and only for so long without asking anything.

aiohttp waits for ever for a request that never comes to its end; this stands between it and the socket.
"""

import asyncio
from typing import cast

from aiohttp import web

from dragoman.net.limits import Gate, Visit
from dragoman.net.settings import Settings


class Strangers:
    """Makes the connections of one port; ``server`` is aiohttp's."""

    def __init__(self, server: web.Server, limits: Settings) -> None:
        self._server = server
        self._limits = limits
        self._gate = Gate(limits)

    def __call__(self) -> "Stranger":
        return Stranger(cast(asyncio.Protocol, self._server()), self._gate, self._limits.login_seconds)


class Stranger(asyncio.Protocol):
    """One connection. It is cut when its time is over while it asks nothing; ``busy`` is the number of requests that are
    being answered. Once it is ``welcome`` nothing of this holds."""

    def __init__(self, inner: asyncio.Protocol, gate: Gate, seconds: float) -> None:
        self._inner = inner
        self._gate = gate
        self._seconds = seconds
        self._visit: Visit | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._transport: asyncio.Transport
        self.busy = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        peer = transport.get_extra_info("peername") or ("",)
        self._inner.connection_made(transport)
        self._visit = self._gate.enter(str(peer[0]))
        if self._visit is None:
            self._transport.abort()
        elif self._seconds:
            self._wait()

    def data_received(self, data: bytes) -> None:
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        return self._inner.eof_received()

    def pause_writing(self) -> None:
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._inner.resume_writing()

    def connection_lost(self, error: Exception | None) -> None:
        self.welcome()
        self._inner.connection_lost(error)

    def welcome(self) -> None:
        """It is known whose it is."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._visit is not None:
            self._visit.end()
            self._visit = None

    def _wait(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self._seconds, self._look)

    def _look(self) -> None:
        if self.busy:
            self._wait()
        else:
            self._transport.abort()


def of(request: web.Request) -> Stranger | None:
    """The connection that a request came by."""
    protocol = request.transport.get_protocol() if request.transport is not None else None
    return protocol if isinstance(protocol, Stranger) else None
