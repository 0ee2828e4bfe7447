"""The web over real sockets, asked by a client that others wrote: logging in, and what other pages and strangers may not."""

import asyncio
import contextlib
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
from tests.stage.stage import DOMAIN, SETTINGS, build_server

from dragoman.app.build import Server
from dragoman.app.web import WebApi
from dragoman.core.address import Address
from dragoman.core.model import File, Message
from dragoman.core.stores import Query
from dragoman.net.authority import Site
from dragoman.net.certificates import Certificates
from dragoman.net.clock import LoopClock
from dragoman.net.settings import Settings as ConnectionSettings
from dragoman.net.web.port import WebPort
from dragoman.net.web.settings import Settings
from dragoman.net.web.tls import WebTls
from dragoman.storage.contents import DiskContents

ALICE = Address("alice", DOMAIN)
_USUAL = Settings()
_LIMITS = ConnectionSettings()
_TOML = (
    SETTINGS
    + """
[files]
max_bytes = 100_000
quota_bytes = 250_000
"""
)
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
    web: WebPort
    scheme: str = "http"
    open_sockets: list[aiohttp.ClientWebSocketResponse] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return f"{self.scheme}://localhost:{self.port}"

    async def ask(self, method: str, path: str, **more: Any) -> tuple[int, Any, aiohttp.ClientResponse]:
        async with self.browser.request(method, f"{self.origin}{path}", ssl=False, **more) as answer:
            text = (await answer.read()).decode(errors="replace")
            kind = answer.content_type
            return answer.status, json.loads(text) if "json" in kind and text else text, answer

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


async def open_house(
    client: Path, settings: Settings = _USUAL, tls: WebTls | None = None, limits: ConnectionSettings = _LIMITS
) -> AsyncIterator[House]:
    server = await build_server(
        LoopClock(), contents=DiskContents(client.with_name(f"{client.name}-files")), settings=_TOML
    )
    accounts = server.services.accounts
    await accounts.create(ALICE, await server.accounts.passwords.credentials(PASSWORD))
    front = server.jmap
    assert front is not None
    port = WebPort(WebApi(server, front), settings, names=[DOMAIN], client=client, tls=tls, limits=limits)
    number = await port.open(["127.0.0.1"], 0)
    server.services.uploads.base = f"http://localhost:{number}"
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        house = House(server, number, browser, port, "https" if tls else "http")
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


UPLOAD = f"/jmap/upload/{id_of(str(ALICE), 'a')}"


@dataclass
class Uploader:
    """Somebody who uploads with a token."""

    house: House
    token: str

    async def ask(self, method: str, path: str, data: bytes = b"", **headers: str) -> tuple[int, Any, Any]:
        kept = {name.replace("_", "-"): value for name, value in headers.items()}
        bearer = {"Authorization": f"Bearer {self.token}", "Content-Type": "image/png", **kept}
        return await self.house.ask(method, path, data=data, headers=bearer)


@pytest.fixture
async def alice(house: House) -> Uploader:
    return Uploader(house, await house.token())


async def test_a_file_is_uploaded_and_fetched_by_its_link(alice: Uploader) -> None:
    status, told, _ = await alice.ask("POST", f"{UPLOAD}?name=cat.png", b"\x89PNG")
    assert (status, told["type"], told["size"]) == (201, "image/png", 4)
    path = told["url"].removeprefix(alice.house.origin)
    status, text, answer = await alice.house.ask("GET", path)
    assert (status, text, answer.content_type) == (200, "\ufffdPNG", "image/png")
    assert answer.headers["Content-Disposition"] == "inline; filename*=UTF-8''cat.png"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    status, text, _ = await alice.house.ask("GET", path, headers={"Range": "bytes=1-2"})
    assert (status, text) == (206, "PN")


@pytest.mark.parametrize(
    "kind", ["text/html", "image/svg+xml", "application/pdf", "text/xml", "x", "image/png; a=b\tc"]
)
async def test_what_could_hold_a_script_is_only_ever_saved(alice: Uploader, kind: str) -> None:
    _, told, _ = await alice.ask("POST", f"{UPLOAD}?name=x.html", b"<script>alert(1)</script>", Content_Type=kind)
    download = f"/jmap/download/{id_of(str(ALICE), 'a')}/{told['blobId']}/x.html?type=text/html"
    for path in (told["url"].removeprefix(alice.house.origin), download):
        _, _, answer = await alice.ask("GET", path)
        if kind.startswith("image/png") and path != download:
            assert answer.content_type == "image/png"
            continue
        assert answer.content_type == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment")


async def test_files_have_a_largest_size_and_accounts_a_quota(alice: Uploader) -> None:
    assert (await alice.ask("POST", UPLOAD, b"x" * 100_001))[0] == 413
    for _ in range(2):
        assert (await alice.ask("POST", UPLOAD, b"x" * 100_000))[0] == 201
    assert (await alice.ask("POST", UPLOAD, b"x" * 100_000))[0] == 507
    assert await alice.house.server.services.stores.uploads.used(ALICE) == 200_000
    _, session, _ = await alice.ask("GET", "/jmap/session")
    assert session["capabilities"]["urn:ietf:params:jmap:core"]["maxSizeUpload"] == 100_000


async def test_an_upload_that_was_cut_off_is_resumed(alice: Uploader) -> None:
    status, _, answer = await alice.ask("POST", f"{UPLOAD}?resumable&name=film.mp4&type=video/mp4", Upload_Length="10")
    place = answer.headers["Location"]
    assert (status, answer.headers["Upload-Offset"]) == (201, "0")
    status, _, answer = await alice.ask("PATCH", place, b"01234", Upload_Offset="0")
    assert (status, answer.headers["Upload-Offset"]) == (204, "5")
    _, _, answer = await alice.ask("HEAD", place)
    assert (answer.headers["Upload-Offset"], answer.headers["Upload-Length"]) == ("5", "10")
    assert (await alice.ask("PATCH", place, b"x", Upload_Offset="3"))[0] == 409
    assert (await alice.ask("PATCH", place, b"x", Upload_Offset="minus"))[0] == 400
    assert (await alice.ask("PATCH", place, b"567890", Upload_Offset="5"))[0] == 413
    link = f"/files/{place.rpartition('/')[2]}/film.mp4"
    assert (await alice.ask("GET", link))[0] == 404  # not before it is whole
    status, told, _ = await alice.ask("PATCH", place, b"56789", Upload_Offset="5")
    assert (status, told["size"], told["type"]) == (200, 10, "video/mp4")
    assert (await alice.ask("GET", link))[1] == "0123456789"
    assert (await alice.ask("DELETE", place))[0] == 204
    assert (await alice.ask("GET", link))[0] == 404


async def test_nobody_touches_another_ones_files(house: House, alice: Uploader) -> None:
    mallory = Address("mallory", DOMAIN)
    secret, _ = await house.server.services.devices.add(mallory, name="x", remote="")
    await house.server.services.accounts.create(mallory, await house.server.accounts.passwords.credentials(PASSWORD))
    other = Uploader(house, secret)
    _, told, _ = await alice.ask("POST", UPLOAD, b"secret")
    own = f"/jmap/upload/{id_of(str(mallory), 'a')}"
    download = f"/jmap/download/{id_of(str(ALICE), 'a')}/{told['blobId']}/x"
    assert (await alice.ask("GET", download))[:2] == (200, "secret")
    for method, path in (
        ("GET", download),
        ("POST", UPLOAD),
        ("HEAD", f"{own}/{told['blobId']}"),
        ("PATCH", f"{own}/{told['blobId']}"),
        ("DELETE", f"{own}/{told['blobId']}"),
        ("DELETE", f"{UPLOAD}/{told['blobId']}"),
    ):
        assert (await other.ask(method, path))[0] == 404, (method, path)
    for id in ("..%2f..%2fdragoman.db", "0" * 32, "%00", "ab"):
        assert (await alice.ask("GET", f"/files/{id}/x"))[0] in (400, 404)
    assert (await house.ask("POST", UPLOAD, data=b"x"))[0] == 401
    await house.log_in()
    assert (await house.ask("POST", UPLOAD, data=b"x"))[0] == 403  # a cookie alone


async def test_a_message_bears_a_file_by_its_blob(house: House, alice: Uploader) -> None:
    _, told, _ = await alice.ask("POST", f"{UPLOAD}?name=cat.png", b"\x89PNG")
    bob = Address("bob", DOMAIN)
    await house.server.services.accounts.create(bob, await house.server.accounts.passwords.credentials(PASSWORD))
    say = {"conversationId": id_of(str(bob)), "files": [{"blobId": told["blobId"]}]}
    forged = {"conversationId": id_of(str(bob)), "files": [{"blobId": "0" * 32}]}
    arguments = {"accountId": id_of(str(ALICE), "a"), "create": {"good": say, "forged": forged}}
    body = {**REQUEST, "methodCalls": [["Message/set", arguments, "0"]]}
    _, answer, _ = await house.ask("POST", "/jmap", json=body, headers={"Authorization": f"Bearer {alice.token}"})
    result = answer["methodResponses"][0][1]
    assert result["created"].keys() == {"good"} and result["notCreated"].keys() == {"forged"}
    [kept] = (await house.server.services.history.query(Query(owner=bob))).records
    assert isinstance(kept.event, Message)
    assert kept.event.text == told["url"]  # for those who see only text
    assert kept.event.files == (File(told["url"], "cat.png", "image/png", 4),)


async def test_a_slot_of_xmpp_is_filled_once_and_fetched_by_everybody(house: House) -> None:
    uploads = house.server.services.uploads
    slot = await uploads.begin(ALICE, name="notes.txt", media_type="text/plain", size=5)
    path = uploads.url(slot).removeprefix(house.origin)
    assert (await house.ask("PUT", path, data=b"123456"))[0] == 403
    assert (await house.ask("PUT", path, data=b"12345"))[0] == 201
    assert (await house.ask("PUT", path, data=b"54321"))[0] == 403
    status, text, answer = await house.ask("GET", path)
    assert (status, text) == (200, "12345") and answer.headers["Content-Disposition"].startswith("attachment")


async def test_a_stranger_who_never_finishes_asking_is_cut_and_who_has_logged_in_is_not(tmp_path: Path) -> None:
    limits = ConnectionSettings(login_seconds=0.2)
    async for house in open_house(tmp_path / "nothing", limits=limits):
        token = await house.token()
        socket = await house.connect(Authorization=f"Bearer {token}")
        reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
        writer.write(b"GET /login HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        assert await asyncio.wait_for(reader.read(), 20) == b""
        writer.close()
        await socket.send_str(json.dumps({"@type": "Request", "id": "1", **REQUEST}))
        assert json.loads((await socket.receive()).data)["requestId"] == "1"


async def test_one_network_has_so_many_connections_that_nobody_has_logged_in_on(tmp_path: Path) -> None:
    async for house in open_house(tmp_path / "nothing", limits=ConnectionSettings(strangers_per_network=3)):
        open_ones = [await asyncio.open_connection("127.0.0.1", house.port) for _ in range(3)]
        reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
        with contextlib.suppress(ConnectionError):
            assert await asyncio.wait_for(reader.read(), 20) == b""
        for _, each in [*open_ones, (reader, writer)]:
            each.close()


async def test_a_server_that_stops_says_so(house: House) -> None:
    socket = await house.connect(Authorization=f"Bearer {await house.token()}")
    await socket.send_str(json.dumps({"@type": "Request", "id": "1", **REQUEST}))
    await socket.receive()
    waiting = asyncio.ensure_future(socket.receive())
    await house.web.close()
    message = await asyncio.wait_for(waiting, 20)
    assert (message.type, message.data) == (WSMsgType.CLOSE, 1001)


async def test_who_does_not_read_is_cut_and_holds_no_memory(house: House) -> None:
    socket = await house.connect(Authorization=f"Bearer {await house.token()}")
    call = ["Core/echo", {"x": "y" * 900_000}, "0"]
    big = json.dumps({"@type": "Request", "id": "1", "using": REQUEST["using"], "methodCalls": [call]})
    assert socket._response.connection is not None
    socket._response.connection.transport.pause_reading()  # type: ignore[union-attr]
    with contextlib.suppress(ConnectionError, TimeoutError):
        async with asyncio.timeout(60):
            for _ in range(60):
                await socket.send_str(big)
    services = house.server.services
    async with asyncio.timeout(60):
        while services.registry.sessions(ALICE):
            await asyncio.sleep(0.05)
