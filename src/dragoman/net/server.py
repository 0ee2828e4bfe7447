"""The listeners, and the orderly end of what came in through them."""

import asyncio
import errno
import socket
from collections.abc import Sequence
from typing import cast

from msgspec import Struct

from dragoman.net.hub import Door, Hub
from dragoman.net.stream import StreamWire, on_loop
from dragoman.net.traffic import Traffic

_KEEPALIVE_PROBES = 3


class Listening(Struct, frozen=True):
    """One open socket."""

    name: str
    address: str
    port: int


class Drained(Struct, frozen=True):
    """How the connections of a stopped server ended: with their last bytes sent, or cut because that took too long."""

    closed: int
    cut: int


class Server:
    """Opens listeners and closes what came of them."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.listening: list[Listening] = []
        self._servers: list[asyncio.Server] = []
        self._doors: dict[str, Door] = {}

    @property
    def traffic(self) -> list[Traffic]:
        """The figures of every listener."""
        return [door.traffic for door in self._doors.values()]

    async def open(self, door: Door, addresses: Sequence[str], port: int, *, backlog: int = 1024) -> list[Listening]:
        """Listen on one port of several addresses; port 0 is any free one, the same on each of them.

        Raises OSError where an address cannot be had; then none is. An address of a family that this machine has not
        is left out, as long as another remains.
        """
        sockets: list[tuple[str, socket.socket]] = []
        try:
            for address in addresses:
                listener = _bound(address, port, keepalive=self.hub.limits.keepalive_seconds)
                if listener is not None:
                    sockets.append((address, listener))
                    port = listener.getsockname()[1]
            if not sockets:
                raise OSError(f"none of the addresses of {door.name} exists on this machine: {', '.join(addresses)}")
            for _, listener in sockets:
                self._servers.append(await self._serve(door, listener, backlog))
        except BaseException:
            for _, listener in sockets:
                listener.close()
            raise
        self._doors[door.name] = door
        opened = [Listening(door.name, address, port) for address, _ in sockets]
        self.listening += opened
        return opened

    async def drain(self, reason: str, seconds: float = 30.0) -> Drained:
        """Take nobody new, tell everybody, and wait until their last bytes have left and their handlers are done; after
        ``seconds``, cut those that remain."""
        for server in self._servers:
            server.close()
        hub = self.hub
        here = [cast(StreamWire, connection) for connection in hub.connections]
        for wire in here:
            wire.drain(reason)
        deadline = hub.loop.time() + seconds
        cut = 0
        if not await hub.wait_until_empty(seconds):
            remaining = list(hub.connections)
            cut = len(remaining)
            for connection in remaining:
                cast(StreamWire, connection).abort()
            await hub.wait_until_empty(1.0)  # connection_lost comes in the turn after abort
        await hub.suspended.settle(max(0.0, deadline - hub.loop.time()))
        hub.stop()
        return Drained(len(here) - cut, cut)

    async def _serve(self, door: Door, listener: socket.socket, backlog: int) -> asyncio.Server:
        return await self.hub.loop.create_server(on_loop(self.hub, door), sock=listener, backlog=backlog)


def _bound(address: str, port: int, *, keepalive: int) -> socket.socket | None:
    """A listening socket's options are those of every connection that it accepts, so they are set once, here."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        listener = socket.socket(family, socket.SOCK_STREAM)
    except OSError:
        return None  # a kernel without IPv6
    try:
        listener.setblocking(False)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)  # IPv4 has a socket of its own
        if keepalive:
            _keep_alive(listener, keepalive)
        listener.bind((address, port))
    except BaseException as error:
        listener.close()
        if family == socket.AF_INET6 and getattr(error, "errno", None) == errno.EADDRNOTAVAIL:
            return None  # IPv6 is compiled in, and switched off
        raise
    return listener


def _keep_alive(listener: socket.socket, seconds: int) -> None:
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if hasattr(socket, "TCP_KEEPIDLE"):  # macOS and Windows name it otherwise
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, seconds)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, max(1, seconds // _KEEPALIVE_PROBES))
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, _KEEPALIVE_PROBES)
        # A peer that has confirmed nothing of what it was sent, or has left no room for more, for as long as all of these
        # probes take, is gone too; the kernel would otherwise repeat for a quarter of an hour.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 2 * seconds * 1000)
