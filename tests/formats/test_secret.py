from dragoman.formats.secret import Secret


def test_a_secret_shows_itself_only_where_it_is_asked_to() -> None:
    secret = Secret("hunter2")
    shown = f"{secret} {secret!r} {[secret]}"
    assert "hunter2" not in shown
    assert secret.text == "hunter2"


def test_an_empty_secret_is_false() -> None:
    assert not Secret("")
    assert Secret("x")
