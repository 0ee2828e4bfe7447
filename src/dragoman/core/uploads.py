"""Files that people share: what is kept of each, and where its octets lie."""

from pathlib import Path
from typing import Protocol

from msgspec import Struct

from dragoman.core.address import Address


class Upload(Struct, frozen=True):
    """One file. ``id`` is random, and whoever knows it may fetch the file; ``size`` is in octets, as it was announced until
    all of it is here (``complete``)."""

    id: str
    account: Address
    name: str
    media_type: str
    size: int
    created_at: float
    complete: bool = False


class UploadStore(Protocol):
    """Kept with the account, and erased with it."""

    async def put(self, upload: Upload) -> None:
        """A new file, or more of one that is there."""
        ...

    async def get(self, id: str) -> Upload | None: ...

    async def of(self, account: Address) -> list[Upload]:
        """An account's files, the oldest first."""
        ...

    async def used(self, account: Address) -> int:
        """Octets that an account's files take, announced ones too."""
        ...

    async def remove(self, id: str) -> bool: ...

    async def old(self, *, before: float, complete: bool) -> list[Upload]:
        """Files that came before a moment, and are complete or not."""
        ...


class Contents(Protocol):
    """The octets, outside of the database."""

    async def append(self, id: str, offset: int, data: bytes) -> int:
        """Write at an offset; how much there is now."""
        ...

    async def size(self, id: str) -> int:
        """How much there is."""
        ...

    async def finish(self, id: str) -> None:
        """All is here: make it durable."""
        ...

    async def remove(self, id: str) -> None: ...

    def path(self, id: str) -> Path:
        """Where it lies, for whoever reads it."""
        ...
