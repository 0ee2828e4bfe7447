"""How voice and video find their way."""

from typing import Annotated

from msgspec import Meta, Struct

from dragoman.formats.secret import Secret

Port = Annotated[int, Meta(ge=0, le=65535)]
Count = Annotated[int, Meta(ge=1)]


class RelayRules(Struct, frozen=True):
    """What the own relay allows."""

    ports: tuple[Port, Port] = (49152, 65535)
    """From and to: the ports that it relays from."""
    external_address: str = ""
    """The public IP address, where the machine has only a private one behind a router that forwards the ports."""
    allow_private_peers: bool = False
    """Whether it relays to loopback and to private networks: only where nobody outside can use it."""
    lifetime_seconds: Count = 600
    """How long an allocation lives without a refresh, unless the client asks for more."""
    allocations: Count = 4_000
    allocations_per_user: Count = 16
    bytes_per_second: Count = 1_500_000
    """What one allocation may carry, each way."""


class Settings(Struct, frozen=True):
    """The STUN and TURN server (RFC 8489, RFC 8656) for calls where no direct way leads from one to the other."""

    enabled: bool = False
    """Whether clients are told of a relay."""
    addresses: tuple[str, ...] = ()
    """Where the own relay listens; empty: as the other listeners do."""
    port: Port = 3478
    """For UDP and for TCP; 0: any free one."""
    tls_port: Port = 5349
    """For TLS; 0: none."""
    external: str = ""
    """The name or address by which clients reach it; empty: the domain's name."""
    secret: Secret = Secret("")
    """Shared with another TURN server, such as coturn with its static-auth-secret: then none is started here."""
    credential_seconds: Count = 43_200
    """How long a client's credentials hold."""
    relay: RelayRules = RelayRules()
