"""What the owner of a server sets for connections."""

from msgspec import Struct


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """Limits of every connection. 0 switches one off, which only measurements should need."""

    outbox_bytes: int = 1 << 20
    """What may be added for a peer that has not yet read 256 KiB of what it was sent; then it is cut."""
    burst_bytes: int = 16 << 20
    """What may be written at once to a peer that reads, such as a long contact list."""
    tls_seconds: float = 10.0
    """From the first byte of a TLS handshake to its end."""
    login_seconds: float = 30.0
    """From connecting to having logged in, whatever is sent meanwhile."""
    login_bytes: int = 64 << 10
    """What may be received before that."""
    strangers: int = 4096
    """Connections that have not logged in, in all."""
    strangers_per_network: int = 256
    """The same from one network: a /24 of IPv4, a /48 of IPv6."""
    idle_seconds: float = 0.0
    """After which a peer that has sent nothing is closed. Protocols ping by themselves, so this is off."""
    keepalive_seconds: int = 60
    """After which the kernel asks a silent peer whether it is there. After twice that without an answer, it is gone."""


UNLIMITED = Settings(
    outbox_bytes=0, burst_bytes=0, tls_seconds=0, login_seconds=0, login_bytes=0, strangers=0, strangers_per_network=0
)
"""For measurements."""
