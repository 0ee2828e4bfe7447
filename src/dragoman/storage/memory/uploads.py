"""Shared files in memory: all but their octets."""

from collections.abc import Callable

from dragoman.core.address import Address
from dragoman.core.uploads import Upload


class MemoryUploads:
    """Implements :class:`dragoman.core.uploads.UploadStore`."""

    def __init__(self) -> None:
        self._uploads: dict[str, Upload] = {}

    async def put(self, upload: Upload) -> None:
        self._uploads[upload.id] = upload

    async def get(self, id: str) -> Upload | None:
        return self._uploads.get(id)

    async def of(self, account: Address) -> list[Upload]:
        return self._sorted(lambda upload: upload.account == account)

    async def used(self, account: Address) -> int:
        return sum(upload.size for upload in await self.of(account))

    async def remove(self, id: str) -> bool:
        return self._uploads.pop(id, None) is not None

    async def old(self, *, before: float, complete: bool) -> list[Upload]:
        return self._sorted(lambda upload: upload.complete == complete and upload.created_at < before)

    def _sorted(self, wanted: Callable[[Upload], bool]) -> list[Upload]:
        found = [upload for upload in self._uploads.values() if wanted(upload)]
        return sorted(found, key=lambda upload: (upload.created_at, upload.id))
