"""Where everything is kept. The application opens one of these; the rules know only :mod:`dragoman.core.stores`."""

from dragoman.core.clock import Clock
from dragoman.core.stores import Stores
from dragoman.storage.memory import MemoryStores


async def open_stores(clock: Clock) -> Stores:
    """Build and open the stores."""
    stores = MemoryStores(clock)
    await stores.open()
    return stores
