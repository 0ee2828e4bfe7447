"""The commands of administration on the command line, over the stores of a server that does not run."""

from typing import Any

import click
import pytest
from tests.cli.conftest import Run

from dragoman.admin.command import Command
from dragoman.admin.commands import COMMANDS
from dragoman.cli import commands

PASSWORD = "correct horse\n"


def test_an_account_is_made_listed_and_removed(dragoman: Run) -> None:
    made = dragoman("user", "add", "alice", "--password-stdin", stdin=PASSWORD)
    assert (made.code, made.out) == (0, "alice@localhost can log in now\n")
    (listed,) = dragoman("--json", "user", "list").json
    assert (listed["account"], listed["enabled"], listed["sessions"]) == ("alice@localhost", True, 0)
    assert dragoman("user", "remove", "alice", "--yes").code == 0
    assert dragoman("user", "list", "--json").json == []


def test_json_may_be_asked_for_before_or_behind_the_command(dragoman: Run) -> None:
    assert dragoman("user", "list", "--json").json == dragoman("--json", "user", "list").json == []


def test_the_data_directory_behind_the_command_counts(dragoman: Run, tmp_path: Any) -> None:
    dragoman("user", "add", "alice", "--password-stdin", "--data", str(tmp_path / "other"), stdin=PASSWORD)
    assert dragoman("user", "list", "--json").json == []
    assert len(dragoman("user", "list", "--json", "--data", str(tmp_path / "other")).json) == 1


def test_what_goes_wrong_is_a_sentence_and_a_code(dragoman: Run) -> None:
    dragoman("user", "add", "alice", "--password-stdin", stdin=PASSWORD)
    again = dragoman("user", "add", "alice", "--password-stdin", stdin=PASSWORD)
    assert (again.code, again.out, again.err) == (6, "", "error alice@localhost exists already\n")
    nobody = dragoman("user", "passwd", "eve", "--password-stdin", stdin=PASSWORD)
    assert (nobody.code, nobody.err) == (3, "error there is no account eve@localhost\n")
    short = dragoman("user", "add", "bob", "--password-stdin", stdin="x\n")
    assert (short.code, "Traceback" in short.err) == (2, False)


def test_a_failure_as_json_is_on_standard_output(dragoman: Run) -> None:
    failed = dragoman("--json", "user", "remove", "eve", "--yes")
    assert (failed.code, failed.json["error"], failed.json["code"]) == (3, "there is no account eve@localhost", 3)


def test_what_cannot_be_undone_is_asked_first(dragoman: Run) -> None:
    dragoman("user", "add", "alice", "--password-stdin", stdin=PASSWORD)
    unasked = dragoman("user", "remove", "alice")
    assert (unasked.code, unasked.err.splitlines()[-1]) == (2, "try   say --yes")
    assert len(dragoman("user", "list", "--json").json) == 1


def test_a_password_is_never_taken_from_the_command_line(dragoman: Run) -> None:
    assert dragoman("user", "add", "alice", "hunter2").code == 2
    assert dragoman("user", "add", "alice", "--password", "hunter2").code == 2


def test_app_passwords_are_three_words_deep(dragoman: Run) -> None:
    dragoman("user", "add", "alice", "--password-stdin", stdin=PASSWORD)
    made = dragoman("--json", "user", "app-password", "add", "alice", "irc", "--name", "phone").json
    assert made["password"]
    (kept,) = dragoman("--json", "user", "app-password", "list", "alice").json
    assert (kept["id"], kept["name"]) == (made["id"], "phone")
    assert dragoman("user", "app-password", "remove", "alice", made["id"]).code == 0


@pytest.mark.parametrize("words", [("status",), ("room", "list"), ("room", "create", "team", "alice", "title=x")])
def test_commands_that_need_a_server_say_that_none_runs(dragoman: Run, words: tuple[str, ...]) -> None:
    ended = dragoman(*words)
    assert ended.code == 4
    assert ended.err.splitlines()[1].startswith("try   dragoman --data ")


def test_an_affiliation_is_one_of_five(dragoman: Run) -> None:
    ended = dragoman("room", "affiliate", "team", "alice", "king")
    assert ended.code == 2
    assert "'owner'" in ended.err


def test_an_unknown_command_is_wrong_usage(dragoman: Run) -> None:
    ended = dragoman("user", "ad")
    assert ended.code == 2
    assert ended.err.startswith("error No such command 'ad'.")


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_has_help_with_each_of_its_arguments(dragoman: Run, command: Command[Any]) -> None:
    ended = dragoman(*command.name.split(), "--help")
    assert ended.code == 0
    assert "--json" in ended.out
    if command.name != "backup":
        assert command.summary.split(";")[0].rstrip(".") in " ".join(ended.out.split())


def test_a_group_of_commands_is_made_once() -> None:
    root = click.Group("root")
    for command in COMMANDS:
        commands.add_to(root, command)
    assert {"user", "room", "status"} <= set(root.commands)
