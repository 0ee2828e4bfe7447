"""Those who use a simulated server: each says something now and then, and says it again until it was acknowledged."""

import asyncio
import contextlib

from tests.faults.history import Run, Said
from tests.simulation.network import Network
from tests.simulation.world import World
from tests.stage.clients import Client, has_command, log_in_irc, log_in_xmpp
from tests.stage.reading import Node
from tests.stage.wire import Heard

ROOM = "lobby"
"""Everybody is in it; said to in the place of a person."""

_SM = "urn:xmpp:sm:3"
_JOIN = "<x xmlns='http://jabber.org/protocol/muc'/>"


def conversation(one: str, other: str) -> str:
    """The name of what two say to each other, or all in the room."""
    return ROOM if other == ROOM else "+".join(sorted((one, other)))


def _is_subject(piece: Node | str) -> bool:
    return isinstance(piece, Node) and piece.find("subject") is not None


class NetworkWay:
    """A client's way through the simulated network."""

    def __init__(self, heard: Heard, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.closed = False
        self._heard = heard
        self._reader = reader
        self._writer = writer
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def open(cls, network: Network, name: str, heard: Heard) -> "NetworkWay":
        return cls(heard, *await network.dial(name))

    async def send(self, data: bytes) -> None:
        with contextlib.suppress(ConnectionError):
            self._writer.write(data)
            await self._writer.drain()

    async def drop(self) -> None:
        self.closed = True
        self._writer.transport.abort()
        self._reading.cancel()
        await asyncio.wait([self._reading])

    async def _read(self) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await self._reader.read(65536):
                self._heard(data)
        self.closed = True
        self._heard(b"")
        self._writer.close()


class Person:
    """An account with one client. What it says is the text of a message, which nobody else ever says."""

    def __init__(self, world: World, run: Run, name: str, protocol: str) -> None:
        self._world = world
        self._run = run
        self._name = name
        self._protocol = protocol
        self._count = 0
        self._handled = 0  # stanzas since stream management was enabled
        self._client: Client | None = None

    async def live(self, others: list[str], until: float, pause: float) -> None:
        """Talk to ``others`` until a moment, with ``pause`` seconds between two messages on the average."""
        while self._world.loop.time() < until:
            await asyncio.sleep(self._world.random.expovariate(1 / pause))
            self._count += 1
            await self._say(self._world.random.choice(others), f"{self._name}-{self._count}")
        await self._leave()

    async def _say(self, other: str, text: str) -> None:
        said = Said(conversation(self._name, other), self._name, text)
        self._run.sent.append(said)
        while True:
            try:
                client = self._client or await self._come()
                await self._send(client, other, text)
            except (ConnectionError, TimeoutError):
                await self._leave()
                if self._protocol == "irc":
                    return  # a line has no name by which a second one would be known for the same
                await asyncio.sleep(self._world.random.uniform(0.5, 2.0))
            else:
                self._run.acknowledged.append(said)
                return

    async def _come(self) -> Client:
        client = Client(self._protocol, self._name)
        await client.connect(lambda heard: NetworkWay.open(self._world.network, self._protocol, heard))
        self._client = client
        if self._protocol == "irc":
            await log_in_irc(client, self._name, "echo-message message-tags")
            await client.send(f"JOIN #{ROOM}")
            await client.until(has_command("366"))
            return client
        await log_in_xmpp(client, self._name, "here")
        await client.send(f"<presence to='{ROOM}@rooms.{client.domain}/{self._name}'>{_JOIN}</presence>")
        await client.until(_is_subject)  # the last of what a room tells who comes in (XEP-0045 §7.2.1)
        await client.send(f"<enable xmlns='{_SM}'/>")
        await client.until(lambda piece: isinstance(piece, Node) and piece.name == f"{{{_SM}}}enabled")
        self._handled = 0
        return client

    async def _send(self, client: Client, other: str, text: str) -> None:
        """Returns when the server has acknowledged it."""
        if self._protocol == "irc":
            line = f"PRIVMSG {'#' if other == ROOM else ''}{other} :{text}"
            await client.send(line)
            await client.until(lambda piece: isinstance(piece, str) and piece.endswith(line))
        else:
            self._handled += 1
            kind, domain = ("groupchat", f"rooms.{client.domain}") if other == ROOM else ("chat", client.domain)
            content = f"<body>{text}</body><origin-id xmlns='urn:xmpp:sid:0' id='{text}'/>"
            await client.send(f"<message type='{kind}' to='{other}@{domain}' id='{text}'>{content}</message>")
            await client.send(f"<r xmlns='{_SM}'/>")
            await client.until(self._is_acknowledged)
        client.take()

    def _is_acknowledged(self, piece: Node | str) -> bool:
        if not isinstance(piece, Node) or piece.name != f"{{{_SM}}}a":
            return False
        return int(piece.attributes["h"]) >= self._handled

    async def _leave(self) -> None:
        if self._client is not None and hasattr(self._client, "_way"):
            await self._client.drop()
        self._client = None
