"""Where everything is kept. The application opens one of these; the rules know only :mod:`dragoman.core.stores`."""

from dragoman.core.clock import Clock
from dragoman.core.stores import Stores
from dragoman.storage.memory import MemoryStores
from dragoman.storage.sqlite import Settings, SqliteStores

__all__ = ["MemoryStores", "Settings", "SqliteStores", "open_stores"]


async def open_stores(settings: Settings | None, clock: Clock) -> Stores:
    """The stores, open: in the file that the settings name, or in memory where there are no settings.

    Raises ``StorageFailed`` with the remedy where the file cannot be used.
    """
    stores: Stores = MemoryStores(clock) if settings is None else SqliteStores(settings, clock)
    await stores.open()
    return stores
