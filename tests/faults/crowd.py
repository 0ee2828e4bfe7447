"""People who talk through a real server, come back after every fault, and write down all that they know of it.

XMPP clients count acknowledgements (XEP-0198) and say again, by the same origin-id, what was not acknowledged; IRC clients
take the echo of a labelled message for its acknowledgement, and do not repeat themselves, since IRC cannot say that it does.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.contract.stores import SetClock
from tests.faults.history import Run, Said
from tests.stage.clients import Client
from tests.stage.process import Process
from tests.stage.reading import CLOSED, Node, read_line

from dragoman.core.address import Address
from dragoman.core.model import Message
from dragoman.core.stores import Query
from dragoman.storage import Settings, open_stores

ROOM = "team"
SM = "urn:xmpp:sm:3"
CAPABILITIES = "labeled-response batch echo-message message-tags"
WINDOW = 8  # what one person has said and not yet been acknowledged


@dataclass
class Person:
    """One account with one client, which tells ``peer`` and the room of numbers, one after the other, as fast as it may."""

    name: str
    protocol: str
    peer: str
    server: Process
    run: Run
    number: int = 0
    waiting: deque[str] = field(default_factory=deque)
    talking: bool = True
    refused: int = 0
    _turned_down: set[str] = field(default_factory=set)
    _seen: set[str] = field(default_factory=set)
    _acknowledged: int = 0
    client: Client | None = None

    async def live(self) -> None:
        """One connection, from login until it breaks or ``talking`` ends and nothing is left to wait for."""
        with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
            await self._log_in()
            while self.client is not None and not self.client.closed:
                await self._say_more()
                await self.client.news()
                for piece in self.client.take():
                    self._hear(piece)
                if not self.talking and not self.waiting:
                    break

    async def leave(self) -> None:
        if self.client is not None:
            await self.client.drop()

    def said(self, name: str) -> Said:
        """A message by the sender's own name for it; every second one goes to the room."""
        sender, _, number = name.partition("-")
        if int(number) % 2:
            return Said(ROOM, sender, name)
        return Said(f"from {sender}", sender, name)

    async def _log_in(self) -> None:
        connect = self.server.xmpp if self.protocol == "xmpp" else self.server.irc
        if self.protocol == "irc":
            self.waiting.clear()  # unknown what came of it, and there is no way to ask
            self.client = await self.server.irc(self.name, CAPABILITIES)
            await self.client.send(f"JOIN #{ROOM}")
            return
        self.client = client = await connect(self.name)
        room = f"{ROOM}@rooms.{self.server.domain}/{self.name}"
        history = "<x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x>"
        await client.send(f"<presence to='{room}'>{history}</presence>")
        await client.send(f"<enable xmlns='{SM}'/>")
        self._acknowledged = 0
        for name in self.waiting:
            await self._send(name)

    async def _say_more(self) -> None:
        while self.talking and len(self.waiting) < WINDOW:
            self.number += 1
            name = f"{self.name}-{self.number}"
            self.waiting.append(name)
            self.run.sent.append(self.said(name))
            await self._send(name)

    async def _send(self, name: str) -> None:
        assert self.client is not None
        to_room = self.said(name).conversation == ROOM
        if self.protocol == "irc":
            await self.client.send(f"@label={name} PRIVMSG {f'#{ROOM}' if to_room else self.peer} :{name}")
            return
        domain = self.server.domain
        to, kind = (f"{ROOM}@rooms.{domain}", "groupchat") if to_room else (f"{self.peer}@{domain}", "chat")
        origin = f"<origin-id xmlns='urn:xmpp:sid:0' id='{name}'/>"
        message = f"<message to='{to}' type='{kind}' id='{name}'><body>{name}</body>{origin}</message>"
        await self.client.send(f"{message}<r xmlns='{SM}'/>")

    def _hear(self, piece: Node | str) -> None:
        if isinstance(piece, Node):
            self._hear_stanza(piece)
        elif piece != CLOSED:
            self._hear_line(piece)

    def _hear_stanza(self, stanza: Node) -> None:
        name = stanza.name.rpartition("}")[2]
        if name == "a":
            handled = int(stanza.attributes["h"])
            for _ in range(handled - self._acknowledged):
                self._settled(self.waiting.popleft())
            self._acknowledged = handled
        elif name == "message":
            body, stamp = stanza.find("body"), stanza.find("stanza-id")
            if stanza.attributes.get("type") == "error":
                self._refused(stanza.attributes.get("id", ""), stanza)
            elif body is not None:
                assert stamp is not None, f"a message without the server's id: {stanza}"
                self._received(stamp.attributes["id"], body.text)

    def _hear_line(self, text: str) -> None:
        line = read_line(text)
        label = line.tags.get("label", "")
        if line.command == "PRIVMSG":
            if label:
                self._settled(label)
                self.waiting.remove(label)
            self._received(line.tags.get("msgid", ""), line.params[1])
        elif label:
            self._refused(label, text)
            self.waiting.remove(label)

    def _settled(self, name: str) -> None:
        if name not in self._turned_down:
            self.run.acknowledged.append(self.said(name))

    def _refused(self, name: str, piece: Node | str) -> None:
        """Too much at once: the server says so, and the message was never accepted."""
        text = piece if isinstance(piece, str) else str(piece)
        assert "slow down" in text, f"{name} was refused for another reason: {text}"
        self._turned_down.add(name)
        self.refused += 1

    def _received(self, id: str, name: str) -> None:
        """A client shows a message once, whichever way it came; that is what its id is for. Its own words it knows: what a
        room reflects of them again after a resend has the place that it always had."""
        if id not in self._seen and self.said(name).sender != self.name:
            self._seen.add(id)
            self.run.received.setdefault(self.name, []).append(self.said(name))


async def gather(server: Process, names: Sequence[str]) -> list[Person]:
    """People with accounts and a room; every third one is on IRC. Each talks to the next one."""
    run = Run()
    people = []
    for place, name in enumerate(names):
        await server.add_user(name)
        peer = names[(place + 1) % len(names)]
        people.append(Person(name, "irc" if place % 3 == 2 else "xmpp", peer, server, run))
    await server.command("room", "create", f"{ROOM}@rooms.{server.domain}", names[0])
    return people


async def read_archive(data: Path, domain: str, people: Sequence[Person], run: Run) -> None:
    """What the database has, after the server has stopped."""
    stores = await open_stores(Settings(str(data / "dragoman.db")), SetClock())
    assert await stores.check() == []
    owners = [Address(person.peer, domain) for person in people]
    for owner in [*owners, Address(ROOM, f"rooms.{domain}")]:
        page = await stores.archive.query(Query(owner=owner, limit=10_000_000))
        for archived in page.records:
            event = archived.event
            if isinstance(event, Message) and (owner.local == ROOM or event.recipient.bare == owner):
                run.archived.append(people[0].said(event.text))
    await stores.close()
