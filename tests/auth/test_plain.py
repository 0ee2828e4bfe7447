"""PLAIN logins."""

import pytest
from tests.auth.house import ALICE, PASSWORD, failure, make_house

from dragoman.core.authenticator import AuthenticationFailed, Challenge, Success
from dragoman.core.endpoint import Assurance


async def test_who_knows_the_password_is_in() -> None:
    house = await make_house()
    exchange = house.begin("PLAIN")
    assert await exchange.step(None) == Challenge(b"")
    assert await exchange.step(f"\0alice\0{PASSWORD}".encode()) == Success(ALICE, Assurance.FULL)


@pytest.mark.parametrize(
    "response",
    [
        b"",
        b"alice",
        b"\0alice",
        b"\0alice\0",
        b"\0\0secret",
        b"\0alice\0pass\0word",
        b"\0\xff\0secret",
        b"\0alice\0\xff",
        b"\0alice\0" + b"x" * 9000,
    ],
)
async def test_malformed_words_get_malformed_request(response: bytes) -> None:
    house = await make_house()
    assert await failure(house.begin("PLAIN"), response) == "malformed-request"


@pytest.mark.parametrize(("name", "password"), [("alice", "wrong"), ("nobody", PASSWORD), ("alice", "a\u202eb")])
async def test_a_wrong_password_and_an_unknown_account_are_told_apart_by_nothing(name: str, password: str) -> None:
    house = await make_house()
    with pytest.raises(AuthenticationFailed) as failed:
        await house.begin("PLAIN").step(f"\0{name}\0{password}".encode())
    assert (failed.value.condition, failed.value.text) == ("not-authorized", "")


async def test_an_app_password_is_good_for_its_own_protocol_only() -> None:
    house = await make_house()
    made, _ = await house.accounts.add_app_password(ALICE, "irc", "desk")
    response = f"\0alice\0{made}".encode()
    assert await house.begin("PLAIN", protocol="irc").step(response) == Success(ALICE, Assurance.LOW)
    assert await failure(house.begin("PLAIN", protocol="xmpp"), response) == "not-authorized"


async def test_a_suspended_account_is_told_so_only_when_it_has_proved_itself() -> None:
    house = await make_house()
    await house.suspend(ALICE)
    assert await failure(house.begin("PLAIN"), b"\0alice\0wrong password") == "not-authorized"
    assert await failure(house.begin("PLAIN"), f"\0alice\0{PASSWORD}".encode()) == "account-disabled"
