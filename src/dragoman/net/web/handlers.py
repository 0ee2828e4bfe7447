"""Logging in and out, and the API over HTTP (RFC 8620 §2, §3) and WebSocket (RFC 8887 §4)."""

import asyncio
from http import HTTPStatus

import msgspec
from aiohttp import web
from msgspec import Struct

from dragoman.net.web.api import Api, LoginRefused
from dragoman.net.web.guard import Guard, Visitor, answer, csrf_of, problem
from dragoman.net.web.socket import SocketWire

_LOGIN_BYTES = 4096
_LOGIN_SECONDS = 10.0
_COOKIE_SECONDS = 90 * 86400
_SIGN_OF_LIFE = 30.0
_CHALLENGE = 'Bearer realm="dragoman"'


class Login(Struct, frozen=True):
    """What a client says to log in; ``name`` is what its device is to be called, ``token`` asks for a bearer token."""

    username: str
    password: str
    name: str = ""
    token: bool = False


class Handlers:
    """All that is not a file."""

    def __init__(self, api: Api, guard: Guard) -> None:
        self._api = api
        self._guard = guard
        self._sockets: set[SocketWire] = set()

    def routes(self) -> list[web.RouteDef]:
        """Each path with its handler."""
        return [
            web.get("/login", self.whether),
            web.post("/login", self.log_in),
            web.post("/logout", self.log_out),
            web.get("/.well-known/jmap", self.session),
            web.get("/jmap/session", self.session),
            web.post("/jmap", self.request),
            web.get("/jmap/ws", self.socket),
        ]

    def drain(self, reason: str) -> None:
        """Tell everybody who is connected that the server stops."""
        for wire in list(self._sockets):
            wire.finish(1001, reason)

    async def whether(self, request: web.Request) -> web.Response:
        """Whether the browser is logged in; if so, what it shows to change something."""
        visitor = await self._guard.visitor(request)
        if visitor is None:
            return answer(200, {"authenticated": False, "csrf": "", "username": ""})
        return answer(200, _told(visitor))

    async def log_in(self, request: web.Request) -> web.Response:
        """Name and password for a cookie or a token."""
        if request.content_type != "application/json":
            return problem(415, "application/json is wanted")
        if not self._guard.is_same_origin(request):
            return problem(403, "a page of another origin cannot log in here")
        if (request.content_length or 0) > _LOGIN_BYTES:
            return problem(413, "too large")
        try:
            async with asyncio.timeout(_LOGIN_SECONDS):
                body = await request.content.read(_LOGIN_BYTES + 1)
            login = msgspec.json.decode(body, type=Login)
            login.username.encode(), login.password.encode()
        except TimeoutError:
            return problem(408, "too slow")
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return problem(400, "JSON with username and password is wanted")
        name = login.name or request.headers.get("User-Agent", "")[:200]
        channel = self._guard.channel(request)
        try:
            secret, device = await self._api.log_in(login.username, login.password, request.host, channel, name)
        except LoginRefused as refused:
            later = {"Retry_After": str(refused.retry_after)} if refused.retry_after else {}
            return problem(refused.status, refused.detail, **later)
        if login.token:
            return answer(200, {"token": secret, "username": str(device.account)})
        response = answer(200, _told(Visitor(device, secret, True)))
        self._guard.set_cookie(request, response, secret, seconds=_COOKIE_SECONDS)
        return response

    async def log_out(self, request: web.Request) -> web.Response:
        """The device is forgotten, and its connections end."""
        visitor = await self._guard.visitor(request)
        if visitor is None:
            return _unknown()
        if not self._guard.may_change(request, visitor):
            return problem(403, "the token against forged requests is missing or wrong: GET /login tells it")
        await self._api.log_out(visitor.device)
        response = web.Response(status=204)
        if visitor.by_cookie:
            self._guard.set_cookie(request, response, "", seconds=0)
        return response

    async def session(self, request: web.Request) -> web.Response:
        """The session object."""
        visitor = await self._guard.visitor(request)
        if visitor is None:
            return _unknown()
        return answer(200, self._api.session(visitor.device, self._guard.base(request)))

    async def request(self, request: web.Request) -> web.Response:
        """A request of the API."""
        visitor = await self._guard.visitor(request)
        if visitor is None:
            return _unknown()
        if not self._guard.may_change(request, visitor):
            return problem(403, "the token against forged requests is missing or wrong: GET /login tells it")
        if request.content_type != "application/json":
            return problem(415, "application/json is wanted")
        status, told = await self._api.request(visitor.device, await request.read(), self._guard.remote(request))
        return answer(status, told)

    async def socket(self, request: web.Request) -> web.StreamResponse:
        """A WebSocket. Browsers send their cookie to whoever asks, and always the Origin of who asked."""
        visitor = await self._guard.visitor(request)
        if visitor is None:
            return _unknown()
        if visitor.by_cookie and not self._guard.is_same_origin(request):
            return problem(403, "a page of another origin cannot connect here")
        socket = web.WebSocketResponse(
            protocols=("jmap",), heartbeat=_SIGN_OF_LIFE, max_msg_size=self._api.max_request_bytes, compress=False
        )
        if not socket.can_prepare(request).ok:
            return problem(HTTPStatus.UPGRADE_REQUIRED, "a WebSocket is wanted", Upgrade="websocket")
        await socket.prepare(request)
        wire = SocketWire(socket, self._guard.channel(request), request.transport)
        self._sockets.add(wire)
        try:
            await wire.run(self._api.connect(wire, visitor.device))
        finally:
            self._sockets.discard(wire)
        return socket


def _told(visitor: Visitor) -> dict[str, object]:
    return {"authenticated": True, "csrf": csrf_of(visitor.secret), "username": str(visitor.device.account)}


def _unknown() -> web.Response:
    return problem(401, "log in first", WWW_Authenticate=_CHALLENGE)
