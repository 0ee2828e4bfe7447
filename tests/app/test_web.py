"""The web over real sockets, asked by a client that others wrote: logging in, and what other pages and strangers may not."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import WSMsgType
from msgspec.structs import replace
from tests.stage.clients import PASSWORD, id_of
from tests.stage.stage import DOMAIN, build_server

from dragoman.app.build import Server
from dragoman.app.web import WebApi
from dragoman.core.address import Address
from dragoman.net.authority import Site
from dragoman.net.certificates import Certificates
from dragoman.net.clock import LoopClock
from dragoman.net.web.port import WebPort
from dragoman.net.web.settings import Settings
from dragoman.net.web.tls import WebTls

ALICE = Address("alice", DOMAIN)
_USUAL = Settings()
LOGIN = {"username": "alice", "password": PASSWORD}
REQUEST = {
    "using": ["urn:ietf:params:jmap:core", "urn:dragoman:chat"],
    "methodCalls": [["Preferences/get", {"accountId": id_of(str(ALICE), "a")}, "0"]],
}


@dataclass
class House:
    """A server with the web on a port, and a browser that keeps its cookies."""

    server: Server
    port: int
    browser: aiohttp.ClientSession
    scheme: str = "http"
    open_sockets: list[aiohttp.ClientWebSocketResponse] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return f"{self.scheme}://localhost:{self.port}"

    async def ask(self, method: str, path: str, **more: Any) -> tuple[int, Any, aiohttp.ClientResponse]:
        async with self.browser.request(method, f"{self.origin}{path}", ssl=False, **more) as answer:
            text = await answer.text()
            kind = answer.content_type
            return answer.status, json.loads(text) if "json" in kind else text, answer

    async def log_in(self, **more: Any) -> tuple[int, Any, aiohttp.ClientResponse]:
        return await self.ask("POST", "/login", json={**LOGIN, **more})

    async def token(self) -> str:
        _, told, _ = await self.log_in(token=True)
        return str(told["token"])

    async def connect(self, **headers: str) -> aiohttp.ClientWebSocketResponse:
        socket = await self.browser.ws_connect(
            f"{self.origin}/jmap/ws", protocols=("jmap",), headers=headers, ssl=False
        )
        self.open_sockets.append(socket)
        return socket


async def open_house(client: Path, settings: Settings = _USUAL, tls: WebTls | None = None) -> AsyncIterator[House]:
    server = await build_server(LoopClock())
    accounts = server.services.accounts
    await accounts.create(ALICE, await server.accounts.passwords.credentials(PASSWORD))
    front = server.jmap
    assert front is not None
    port = WebPort(WebApi(server, front), settings, names=[DOMAIN], client=client, tls=tls)
    number = await port.open(["127.0.0.1"], 0)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        house = House(server, number, browser, "https" if tls else "http")
        yield house
        for socket in house.open_sockets:
            await socket.close()
    await port.close()


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><title>Client</title>")
    (tmp_path / "assets" / "main-1.js").write_text("export {}")
    (tmp_path / "assets" / "main-1.js.gz").write_bytes(b"\x1f\x8b")
    (tmp_path / "sw.js").write_text("self")
    async for opened in open_house(tmp_path):
        yield opened


async def test_who_logs_in_gets_a_cookie_that_no_page_can_read(house: House) -> None:
    assert (await house.ask("GET", "/login"))[1] == {"authenticated": False, "csrf": "", "username": ""}
    status, told, answer = await house.log_in()
    assert (status, told["authenticated"], told["username"]) == (200, True, str(ALICE))
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Path=/" in cookie and "Secure" not in cookie
    _, again, _ = await house.ask("GET", "/login")
    assert (again["authenticated"], again["csrf"]) == (True, told["csrf"])
    secret = answer.cookies["dragoman"].value
    kept = await house.server.services.stores.devices.of(ALICE)
    assert len(kept) == 1 and secret not in repr(kept)  # only its digest is kept


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"username": "alice", "password": "wrong one"}, 401),
        ({"username": "nobody", "password": PASSWORD}, 401),
        ({"username": "alice@elsewhere.org", "password": PASSWORD}, 401),
        ({"username": "a@b@c", "password": PASSWORD}, 401),
        ({"username": "", "password": ""}, 401),
        ({"username": "alice"}, 400),
        ({"username": 5, "password": []}, 400),
        ([], 400),
        ({"username": "alice", "password": "x" * 5000}, 413),
    ],
)
async def test_who_proves_nothing_is_not_logged_in(house: House, body: Any, status: int) -> None:
    found, told, answer = await house.ask("POST", "/login", json=body)
    assert found == status and told["status"] == status and "Set-Cookie" not in answer.headers
    assert answer.content_type == "application/problem+json"


async def test_an_unknown_account_is_answered_like_a_wrong_password(house: House) -> None:
    one = await house.ask("POST", "/login", json={"username": "alice", "password": "wrong one"})
    other = await house.ask("POST", "/login", json={"username": "nobody", "password": "wrong one"})
    assert one[:2] == other[:2]


async def test_guessing_is_slowed_down_and_told_for_how_long(house: House) -> None:
    answers = [await house.log_in(password="wrong one") for _ in range(13)]
    assert answers[0][0] == 401 and answers[-1][0] == 429
    assert int(answers[-1][2].headers["Retry-After"]) >= 1


async def test_a_page_of_another_origin_can_neither_log_in_nor_connect(house: House) -> None:
    foreign = {"Origin": "https://evil.example"}
    assert (await house.ask("POST", "/login", json=LOGIN, headers=foreign))[0] == 403
    assert (await house.ask("POST", "/login", json=LOGIN, headers={"Sec-Fetch-Site": "cross-site"}))[0] == 403
    assert (await house.ask("POST", "/login", data=json.dumps(LOGIN), headers={"Content-Type": "text/plain"}))[0] == 415
    await house.log_in()
    for origin in ("https://evil.example", "null", f"https://localhost:{house.port}", "http://localhost"):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await house.connect(Origin=origin)
        assert refused.value.status == 403
    socket = await house.connect(Origin=house.origin)
    assert socket.protocol == "jmap"


async def test_a_cookie_alone_changes_nothing(house: House) -> None:
    _, told, _ = await house.log_in()
    assert (await house.ask("POST", "/jmap", json=REQUEST))[0] == 403
    assert (await house.ask("POST", "/jmap", json=REQUEST, headers={"X-CSRF-Token": "0" * 64}))[0] == 403
    shown = {"X-CSRF-Token": told["csrf"]}
    assert (await house.ask("POST", "/jmap", json=REQUEST, headers={**shown, "Origin": "https://evil.example"}))[
        0
    ] == 403
    status, answer, _ = await house.ask("POST", "/jmap", json=REQUEST, headers=shown)
    assert status == 200 and answer["methodResponses"][0][0] == "Preferences/get"
    assert (await house.ask("POST", "/logout"))[0] == 403
    assert (await house.ask("POST", "/logout", headers=shown))[0] == 204
    assert (await house.ask("GET", "/jmap/session"))[0] == 401


async def test_a_program_uses_a_token(house: House) -> None:
    bearer = {"Authorization": f"Bearer {await house.token()}"}
    status, session, _ = await house.ask("GET", "/.well-known/jmap", headers=bearer)
    assert status == 200 and session["username"] == str(ALICE)
    assert session["apiUrl"] == f"{house.origin}/jmap"
    assert session["capabilities"]["urn:ietf:params:jmap:websocket"]["url"] == f"ws://localhost:{house.port}/jmap/ws"
    assert (await house.ask("POST", "/jmap", json=REQUEST, headers=bearer))[0] == 200
    assert (await house.ask("POST", "/jmap", json=REQUEST, headers={"Authorization": "Bearer nonsense"}))[0] == 401


async def test_malformed_and_oversized_requests_are_refused(house: House) -> None:
    bearer = {"Authorization": f"Bearer {await house.token()}", "Content-Type": "application/json"}
    for body, status, kind in (
        (b"{", 400, "urn:ietf:params:jmap:error:notJSON"),
        (b"[]", 400, "urn:ietf:params:jmap:error:notRequest"),
        (b"[" * 50_000, 400, "urn:ietf:params:jmap:error:notRequest"),
        (b'"' + b"x" * 1_100_000 + b'"', 413, "about:blank"),
    ):
        found, told, _ = await house.ask("POST", "/jmap", data=body, headers=bearer)
        assert (found, told["type"]) == (status, kind)
    assert (await house.ask("POST", "/jmap", data=b"{}", headers={**bearer, "Content-Type": "text/plain"}))[0] == 415
    assert (await house.ask("GET", "/jmap/ws", headers=bearer))[0] == 426


async def test_frames_that_are_too_large_or_binary_end_the_connection(house: House) -> None:
    token = await house.token()
    for send, code in (("send_bytes", 1003), ("send_str", 1009)):
        socket = await house.connect(Authorization=f"Bearer {token}")
        await getattr(socket, send)(b"x" if send == "send_bytes" else "x" * 1_100_000)
        message = await asyncio.wait_for(socket.receive(), 10)
        assert (message.type, message.data) == (WSMsgType.CLOSE, code)


async def test_a_device_that_was_not_used_for_too_long_or_whose_account_is_suspended_is_unknown(house: House) -> None:
    await house.log_in()
    services = house.server.services
    [device] = await services.devices.of(ALICE)
    await services.stores.devices.put(replace(device, used_at=device.used_at - 91 * 86400))
    assert (await house.ask("GET", "/jmap/session"))[0] == 401
    await services.stores.devices.put(device)
    assert (await house.ask("GET", "/jmap/session"))[0] == 200
    credentials = await services.stores.accounts.get(ALICE)
    assert credentials is not None
    await services.stores.accounts.replace(ALICE, replace(credentials, enabled=False))
    assert (await house.ask("GET", "/jmap/session"))[0] == 401
    status, told, _ = await house.log_in()
    assert (status, told["detail"]) == (403, "this account is suspended")


async def test_logging_out_elsewhere_closes_the_sockets_of_that_device(house: House) -> None:
    token = await house.token()
    socket = await house.connect(Authorization=f"Bearer {token}")
    await socket.send_str(json.dumps({"@type": "Request", "id": "1", **REQUEST}))
    assert json.loads((await socket.receive()).data)["requestId"] == "1"
    assert len(house.server.services.registry.sessions(ALICE)) == 1
    assert (await house.ask("POST", "/logout", headers={"Authorization": f"Bearer {token}"}))[0] == 204
    message = await asyncio.wait_for(socket.receive(), 10)
    assert (message.type, message.data) == (WSMsgType.CLOSE, 1008)
    assert house.server.services.registry.sessions(ALICE) == ()


async def test_another_name_is_not_served(house: House) -> None:
    for host, status in (("evil.example", 421), (DOMAIN, 200), ("192.0.2.7:8080", 200), ("[::1]:8080", 200)):
        assert (await house.ask("GET", "/login", headers={"Host": host}))[0] == status


async def test_the_client_is_served_under_a_strict_policy(house: House) -> None:
    for path, kept in (("/", "no-cache"), ("/rooms/team", "no-cache"), ("/sw.js", "no-cache")):
        status, _, answer = await house.ask("GET", path)
        assert (status, answer.headers["Cache-Control"]) == (200, kept)
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "unsafe" not in policy and "frame-ancestors 'none'" in policy and "base-uri 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Server"] == "Dragoman"
    status, text, answer = await house.ask("GET", "/assets/main-1.js", headers={"Accept-Encoding": "identity"})
    assert (status, text, answer.content_type) == (200, "export {}", "text/javascript")
    assert "immutable" in answer.headers["Cache-Control"]
    for path in (
        "/nothing.js",
        "/../app/web.py",
        "/%2e%2e/%2e%2e/etc/passwd.txt",
        "/assets/..%2f..%2fx.y",
        "/assets/main-1.js.gz",
    ):
        assert (await house.ask("GET", path))[0] in (400, 404)
    assert (await house.ask("POST", "/"))[0] == 405


async def test_without_a_build_the_page_says_so(tmp_path: Path) -> None:
    async for house in open_house(tmp_path / "nothing"):
        status, text, _ = await house.ask("GET", "/")
        assert status == 200 and "was not built" in text


async def test_inside_tls_the_cookie_is_for_tls_only(tmp_path: Path) -> None:
    certificates = Certificates(tmp_path / "certificates", [Site(DOMAIN, (), local=True)], LoopClock(), [])
    certificates.load()
    tls = WebTls(lambda: certificates.pairs)
    async for house in open_house(tmp_path / "nothing", tls=tls):
        status, _, answer = await house.log_in()
        cookie = answer.headers["Set-Cookie"]
        assert status == 200 and cookie.startswith("__Host-dragoman=") and "Secure" in cookie
        assert "wss://localhost" in answer.headers["Content-Security-Policy"]
        tls.reload()
        assert (await house.ask("GET", "/login"))[1]["authenticated"] is True


async def test_a_password_from_the_network_is_taken_over_tls_only(tmp_path: Path) -> None:
    async for house in open_house(tmp_path / "nothing", Settings(proxy=True)):
        far = {"X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "http"}
        assert (await house.ask("POST", "/login", json=LOGIN, headers=far))[0] == 403
        far["X-Forwarded-Proto"] = "https"
        status, _, answer = await house.ask("POST", "/login", json=LOGIN, headers=far)
        assert status == 200 and "__Host-dragoman" in answer.headers["Set-Cookie"]
        [device] = await house.server.services.devices.of(ALICE)
        assert device.remote == "198.51.100.7"
