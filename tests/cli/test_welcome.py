import json

import pytest

from dragoman import config
from dragoman.cli.checks import Check, State
from dragoman.cli.directions import ways
from dragoman.cli.welcome import Welcome, show_accounts, show_checks, show_welcome

Captured = pytest.CaptureFixture[str]
TOLD = Welcome(
    {"localhost": ways("localhost", config.listeners(config.load()))},
    "/d/ca.pem",
    "AB:CD",
    "http://h:8080/",
    "http://h/readyz",
)


def test_a_check_that_is_not_well_has_its_remedy_below(capsys: Captured) -> None:
    show_checks([Check("disk", State.OK, "room"), Check("data", State.ATTENTION, "open", "chmod")], as_json=False)
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["disk", "room", "ok"],
        ["data", "open", "attention"],
        ["chmod"],
    ]


def test_ready_stands_on_a_line_of_its_own_and_last(capsys: Captured) -> None:
    show_welcome(TOLD, as_json=False)
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "ready"
    assert lines.count("ready") == 1
    assert "Status: http://h/readyz" in lines
    assert "In a browser: http://h:8080/" in lines


def test_as_json_everything_is_one_object(capsys: Captured) -> None:
    show_welcome(TOLD, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["ready"] is True
    assert {way["port"] for way in told["domains"]["localhost"]} == {5222, 5223, 6697, 6667}


def test_no_accounts_are_no_words(capsys: Captured) -> None:
    show_accounts({}, as_json=False)
    assert capsys.readouterr().out == ""


def test_new_accounts_are_told_with_their_passwords(capsys: Captured) -> None:
    show_accounts({"alice@localhost": "secret"}, as_json=False)
    assert "  alice@localhost  secret\n" in capsys.readouterr().out
