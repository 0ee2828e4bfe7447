import pytest
from tests.world import FakeClock, World

from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused, Remedy
from dragoman.core.hooks import Hooks
from dragoman.core.policy import Domains, Policy
from dragoman.features.limit_settings import Settings
from dragoman.features.limits import Limits

ALICE, BOB = Address("alice", "example.org"), Address("bob", "example.org")


def bucket(**settings: float) -> tuple[FakeClock, Limits]:
    clock = FakeClock()
    return clock, Limits(Hooks(), clock, Domains(()), Settings(**settings))


def test_a_burst_is_allowed_and_then_the_rate() -> None:
    clock, limits = bucket(rate=2, burst=3)
    for _ in range(3):
        limits.spend(ALICE)
    with pytest.raises(Refused) as refused:
        limits.spend(ALICE)
    assert (refused.value.condition, refused.value.remedy) == (Condition.RESOURCE_CONSTRAINT, Remedy.WAIT)
    clock.advance(0.5)
    limits.spend(ALICE)
    with pytest.raises(Refused):
        limits.spend(ALICE)


def test_being_refused_costs_nothing_and_others_are_not_touched() -> None:
    clock, limits = bucket(rate=1, burst=1)
    limits.spend(ALICE)
    for _ in range(10):
        with pytest.raises(Refused):
            limits.spend(ALICE)
    limits.spend(BOB)
    clock.advance(1)
    limits.spend(ALICE)


def test_waiting_long_gives_no_more_than_the_burst() -> None:
    clock, limits = bucket(rate=1, burst=2)
    clock.advance(1000)
    limits.spend(ALICE, 2)
    with pytest.raises(Refused):
        limits.spend(ALICE)


def test_full_buckets_are_forgotten_when_there_are_many() -> None:
    clock, limits = bucket(rate=1, burst=1)
    for number in range(50_001):
        limits.spend(Address(f"a{number}", "example.org"))
    clock.advance(1)
    limits.spend(ALICE)
    limits.spend(BOB)
    assert len(limits._buckets) <= 2


async def test_a_text_that_is_too_long_in_octets_is_refused() -> None:
    world = World(Policy(max_text_bytes=10))
    alice = await world.client("alice")
    await world.client("bob")
    await world.say(alice, "bob@example.org", "x" * 10)
    for text in ("x" * 11, "é" * 6):
        with pytest.raises(Refused) as refused:
            await world.say(alice, "bob@example.org", text)
        assert refused.value.condition is Condition.POLICY_VIOLATION


def test_for_measurements_there_is_no_limit() -> None:
    _, limits = bucket(enabled=False, rate=1, burst=1)
    for _ in range(100):
        limits.spend(ALICE)
