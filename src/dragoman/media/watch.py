"""The time of the relay's process."""

import asyncio
from typing import Protocol

from dragoman.core.clock import system_time


class Watch(Protocol):
    """Where time comes from: a server's clock is one too."""

    def now(self) -> float:
        """Seconds since 1970-01-01 UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds since some moment; never steps back."""
        ...


class LoopWatch:
    """The operating system's time, and the event loop's."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.monotonic = loop.time

    def now(self) -> float:
        return system_time()
