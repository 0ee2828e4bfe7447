"""Where people were when their last connection was lost: their next one begins there."""

from dragoman.core.address import Address
from dragoman.core.clock import Clock

KEPT_SECONDS = 86400.0
MAX_KEPT = 10_000


class Interrupted:
    """Rooms by account, for a day, unless somebody said QUIT."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rooms: dict[Address, tuple[float, set[Address]]] = {}

    def keep(self, account: Address, rooms: set[Address]) -> None:
        """A connection was lost."""
        if rooms:
            self._rooms.pop(account, None)
            self._rooms[account] = (self._clock.now(), rooms)
            if len(self._rooms) > MAX_KEPT:
                del self._rooms[next(iter(self._rooms))]

    def resume(self, account: Address) -> set[Address]:
        """Where the next connection begins; asked once."""
        moment, rooms = self._rooms.pop(account, (0.0, set()))
        return rooms if self._clock.now() - moment <= KEPT_SECONDS else set()
