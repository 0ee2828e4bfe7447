"""The web joined with accounts, devices and the API: what :mod:`dragoman.net.web` asks for."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dragoman
from dragoman import config
from dragoman.app.build import Server
from dragoman.core.address import Address
from dragoman.core.authenticator import AuthenticationFailed, Success
from dragoman.core.devices import Device
from dragoman.core.endpoint import Assurance, Caller, Channel, MessageWire
from dragoman.core.errors import Refused
from dragoman.core.stores import StorageFailed
from dragoman.net.certificates import Certificates
from dragoman.net.web.api import LoginRefused
from dragoman.net.web.files import Uploads
from dragoman.net.web.port import WebPort
from dragoman.net.web.tls import WebTls
from dragoman.protocols.jmap.errors import RequestError
from dragoman.protocols.jmap.front import Front
from dragoman.protocols.jmap.ids import account_id

_WRONG = "wrong name or password"


class WebApi:
    """Implements :class:`dragoman.net.web.api.Api`."""

    def __init__(self, server: Server, front: Front) -> None:
        self._server = server
        self._front = front
        self._devices = server.services.devices
        self.max_request_bytes = front.settings.max_request_bytes
        self.uploads: Uploads = server.services.uploads
        self.max_upload_bytes = server.services.uploads.settings.max_bytes

    async def log_in(self, username: str, password: str, host: str, channel: Channel, name: str) -> tuple[str, Device]:
        """A new device, and its secret. Raises ``LoginRefused``."""
        account = self._account(username, host)
        wait = self._server.accounts.throttle.wait(channel.remote, account)
        if wait:
            seconds = math.ceil(wait)
            raise LoginRefused(429, f"too many failed logins; try again in {seconds} seconds", retry_after=seconds)
        try:
            proved = await self._prove(account, password, channel)
            low = proved.assurance is Assurance.LOW
            return await self._devices.add(account, name=name, remote=channel.remote, low_assurance=low)
        except StorageFailed as failed:
            raise LoginRefused(503, "nobody can log in now; try again later") from failed

    async def _prove(self, account: Address, password: str, channel: Channel) -> Success:
        try:
            return await self._server.services.authenticator.check_password("jmap", account, password, channel)
        except AuthenticationFailed as failed:
            match failed.condition:
                case "encryption-required":
                    raise LoginRefused(403, "a password is taken over https only") from failed
                case "account-disabled":
                    raise LoginRefused(403, "this account is suspended") from failed
                case "temporary-auth-failure":
                    raise LoginRefused(503, failed.text or "nobody can log in now; try again later") from failed
                case _:
                    raise LoginRefused(401, failed.text or _WRONG) from failed

    def _account(self, username: str, host: str) -> Address:
        """A whole address, or a name in the domain that the browser asked for, else in the first one."""
        domains = self._server.services.domains
        asked = domains.of_accounts(host.partition(":")[0]) or next(iter(domains))
        try:
            if "@" in username:
                return Address.parse(username).bare
            return Address.of(username, asked.name)
        except Refused:
            raise LoginRefused(401, _WRONG) from None

    async def device(self, secret: str, remote: str) -> Device | None:
        """Whose secret it is."""
        return await self._devices.find(secret, remote=remote)

    async def log_out(self, device: Device) -> None:
        """Forget it; its connections end."""
        await self._devices.remove(device.account, device.id)

    def session(self, device: Device, base: str) -> dict[str, Any]:
        """The session object."""
        uploads = self._server.services.uploads
        most = uploads.settings.max_bytes if uploads.offered else 0
        return self._front.session(device.account, base, max_upload=most)

    async def request(self, device: Device, body: bytes, remote: str) -> tuple[int, dict[str, Any]]:
        """The status and the content that answer a request."""
        try:
            return 200, await self._front.request(device, body, remote=remote)
        except RequestError as error:
            return error.status, error.problem()

    def account_id(self, account: Address) -> str:
        """What the API calls an account."""
        return account_id(account)

    def connect(self, wire: MessageWire, device: Device) -> Caller:
        """A WebSocket of a device."""
        return self._front.connect(wire, device)


def make_port(server: Server, certificates: Certificates) -> WebPort | None:
    """The port of the web, not open yet; None where the web is not wanted."""
    wanted, front = config.web(server.settings), server.jmap
    if not wanted.enabled or front is None:
        return None
    names = [name for domain in config.domains(server.settings) for name in (domain.name, domain.rooms)]
    tls = WebTls(lambda: certificates.pairs) if wanted.tls == "direct" else None
    if tls is not None:
        certificates.reloaded = _both(certificates.reloaded, tls.reload)
    client = Path(wanted.client) if wanted.client else Path(dragoman.__file__).parent / "web"
    api = WebApi(server, front)
    known = [*names, config.server_name(server.settings)]
    return WebPort(api, wanted, names=known, client=client, tls=tls, limits=server.settings.connections)


def _both(one: Callable[[], None], other: Callable[[], None]) -> Callable[[], None]:
    def call() -> None:
        one()
        other()

    return call
