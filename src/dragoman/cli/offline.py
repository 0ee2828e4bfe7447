"""Commands on accounts while no server runs: the same commands, over the stores themselves.

The database's own lock keeps a server that is being started out, and is kept out by one that runs.
"""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from dragoman.admin import command as admin
from dragoman.admin.command import Command
from dragoman.app.build import Parts, Server, build
from dragoman.app.place import Place
from dragoman.app.serve import run
from dragoman.auth.keys import KeyFailed, open_keys
from dragoman.cli.failure import Exit, Failure, refusal
from dragoman.config import Settings
from dragoman.core.clock import SystemRandomness
from dragoman.core.errors import Refused
from dragoman.core.stores import StorageFailed
from dragoman.net.clock import LoopClock
from dragoman.storage import Settings as StorageSettings
from dragoman.storage import open_stores

T = TypeVar("T")


def perform(settings: Settings, command: Command[Any], arguments: Mapping[str, Any]) -> Any:
    """The result of a command, as a running server would give it."""
    return with_server(settings, lambda server: admin.perform((command,), server.office, command.name, arguments))


def with_server(settings: Settings, work: Callable[[Server], Awaitable[T]]) -> T:
    """Do something with a server that has no connections, and close its stores. Ends the command on a ``Failure``."""

    async def main() -> T:
        place, clock, randomness = Place(Path(settings.server.data)), LoopClock(), SystemRandomness()
        place.make()
        keys = open_keys(place.key, randomness)
        stores = await open_stores(StorageSettings(str(place.database), settings.storage.synchronous), clock)
        try:
            parts = Parts(clock=clock, randomness=randomness, stores=stores, keys=keys)
            return await work(await build(settings, parts))
        finally:
            await stores.close()

    try:
        result: T = run(main)
    except Refused as refused:
        raise refusal(refused.condition, refused.text) from refused
    except (StorageFailed, KeyFailed, OSError) as failed:
        raise Failure(Exit.FAILED, str(failed), "dragoman doctor") from failed
    return result
