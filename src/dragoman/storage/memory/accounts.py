"""What an account has, in memory: credentials, contact list, blocks, how far it has read, and what is kept for it."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Protocol

from dragoman.core.address import Address
from dragoman.core.stores import AppPassword, Credentials, HistoryPreferences, RosterItem


class MemoryRosters:
    """Contact lists."""

    def __init__(self) -> None:
        self._rosters: defaultdict[Address, dict[Address, RosterItem]] = defaultdict(dict)

    async def load(self, account: Address) -> list[RosterItem]:
        items = self._rosters.get(account, {})
        return [items[contact] for contact in sorted(items)]

    async def put(self, account: Address, item: RosterItem) -> None:
        self._rosters[account][item.contact] = item

    async def forget(self, account: Address, contact: Address) -> None:
        self._rosters[account].pop(contact, None)

    def erase(self, account: Address) -> None:
        """Drop all that an account has."""
        self._rosters.pop(account, None)


class MemoryBlocks:
    """Whom an account does not want to hear."""

    def __init__(self) -> None:
        self._blocks: defaultdict[Address, set[Address]] = defaultdict(set)

    async def load(self, account: Address) -> list[Address]:
        return sorted(self._blocks.get(account, ()))

    async def add(self, account: Address, blocked: Sequence[Address]) -> None:
        self._blocks[account].update(blocked)

    async def remove(self, account: Address, blocked: Sequence[Address]) -> None:
        self._blocks[account].difference_update(blocked)

    def erase(self, account: Address) -> None:
        """Drop all that an account has."""
        self._blocks.pop(account, None)


class MemoryMarkers:
    """How far an account has read."""

    def __init__(self) -> None:
        self._markers: defaultdict[Address, dict[Address, float]] = defaultdict(dict)

    async def get(self, account: Address, peer: Address) -> float | None:
        return self._markers.get(account, {}).get(peer)

    async def set(self, account: Address, peer: Address, moment: float) -> float:
        markers = self._markers[account]
        markers[peer] = max(moment, markers.get(peer, moment))
        return markers[peer]

    def erase(self, account: Address) -> None:
        """Drop all that an account has."""
        self._markers.pop(account, None)


class MemoryPreferences:
    """What accounts want to have in their histories."""

    def __init__(self) -> None:
        self._preferences: dict[Address, HistoryPreferences] = {}

    async def all(self) -> list[tuple[Address, HistoryPreferences]]:
        return sorted(self._preferences.items(), key=lambda pair: pair[0])

    async def set(self, account: Address, preferences: HistoryPreferences) -> None:
        self._preferences[account] = preferences
        if preferences == HistoryPreferences():
            self.erase(account)

    def erase(self, account: Address) -> None:
        """Drop all that an account has."""
        self._preferences.pop(account, None)


class Belonging(Protocol):
    """What goes with an account."""

    def erase(self, account: Address) -> None: ...


class MemoryAccounts:
    """Credentials; knows the other stores, since an account takes all that is its own with it."""

    def __init__(self, *belongings: Belonging) -> None:
        self._accounts: dict[Address, Credentials] = {}
        self._passwords: defaultdict[Address, dict[str, AppPassword]] = defaultdict(dict)
        self._belongings = belongings

    async def create(self, account: Address, credentials: Credentials) -> bool:
        if account in self._accounts:
            return False
        self._accounts[account] = credentials
        return True

    async def get(self, account: Address) -> Credentials | None:
        return self._accounts.get(account)

    async def replace(self, account: Address, credentials: Credentials) -> bool:
        if account not in self._accounts:
            return False
        self._accounts[account] = credentials
        return True

    async def remove(self, account: Address) -> bool:
        if self._accounts.pop(account, None) is None:
            return False
        self._passwords.pop(account, None)
        for belonging in self._belongings:
            belonging.erase(account)
        return True

    async def page(self, domain: str, *, after: str = "", limit: int = 100) -> list[Address]:
        accounts = (account for account in self._accounts if account.domain == domain and account.local > after)
        return sorted(accounts)[:limit]

    async def count(self, domain: str) -> int:
        return sum(account.domain == domain for account in self._accounts)

    async def add_app_password(self, account: Address, password: AppPassword) -> None:
        self._passwords[account][password.id] = password

    async def app_passwords(self, account: Address) -> list[AppPassword]:
        passwords = self._passwords.get(account, {})
        return [passwords[id] for id in sorted(passwords)]

    async def remove_app_password(self, account: Address, id: str) -> bool:
        return self._passwords[account].pop(id, None) is not None
