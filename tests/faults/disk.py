"""A disk that can fail: an apsw VFS over the operating system's.

It remembers what was written and not synced. When the power is cut, every later operation fails; then
:meth:`FaultyDisk.lose` leaves on the files what a real disk may leave: the last synced state, and a random part of the
later writes. It can also be full, or refuse to sync.
"""

import os
import random
from dataclasses import dataclass, field

import apsw


@dataclass
class Unsynced:
    """One write (``data`` at ``offset``) or truncation (``data`` is None, to ``offset``) that may still be lost."""

    offset: int
    data: bytes | None


@dataclass
class Contents:
    """A file as the disk is sure to have it, and what came after."""

    durable: bytes = b""
    later: list[Unsynced] = field(default_factory=list)


class FaultyDisk:
    """``cut_after`` counts writes, truncations and syncs until the power goes; 0 is never. ``room`` is how long any file
    may become, None without limit. ``refuses_sync`` makes every sync fail."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.cut_after = 0
        self.room: int | None = None
        self.refuses_sync = False
        self.is_cut = False
        self._files: dict[str, Contents] = {}
        self._vfs = _Vfs(self)

    def close(self) -> None:
        self._vfs.unregister()

    def begin(self, *, cut_after: int = 0) -> None:
        """The power is back; what is on the files is durable."""
        self.cut_after, self.is_cut = cut_after, False
        self._files.clear()

    def lose(self, chance: random.Random, share: float) -> None:
        """Leave on each file its durable state, with all but about ``share`` of the later writes on top."""
        for path, contents in self._files.items():
            data = bytearray(contents.durable)
            for change in contents.later:
                if chance.random() >= share:
                    _apply(data, change)
            with open(path, "wb") as file:
                file.write(data)

    def opened(self, path: str) -> Contents:
        if path not in self._files:
            with open(path, "rb") as file:
                self._files[path] = Contents(file.read())
        return self._files[path]

    def deleted(self, path: str) -> None:
        self._files.pop(path, None)

    def step(self) -> None:
        """Before each operation that changes something."""
        if self.cut_after:
            self.cut_after -= 1
            self.is_cut = self.is_cut or self.cut_after == 0
        if self.is_cut:
            raise apsw.IOError("the power is cut")


def _apply(data: bytearray, change: Unsynced) -> None:
    if change.data is None:
        del data[change.offset :]
        return
    if len(data) < change.offset:
        data.extend(bytes(change.offset - len(data)))
    data[change.offset : change.offset + len(change.data)] = change.data


class _Vfs(apsw.VFS):
    def __init__(self, disk: FaultyDisk) -> None:
        self._disk = disk
        super().__init__(disk.name, base="")

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:
        return _File(self._disk, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:
        self._disk.step()
        super().xDelete(filename, syncdir)
        self._disk.deleted(os.path.realpath(filename))


class _File(apsw.VFSFile):
    def __init__(self, disk: FaultyDisk, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        super().__init__("", name, flags)
        self._disk = disk
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        # A file that SQLite makes for itself alone, without a name, means nothing after a power cut.
        self._contents = disk.opened(os.path.realpath(path)) if path else Contents()

    def xWrite(self, data: bytes, offset: int) -> None:
        self._disk.step()
        if self._disk.room is not None and offset + len(data) > self._disk.room:
            raise apsw.FullError("no room")
        super().xWrite(data, offset)
        self._contents.later.append(Unsynced(offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:
        self._disk.step()
        super().xTruncate(newsize)
        self._contents.later.append(Unsynced(newsize, None))

    def xSync(self, flags: int) -> None:
        self._disk.step()
        if self._disk.refuses_sync:
            raise apsw.IOError("no sync")
        super().xSync(flags)
        data = bytearray(self._contents.durable)
        for change in self._contents.later:
            _apply(data, change)
        self._contents.durable, self._contents.later = bytes(data), []
