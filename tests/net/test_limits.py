import pytest
from tests.world import FakeClock

from dragoman.net.limits import Deadlines, Gate, network_of
from dragoman.net.settings import UNLIMITED, Settings


@pytest.mark.parametrize(
    ("remote", "network"),
    [
        ("192.0.2.9", "192.0.2"),
        ("2001:db8:1:2::9", "20010db80001"),
        ("2001:db8:1:ffff::", "20010db80001"),
        ("fe80::1%eth0", "fe8000000000"),
        ("::ffff:192.0.2.9", "192.0.2"),
        ("", ""),
    ],
)
def test_addresses_count_with_their_network(remote: str, network: str) -> None:
    assert network_of(remote) == network


def test_a_network_that_is_full_does_not_shut_out_another() -> None:
    gate = Gate(Settings(strangers=4, strangers_per_network=2))
    inside = [gate.enter("192.0.2.1"), gate.enter("192.0.2.2")]
    assert gate.enter("192.0.2.3") is None
    assert gate.enter("198.51.100.1") and gate.enter("2001:db8::1")
    assert gate.enter("203.0.113.1") is None  # full in all
    for visit in inside:
        assert visit is not None
        visit.end()
    assert gate.count == 2
    assert gate.enter("192.0.2.3") is not None


def test_nothing_is_kept_of_networks_that_left() -> None:
    gate = Gate(Settings())
    for number in range(1000):
        visit = gate.enter(f"10.{number % 250}.{number // 250}.1")
        assert visit is not None
        visit.end()
    assert gate.count == 0
    assert not gate._networks


def test_zero_is_no_limit() -> None:
    gate = Gate(UNLIMITED)
    visits = [gate.enter("192.0.2.1") for _ in range(10_000)]
    assert all(visit is not None and visit.spend(1 << 40) for visit in visits)


class HandLoop:
    """As much of an event loop as deadlines need, in a time that the test moves."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.time = self.clock.monotonic
        self.call_later = self.clock.call_later


def deadlines(loop: HandLoop, seconds: float, expired: list[str]) -> Deadlines[str]:
    return Deadlines(loop, seconds, expired.append)  # type: ignore[arg-type]  # nothing else of it is used


def test_each_thing_expires_at_its_own_moment_and_in_order() -> None:
    loop, expired = HandLoop(), list[str]()
    waiting = deadlines(loop, 5, expired)
    waiting.add("first")
    waiting.add("gone")
    loop.clock.advance(3)
    waiting.add("second")
    waiting.discard("gone")
    loop.clock.advance(2)
    assert expired == ["first"]
    loop.clock.advance(2)
    assert expired == ["first"]
    loop.clock.advance(1)
    assert expired == ["first", "second"]
    assert len(waiting) == 0


def test_added_again_it_waits_from_the_beginning() -> None:
    loop, expired = HandLoop(), list[str]()
    waiting = deadlines(loop, 5, expired)
    waiting.add("it")
    loop.clock.advance(4)
    waiting.add("it")
    loop.clock.advance(4)
    assert expired == []
    loop.clock.advance(1)
    assert expired == ["it"]


def test_with_no_seconds_or_after_a_stop_nothing_expires() -> None:
    loop, expired = HandLoop(), list[str]()
    deadlines(loop, 0, expired).add("never")
    stopped = deadlines(loop, 5, expired)
    stopped.add("stopped")
    stopped.stop()
    loop.clock.advance(60)
    assert expired == []
