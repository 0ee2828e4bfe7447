"""SASL's words in Base64 (RFC 6120 §6.4.2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.core.authenticator import AuthenticationFailed
from dragoman.formats.xml_parser import XmlError, parse
from dragoman.protocols.xmpp.sasl import decode, encode, read


@given(st.binary())
def test_words_are_read_as_they_were_written(data: bytes) -> None:
    assert decode(encode(data).decode()) == data


def test_no_words_and_empty_words_are_told_apart() -> None:
    assert (decode(""), decode("="), encode(b"")) == (None, b"", b"=")


@pytest.mark.parametrize("text", ["====", "A", "AA=A", "not base64", "AA==\n", "é"])
def test_anything_else_is_badly_encoded(text: str) -> None:
    with pytest.raises(AuthenticationFailed) as caught:
        decode(text)
    assert caught.value.condition == "incorrect-encoding"


_AUTH = b"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-1'>biws</auth>"
_RESPONSE = b'<response xmlns="urn:ietf:params:xml:ns:xmpp-sasl">biws</response>'
_TURNED = b"<auth mechanism='PLAIN' xmlns='urn:ietf:params:xml:ns:xmpp-sasl'></auth>"


@pytest.mark.parametrize("raw", [_AUTH, _RESPONSE, _TURNED])
def test_the_common_words_are_read_without_a_parser_and_as_it_reads_them(raw: bytes) -> None:
    assert read(raw) == parse(raw)


@pytest.mark.parametrize("raw", [_AUTH, _RESPONSE, _TURNED])
def test_whatever_octet_is_changed_a_parser_agrees_with_what_was_read(raw: bytes) -> None:
    for place in range(len(raw)):
        for octet in b"<>&'\"/=;: \t\r\n\0\xffAz-":
            changed = raw[:place] + bytes([octet]) + raw[place + 1 :]
            found = read(changed)
            if found is not None:
                assert found == _parsed(changed)


def _parsed(raw: bytes) -> object:
    try:
        return parse(raw)
    except XmlError as error:
        return error
