"""A server without connections: for commands on its data while it does not run, and what can be wrong with that data."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from dragoman import config
from dragoman.app.build import Parts, Server, build_rules
from dragoman.app.place import Place
from dragoman.auth.keys import KeyFailed, open_keys
from dragoman.core.clock import SystemRandomness
from dragoman.core.stores import StorageFailed
from dragoman.net.clock import LoopClock
from dragoman.storage import Settings as StorageSettings
from dragoman.storage import open_stores

#: What opening a server may raise; each of them says in its text what is wrong.
FAILURES: tuple[type[Exception], ...] = (StorageFailed, KeyFailed, OSError)


def remedy_of(failure: Exception) -> str:
    """What a person may do about one of ``FAILURES``."""
    if isinstance(failure, KeyFailed):
        return "restore the key file from a backup: app passwords cannot be read without it"
    return "dragoman doctor"


@asynccontextmanager
async def opened(settings: config.Settings) -> AsyncIterator[Server]:
    """The server over its stores, which are closed at the end. Raises one of ``FAILURES``.

    The database's own lock keeps a server that is being started out, and is kept out by one that runs.
    """
    place, clock, randomness = Place(Path(settings.server.data)), LoopClock(), SystemRandomness()
    place.make()
    keys = open_keys(place.key, randomness)
    stores = await open_stores(StorageSettings(str(place.database), settings.storage.synchronous), clock)
    try:
        yield await build_rules(settings, Parts(clock=clock, randomness=randomness, stores=stores, keys=keys))
    finally:
        await stores.close()
