"""A stream's header is read apart from what follows it (RFC 6120 §4.7)."""

import pytest

from dragoman.core.errors import ProtocolError
from dragoman.formats.xml_limits import Limits
from dragoman.protocols.xmpp.stream_header import USUAL, read_header

LIMITS = Limits(octets=8_192)
HEADER = b"<stream:stream to='example.org' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"


def test_the_usual_declarations_are_one_value_for_all_connections() -> None:
    for octets in (HEADER, HEADER.replace(b"'", b'"'), b"<?xml version='1.0'?>\n" + HEADER, HEADER + b"<presence/>"):
        header = read_header(octets, LIMITS)
        assert header is not None
        assert header.declarations is USUAL
        assert (header.name, header.root.get("to")) == (b"stream:stream", "example.org")
        assert octets[header.end :] in (b"", b"<presence/>")


def test_other_declarations_are_kept_as_they_are_meant() -> None:
    header = read_header(HEADER.replace(b" to", b' xmlns:x="it\'s" to'), LIMITS)
    assert header is not None
    assert header.declarations == USUAL + b" xmlns:x='it&apos;s'"


def test_a_header_that_has_not_come_whole_is_waited_for_within_its_limit() -> None:
    for end in range(len(HEADER)):
        assert read_header(HEADER[:end] or b"<", LIMITS) is None
    with pytest.raises(ProtocolError) as caught:
        read_header(HEADER[:-1], Limits(octets=50))
    assert caught.value.condition == "policy-violation"


@pytest.mark.parametrize(
    ("octets", "condition"),
    [
        (b"EHLO example.org", "not-well-formed"),
        (b"<<", "not-well-formed"),
        (b"<!DOCTYPE", "restricted-xml"),
        (HEADER.replace(b"jabber:client", b"jabber:server"), "invalid-namespace"),
    ],
)
def test_what_can_be_no_header_is_refused_at_once(octets: bytes, condition: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        read_header(octets, LIMITS)
    assert caught.value.condition == condition
