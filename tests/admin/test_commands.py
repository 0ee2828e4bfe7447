from enum import StrEnum

import msgspec
import pytest

from dragoman.admin.command import Command
from dragoman.admin.commands import COMMANDS
from dragoman.formats.secret import Secret


def test_each_name_stands_for_one_command() -> None:
    assert len({command.name for command in COMMANDS}) == len(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_says_what_it_does_and_every_argument_what_it_is(command: Command[msgspec.Struct]) -> None:
    assert command.summary.endswith(".")
    for field in msgspec.structs.fields(command.arguments):
        assert "description=" in str(field.type) or issubclass(field.type, StrEnum), field.name


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_no_command_takes_a_password_as_plain_text(command: Command[msgspec.Struct]) -> None:
    for field in msgspec.structs.fields(command.arguments):
        assert "password" not in field.name or field.type is Secret or "Secret" in str(field.type)
