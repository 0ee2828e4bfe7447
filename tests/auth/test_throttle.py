"""Guessing is slowed down; nobody is locked out."""

import sys

import pytest
from tests.auth.house import ALICE
from tests.world import FakeClock

from dragoman.auth.settings import ThrottleSettings
from dragoman.auth.throttle import Throttle, network_of
from dragoman.core.address import Address

HOME = "198.51.100.7"
ELSEWHERE = "203.0.113.9"


def account(number: int) -> Address:
    return Address(f"user{number}", "example.org")


def make(settings: ThrottleSettings | None = None) -> tuple[Throttle, FakeClock]:
    clock = FakeClock()
    return Throttle(clock, settings or ThrottleSettings()), clock


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.254", True),
        ("192.0.2.1", "192.0.3.1", False),
        ("2001:db8:1:2::3", "2001:db8:1:ffff::1", True),
        ("2001:db8:1::1", "2001:db8:2::1", False),
        ("::ffff:192.0.2.1", "192.0.2.9", True),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("unix", "unix", True),
        ("", "192.0.2.1", False),
    ],
)
def test_addresses_of_one_network_count_together(one: str, other: str, same: bool) -> None:
    assert (network_of(one) == network_of(other)) is same


def test_the_first_failures_are_free_and_each_further_one_costs_twice_as_long() -> None:
    throttle, clock = make()
    for _ in range(10):
        throttle.failed(ELSEWHERE, ALICE)
        assert throttle.wait(ELSEWHERE, ALICE) == 0
    waits = []
    for _ in range(9):
        throttle.failed(ELSEWHERE, ALICE)
        waits.append(throttle.wait(ELSEWHERE, ALICE))
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    clock.advance(59.5)
    assert throttle.wait(ELSEWHERE, ALICE) == pytest.approx(0.5)
    clock.advance(0.5)
    assert throttle.wait(ELSEWHERE, ALICE) == 0


def test_many_networks_together_do_not_get_more_tries_at_one_account() -> None:
    throttle, _ = make()
    for number in range(11):
        throttle.failed(f"203.0.{number}.1", ALICE)
    assert throttle.wait("192.0.2.1", ALICE) > 0
    assert throttle.wait("192.0.2.1", account(1)) == 0


def test_one_network_does_not_get_more_tries_over_many_accounts() -> None:
    throttle, _ = make()
    for number in range(31):
        throttle.failed(ELSEWHERE, account(number))
    assert throttle.wait(ELSEWHERE, account(1000)) > 0
    assert throttle.wait(HOME, account(1000)) == 0


def test_failures_are_forgotten_in_time() -> None:
    throttle, clock = make()
    for _ in range(20):
        throttle.failed(ELSEWHERE, ALICE)
    clock.advance(3600)
    throttle.failed(ELSEWHERE, ALICE)
    assert throttle.wait(ELSEWHERE, ALICE) == 0


def test_an_owner_comes_in_from_home_whatever_others_try() -> None:
    throttle, clock = make()
    throttle.succeeded(HOME, ALICE)
    for _ in range(1000):
        throttle.failed(ELSEWHERE, ALICE)
        throttle.failed(HOME, account(1))
    assert throttle.wait(HOME, ALICE) == 0
    assert throttle.wait(HOME, account(1)) > 0
    assert throttle.wait(ELSEWHERE, ALICE) > 0
    clock.advance(30 * 86400)
    assert throttle.wait(HOME, ALICE) == 0


def test_even_at_home_guessing_is_slowed_down_but_not_for_long() -> None:
    throttle, clock = make()
    throttle.succeeded(HOME, ALICE)
    for _ in range(100):
        throttle.failed(HOME, ALICE)
    assert throttle.wait(HOME, ALICE) == 5
    clock.advance(5)
    assert throttle.wait(HOME, ALICE) == 0


def test_where_there_is_no_network_only_the_account_counts() -> None:
    throttle, _ = make()
    for number in range(1000):
        throttle.failed("", account(number))
    assert throttle.wait("", ALICE) == 0


def test_fifty_thousand_failures_from_everywhere_stay_within_bounds() -> None:
    throttle, clock = make()
    throttle.succeeded(HOME, ALICE)
    limit = 3 * 16_384 + 65_536
    for number in range(50_000):
        throttle.failed(f"{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}.1", account(number))
        clock.moment += 0.001
    assert len(throttle) == 2 * 16_384 + 1 <= limit
    assert throttle.wait(HOME, ALICE) == 0
    for number in range(70_000):
        throttle.succeeded(f"10.{number >> 8 & 255}.{number & 255}.1", account(number))
    assert len(throttle) == 2 * 16_384 + 65_536
    assert sys.getsizeof(throttle._known) < 16 << 20


def test_measurements_can_do_without() -> None:
    throttle, _ = make(ThrottleSettings(enabled=False))
    for _ in range(1000):
        throttle.failed(ELSEWHERE, ALICE)
        throttle.succeeded(HOME, ALICE)
    assert throttle.wait(ELSEWHERE, ALICE) == 0
    assert len(throttle) == 0
