"""Where the network meets a protocol: two interfaces, and the three things a pure connection can ask for."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Any, Protocol

from msgspec import Struct

from dragoman.core.errors import Condition


class Side(Enum):
    """Which end of a connection this is; one class serves both, so that both obey the same rules."""

    SERVER = "server"
    CLIENT = "client"


class Write(Struct, frozen=True):
    """Send these bytes."""

    data: bytes


class StartTls(Struct, frozen=True):
    """Everything before this is in the clear, everything after it inside TLS."""


class Close(Struct, frozen=True):
    """Send what is queued, then close."""

    reason: str = ""


Effect = Write | StartTls | Close


_NO_BINDINGS: Mapping[str, bytes] = MappingProxyType({})  # one for all: most connections have none, and there are many


@dataclass(slots=True)
class Channel:
    """What is known of the way to the peer.

    ``bindings`` maps a channel-binding type (``tls-exporter``, ``tls-server-end-point``) to its data (RFC 5929, RFC 9266).
    ``trusted`` is a way that no stranger can listen on, such as loopback; ``upgradable`` one on which TLS can be started.
    """

    remote: str = ""
    port: int = 0
    secure: bool = False
    trusted: bool = False
    upgradable: bool = False
    bindings: Mapping[str, bytes] = field(default_factory=lambda: _NO_BINDINGS)
    certificate: bytes = b""  # the peer's, DER
    server_name: str = ""  # what the peer asked for by SNI
    protocol: str = ""  # ALPN


class Wire(Protocol):
    """What the network gives a protocol: the way out. Writes are gathered and flushed once per turn of the loop."""

    channel: Channel

    def write(self, data: bytes) -> None:
        """Queue bytes. Where the peer does not read, the wire is cut, and ``lost`` is called."""
        ...

    def authenticated(self) -> None:
        """The client has logged in: the limits for strangers (deadline, bytes, number from one network) end here."""
        ...

    def start_tls(self) -> None:
        """Flush, then start TLS as a server; ``Caller.secured`` follows. Bytes received before are thrown away."""
        ...

    def close(self) -> None:
        """Flush, then close; nothing more is received. ``lost`` follows in the next turn of the loop."""
        ...

    def abort(self) -> None:
        """Close at once."""
        ...

    def pending(self) -> int:
        """How many bytes wait for the peer to read."""
        ...


class MessageWire(Wire, Protocol):
    """A wire that keeps messages apart (RFC 6455): each ``write`` is one message, and each call of ``received`` brings one."""

    def finish(self, code: int, reason: str) -> None:
        """Flush, then close with a code and a reason of the framing (RFC 6455 §7.4)."""
        ...


class Caller(Protocol):
    """What a protocol gives the network: one connected client, from its first byte to its last."""

    def received(self, data: bytes) -> Coroutine[Any, Any, None] | None:
        """Bytes came in. What is left to do when this returns, because it has to wait, is given back, and the network reads
        no more of this client until that is done. (A coroutine function is one that leaves everything.)"""
        ...

    def secured(self, channel: Channel) -> None:
        """TLS stands (also called first thing on a direct TLS port)."""
        ...

    def failed(self, condition: Condition, text: str) -> None:
        """The network gives this client up: tell it in its own words, and close. ``internal-server-error``: ``received``
        raised what it should not have; ``policy-violation``: too slow to log in, too many bytes before that, or idle."""
        ...

    def lost(self, reason: str) -> None:
        """The connection is gone, by whoever's will. Called exactly once, and after all that came before was received."""
        ...

    def drain(self, reason: str) -> None:
        """The server is stopping: tell the client in its own words, and close."""
        ...


Greeter = Callable[[Wire], Caller]
"""Makes the caller of a new connection."""


class Assurance(Enum):
    """How much a login proves."""

    FULL = "full"
    LOW = "low"  # an app password: good for one protocol, changes no credentials
    GUEST = "guest"
