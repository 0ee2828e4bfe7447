"""SCRAM logins, and that nobody learns from them which accounts there are."""

import base64
import statistics
from collections import Counter

import pytest
from slixmpp.util.sasl import client as slixmpp_client
from slixmpp.util.sasl import mechanisms as _registered
from tests.auth.house import ALICE, OLD_TLS, PASSWORD, TLS, House, failure, make_house, scram

from dragoman.auth.settings import Settings, ThrottleSettings
from dragoman.core.authenticator import AuthenticationFailed, Challenge, Success
from dragoman.core.endpoint import Assurance
from dragoman.core.stores import Credentials
from dragoman.formats.scram import ClientExchange

MECHANISMS = ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1"]
assert _registered
UNTHROTTLED = Settings(throttle=ThrottleSettings(enabled=False))


def client(mechanism: str, name: str = "alice", password: str = PASSWORD) -> ClientExchange:
    plus = mechanism.endswith("-PLUS")
    return ClientExchange(
        mechanism.removeprefix("SCRAM-").removesuffix("-PLUS"),
        name,
        password,
        "clientnonce",
        binding=("tls-exporter", TLS.bindings["tls-exporter"]) if plus else None,
    )


@pytest.mark.parametrize("mechanism", MECHANISMS)
async def test_who_knows_the_password_is_in(mechanism: str) -> None:
    house = await make_house()
    success = await scram(house.begin(mechanism), client(mechanism, "Alice"))
    assert (success.account, success.assurance) == (ALICE, Assurance.FULL)


@pytest.mark.parametrize("mechanism", ["SCRAM-SHA-1", "SCRAM-SHA-256"])
async def test_slixmpp_logs_in(mechanism: str) -> None:
    house = await make_house()
    theirs = slixmpp_client.choose(
        [mechanism],
        lambda required, optional: {"username": "alice", "password": PASSWORD},
        lambda settings: {
            "encrypted": True,
            "unencrypted_scram": False,
            "binding_proposed": True,
            "tls_version": "TLSv1.3",
        },
    )
    ours = house.begin(mechanism)
    challenge = await ours.step(theirs.process())
    assert isinstance(challenge, Challenge)
    success = await ours.step(theirs.process(challenge.data))
    assert isinstance(success, Success)
    theirs.process(success.data)


@pytest.mark.parametrize("mechanism", MECHANISMS)
async def test_who_does_not_know_the_password_is_not(mechanism: str) -> None:
    house = await make_house()
    for name, password in (("alice", "wrong password"), ("nobody", PASSWORD)):
        with pytest.raises(AuthenticationFailed, match="not-authorized"):
            await scram(house.begin(mechanism), client(mechanism, name, password))


async def test_the_data_of_another_tls_connection_binds_nothing() -> None:
    house = await make_house()
    stolen = ClientExchange("SHA-256", "alice", PASSWORD, "abc", binding=("tls-exporter", b"x" * 32))
    with pytest.raises(AuthenticationFailed, match="not-authorized"):
        await scram(house.begin("SCRAM-SHA-256-PLUS"), stolen)


@pytest.mark.spec("RFC 5802", "6")
async def test_a_client_that_was_shown_no_plus_though_it_was_offered_is_refused() -> None:
    house = await make_house()
    assert await failure(house.begin("SCRAM-SHA-1"), b"y,,n=alice,r=abc") == "not-authorized"
    assert isinstance(await house.begin("SCRAM-SHA-1", OLD_TLS).step(b"y,,n=alice,r=abc"), Challenge)


@pytest.mark.parametrize("first", [b"", b"n,,", b"n,,n=alice", b"n,,m=x,n=alice,r=abc", b"\xff", b"p=x,,n=alice,r=a"])
async def test_malformed_words_get_malformed_request(first: bytes) -> None:
    house = await make_house()
    expected = "not-authorized" if first.startswith(b"p=") else "malformed-request"
    assert await failure(house.begin("SCRAM-SHA-1"), first) == expected
    assert await failure(house.begin("SCRAM-SHA-1"), b"n,,n=alice,r=abc", b"c=biws") == "malformed-request"
    assert await failure(house.begin("SCRAM-SHA-1"), b"n,,n=alice,r=abc", None) == "malformed-request"


async def test_the_server_waits_for_the_first_words() -> None:
    house = await make_house()
    exchange = house.begin("SCRAM-SHA-1")
    assert await exchange.step(None) == Challenge(b"")
    await scram(exchange, client("SCRAM-SHA-1"))


async def test_an_exchange_is_good_for_one_try() -> None:
    house = await make_house()
    exchange = house.begin("SCRAM-SHA-1")
    await scram(exchange, client("SCRAM-SHA-1"))
    assert await failure(exchange, client("SCRAM-SHA-1").first()) == "malformed-request"


async def test_a_suspended_account_is_told_so_only_when_it_has_proved_itself() -> None:
    house = await make_house()
    await house.suspend(ALICE)
    with pytest.raises(AuthenticationFailed, match="not-authorized"):
        await scram(house.begin("SCRAM-SHA-1"), client("SCRAM-SHA-1", password="wrong password"))
    with pytest.raises(AuthenticationFailed, match="account-disabled"):
        await scram(house.begin("SCRAM-SHA-1"), client("SCRAM-SHA-1"))


async def shape(house: House, mechanism: str, name: str) -> tuple[str, int, int, str, str]:
    """All that a stranger sees of a try with a wrong proof; the nonce, which is random, by its length."""
    exchange = house.begin(mechanism, OLD_TLS)
    challenge = await exchange.step(f"n,,n={name},r=abc".encode())
    assert isinstance(challenge, Challenge)
    nonce, salt, iterations = challenge.data.decode().split(",")
    proof = base64.b64encode(bytes(20 if mechanism == "SCRAM-SHA-1" else 32)).decode()
    try:
        await exchange.step(f"c=biws,{nonce},p={proof}".encode())
    except AuthenticationFailed as failed:
        return salt, len(nonce), len(salt), iterations, f"{failed.condition} {failed.text}"
    raise AssertionError("a wrong password was right")


@pytest.mark.spec("RFC 5802", "9")
async def test_a_thousand_tries_tell_nobody_which_accounts_there_are() -> None:
    house = await make_house(UNTHROTTLED)
    known = [await shape(house, "SCRAM-SHA-1", "alice") for _ in range(500)]
    unknown = [await shape(house, "SCRAM-SHA-1", "nobody") for _ in range(500)]
    assert Counter(seen[1:] for seen in known) == Counter(seen[1:] for seen in unknown)
    assert len({seen[0] for seen in known}) == len({seen[0] for seen in unknown}) == 1, "a salt is always the same"


async def test_unknown_accounts_have_salts_that_look_like_any_other() -> None:
    house = await make_house(UNTHROTTLED)
    salts = {
        (await shape(house, mechanism, f"user{number}"))[0] for number in range(50) for mechanism in MECHANISMS[2:]
    }
    assert len(salts) == 100
    octets = [octet for salt in salts for octet in salt[2:-2].encode()]
    assert statistics.stdev(octets) > 15  # of base64 digits: spread over the alphabet


async def test_a_salt_of_nobody_survives_a_restart() -> None:
    one, other = await make_house(UNTHROTTLED), await make_house(UNTHROTTLED)
    assert await shape(one, "SCRAM-SHA-1", "nobody") == await shape(other, "SCRAM-SHA-1", "nobody")


async def test_an_account_without_a_hash_looks_like_no_account() -> None:
    house = await make_house()
    credentials = await house.store.get(ALICE)
    assert credentials is not None
    await house.store.replace(ALICE, Credentials({"SHA-256": credentials.verifiers["SHA-256"]}))
    assert (await shape(house, "SCRAM-SHA-1", "alice"))[4].startswith("not-authorized")
    await scram(house.begin("SCRAM-SHA-256"), client("SCRAM-SHA-256"))


async def test_guessing_is_slowed_down_even_in_exchanges_that_began_before() -> None:
    house = await make_house()
    waiting = []
    for _ in range(40):
        exchange, theirs = house.begin("SCRAM-SHA-1"), client("SCRAM-SHA-1", password="wrong password")
        challenge = await exchange.step(theirs.first())
        assert isinstance(challenge, Challenge)
        waiting.append((exchange, theirs.answer(challenge.data)))
    conditions = Counter([await failure(exchange, answer) for exchange, answer in waiting])
    assert conditions == {"not-authorized": 11, "temporary-auth-failure": 29}
    assert await failure(house.begin("SCRAM-SHA-1"), b"n,,n=alice,r=abc") == "temporary-auth-failure"
    house.clock.advance(60)
    await scram(house.begin("SCRAM-SHA-1"), client("SCRAM-SHA-1"))
