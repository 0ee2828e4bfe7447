"""A whole server, and clients that are text: in memory with a clock that the test moves, or over sockets and TLS.

The server is the same object in both cases, built by the application itself; only what carries the bytes differs.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast

from tests.stage.clients import PASSWORD, Client, log_in_irc, log_in_jmap, log_in_xmpp
from tests.stage.wire import FrameWay, Heard, MemoryWire, SocketWay, Way
from tests.world import FakeClock, SeededRandomness

from dragoman import config
from dragoman.app.build import Parts, Server, build
from dragoman.app.web import WebApi
from dragoman.auth.keys import Keys
from dragoman.core.address import Address
from dragoman.core.clock import Clock
from dragoman.core.endpoint import Channel
from dragoman.core.stores import RosterItem, Stores
from dragoman.core.uploads import Contents
from dragoman.net import server as net
from dragoman.net.authority import Site
from dragoman.net.certificates import Certificates
from dragoman.net.clock import LoopClock
from dragoman.net.hub import Door, Hub
from dragoman.net.tls import TlsServer
from dragoman.net.web.port import WebPort
from dragoman.net.web.settings import Settings as WebSettings
from dragoman.storage.memory import MemoryStores

DOMAIN = "example.org"
SETTINGS = """
[domains."example.org"]
[auth.passwords]
min_length = 6
"""
Protocol = Literal["xmpp", "irc", "jmap"]


@dataclass
class Stage:
    """One server and those who talk on it, by name. ``ports`` is empty in memory."""

    server: Server
    clock: Clock
    ports: dict[str, int] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)

    async def account(self, name: str) -> Address:
        account = Address(name, DOMAIN)
        services = self.server.services
        if not await services.accounts.exists(account):
            await services.accounts.create(account, await self.server.accounts.passwords.credentials(PASSWORD))
        return account

    async def befriend(self, one: str, other: str) -> None:
        """Both see each other's presence, as after two requests that were granted."""
        accounts = [await self.account(one), await self.account(other)]
        for account, contact in (accounts, reversed(accounts)):
            item = RosterItem(contact, to=True, from_=True, listed=True)
            await self.server.services.rosters.put(account, item)

    async def xmpp(self, name: str, account: str = "", resource: str = "here", *, presence: bool = True) -> Client:
        """A client of XMPP, logged in."""
        account = account or name
        await self.account(account)
        client = await self._connect(name, "xmpp")
        await log_in_xmpp(client, account, resource, presence=presence)
        await self.settle()
        return client

    async def irc(self, name: str, account: str = "", capabilities: str = "") -> Client:
        """A client of IRC, logged in."""
        account = account or name
        await self.account(account)
        client = await self._connect(name, "irc")
        await log_in_irc(client, account, capabilities)
        await self.settle()
        return client

    async def jmap(self, name: str, account: str = "") -> Client:
        """A client of the API, logged in."""
        address = await self.account(account or name)
        secret, device = await self.server.services.devices.add(address, name=name, remote="127.0.0.1")
        client = self.clients[name] = Client("jmap", name, account=str(address))

        async def connect(heard: Heard) -> Way:
            if self.ports:
                return await FrameWay.open(self.ports["jmap"], heard, secret)
            front = self.server.jmap
            assert front is not None
            channel = Channel(remote="127.0.0.1", port=50_000 + len(self.clients), secure=True, trusted=True)
            return MemoryWire(lambda wire: front.connect(cast(MemoryWire, wire), device), heard, channel)

        await client.connect(connect)
        await log_in_jmap(client)
        await self.settle(first=client)
        return client

    async def stranger(self, name: str, protocol: Protocol, *, secure: bool = True) -> Client:
        """A connection over which nothing was said yet."""
        return await self._connect(name, protocol, secure=secure)

    async def meet(self, room: str, clients: Iterable[Client]) -> None:
        """All go into a room; the first one opens it."""
        for client in clients:
            if client.protocol == "irc":
                await client.send(f"JOIN #{room}")
            elif client.protocol == "jmap":
                await client.send(
                    f'["Conversation/set", {{"create": {{"new": {{"address": "{room}", "room": {{}}}}}}}}]'
                )
            else:
                address = f"{room}@rooms.{DOMAIN}"
                join = "<x xmlns='http://jabber.org/protocol/muc'/>"
                await client.send(f"<presence to='{address}/{client.name}'>{join}</presence>")
                form = "<x xmlns='jabber:x:data' type='submit'/>"
                query = f"<query xmlns='http://jabber.org/protocol/muc#owner'>{form}</query>"
                await client.send(f"<iq type='set' id='unlock' to='{address}'>{query}</iq>")
            await self.settle(first=client)

    async def settle(self, first: Client | None = None) -> None:
        """Until the server has done what ``first`` asked for, and everybody has heard all that came of it."""
        if self.ports:
            for client in [*([first] if first else []), *self.clients.values()]:
                await client.settle()
        elif isinstance(self.clock, FakeClock):
            for _ in range(3):  # what one turn started may start more in the next
                await asyncio.sleep(0)
                await self.clock.settle()

    async def advance(self, seconds: float) -> None:
        """Let time pass; in memory only."""
        assert isinstance(self.clock, FakeClock), "only in memory a test moves the clock"
        self.clock.advance(seconds)
        await self.settle()

    async def _connect(self, name: str, protocol: Protocol, *, secure: bool = True) -> Client:
        client = Client(protocol, name)
        self.clients[name] = client

        async def connect(heard: Heard) -> Way:
            if self.ports:
                return await SocketWay.open(self.ports[protocol], heard, tls=secure)
            channel = Channel(
                remote="127.0.0.1", port=50_000 + len(self.clients), secure=secure, trusted=True, upgradable=not secure
            )
            return MemoryWire(self.server.greeters[protocol], heard, channel)

        await client.connect(connect)
        return client


async def build_server(
    clock: Clock,
    stores: Stores | None = None,
    settings: str = SETTINGS,
    seed: int = 1,
    contents: Contents | None = None,
) -> Server:
    """The server of ``example.org`` over stores in memory; the same in every run."""
    randomness = SeededRandomness(seed)
    parts = Parts(
        clock=clock,
        randomness=randomness,
        stores=stores or MemoryStores(clock),
        keys=Keys(b"k" * 32, randomness),
        contents=contents,
    )
    return await build(config.parse(settings, "stage", {}), parts)


@asynccontextmanager
async def open_stage(certificates: Path | None = None, settings: str = SETTINGS) -> AsyncIterator[Stage]:
    """A stage in memory, or where there is a directory for ``certificates``, over sockets with TLS."""
    if certificates is None:
        clock = FakeClock()
        yield Stage(await build_server(clock, settings=settings), clock)
        return
    loop = asyncio.get_running_loop()
    real = LoopClock(loop)
    server = await build_server(real, settings=settings)
    kept = Certificates(certificates, [Site(DOMAIN, (f"rooms.{DOMAIN}",), local=True)], real, [])
    kept.load()
    network = net.Server(Hub(loop, server.settings.connections))
    ports = {}
    for protocol, greeter in server.greeters.items():
        door = Door(protocol, greeter, TlsServer(kept, ()), direct=True)
        ports[protocol] = (await network.open(door, ["127.0.0.1"], 0))[0].port
    web = await _open_web(server, ports)
    stage = Stage(server, real, ports)
    try:
        yield stage
    finally:
        for client in stage.clients.values():
            await client.drop()
        await network.drain("the test is over", 2)
        await web.close()


async def _open_web(server: Server, ports: dict[str, int]) -> WebPort:
    front = server.jmap
    assert front is not None
    web = WebPort(WebApi(server, front), WebSettings(), names=[DOMAIN], client=Path("nowhere"))
    ports["jmap"] = await web.open(["127.0.0.1"], 0)
    return web
