"""What a server does by itself from time to time."""

from dataclasses import dataclass

import structlog

from dragoman.core.stores import StorageFailed
from dragoman.features.services import Services

log = structlog.get_logger()

#: How long rooms that a stop emptied wait for their occupants to come back.
SWEEP_AFTER = 600.0
EXPIRE_EVERY = 3600.0


@dataclass(slots=True)
class Upkeep:
    """Begins with :meth:`start`, and goes on by timers until :meth:`stop`."""

    services: Services
    running: bool = False

    def start(self) -> None:
        """Sweep once, expire every hour."""
        self.running = True
        clock = self.services.clock
        clock.call_later(SWEEP_AFTER, lambda: clock.start(self.sweep()))
        clock.call_later(EXPIRE_EVERY, lambda: clock.start(self.expire()))

    def stop(self) -> None:
        """Nothing more begins."""
        self.running = False

    async def sweep(self) -> None:
        """End the rooms that nobody has come back to."""
        if self.running:
            log.info("rooms swept", count=await self.services.rooms.sweep())

    async def expire(self) -> None:
        """Drop what is older than its domain keeps it."""
        if not self.running:
            return
        try:
            gone = await self.services.history.expire()
            await self.services.devices.expire()
            await self.services.uploads.expire()
        except StorageFailed as failed:
            log.error("old messages could not be dropped", problem=str(failed))
        else:
            log.info("old messages dropped", count=gone)
        clock = self.services.clock
        clock.call_later(EXPIRE_EVERY, lambda: clock.start(self.expire()))
