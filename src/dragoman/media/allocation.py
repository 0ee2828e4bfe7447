"""What a client has on the relay (RFC 8656 §3.2): an address of its own, and the peers it exchanges packets with."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from msgspec import Struct

from dragoman.formats.stun import Endpoint
from dragoman.media.allowance import Allowance

# COMPAT(coturn 4.6): clients of RFC 5766 §11 also take channels above 0x4FFF, where RFC 8656 §12 ends.
FIRST_CHANNEL = 0x4000
LAST_CHANNEL = 0x7FFE
PERMISSION_SECONDS = 300
CHANNEL_SECONDS = 600
#: How many peers one client may exchange packets with at a time.
MAX_PEERS = 64


def is_channel_data(data: bytes) -> bool:
    """Whether octets begin as ChannelData does (RFC 8656 §12.4)."""
    return bool(data) and FIRST_CHANNEL >> 8 <= data[0] <= LAST_CHANNEL >> 8


class Client(Struct, frozen=True):
    """A client by where its packets come from: RFC 8656's 5-tuple. ``connection`` tells streams and listeners apart."""

    address: Endpoint
    connection: int
    is_stream: bool = False


class Relay(Protocol):
    """A UDP socket of the relay's own. ``address`` is what peers see."""

    address: Endpoint

    def send(self, data: bytes, peer: Endpoint) -> None: ...

    def close(self) -> None: ...


Heard = Callable[[bytes, Endpoint], None]
"""What a relay calls with a datagram and where it came from."""


class Relays(Protocol):
    """Where relays come from."""

    def open(self, octets: int, heard: Heard, *, even: bool = False) -> Relay | None:
        """A socket for addresses of 4 or 16 octets; None where no port is free or the family is not there."""
        ...

    def is_own(self, host: str) -> bool:
        """Whether an IP address is one of this machine's."""
        ...


@dataclass(slots=True)
class Allocation:
    """One client's. ``expires`` and the ends of permissions and channels are on the monotonic clock."""

    client: Client
    user: str
    transaction: bytes
    expires: float
    relay: Relay
    sending: Allowance
    receiving: Allowance
    permissions: dict[str, float] = field(default_factory=dict)
    peers: dict[int, tuple[Endpoint, float]] = field(default_factory=dict)  # by channel
    channels: dict[Endpoint, int] = field(default_factory=dict)
    inward: set[str] = field(default_factory=set)  # hosts of which only other allocations may be reached

    def permits(self, host: str, now: float) -> bool:
        """Whether packets are exchanged with a host."""
        return self.permissions.get(host, 0.0) > now

    def permit(self, hosts: list[str], now: float) -> bool:
        """Permit hosts for a while; False, and nothing changes, where that would be too many."""
        if len(self.permissions) + len(hosts) > MAX_PEERS:
            self.permissions = {host: end for host, end in self.permissions.items() if end > now}
        if len(self.permissions.keys() | set(hosts)) > MAX_PEERS:
            return False
        for host in hosts:
            self.permissions[host] = now + PERMISSION_SECONDS
        return True

    def bind(self, channel: int, peer: Endpoint, now: float) -> bool:
        """Give a peer a channel, or keep it; False where either belongs to another (RFC 8656 §12.2)."""
        self._forget_channels(now)
        if self.channels.get(peer, channel) != channel or self.peers.get(channel, (peer, 0.0))[0] != peer:
            return False
        self.peers[channel] = peer, now + CHANNEL_SECONDS
        self.channels[peer] = channel
        return True

    def peer_of(self, channel: int, now: float) -> Endpoint | None:
        """Whom a channel leads to."""
        peer, end = self.peers.get(channel, (None, 0.0))
        return peer if end > now else None

    def channel_of(self, peer: Endpoint, now: float) -> int | None:
        """The channel of a peer."""
        channel = self.channels.get(peer)
        return channel if channel is not None and self.peers[channel][1] > now else None

    def _forget_channels(self, now: float) -> None:
        for channel, (peer, end) in list(self.peers.items()):
            if end <= now:
                del self.peers[channel], self.channels[peer]
