"""Uploading and fetching files (RFC 8620 §6, XEP-0363, and resuming as tus 1.0 does it).

What was uploaded is somebody's: a browser shows only kinds that cannot do anything, and everything else is saved.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from aiohttp import web

from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused
from dragoman.core.stores import StorageFailed
from dragoman.core.uploads import Contents, Upload
from dragoman.net.web.guard import Guard, Visitor, answer, problem

#: What a browser may show in its place: pictures, sound and films; never what can hold a script.
SHOWN = frozenset(
    {"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "video/mp4", "video/webm", "video/ogg"}
    | {"audio/mpeg", "audio/ogg", "audio/mp4", "audio/aac", "audio/wav", "audio/webm", "audio/flac"}
)
_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"
_CHUNK = 256 << 10
_STATUS = {
    Condition.POLICY_VIOLATION: 413,
    Condition.RESOURCE_CONSTRAINT: 507,
    Condition.CONFLICT: 409,
    Condition.FEATURE_NOT_IMPLEMENTED: 404,
}


class Uploads(Protocol):
    """The files, as :class:`dragoman.features.uploads.Uploads` has them."""

    @property
    def contents(self) -> Contents: ...

    async def begin(self, account: Address, *, name: str, media_type: str, size: int) -> Upload: ...

    async def append(self, upload: Upload, offset: int, data: bytes) -> int: ...

    async def finish(self, upload: Upload) -> Upload: ...

    async def cancel(self, upload: Upload) -> None: ...

    async def find(self, id: str) -> Upload | None: ...

    async def received(self, upload: Upload) -> int: ...

    def url(self, upload: Upload) -> str: ...


class Files:
    """The handlers. ``max_bytes`` is the largest file, ``own`` tells whether an account's id is a device's."""

    def __init__(self, uploads: Uploads, guard: Guard, max_bytes: int, account_id: Callable[[Address], str]) -> None:
        self._uploads = uploads
        self._guard = guard
        self._max_bytes = max_bytes
        self._account_id = account_id
        self._busy: set[str] = set()

    def routes(self) -> list[web.RouteDef]:
        """Each path with its handler."""
        return [
            web.post("/jmap/upload/{account}", self._told(self.upload)),
            web.head("/jmap/upload/{account}/{id}", self._told(self.progress)),
            web.patch("/jmap/upload/{account}/{id}", self._told(self.resume)),
            web.delete("/jmap/upload/{account}/{id}", self._told(self.cancel)),
            web.get("/jmap/download/{account}/{id}/{name}", self._told(self.download)),
            web.get("/files/{id}/{name}", self._told(self.fetch)),
            web.put("/files/{id}/{name}", self._told(self.fill)),
        ]

    async def upload(self, request: web.Request) -> web.Response:
        """A whole file in one request, or where ``resumable`` stands in the query, the announcement of one."""
        visitor = await self._allowed(request)
        name = request.query.get("name", "")
        if "resumable" in request.query:
            size = _number(request.headers.get("Upload-Length", ""))
            upload = await self._uploads.begin(visitor.device.account, name=name, media_type=_kind(request), size=size)
            place = f"{request.path}/{upload.id}"
            return web.Response(status=201, headers={"Location": place, "Upload-Offset": "0"})
        size = request.content_length if request.content_length is not None else self._max_bytes
        upload = await self._uploads.begin(visitor.device.account, name=name, media_type=_kind(request), size=size)
        try:
            await self._take(request, upload, 0)
        except BaseException:
            await self._uploads.cancel(upload)
            raise
        return self._done(await self._uploads.finish(upload), status=201)

    async def progress(self, request: web.Request) -> web.Response:
        """How much of a file is here."""
        upload = await self._own(request)
        offset = await self._uploads.received(upload)
        return web.Response(headers={"Upload-Offset": str(offset), "Upload-Length": str(upload.size)} | _FRESH)

    async def resume(self, request: web.Request) -> web.Response:
        """More of a file, from where it ends; the last part is answered with the whole."""
        upload = await self._own(request)
        offset = await self._take(request, upload, _number(request.headers.get("Upload-Offset", "")))
        if offset < upload.size:
            return web.Response(status=204, headers={"Upload-Offset": str(offset)})
        return self._done(await self._uploads.finish(upload), status=200)

    async def cancel(self, request: web.Request) -> web.Response:
        """Forget a file."""
        await self._uploads.cancel(await self._own(request))
        return web.Response(status=204)

    async def download(self, request: web.Request) -> web.StreamResponse:
        """RFC 8620 §6.2: to its owner, by any name and as any type that does no harm."""
        visitor = await self._guard.visitor(request)
        upload = await self._uploads.find(request.match_info["id"])
        if visitor is None:
            return problem(401, "log in first", WWW_Authenticate='Bearer realm="dragoman"')
        if upload is None or not upload.complete or upload.account != visitor.device.account:
            raise web.HTTPNotFound
        return self._sent(upload, request.query.get("type", upload.media_type), request.match_info["name"])

    async def fetch(self, request: web.Request) -> web.StreamResponse:
        """By its link, to everybody who knows it."""
        upload = await self._uploads.find(request.match_info["id"])
        if upload is None or not upload.complete:
            raise web.HTTPNotFound
        return self._sent(upload, upload.media_type, upload.name)

    async def fill(self, request: web.Request) -> web.Response:
        """XEP-0363 §5: the file that a slot was made for, once, and just as large as was said."""
        upload = await self._uploads.find(request.match_info["id"])
        if upload is None:
            raise web.HTTPNotFound
        if upload.complete or upload.size != request.content_length:
            return problem(403, "this is not what the slot was made for")
        try:
            if await self._take(request, upload, 0) != upload.size:
                return problem(400, "the file is cut off")
        finally:
            if await self._uploads.received(upload) != upload.size:
                await self._uploads.contents.remove(upload.id)
        await self._uploads.finish(upload)
        return web.Response(status=201)

    async def _take(self, request: web.Request, upload: Upload, offset: int) -> int:
        if upload.id in self._busy:
            raise Refused(Condition.CONFLICT, "this file is being uploaded")
        self._busy.add(upload.id)
        try:
            async for data in request.content.iter_chunked(_CHUNK):
                offset = await self._uploads.append(upload, offset, data)
        finally:
            self._busy.discard(upload.id)
        return offset

    async def _allowed(self, request: web.Request) -> Visitor:
        visitor = await self._guard.visitor(request)
        if visitor is None:
            raise web.HTTPUnauthorized
        if not self._guard.may_change(request, visitor):
            raise web.HTTPForbidden
        if request.match_info["account"] != self._account_id(visitor.device.account):
            raise web.HTTPNotFound
        return visitor

    async def _own(self, request: web.Request) -> Upload:
        visitor = await self._allowed(request)
        upload = await self._uploads.find(request.match_info["id"])
        if upload is None or upload.account != visitor.device.account:
            raise web.HTTPNotFound
        return upload

    def _done(self, upload: Upload, *, status: int) -> web.Response:
        told: dict[str, Any] = {
            "accountId": self._account_id(upload.account),
            "blobId": upload.id,
            "type": upload.media_type,
            "size": upload.size,
            "url": self._uploads.url(upload),
        }
        return answer(status, told)

    def _sent(self, upload: Upload, kind: str, name: str) -> web.StreamResponse:
        path: Path = self._uploads.contents.path(upload.id)
        shown = kind in SHOWN
        headers = {
            "Content-Type": kind if shown else "application/octet-stream",
            "Content-Disposition": f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(name, safe='')}",
            "Content-Security-Policy": _POLICY,
            "Cross-Origin-Resource-Policy": "cross-origin",
            "Cache-Control": "private, max-age=31536000, immutable",
        }
        return web.FileResponse(path, headers=headers)

    def _told(self, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> Any:
        """A handler whose refusals are told in HTTP's words."""

        async def handle(request: web.Request) -> web.StreamResponse:
            try:
                return await handler(request)
            except Refused as refused:
                return problem(_STATUS.get(refused.condition, 400), refused.text or refused.condition.value)
            except StorageFailed:
                return problem(507, "the file cannot be kept now; try again later")

        return handle


_FRESH = {"Cache-Control": "no-store"}


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise Refused(Condition.BAD_REQUEST, "a number of octets is wanted: Upload-Length, Upload-Offset")
    return int(text)


def _kind(request: web.Request) -> str:
    given = request.query.get("type") or request.content_type
    return given if given.isascii() and given.isprintable() and given.count("/") == 1 else "application/octet-stream"
