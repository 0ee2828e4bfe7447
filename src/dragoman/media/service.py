"""The relay as it runs: its listeners, its sockets, and a broom."""

import asyncio
import ssl
from itertools import count

from msgspec import Struct

from dragoman.core.clock import SystemRandomness
from dragoman.formats.stun import Endpoint
from dragoman.media.allocation import Client
from dragoman.media.datagrams import DatagramSocket, RelaySockets, bind
from dragoman.media.settings import RelayRules
from dragoman.media.streams import IDLE_SECONDS, StreamClient
from dragoman.media.turn import TurnServer
from dragoman.media.watch import LoopWatch

_SWEEP_SECONDS = 10.0
_ATTEMPTS = 16
#: How many streams there may be at a time, beyond those that have an allocation.
MAX_STREAMS = 8_000


class Order(Struct, frozen=True, kw_only=True):
    """What the relay's process is told at its start. ``addresses`` are where it listens and what it relays from."""

    rules: RelayRules
    realm: str
    secret: str  # hexadecimal
    addresses: tuple[str, ...]
    port: int
    tls_port: int
    certificate: str = ""  # paths of PEM files, for TLS
    key: str = ""


class Opened(Struct, frozen=True):
    """The ports of a relay that is up; 0 where there is no TLS."""

    port: int
    tls_port: int


class RelayService:
    """One relay on this machine's sockets."""

    def __init__(self, order: Order) -> None:
        loop = asyncio.get_running_loop()
        self._order = order
        self._loop = loop
        self._numbers = count(1)
        self._datagrams: dict[int, DatagramSocket] = {}
        self._streams: dict[Client, StreamClient] = {}
        self._servers: list[asyncio.Server] = []
        self._fresh: set[Client] = set()
        self._tls: ssl.SSLContext | None = None
        rules, hosts = order.rules, _hosts(order.addresses)
        relays = RelaySockets(loop, SystemRandomness(), hosts, rules.ports, rules.external_address)
        self.turn = TurnServer(rules, order.realm, bytes.fromhex(order.secret), LoopWatch(loop), relays, self._send)

    async def open(self) -> Opened:
        """Listen everywhere. Raises OSError, and lets go of what it had opened."""
        order, port, tls_port = self._order, self._order.port, 0
        try:
            for host in order.addresses:
                port = await self._open_both(host, port)
            if order.certificate:
                self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                self.reload()
                tls_port = order.tls_port
                for host in order.addresses:
                    tls_port = await self._open_streams(host, tls_port, self._tls)
        except BaseException:
            self.close()
            raise
        self._loop.call_later(_SWEEP_SECONDS, self._sweep)
        self._loop.call_later(IDLE_SECONDS, self._end_idle)
        return Opened(port, tls_port)

    def reload(self) -> None:
        """Read the certificate again."""
        if self._tls is not None:
            self._tls.load_cert_chain(self._order.certificate, self._order.key)

    def close(self) -> None:
        """Drop all allocations and let go of every port."""
        for server in self._servers:
            server.close()
        for stream in list(self._streams.values()):
            stream.abort()
        self.turn.close()
        for datagrams in self._datagrams.values():
            datagrams.close()
        self._datagrams.clear()

    async def _open_both(self, host: str, port: int) -> int:
        """Datagrams and streams on one port; any that is free for both where it is 0."""
        for _ in range(_ATTEMPTS if port == 0 else 0):
            chosen = await self._open_streams(host, 0, None)
            try:
                return self._open_datagrams(host, chosen)
            except OSError:
                self._servers.pop().close()
        await self._open_streams(host, port, None)
        return self._open_datagrams(host, port)

    def _open_datagrams(self, host: str, port: int) -> int:
        number = next(self._numbers)

        def heard(data: bytes, source: Endpoint) -> None:
            self.turn.received(data, Client(source, number))

        self._datagrams[number] = opened = DatagramSocket(self._loop, bind(host, port), heard)
        return opened.address[1]

    async def _open_streams(self, host: str, port: int, tls: ssl.SSLContext | None) -> int:
        def accepted() -> StreamClient:
            return StreamClient(next(self._numbers), self.turn.received, self.turn.lost, self._streams)

        server = await self._loop.create_server(
            accepted, host, port, ssl=tls, ssl_handshake_timeout=10 if tls else None
        )
        self._servers.append(server)
        chosen: int = server.sockets[0].getsockname()[1]
        return chosen

    def _send(self, data: bytes, client: Client) -> None:
        if client.is_stream:
            stream = self._streams.get(client)
            if stream is not None:
                stream.send(data)
        else:
            self._datagrams[client.connection].send(data, client.address)

    def _sweep(self) -> None:
        self.turn.expire()
        self._loop.call_later(_SWEEP_SECONDS, self._sweep)

    def _end_idle(self) -> None:
        """End the streams that had no allocation a while ago and have none now; all of them where there are too many."""
        idle = {client for client in self._streams if client not in self.turn.allocations}
        for client in idle if len(idle) > MAX_STREAMS else idle & self._fresh:
            self._streams[client].abort()
        self._fresh = idle
        self._loop.call_later(IDLE_SECONDS, self._end_idle)


def _hosts(addresses: tuple[str, ...]) -> dict[int, str]:
    """Where to relay from, by octets of the address."""
    return {16 if ":" in address else 4: address for address in reversed(addresses)}
