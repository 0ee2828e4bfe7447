"""Slowing down those who guess passwords, over all protocols at once, without ever locking anybody out.

Each failed login is a debt of its network (a /24, a /48) and of the account that it was for; debts halve with time. Above
a free allowance each further try has to wait, longer with every failure, up to a limit. Who has logged in from a network
before is known there: for that account, from there, nothing counts but its own failures there.
"""

from collections import OrderedDict
from ipaddress import ip_address
from typing import Generic, TypeVar

from dragoman.auth.settings import ThrottleSettings
from dragoman.core.address import Address
from dragoman.core.clock import Clock

K = TypeVar("K")


class _Debt:
    __slots__ = ("at", "failures")

    def __init__(self) -> None:
        self.at = 0.0
        self.failures = 0.0


class _Debts(Generic[K]):
    """Failures by key; at most ``limit`` keys, the one that failed longest ago is forgotten first."""

    def __init__(self, limit: int, free: int, longest: float, settings: ThrottleSettings) -> None:
        self._debts: OrderedDict[K, _Debt] = OrderedDict()
        self._limit = limit
        self._free = free
        self._longest = longest
        self._settings = settings

    def __len__(self) -> int:
        return len(self._debts)

    def wait(self, key: K, now: float) -> float:
        """Seconds until the next try."""
        debt = self._debts.get(key)
        if debt is None:
            return 0.0
        excess = self._owed(debt, now) - self._free
        if excess <= 0:
            return 0.0
        pause = min(self._settings.first_wait_seconds * 2 ** min(excess - 1, 32), self._longest)
        return max(0.0, debt.at + pause - now)

    def charge(self, key: K, now: float) -> None:
        debt = self._debts.pop(key, None) or _Debt()
        debt.failures, debt.at = self._owed(debt, now) + 1, now
        self._debts[key] = debt
        if len(self._debts) > self._limit:
            self._debts.popitem(last=False)

    def _owed(self, debt: _Debt, now: float) -> float:
        return float(debt.failures * 0.5 ** ((now - debt.at) / self._settings.halving_seconds))


class Throttle:
    """Counts failures; one for the whole server."""

    def __init__(self, clock: Clock, settings: ThrottleSettings) -> None:
        self._clock = clock
        self._enabled = settings.enabled
        self._limit = settings.remembered_known
        longest, known = settings.longest_wait_seconds, settings.longest_known_wait_seconds
        self._networks = _Debts[str](settings.remembered_networks, settings.free_per_network, longest, settings)
        self._accounts = _Debts[Address](settings.remembered_accounts, settings.free_per_account, longest, settings)
        self._pairs = _Debts[tuple[str, Address]](
            settings.remembered_accounts, settings.free_per_account, known, settings
        )
        self._known: OrderedDict[tuple[str, Address], None] = OrderedDict()

    def __len__(self) -> int:
        """How many things are remembered in all."""
        return len(self._networks) + len(self._accounts) + len(self._pairs) + len(self._known)

    def wait(self, remote: str, account: Address) -> float:
        """Seconds that a try from an address at an account has to wait; 0 where it need not."""
        if not self._enabled:
            return 0.0
        network, now = network_of(remote), self._clock.monotonic()
        if (network, account) in self._known:
            return self._pairs.wait((network, account), now)
        return max(self._networks.wait(network, now), self._accounts.wait(account, now))

    def failed(self, remote: str, account: Address) -> None:
        """A password was wrong; whether the account exists makes no difference."""
        if not self._enabled:
            return
        network, now = network_of(remote), self._clock.monotonic()
        if (network, account) in self._known:
            self._pairs.charge((network, account), now)
        else:
            if network:
                self._networks.charge(network, now)
            self._accounts.charge(account, now)

    def succeeded(self, remote: str, account: Address) -> None:
        """A password was right: the account is known in this network from now on."""
        if not self._enabled:
            return
        pair = (network_of(remote), account)
        self._known[pair] = None
        self._known.move_to_end(pair)
        if len(self._known) > self._limit:
            self._known.popitem(last=False)


def network_of(remote: str) -> str:
    """What an address counts with: the first 24 bits of IPv4, 48 of IPv6; anything else is a network of its own, and
    nothing is none."""
    try:
        address = ip_address(remote.partition("%")[0])
    except ValueError:
        return remote
    address = getattr(address, "ipv4_mapped", None) or address
    return address.packed[: 3 if address.version == 4 else 6].hex()
