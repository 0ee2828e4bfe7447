"""Devices that stay logged in: each knows a secret that is shown once and kept only as its digest."""

from hashlib import sha256

from msgspec.structs import replace

from dragoman.core.address import Address
from dragoman.core.clock import Clock, Randomness
from dragoman.core.devices import Device, DeviceStore
from dragoman.core.hooks import Hook
from dragoman.core.stores import AccountStore

#: After which a device that is not used has to log in again.
LASTING_SECONDS = 90 * 86400.0
#: How exactly it is kept when a device was used.
STEP_SECONDS = 600.0
MAX_DEVICES = 100
MAX_NAME = 200
_SECRET_OCTETS = 32


class Devices:
    """All devices of all accounts. ``removed`` runs when one is logged out: whoever serves it, ends its connections."""

    def __init__(self, store: DeviceStore, accounts: AccountStore, clock: Clock, randomness: Randomness) -> None:
        self._store = store
        self._accounts = accounts
        self._clock = clock
        self._randomness = randomness
        self.removed: Hook[Device] = Hook()

    async def add(self, account: Address, *, name: str, remote: str, low_assurance: bool = False) -> tuple[str, Device]:
        """Log a device in; its secret, and what is kept of it. Of too many, the one that was used longest ago goes."""
        kept = sorted(await self._store.of(account), key=lambda device: device.used_at)
        for device in kept[: max(0, len(kept) - MAX_DEVICES + 1)]:
            await self._drop(device)
        secret, now = self._randomness.text(_SECRET_OCTETS), self._clock.now()
        id = self._randomness.text(8)
        device = Device(id, account, digest(secret), name[:MAX_NAME], now, now, remote, low_assurance)
        await self._store.put(device)
        return secret, device

    async def find(self, secret: str, *, remote: str = "") -> Device | None:
        """The device that knows a secret; None where there is none, it was not used for too long, or its account may not
        log in."""
        device = await self._store.find(digest(secret)) if secret else None
        now = self._clock.now()
        if device is None or device.used_at < now - LASTING_SECONDS:
            return None
        credentials = await self._accounts.get(device.account)
        if credentials is None or not credentials.enabled:
            return None
        if device.used_at < now - STEP_SECONDS:
            device = replace(device, used_at=now, remote=remote or device.remote)
            await self._store.put(device)
        return device

    async def of(self, account: Address) -> list[Device]:
        """All devices of an account."""
        return await self._store.of(account)

    async def remove(self, account: Address, id: str) -> bool:
        """Log a device out; False where the account has no such device."""
        device = next((device for device in await self._store.of(account) if device.id == id), None)
        if device is not None:
            await self._drop(device)
        return device is not None

    async def remove_all(self, account: Address) -> None:
        """Log all devices of an account out, as when its password changed."""
        for device in await self._store.of(account):
            await self._drop(device)

    async def expire(self) -> int:
        """Drop those that were not used for too long; how many went."""
        return len(await self._store.expire(before=self._clock.now() - LASTING_SECONDS))

    async def _drop(self, device: Device) -> None:
        await self._store.remove(device.account, device.id)
        await self.removed.run(device)


def digest(secret: str) -> bytes:
    """What is kept of a secret. It has 256 random bits: nobody guesses it, so it needs no slow hash."""
    return sha256(secret.encode("utf-8", "replace")).digest()
