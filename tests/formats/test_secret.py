import msgspec
import pytest

from dragoman.formats.secret import Secret


def test_a_secret_shows_itself_only_where_it_is_asked_to() -> None:
    secret = Secret("hunter2")
    shown = f"{secret} {secret!r} {[secret]}"
    assert "hunter2" not in shown
    assert secret.text == "hunter2"


def test_an_empty_secret_is_false() -> None:
    assert not Secret("")
    assert Secret("x")


def test_a_secret_is_not_encoded_by_chance() -> None:
    with pytest.raises(TypeError):
        msgspec.json.encode({"password": Secret("hunter2")})


def test_equal_secrets_are_equal() -> None:
    assert Secret("a") == Secret("a") != Secret("b")
    assert len({Secret("a"), Secret("a")}) == 1
