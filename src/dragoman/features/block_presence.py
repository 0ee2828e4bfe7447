"""Who is blocked sees the one who blocked go away, and come back when the block ends (XEP-0191 §3.3, §3.4)."""

from dragoman.core.address import Address
from dragoman.features.blocking import Blocking, matches
from dragoman.features.presence import Presences
from dragoman.features.rosters import Rosters


class BlockPresence:
    """Joins blocking and presence."""

    def __init__(self, blocking: Blocking, presences: Presences, rosters: Rosters) -> None:
        self._blocking = blocking
        self._presences = presences
        self._rosters = rosters
        blocking.changing(self._hide)
        blocking.changed(self._show)

    async def _hide(self, change: tuple[Address, tuple[Address, ...]]) -> None:
        """While the account can still be heard."""
        account, addresses = change
        blocked = frozenset(addresses)
        for contact in await self._viewers(account):
            if matches(blocked, contact):
                await self._presences.hide(account, contact)

    async def _show(self, change: tuple[Address, tuple[Address, ...], bool]) -> None:
        account, addresses, blocked = change
        if blocked:
            return
        freed = frozenset(addresses)
        for contact in await self._viewers(account):
            was_blocked = not freed or matches(freed, contact)
            if was_blocked and not await self._blocking.is_blocked(account, contact):
                await self._presences.show(account, contact)

    async def _viewers(self, account: Address) -> list[Address]:
        return [item.contact for item in await self._rosters.load(account) if item.from_]
