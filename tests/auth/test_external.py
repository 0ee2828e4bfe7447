"""EXTERNAL logins."""

from dataclasses import replace

import pytest
from cryptography import x509
from tests.auth.authority import make_authority, xmpp
from tests.auth.house import ALICE, TLS, House, failure, make_house
from tests.world import FakeClock

from dragoman.auth.certificates import Issuers
from dragoman.core.authenticator import Challenge, SaslExchange, Success
from dragoman.core.endpoint import Assurance

OURS = make_authority()
ALICES = OURS.issue(xmpp("alice@example.org"))


async def trusting() -> House:
    return await make_house(issuers=Issuers([OURS.certificate], FakeClock()))


def begin(house: House, certificate: bytes) -> SaslExchange:
    return house.begin("EXTERNAL", replace(TLS, certificate=certificate))


@pytest.mark.spec("XEP-0178", "3")
@pytest.mark.parametrize("authzid", [b"", b"alice", b"alice@example.org", b"ALICE@example.org"])
async def test_a_certificate_that_names_the_account_is_enough(authzid: bytes) -> None:
    house = await trusting()
    exchange = begin(house, ALICES)
    assert await exchange.step(None) == Challenge(b"")
    assert await exchange.step(authzid) == Success(ALICE, Assurance.FULL)


async def test_a_mail_address_in_a_certificate_is_as_good() -> None:
    house = await trusting()
    outcome = await begin(house, OURS.issue(x509.RFC822Name("alice@example.org"))).step(b"")
    assert outcome == Success(ALICE, Assurance.FULL)


@pytest.mark.parametrize(
    "authzid", [b"bob", b"bob@example.org", b"alice@example.net", b"alice@example.org/x", b"@", b"a b"]
)
async def test_nobody_acts_for_another(authzid: bytes) -> None:
    house = await trusting()
    assert await failure(begin(house, ALICES), authzid) == "invalid-authzid"


async def test_a_certificate_that_names_no_account_here_proves_nothing() -> None:
    house = await trusting()
    for certificate in (OURS.issue(xmpp("alice@example.net")), OURS.issue(xmpp("nobody@example.org")), OURS.issue()):
        assert await failure(begin(house, certificate), b"") in ("not-authorized", "invalid-authzid")
        assert await failure(begin(house, certificate), b"alice") in ("not-authorized", "invalid-authzid")


async def test_a_certificate_of_several_accounts_needs_to_be_told_which() -> None:
    house = await trusting()
    shared = OURS.issue(xmpp("alice@example.org"), xmpp("bob@example.org"))
    assert await failure(begin(house, shared), b"") == "not-authorized"
    assert await begin(house, shared).step(b"alice") == Success(ALICE, Assurance.FULL)


async def test_an_authority_that_is_not_trusted_names_nobody() -> None:
    house = await make_house()
    assert await failure(begin(house, ALICES), b"") == "not-authorized"
    assert await failure(begin(house, ALICES), b"alice") == "not-authorized"


async def test_a_registered_certificate_needs_no_authority() -> None:
    house = await make_house()
    own = make_authority().issue()
    await house.accounts.add_certificate(ALICE, own)
    assert await begin(house, own).step(b"alice") == Success(ALICE, Assurance.FULL)
    assert await failure(begin(house, own), b"") == "not-authorized"
    assert await failure(begin(house, own), b"nobody") == "not-authorized"
    assert await failure(begin(house, make_authority().issue()), b"alice") == "not-authorized"
    assert await failure(begin(house, own), b"\xff") == "malformed-request"


async def test_a_suspended_account_stays_out() -> None:
    house = await trusting()
    await house.suspend(ALICE)
    assert await failure(begin(house, ALICES), b"") == "account-disabled"
