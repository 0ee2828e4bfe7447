"""SASL's words in Base64 (RFC 6120 §6.4.2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.core.authenticator import AuthenticationFailed
from dragoman.protocols.xmpp.sasl import decode, encode


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
