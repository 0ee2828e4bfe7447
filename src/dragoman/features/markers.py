"""How far an account has read, the same in all its sessions; nobody else learns of it."""

from msgspec import Struct

from dragoman.core.address import Address
from dragoman.core.hooks import Hook
from dragoman.core.stores import MarkerStore


class Read(Struct, frozen=True):
    """An account has read its conversation with ``peer`` up to ``moment`` (seconds since 1970)."""

    account: Address
    peer: Address
    moment: float


class Markers:
    """Keeps the markers; ``changed`` runs when one moves forward."""

    def __init__(self, store: MarkerStore) -> None:
        self._store = store
        self.changed: Hook[Read] = Hook()

    async def get(self, account: Address, peer: Address) -> float | None:
        """Up to when, None where nothing was marked."""
        return await self._store.get(account, peer)

    async def set(self, account: Address, peer: Address, moment: float) -> float:
        """Move a marker forward; gives back where it stands now."""
        before = await self._store.get(account, peer)
        now = await self._store.set(account, peer, moment)
        if now != before:
            await self.changed.run(Read(account, peer, now))
        return now
