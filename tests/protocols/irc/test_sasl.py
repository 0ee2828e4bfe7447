import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.core.authenticator import AuthenticationFailed
from dragoman.protocols.irc.sasl import Response, ResponseTooLong, chunks


@given(st.binary(max_size=2000))
def test_what_is_cut_into_chunks_comes_together_again(data: bytes) -> None:
    response = Response()
    *waiting, last = [response.add(chunk) for chunk in chunks(data)]
    assert waiting == [None] * len(waiting)
    assert last == data


def test_a_full_last_chunk_is_followed_by_an_empty_one() -> None:
    assert [len(chunk) for chunk in chunks(b"x" * 300)] == [400, 1]
    assert chunks(b"x" * 300)[-1] == "+"
    assert chunks(b"") == ["+"]


def test_a_chunk_over_400_is_too_long() -> None:
    with pytest.raises(ResponseTooLong):
        Response().add("A" * 401)


def test_endless_chunks_are_too_long_together() -> None:
    response = Response()
    with pytest.raises(ResponseTooLong):
        for _ in range(1000):
            response.add("A" * 400)


@pytest.mark.parametrize("chunk", ["=", "A", "AB!=", "é", "AAAA=AAA"])
def test_what_is_not_base64_is_malformed(chunk: str) -> None:
    with pytest.raises(AuthenticationFailed) as failed:
        Response().add(chunk)
    assert failed.value.condition == "malformed-request"


def test_a_response_may_follow_another_one() -> None:
    response = Response()
    assert response.add(base64.b64encode(b"one").decode()) == b"one"
    assert response.add("+") == b""
