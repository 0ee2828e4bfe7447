"""The relay that calls go through where no direct way leads from one person to the other, and the way into it."""

from msgspec import Struct

from dragoman.core.address import Address
from dragoman.core.clock import Clock
from dragoman.formats import turn_credentials

_STEP_SECONDS = 600  # credentials made within one step are the same: a client that asks again learns nothing new


class RelayPoint(Struct, frozen=True):
    """Where the relay is. An empty ``host`` is the domain of whoever asks; ``tls_port`` is 0 where it speaks no TLS."""

    secret: bytes
    port: int
    tls_port: int = 0
    host: str = ""
    credential_seconds: int = 43_200


class RelayService(Struct, frozen=True):
    """One way to reach it: ``stun``, ``turn`` or ``turns``, over ``udp`` or ``tcp``; ``credential`` where it needs one."""

    type: str
    transport: str
    host: str
    port: int
    credential: turn_credentials.Credential | None = None


class CallRelays:
    """Tells accounts how to reach the relay."""

    def __init__(self, point: RelayPoint | None, clock: Clock) -> None:
        self._point = point
        self._clock = clock

    @property
    def offered(self) -> bool:
        """Whether there is a relay at all."""
        return self._point is not None

    def services(self, account: Address) -> tuple[RelayService, ...]:
        """All ways, the best one first, with credentials for an account; empty where there is no relay."""
        point = self._point
        if point is None:
            return ()
        host = point.host or account.domain
        begin = int(self._clock.now()) // _STEP_SECONDS * _STEP_SECONDS
        proof = turn_credentials.make(point.secret, str(account.bare), begin + point.credential_seconds + _STEP_SECONDS)
        ways = [
            RelayService("stun", "udp", host, point.port),
            RelayService("turn", "udp", host, point.port, proof),
            RelayService("turn", "tcp", host, point.port, proof),
        ]
        if point.tls_port:
            ways.append(RelayService("turns", "tcp", host, point.tls_port, proof))
        return tuple(ways)
