"""Credentials that expire."""

import pytest

from dragoman.formats import turn_credentials


def test_a_password_is_the_mac_of_its_name() -> None:
    made = turn_credentials.make(b"north", "alice", 1433895918)
    # openssl dgst -sha1 -hmac north, in base64
    assert (made.username, made.password) == ("1433895918:alice", "RqMvcGPYTJMGThVLSi4amT4zFtI=")
    assert turn_credentials.expiry(made.username) == 1433895918
    assert turn_credentials.user_of(made.username) == "alice"


@pytest.mark.parametrize(
    "name", ["", "alice", ":alice", "12:", "x1:alice", "1e9:alice", "²:alice", "9" * 13 + ":alice"]
)
def test_other_names_never_hold(name: str) -> None:
    assert turn_credentials.expiry(name) is None


def test_the_key_is_that_of_rfc_8489() -> None:
    assert turn_credentials.key("user", "realm", "pass").hex() == "8493fbc53ba582fb4c044c456bdc40eb"
