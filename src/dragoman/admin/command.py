"""One command of administration: its name, what it takes, what it does. Every way in is made from this.

The words of the name are the words of the command line: ``user add`` is ``dragoman user add``. Fields of ``arguments``
without a default are positional there; the others are options.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct

from dragoman.admin.office import Office
from dragoman.core.errors import Condition, Refused
from dragoman.formats.secret import Secret

A = TypeVar("A", bound=Struct)


@dataclass(frozen=True, slots=True)
class Command(Generic[A]):
    """``offline`` commands need only the stores, so they also work while no server runs.

    ``destroys`` says what is lost for good, in words that complete "This ..."; a person is asked first.
    """

    name: str
    arguments: type[A]
    run: Callable[[Office, A], Awaitable[Any]]
    offline: bool = False
    destroys: str = ""

    @property
    def summary(self) -> str:
        """What it does, in a sentence."""
        return (self.arguments.__doc__ or "").strip()


class Done(Struct, frozen=True):
    """A command has done its work and has nothing to show but what it did."""

    done: str


async def perform(commands: Sequence[Command[Any]], office: Office, name: str, arguments: Mapping[str, Any]) -> Any:
    """Run a command by name; the result is plain values, ready for JSON. Raises ``Refused``."""
    command = next((command for command in commands if command.name == name), None)
    if command is None:
        raise Refused(Condition.FEATURE_NOT_IMPLEMENTED, f"there is no command {name!r}")
    result = await command.run(office, decode(command.arguments, arguments))
    return msgspec.to_builtins(result, enc_hook=plain)


def decode(kind: type[A], arguments: Mapping[str, Any]) -> A:
    """Arguments from plain values; ``Refused(bad-request)`` where they do not fit."""
    try:
        return msgspec.convert(arguments, kind, dec_hook=_secret)
    except msgspec.ValidationError as error:
        raise Refused(Condition.BAD_REQUEST, str(error).replace("`", "")) from error


def plain(value: Any) -> Any:
    """What JSON has no form for: a secret that a command was made to show."""
    if isinstance(value, Secret):
        return value.text
    raise NotImplementedError(type(value).__name__)


def _secret(kind: type, value: Any) -> Any:
    if kind is Secret and isinstance(value, str):
        return Secret(value)
    raise msgspec.ValidationError(f"Expected `{kind.__name__}`, got `{type(value).__name__}`")
