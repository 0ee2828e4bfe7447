"""Commands on accounts while no server runs: the same commands, over the stores themselves."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from dragoman.admin import command as admin
from dragoman.admin.command import Command
from dragoman.app.build import Server
from dragoman.app.loop import run
from dragoman.app.opening import FAILURES, opened, remedy_of
from dragoman.cli.failure import Exit, Failure, refusal
from dragoman.config import Settings
from dragoman.core.errors import Refused

T = TypeVar("T")


def perform(settings: Settings, command: Command[Any], arguments: Mapping[str, Any]) -> Any:
    """The result of a command, as a running server would give it."""
    return with_server(settings, lambda server: admin.perform((command,), server.office, command.name, arguments))


def with_server(settings: Settings, work: Callable[[Server], Awaitable[T]]) -> T:
    """Do something with a server that has no connections. Ends the command on a ``Failure``."""

    async def main() -> T:
        async with opened(settings) as server:
            return await work(server)

    try:
        result: T = run(main)
    except Refused as refused:
        raise refusal(refused.condition, refused.text) from refused
    except FAILURES as failure:
        raise Failure(Exit.FAILED, str(failure), remedy_of(failure)) from failure
    return result
