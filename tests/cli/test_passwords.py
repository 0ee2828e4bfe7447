import io

import pytest

from dragoman.cli.failure import Exit, Failure
from dragoman.cli.passwords import new_password


def test_a_password_is_the_first_line_of_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(" with spaces \r\nmore\n"))
    assert new_password("Password", from_stdin=True).text == " with spaces "


def test_no_password_on_standard_input_is_wrong_usage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    with pytest.raises(Failure) as caught:
        new_password("Password", from_stdin=True)
    assert caught.value.code is Exit.USAGE


def test_nobody_is_asked_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("hunter2\n"))
    with pytest.raises(Failure) as caught:
        new_password("Password", from_stdin=False)
    assert caught.value.remedy == "give it with --password-stdin"
