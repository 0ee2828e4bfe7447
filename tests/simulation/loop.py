"""An event loop in virtual time: nothing ever waits. Where all that is ready has run, the clock jumps to the next timer; where
there is no timer either, nothing can ever happen again, which is a deadlock."""

import asyncio
import selectors
from collections.abc import Callable, Mapping
from typing import Any


class Deadlock(Exception):
    """Everybody waits, and nothing is scheduled."""


class _Selector(selectors.BaseSelector):
    """Has no files, only a clock. The loop's own wake-up socket is accepted and never becomes ready."""

    def __init__(self) -> None:
        self.now = 0.0
        self._keys: dict[Any, selectors.SelectorKey] = {}

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        self._keys[fileobj] = selectors.SelectorKey(fileobj, fileobj, events, data)
        return self._keys[fileobj]

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._keys.pop(fileobj)

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._keys

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise Deadlock(f"nothing is scheduled after {self.now:.6f} s")
        self.now += max(0.0, timeout)
        return []

    def close(self) -> None:
        self._keys.clear()


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop for one run of a simulation. What is given to a thread is done at once instead: threads are never repeatable."""

    def __init__(self) -> None:
        self._virtual = _Selector()
        super().__init__(self._virtual)

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self._virtual.now

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:  # type: ignore[override]
        done = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:
            done.set_exception(error)
        return done
