import pytest
from msgspec import Struct

from dragoman.admin.command import Command, decode, perform
from dragoman.admin.office import Office
from dragoman.core.errors import Condition, Refused
from dragoman.formats.secret import Secret


class Greet(Struct, frozen=True, forbid_unknown_fields=True):
    """Say hello."""

    name: str
    password: Secret = Secret("")


class Greeting(Struct, frozen=True):
    text: str
    told: Secret


async def greet(office: Office, arguments: Greet) -> Greeting:
    return Greeting(f"hello {arguments.name}", Secret(arguments.password.text * 2))


COMMANDS = (Command("greet", Greet, greet),)


async def test_a_command_is_run_by_name_and_gives_plain_values(office: Office) -> None:
    told = await perform(COMMANDS, office, "greet", {"name": "eve", "password": "ab"})
    assert told == {"text": "hello eve", "told": "abab"}


async def test_an_unknown_command_is_refused(office: Office) -> None:
    with pytest.raises(Refused) as refused:
        await perform(COMMANDS, office, "shout", {})
    assert refused.value.condition is Condition.FEATURE_NOT_IMPLEMENTED


@pytest.mark.parametrize("arguments", [{}, {"name": 1}, {"name": "eve", "loud": True}, {"name": "e", "password": 1}])
def test_arguments_that_do_not_fit_are_refused(arguments: dict[str, object]) -> None:
    with pytest.raises(Refused) as refused:
        decode(Greet, arguments)
    assert refused.value.condition is Condition.BAD_REQUEST


def test_a_password_among_the_arguments_does_not_show() -> None:
    assert "hunter2" not in repr(decode(Greet, {"name": "eve", "password": "hunter2"}))


def test_the_summary_is_the_docstring_of_the_arguments() -> None:
    assert COMMANDS[0].summary == "Say hello."
