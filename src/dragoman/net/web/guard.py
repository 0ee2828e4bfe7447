"""Who asks, from where, and whether a browser was made to ask by somebody else's page.

A cookie is sent by every page that makes a browser ask, so with a cookie it has to be shown that the page is ours: by the
Origin for a WebSocket, by a token that only our pages can read for everything that changes something.
"""

import hmac
import secrets
from collections.abc import Awaitable, Callable, Collection
from hashlib import sha256
from ipaddress import ip_address
from typing import Any

import msgspec
from aiohttp import web
from msgspec import Struct

from dragoman.core.devices import Device
from dragoman.core.endpoint import Channel
from dragoman.net.limits import is_loopback
from dragoman.net.web import strangers
from dragoman.net.web.api import Api
from dragoman.net.web.settings import Settings

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

PLAIN_COOKIE, SECURE_COOKIE = "dragoman", "__Host-dragoman"
_BEARER = "Bearer "

#: For everything that is served.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=()",
    "X-Frame-Options": "DENY",
}
#: What a page of ours may load: itself, and nothing from anywhere else; nothing inline, nothing evaluated.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "font-src 'self'; connect-src 'self' {socket}; manifest-src 'self'; worker-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types svelte-trusted-html dragoman"
)


class Visitor(Struct, frozen=True):
    """Who asks. ``by_cookie`` is somebody whom another page may have sent."""

    device: Device
    secret: str
    by_cookie: bool


def problem(status: int, detail: str, **headers: str) -> web.Response:
    """An error as RFC 7807 has it."""
    body = msgspec.json.encode({"type": "about:blank", "status": status, "detail": detail})
    kept = {name.replace("_", "-"): value for name, value in headers.items()}
    return web.Response(status=status, body=body, content_type="application/problem+json", headers=kept)


def answer(status: int, value: Any) -> web.Response:
    """JSON that nobody keeps."""
    kind = "application/json" if status < 400 else "application/problem+json"
    body = msgspec.json.encode(value)
    return web.Response(status=status, body=body, content_type=kind, headers={"Cache-Control": "no-store"})


def csrf_of(secret: str) -> str:
    """What a page of ours shows to prove that it is one: it can be read from GET /login, which no other page can do."""
    return sha256(f"csrf {secret}".encode()).hexdigest()


class Guard:
    """The checks, for one port."""

    def __init__(self, api: Api, settings: Settings, names: Collection[str]) -> None:
        self._api = api
        self._settings = settings
        self._hosts = {name.lower() for name in (*names, *settings.hosts, "localhost")}

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Around every handler: known names only, and our headers on whatever comes out."""
        if not self.is_ours(request.host):
            return self._dressed(request, problem(421, "this server has another name: set hosts in [web]"))
        stranger = strangers.of(request)
        if stranger is not None:
            stranger.busy += 1
        try:
            response = await handler(request)
        except web.HTTPRequestEntityTooLarge:
            response = problem(413, "too large")
        except web.HTTPException as error:
            if error.status < 400:
                raise
            response = problem(error.status, error.reason)
        finally:
            if stranger is not None:
                stranger.busy -= 1
        return self._dressed(request, response)

    def is_ours(self, host: str) -> bool:
        """Whether a name is one of this server: another one may be somebody's trick (DNS rebinding). An address is none."""
        name = host.lower()
        name = name[1:].partition("]")[0] if name.startswith("[") else name.partition(":")[0]
        if name in self._hosts or name.endswith(".localhost"):
            return True
        try:
            return bool(ip_address(name))
        except ValueError:
            return False

    def base(self, request: web.Request) -> str:
        """Scheme and host as the client sees them."""
        return f"{'https' if self.is_secure(request) else 'http'}://{request.host}"

    def is_secure(self, request: web.Request) -> bool:
        """Whether the client speaks TLS, with us or with the proxy before us."""
        forwarded = request.headers.get("X-Forwarded-Proto", "") if self._is_proxied(request) else ""
        return request.secure or forwarded == "https"

    def remote(self, request: web.Request) -> str:
        """The network address that asks."""
        if self._is_proxied(request):
            last = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
            return last or (request.remote or "")
        return request.remote or ""

    def channel(self, request: web.Request) -> Channel:
        """The way to the client. A browser on this machine needs no TLS: nobody can listen there."""
        remote = self.remote(request)
        near = is_loopback(remote) and not (self._settings.proxy and not self._is_proxied(request))
        return Channel(remote=remote, secure=self.is_secure(request) or near, trusted=near)

    def is_same_origin(self, request: web.Request) -> bool:
        """Whether a request comes from a page of ours, or from no page at all."""
        origin = request.headers.get("Origin")
        if origin is not None:
            return origin == self.base(request)
        return request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")

    async def visitor(self, request: web.Request) -> Visitor | None:
        """Who is logged in: by a bearer token, else by the cookie."""
        given = request.headers.get("Authorization", "")
        if given.startswith(_BEARER):
            secret, by_cookie = given.removeprefix(_BEARER).strip(), False
        else:
            secret, by_cookie = request.cookies.get(self.cookie(request), ""), True
        device = await self._api.device(secret, self.remote(request)) if secret else None
        if device is None:
            return None
        stranger = strangers.of(request)
        if stranger is not None:
            stranger.welcome()
        return Visitor(device, secret, by_cookie)

    def may_change(self, request: web.Request, visitor: Visitor) -> bool:
        """Whether a request that changes something was meant by the visitor."""
        if not visitor.by_cookie:
            return True
        shown = request.headers.get("X-CSRF-Token", "").encode("utf-8", "replace")
        return self.is_same_origin(request) and hmac.compare_digest(shown, csrf_of(visitor.secret).encode())

    def cookie(self, request: web.Request) -> str:
        """The cookie's name: with TLS one that no other host and no page without TLS can set."""
        return SECURE_COOKIE if self.is_secure(request) else PLAIN_COOKIE

    def set_cookie(self, request: web.Request, response: web.Response, secret: str, *, seconds: int) -> None:
        """Let a browser keep a secret that its pages cannot read; an empty one forgets it."""
        response.set_cookie(
            self.cookie(request),
            secret or secrets.token_hex(4),
            max_age=seconds,
            path="/",
            httponly=True,
            secure=self.is_secure(request),
            samesite="Strict",
        )

    def _is_proxied(self, request: web.Request) -> bool:
        return self._settings.proxy and is_loopback(request.remote or "") and "X-Forwarded-For" in request.headers

    def _dressed(self, request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
        if response.prepared:
            return response
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        socket = self.base(request).replace("http", "ws", 1)
        response.headers.setdefault("Content-Security-Policy", POLICY.format(socket=socket))
        response.headers["Server"] = "Dragoman"
        return response
