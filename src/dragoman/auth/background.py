"""Slow arithmetic in a thread of its own, so that other clients do not wait while a password is hashed."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


class Background:
    """Implements ``passwords.Run``. Hashing releases the interpreter, so one thread uses a core that the loop leaves free;
    more would only let guesses take more of the machine."""

    def __init__(self, threads: int = 1) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="passwords")

    async def __call__(self, work: Callable[[], T], /) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def close(self) -> None:
        """Let the work that was begun end, and take no more."""
        self._threads.shutdown(cancel_futures=True)
