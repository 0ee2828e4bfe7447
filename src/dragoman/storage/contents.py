"""Shared files on disk: one file each, below a directory that is named after the first two signs of its id."""

import asyncio
import os
import re
from pathlib import Path

from dragoman.core.stores import StorageFailed

_ID = re.compile(r"[0-9a-f]{8,64}")


class DiskContents:
    """Implements :class:`dragoman.core.uploads.Contents`."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    async def append(self, id: str, offset: int, data: bytes) -> int:
        return await asyncio.to_thread(self._append, self.path(id), offset, data)

    async def size(self, id: str) -> int:
        return await asyncio.to_thread(_size, self.path(id))

    async def finish(self, id: str) -> None:
        await asyncio.to_thread(_sync, self.path(id))

    async def remove(self, id: str) -> None:
        await asyncio.to_thread(self.path(id).unlink, missing_ok=True)

    def path(self, id: str) -> Path:
        """No name but that of an id leads to a file."""
        if not _ID.fullmatch(id):
            raise ValueError("this is no id of a file")
        return self._directory / id[:2] / id

    def _append(self, path: Path, offset: int, data: bytes) -> int:
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
            try:
                done = 0
                while done < len(data):
                    done += os.pwrite(descriptor, data[done:], offset + done)
                os.ftruncate(descriptor, offset + len(data))
            finally:
                os.close(descriptor)
        except OSError as error:
            raise StorageFailed(f"a file cannot be kept in {self._directory}: {error.strerror}") from error
        return offset + len(data)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _sync(path: Path) -> None:
    for each, flags in ((path, os.O_RDONLY), (path.parent, os.O_RDONLY | os.O_DIRECTORY)):
        descriptor = os.open(each, flags)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
