"""What a connection may cost before it is known whose it is, and after."""

import asyncio
import sys
from collections.abc import Callable
from ipaddress import ip_address
from typing import Generic, TypeVar

from dragoman.net.settings import Settings

T = TypeVar("T")


SLOW_BYTES = 256 << 10
"""A peer that has left this much unread is slow, until it has read three quarters of it."""


def network_of(remote: str) -> str:
    """The network that an address counts with: 192.0.2.9 is ``192.0.2``, 2001:db8:1:2::9 the hexadecimal digits of its
    first 48 bits. What is no address (a Unix socket) is a network of its own."""
    head, dot, _ = remote.rpartition(".")
    if dot and ":" not in head:
        return head
    try:
        address = ip_address(remote.partition("%")[0])
    except ValueError:
        return remote
    mapped = getattr(address, "ipv4_mapped", None)
    return network_of(str(mapped)) if mapped else address.packed[:6].hex()


def is_loopback(remote: str) -> bool:
    """Whether no stranger can listen on the way to an address; a Unix socket's is empty."""
    return remote.startswith("127.") or remote in ("::1", "")


class Gate:
    """Counts strangers: connections that have not logged in. Nothing is kept of those that left, so the memory of this is
    bounded by the number of them."""

    __slots__ = ("_limits", "_networks", "count")

    def __init__(self, limits: Settings) -> None:
        self._limits = limits
        self._networks: dict[str, int] = {}
        self.count = 0

    def enter(self, remote: str) -> "Visit | None":
        """Let one in from a network address; None where there are too many already."""
        network = network_of(remote)
        here = self._networks.get(network, 0)
        limits = self._limits
        if 0 < limits.strangers <= self.count or 0 < limits.strangers_per_network <= here:
            return None
        self._networks[network] = here + 1
        self.count += 1
        return Visit(self, network, limits.login_bytes or sys.maxsize)

    def leave(self, network: str) -> None:
        """One that was let in has logged in, or is gone."""
        self.count -= 1
        here = self._networks[network] - 1
        if here:
            self._networks[network] = here
        else:
            del self._networks[network]


class Visit:
    """A stranger's stay, from connecting to logging in or leaving."""

    __slots__ = ("_gate", "_network", "_quota")

    def __init__(self, gate: Gate, network: str, quota: int) -> None:
        self._gate = gate
        self._network = network
        self._quota = quota

    def spend(self, size: int) -> bool:
        """Count bytes that came in; False once they are too many."""
        self._quota -= size
        return self._quota >= 0

    def end(self) -> None:
        """To be called once."""
        self._gate.leave(self._network)


class Deadlines(Generic[T]):
    """Things that all wait for the same number of seconds: one timer for them all, because they expire in the order in
    which they were added. With 0 seconds nothing expires."""

    __slots__ = ("_expired", "_loop", "_seconds", "_timer", "_waiting")

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float, expired: Callable[[T], None]) -> None:
        self._loop = loop
        self._seconds = seconds
        self._expired = expired
        self._waiting: dict[T, float] = {}
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, item: T) -> None:
        """Start an item's time, from the beginning where it waits already."""
        if not self._seconds:
            return
        self._waiting.pop(item, None)
        self._waiting[item] = self._loop.time() + self._seconds
        if self._timer is None:
            self._timer = self._loop.call_later(self._seconds, self._check)

    def discard(self, item: T) -> None:
        """Let an item go. The timer stays: it finds out when it fires."""
        self._waiting.pop(item, None)

    def stop(self) -> None:
        """Forget everything."""
        self._waiting.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _check(self) -> None:
        self._timer = None
        now = self._loop.time()
        due = []
        for item, moment in self._waiting.items():
            if moment > now:
                self._timer = self._loop.call_later(moment - now, self._check)
                break
            due.append(item)
        for item in due:
            del self._waiting[item]
        for item in due:
            self._expired(item)
