"""UDP sockets of the relay: read in bursts, written at once, a full buffer drops the packet as any router does."""

import asyncio
import socket
from collections.abc import Callable

from dragoman.core.clock import Randomness
from dragoman.formats.stun import Endpoint
from dragoman.media.allocation import Heard, Relay

#: How many datagrams one socket may bring before the others have their turn.
BURST = 64
_MAX_OCTETS = 65_535
_BUFFER_OCTETS = 1 << 20
_ATTEMPTS = 64


class DatagramSocket:
    """A bound UDP socket. ``heard`` is called for every datagram."""

    def __init__(self, loop: asyncio.AbstractEventLoop, bound: socket.socket, heard: Heard) -> None:
        self._loop = loop
        self._socket = bound
        self._heard = heard
        self.address: Endpoint = bound.getsockname()[:2]
        bound.setblocking(False)
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            bound.setsockopt(socket.SOL_SOCKET, option, _BUFFER_OCTETS)
        loop.add_reader(bound, self._readable)

    def send(self, data: bytes, peer: Endpoint) -> None:
        """Send, or drop where the system cannot take it now."""
        try:
            self._socket.sendto(data, peer)
        except (OSError, OverflowError):
            return  # a packet that cannot go is lost, as packets are

    def close(self) -> None:
        """Let go of the port."""
        self._loop.remove_reader(self._socket)
        self._socket.close()

    def _readable(self) -> None:
        for _ in range(BURST):
            try:
                data, source = self._socket.recvfrom(_MAX_OCTETS)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                continue  # somebody's port is closed: an ICMP message for what was sent before
            self._heard(data, source[:2])
            if self._socket.fileno() < 0:
                return


def bind(host: str, port: int) -> socket.socket:
    """A UDP socket on one address. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
    try:
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind((host, port))
    except BaseException:
        made.close()
        raise
    return made


class _Relayed:
    """A relay's socket under the address that the world sees it by."""

    def __init__(self, inner: DatagramSocket, host: str) -> None:
        self.send: Callable[[bytes, Endpoint], None] = inner.send
        self.close: Callable[[], None] = inner.close
        self.address: Endpoint = (host, inner.address[1])


class RelaySockets:
    """Implements ``allocation.Relays`` on this machine. ``hosts`` are local addresses by their octets, ``external`` what
    peers see in place of the IPv4 one."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        randomness: Randomness,
        hosts: dict[int, str],
        ports: tuple[int, int],
        external: str = "",
    ) -> None:
        self._loop = loop
        self._randomness = randomness
        self._hosts = hosts
        self._ports = ports
        self._external = external
        self._own: dict[str, bool] = {}

    def open(self, octets: int, heard: Heard, *, even: bool = False) -> Relay | None:
        """A socket on a port that nobody can guess (RFC 8656 §21.3.1)."""
        host, (first, last) = self._hosts.get(octets), self._ports
        if host is None:
            return None
        for _ in range(_ATTEMPTS):
            port = first + int.from_bytes(self._randomness.token(4), "big") % (last - first + 1)
            try:
                bound = bind(host, port & ~1 if even else port)
            except OSError:
                continue
            inner = DatagramSocket(self._loop, bound, heard)
            return _Relayed(inner, self._external if octets == 4 and self._external else host)
        return None

    def is_own(self, host: str) -> bool:
        """Whether an address is this machine's: only then can it be bound."""
        if host == self._external:
            return True
        if host not in self._own:
            if len(self._own) > 10_000:
                self._own.clear()
            try:
                bind(host, 0).close()
                self._own[host] = True
            except OSError:
                self._own[host] = False
        return self._own[host]
