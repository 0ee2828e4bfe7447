"""Sharing files: who may upload how much, and where others fetch it. One store for the web, for slots of XEP-0363, for links.

A file's id is its secret: 128 random bits that nobody guesses, and that stand in the link.
"""

from typing import Annotated
from urllib.parse import quote

from msgspec import Meta, Struct
from msgspec.structs import replace

from dragoman.core.address import Address
from dragoman.core.clock import Clock, Randomness
from dragoman.core.errors import Condition, Refused
from dragoman.core.hooks import Hooks
from dragoman.core.uploads import Contents, Upload, UploadStore

MAX_NAME = 200
DAY = 86400.0


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """Files that people share."""

    enabled: bool = True
    max_bytes: Annotated[int, Meta(ge=1)] = 100 << 20
    """The largest file."""
    quota_bytes: Annotated[int, Meta(ge=1)] = 2 << 30
    """What all files of one account may take."""
    days: Annotated[int, Meta(ge=0)] = 0
    """How long files are kept; 0: for good."""


_NONE_SHARED = "no files are shared here"


class Uploads:
    """All files. ``base`` is where the web is found from outside; it is set once its port is open."""

    def __init__(
        self,
        store: UploadStore,
        contents: Contents | None,
        hooks: Hooks,
        clock: Clock,
        randomness: Randomness,
        settings: Settings,
    ) -> None:
        self._store = store
        self._contents = contents if settings.enabled else None
        self._clock = clock
        self._randomness = randomness
        self.settings = settings
        self.base = ""
        hooks.account_removed(self._erase)

    @property
    def offered(self) -> bool:
        """Whether files can be shared at all."""
        return self._contents is not None

    @property
    def contents(self) -> Contents:
        """Where the octets lie. ``Refused(feature-not-implemented)`` where no files are shared."""
        if self._contents is None:
            raise Refused(Condition.FEATURE_NOT_IMPLEMENTED, _NONE_SHARED)
        return self._contents

    async def begin(self, account: Address, *, name: str, media_type: str, size: int) -> Upload:
        """Announce a file. ``Refused``: policy-violation where it is too large, resource-constraint where it is too much."""
        if not self.offered:
            raise Refused(Condition.FEATURE_NOT_IMPLEMENTED, _NONE_SHARED)
        if size > self.settings.max_bytes:
            raise Refused(Condition.POLICY_VIOLATION, f"a file has at most {self.settings.max_bytes} octets")
        if await self._store.used(account) + size > self.settings.quota_bytes:
            raise Refused(Condition.RESOURCE_CONSTRAINT, "your files take too much room: delete some")
        upload = Upload(self._randomness.text(16), account, named(name), media_type[:100], size, self._clock.now())
        await self._store.put(upload)
        return upload

    async def append(self, upload: Upload, offset: int, data: bytes) -> int:
        """More of a file; how much there is now. ``Refused``: policy-violation for more than was announced, or conflict where
        the offset is not where it ends."""
        if upload.complete or offset + len(data) > upload.size:
            raise Refused(Condition.POLICY_VIOLATION, "more than was announced")
        if offset != await self.contents.size(upload.id):
            raise Refused(Condition.CONFLICT, "the file does not end there")
        return await self.contents.append(upload.id, offset, data)

    async def finish(self, upload: Upload) -> Upload:
        """All of it is here; it may be smaller than was announced."""
        size = await self.contents.size(upload.id)
        if not size:
            await self.contents.append(upload.id, 0, b"")
        await self.contents.finish(upload.id)
        done = replace(upload, size=size, complete=True)
        await self._store.put(done)
        return done

    async def cancel(self, upload: Upload) -> None:
        """Forget a file."""
        await self._store.remove(upload.id)
        await self.contents.remove(upload.id)

    async def find(self, id: str) -> Upload | None:
        """A file, complete or not."""
        return await self._store.get(id) if self.offered else None

    async def received(self, upload: Upload) -> int:
        """How much of a file is here."""
        return await self.contents.size(upload.id)

    def url(self, upload: Upload) -> str:
        """The link by which everybody fetches it."""
        return f"{self.base}/files/{upload.id}/{quote(upload.name, safe='')}"

    async def expire(self) -> int:
        """Drop what was begun and left, and what is older than files are kept; how many went."""
        if not self.offered:
            return 0
        now = self._clock.now()
        gone = await self._store.old(before=now - DAY, complete=False)
        if self.settings.days:
            gone += await self._store.old(before=now - self.settings.days * DAY, complete=True)
        for upload in gone:
            await self.cancel(upload)
        return len(gone)

    async def _erase(self, account: Address) -> None:
        for upload in await self._store.of(account) if self.offered else ():
            await self.cancel(upload)


def named(name: str) -> str:
    """A file's name without what could be a path, a line or a trick with directions."""
    plain = "".join(sign if sign.isprintable() and sign not in '/\\<>"' else "_" for sign in name).strip(". ")
    return plain[-MAX_NAME:] or "file"
