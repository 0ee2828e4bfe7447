import json

import pytest

from dragoman.cli.failure import Exit, Failure
from dragoman.cli.show import cell, show, show_failure

Captured = pytest.CaptureFixture[str]


def test_rows_are_a_table(capsys: Captured) -> None:
    show([{"account": "alice", "created_at": 0.0}, {"account": "bob", "created_at": 1_700_000_000}], as_json=False)
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines == [["account", "created"], ["alice", "–"], ["bob", "2023-11-14", "22:13", "UTC"]]


def test_no_rows_are_no_output_but_a_word(capsys: Captured) -> None:
    show([], as_json=False)
    assert capsys.readouterr() == ("", "none\n")


def test_one_thing_is_a_list_of_its_fields(capsys: Captured) -> None:
    show({"up_seconds": 90061, "sessions": {"irc": 2}, "open": True, "occupants": [{"nick": "a"}]}, as_json=False)
    out = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert out == ["up         1 d 1 h", "sessions   irc 2", "open       yes", "occupants", "nick", "a"]


def test_json_is_one_line_as_the_server_gave_it(capsys: Captured) -> None:
    show([{"nick": "é"}], as_json=True)
    assert capsys.readouterr().out == '[{"nick": "é"}]\n'


def test_what_others_named_cannot_steer_the_terminal() -> None:
    assert str(cell("title", "a\x1b[2Jb\n\u202ec")) == "a\\x1b[2Jb\\n\\u202ec"


def test_a_failure_is_a_sentence_and_a_remedy_on_standard_error(capsys: Captured) -> None:
    show_failure(Failure(Exit.FAILED, "it is full", "make room", ("line 1",)), as_json=False)
    assert capsys.readouterr() == ("", "error it is full\n  line 1\ntry   make room\n")


def test_a_failure_as_json_is_a_result(capsys: Captured) -> None:
    show_failure(Failure(Exit.NOT_FOUND, "gone"), as_json=True)
    assert json.loads(capsys.readouterr().out) == {"error": "gone", "remedy": "", "details": [], "code": 3}
