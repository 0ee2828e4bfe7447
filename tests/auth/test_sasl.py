"""Which mechanisms are offered when, and what all of them have in common."""

from dataclasses import replace

import pytest
from tests.auth.house import ALICE, LOOPBACK, NOBODY, OLD_TLS, OPEN, PASSWORD, TLS, failure, make_house

from dragoman.auth.settings import Settings
from dragoman.core.address import Address
from dragoman.core.authenticator import AuthenticationFailed
from dragoman.core.endpoint import Assurance, Channel
from dragoman.formats.scram import ClientExchange

PLUS = ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS"]
SCRAM = ["SCRAM-SHA-256", "SCRAM-SHA-1"]


@pytest.mark.parametrize(
    ("channel", "offered"),
    [
        (TLS, [*PLUS, *SCRAM, "PLAIN", "ANONYMOUS"]),
        (replace(TLS, certificate=b"der"), [*PLUS, *SCRAM, "EXTERNAL", "PLAIN", "ANONYMOUS"]),
        (OLD_TLS, [*SCRAM, "PLAIN", "ANONYMOUS"]),
        (replace(TLS, bindings={"tls-unique": b"x"}), [*SCRAM, "PLAIN", "ANONYMOUS"]),
        (LOOPBACK, [*SCRAM, "ANONYMOUS"]),
        (replace(LOOPBACK, certificate=b"der"), [*SCRAM, "ANONYMOUS"]),
        (OPEN, []),
    ],
)
async def test_only_what_is_safe_on_a_channel_is_offered_there(channel: Channel, offered: list[str]) -> None:
    assert (await make_house()).authenticator.mechanisms("xmpp", "example.org", channel) == offered


async def test_guests_are_let_in_only_where_the_domain_wants_them() -> None:
    authenticator = (await make_house()).authenticator
    assert "ANONYMOUS" not in authenticator.mechanisms("xmpp", "example.net", TLS)
    with pytest.raises(AuthenticationFailed, match="invalid-mechanism"):
        authenticator.begin("ANONYMOUS", "xmpp", "example.net", TLS)


async def test_a_domain_that_is_not_served_offers_nothing() -> None:
    authenticator = (await make_house()).authenticator
    assert authenticator.mechanisms("xmpp", "example.com", TLS) == []
    with pytest.raises(AuthenticationFailed, match="not-authorized"):
        await authenticator.check_password("irc", Address("alice", "example.com"), PASSWORD, TLS)


async def test_an_owner_may_allow_plain_on_loopback_and_scram_without_tls() -> None:
    house = await make_house(Settings(plain_on_loopback=True, clear_on_network=True))
    assert house.authenticator.mechanisms("xmpp", "example.org", LOOPBACK) == [*SCRAM, "PLAIN", "ANONYMOUS"]
    assert house.authenticator.mechanisms("xmpp", "example.org", OPEN) == [*SCRAM, "ANONYMOUS"]


async def test_what_is_not_offered_cannot_be_begun() -> None:
    house = await make_house()
    for mechanism, channel, condition in [
        ("PLAIN", OPEN, "encryption-required"),
        ("PLAIN", LOOPBACK, "encryption-required"),
        ("SCRAM-SHA-1", OPEN, "encryption-required"),
        ("SCRAM-SHA-1-PLUS", OLD_TLS, "invalid-mechanism"),
        ("EXTERNAL", TLS, "invalid-mechanism"),
        ("DIGEST-MD5", TLS, "invalid-mechanism"),
        ("scram-sha-1", TLS, "invalid-mechanism"),
        ("", TLS, "invalid-mechanism"),
    ]:
        with pytest.raises(AuthenticationFailed) as failed:
            house.begin(mechanism, channel)
        assert failed.value.condition == condition, mechanism


def first_words(mechanism: str, name: str, authzid: str) -> list[bytes | None]:
    if mechanism == "PLAIN":
        return [f"{authzid}\0{name}\0{PASSWORD}".encode()]
    binding = ("tls-exporter", TLS.bindings["tls-exporter"]) if mechanism.endswith("-PLUS") else None
    return [ClientExchange("SHA-1", name, PASSWORD, "abc", binding=binding, authzid=authzid).first()]


@pytest.mark.spec("RFC 6120", "6.5.6")
@pytest.mark.parametrize("mechanism", [*PLUS, *SCRAM, "PLAIN"])
@pytest.mark.parametrize(
    "authzid", ["bob", "bob@example.org", "alice@example.net", "alice@example.org/phone", "@", "a b", "example.org"]
)
async def test_nobody_acts_for_another(mechanism: str, authzid: str) -> None:
    house = await make_house()
    assert await failure(house.begin(mechanism), *first_words(mechanism, "alice", authzid)) == "invalid-authzid"


@pytest.mark.parametrize("mechanism", [*PLUS, *SCRAM, "PLAIN"])
@pytest.mark.parametrize("authzid", ["", "alice", "ALICE", "alice@example.org", "Alice@EXAMPLE.org."])
async def test_everybody_may_name_themselves(mechanism: str, authzid: str) -> None:
    house = await make_house()
    await house.begin(mechanism).step(first_words(mechanism, "alice", authzid)[0])


@pytest.mark.parametrize("mechanism", [*SCRAM, "PLAIN"])
@pytest.mark.parametrize("name", ["alice@example.net", "alice@example.com", "a b", "alice@", "@example.org", "♥"])
async def test_a_name_of_elsewhere_fails_as_a_wrong_password_does(mechanism: str, name: str) -> None:
    house = await make_house()
    assert await failure(house.begin(mechanism), *first_words(mechanism, name, "")) == "not-authorized"


async def test_a_protocol_that_serves_all_domains_at_once_takes_names_of_each() -> None:
    house = await make_house()
    bob = Address("bob", "example.net")
    await house.store.create(bob, await house.accounts.passwords.credentials(PASSWORD))
    words = f"\0bob@example.net\0{PASSWORD}".encode()
    assert await failure(house.begin("PLAIN", protocol="xmpp"), words) == "not-authorized"
    success = await house.begin("PLAIN", protocol="irc").step(words)
    assert success.account == bob


async def test_a_password_without_sasl_needs_tls_or_is_made_for_the_protocol() -> None:
    house = await make_house()
    check = house.authenticator.check_password
    assert (await check("irc", ALICE, PASSWORD, TLS)).assurance is Assurance.FULL
    for channel in (OPEN, LOOPBACK):
        with pytest.raises(AuthenticationFailed, match="encryption-required"):
            await check("irc", ALICE, PASSWORD, channel)
    made, _ = await house.accounts.add_app_password(ALICE, "irc", "desk")
    assert (await check("irc", ALICE, made, OPEN)).assurance is Assurance.LOW
    for account, password in ((ALICE, "wrong"), (NOBODY, PASSWORD), (ALICE, "")):
        with pytest.raises(AuthenticationFailed, match="not-authorized"):
            await check("irc", account, password, TLS)


async def test_a_protocol_for_app_passwords_never_takes_the_main_one() -> None:
    house = await make_house(Settings(app_passwords_only=("irc",)))
    assert house.authenticator.mechanisms("irc", "example.org", TLS) == ["PLAIN", "ANONYMOUS"]
    with pytest.raises(AuthenticationFailed, match="not-authorized"):
        await house.authenticator.check_password("irc", ALICE, PASSWORD, TLS)
    assert await failure(house.begin("PLAIN", protocol="irc"), f"\0alice\0{PASSWORD}".encode()) == "not-authorized"
    assert (await house.authenticator.check_password("xmpp", ALICE, PASSWORD, TLS)).account == ALICE
