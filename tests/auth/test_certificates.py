"""Whose a client certificate is."""

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.auth.authority import DAY, NOW, XMPP_ADDRESS, make_authority, utf8_string, xmpp
from tests.world import FakeClock

from dragoman.auth.certificates import Issuers

OURS = make_authority()
FOREIGN = make_authority()
ISSUERS = Issuers([OURS.certificate], FakeClock())


@pytest.mark.spec("RFC 6120", "13.7.1.4")
def test_the_addresses_of_a_certificate_that_our_authority_issued_count() -> None:
    certificate = OURS.issue(
        x509.RFC822Name("mail@example.org"),
        x509.DNSName("example.org"),
        xmpp("alice@example.org"),
        xmpp("ü" * 100 + "@example.org"),
        xmpp("x" * 300 + "@example.org"),
    )
    assert ISSUERS.names(certificate) == [
        "alice@example.org",
        "ü" * 100 + "@example.org",
        "x" * 300 + "@example.org",
        "mail@example.org",
    ]


def test_without_authorities_a_certificate_names_nobody() -> None:
    assert Issuers([], FakeClock()).names(OURS.issue(xmpp("alice@example.org"))) == []


def test_what_another_authority_issued_under_the_same_name_does_not_count() -> None:
    assert ISSUERS.names(FOREIGN.issue(xmpp("alice@example.org"))) == []


def test_a_certificate_counts_only_while_it_and_its_authority_are_valid() -> None:
    name = xmpp("alice@example.org")
    assert ISSUERS.names(OURS.issue(name, start=NOW - 2 * DAY, end=NOW - DAY)) == []
    assert ISSUERS.names(OURS.issue(name, start=NOW + DAY, end=NOW + 2 * DAY)) == []
    past = make_authority(NOW - 3 * DAY, NOW - DAY)
    assert Issuers([past.certificate], FakeClock()).names(past.issue(name)) == []


def test_a_certificate_for_servers_names_no_client() -> None:
    name = xmpp("alice@example.org")
    assert ISSUERS.names(OURS.issue(name, usages=[ExtendedKeyUsageOID.SERVER_AUTH])) == []
    assert ISSUERS.names(OURS.issue(name, usages=[])) == ["alice@example.org"]
    assert ISSUERS.names(OURS.issue(name, usages=[ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE])) == ["alice@example.org"]


@pytest.mark.parametrize(
    "value",
    [
        b"\x16" + utf8_string("alice@example.org")[1:],
        b"\x0c\x02\xff\xfe",
        b"\x0c\x00",
        b"\x05\x00",
    ],
)
def test_a_name_of_another_form_is_passed_over(value: bytes) -> None:
    odd = x509.OtherName(XMPP_ADDRESS, value)
    foreign = x509.OtherName(x509.ObjectIdentifier("1.2.3"), utf8_string("mallory@example.org"))
    assert ISSUERS.names(OURS.issue(odd, foreign, xmpp("alice@example.org"))) == ["alice@example.org"]


def test_a_certificate_without_names_names_nobody() -> None:
    assert ISSUERS.names(OURS.issue()) == []


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_garbage_names_nobody(garbage: bytes) -> None:
    assert ISSUERS.names(garbage) == []


def test_a_certificate_with_any_octet_changed_names_nobody_else() -> None:
    sound = OURS.issue(xmpp("alice@example.org"))
    signed = x509.load_der_x509_certificate(sound).tbs_certificate_bytes
    start = sound.index(signed)
    for place in range(len(sound)):
        for change in (0x01, 0x02, 0x40, 0x80, 0xFF):
            broken = sound[:place] + bytes([sound[place] ^ change]) + sound[place + 1 :]
            names = ISSUERS.names(broken)
            if start <= place < start + len(signed):
                assert names == []
            # What stands around it is not signed: a signature can be written down in more than one way.
            assert set(names) <= {"alice@example.org"}
