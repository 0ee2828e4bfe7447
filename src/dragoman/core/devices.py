"""Devices: the browsers and programs that an account is logged in with for longer than one connection."""

from typing import Protocol

from msgspec import Struct

from dragoman.core.address import Address


class Device(Struct, frozen=True):
    """``digest`` is the SHA-256 of the secret by which the device is known; the secret itself is kept nowhere here.

    ``remote`` is the network address that it was last used from, ``used_at`` when (roughly), both in the owner's eyes only;
    ``low_assurance`` is one that came in by an app password, and may change no credentials.
    """

    id: str
    account: Address
    digest: bytes
    name: str
    created_at: float
    used_at: float
    remote: str = ""
    low_assurance: bool = False


class DeviceStore(Protocol):
    """Kept with the account, and erased with it."""

    async def put(self, device: Device) -> None:
        """A new device, or other words for one that is there."""
        ...

    async def find(self, digest: bytes) -> Device | None: ...

    async def of(self, account: Address) -> list[Device]:
        """Those of an account, in the order of their ids."""
        ...

    async def remove(self, account: Address, id: str) -> bool:
        """False where the account has no such device."""
        ...

    async def expire(self, *, before: float) -> list[Device]:
        """Drop those that were used last before a moment; which they were."""
        ...
