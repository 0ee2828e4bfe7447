"""How clients reach the relay for calls."""

from tests.world import FakeClock

from dragoman.core.address import Address
from dragoman.features.call_relays import CallRelays, RelayPoint
from dragoman.formats import turn_credentials

ALICE = Address("alice", "example.org", "phone")


def test_there_is_a_way_by_datagrams_by_streams_and_by_tls_each_with_credentials() -> None:
    clock = FakeClock(1_000_000_100.0)
    services = CallRelays(RelayPoint(b"secret", 3478, 5349), clock).services(ALICE)
    assert [(each.type, each.transport, each.host, each.port) for each in services] == [
        ("stun", "udp", "example.org", 3478),
        ("turn", "udp", "example.org", 3478),
        ("turn", "tcp", "example.org", 3478),
        ("turns", "tcp", "example.org", 5349),
    ]
    assert services[0].credential is None
    proof = services[1].credential
    assert proof is not None
    assert turn_credentials.user_of(proof.username) == "alice@example.org"
    assert proof.password == turn_credentials.password(b"secret", proof.username)
    assert proof.expires - clock.now() >= 43_200


def test_who_asks_again_gets_the_same() -> None:
    clock = FakeClock(1_200_000_000.0)
    relays = CallRelays(RelayPoint(b"secret", 3478, host="turn.example.org"), clock)
    first = relays.services(ALICE)
    clock.advance(599)
    assert relays.services(ALICE) == first
    clock.advance(1)
    assert relays.services(ALICE) != first


def test_without_a_relay_there_is_none() -> None:
    relays = CallRelays(None, FakeClock())
    assert not relays.offered
    assert relays.services(ALICE) == ()
