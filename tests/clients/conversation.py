"""The conversation that every program has with somebody on the other protocol: one to one, then in a room."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from tests.stage.clients import Client
from tests.stage.matching import matches
from tests.stage.process import Process
from tests.stage.reading import Node

PATIENCE = 25.0
FULL_IRC = "message-tags server-time echo-message batch away-notify draft/chathistory"
OTHER = {"xmpp": "irc", "irc": "xmpp"}


class Program(Protocol):
    """Somebody else's client, logged in as alice."""

    protocol: str

    async def say(self, name: str, text: str) -> None:
        """To one person of the same domain."""
        ...

    async def join(self, room: str) -> None: ...

    async def say_in(self, room: str, text: str) -> None: ...

    async def away(self, text: str) -> None: ...

    async def typing(self, name: str) -> bool:
        """Show that one is typing to whom one last spoke with; False where the program cannot be made to."""
        ...

    def shown(self) -> str:
        """All that it has shown so far."""
        ...


async def until(is_so: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    """Wait for something that must happen; it is looked for often, so that nothing depends on the time it takes."""
    try:
        async with asyncio.timeout(seconds):
            while not is_so():
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise AssertionError(f"this did not happen: {what}") from None


@dataclass
class Partner:
    """Bob, on the other protocol: a client of the tests."""

    client: Client
    domain: str

    async def say(self, text: str) -> None:
        if self.client.protocol == "irc":
            await self.client.send(f"PRIVMSG alice :{text}")
        else:
            await self.client.send(f"<message to='alice@{self.domain}' type='chat'><body>{text}</body></message>")

    async def join(self, room: str) -> None:
        if self.client.protocol == "irc":
            await self.client.send(f"JOIN #{room}")
            return
        address = f"{room}@rooms.{self.domain}"
        join = "<x xmlns='http://jabber.org/protocol/muc'/>"
        await self.client.send(f"<presence to='{address}/bob'>{join}</presence>")
        form = "<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'/></query>"
        await self.client.send(f"<iq type='set' id='unlock' to='{address}'>{form}</iq>")

    async def say_in(self, room: str, text: str) -> None:
        if self.client.protocol == "irc":
            await self.client.send(f"PRIVMSG #{room} :{text}")
        else:
            address = f"{room}@rooms.{self.domain}"
            await self.client.send(f"<message to='{address}' type='groupchat'><body>{text}</body></message>")

    async def ask_for_history(self) -> None:
        if self.client.protocol == "irc":
            await self.client.send("CHATHISTORY LATEST alice * 50")
        else:
            await self.client.send("<iq type='set' id='history'><query xmlns='urn:xmpp:mam:2'/></iq>")

    async def hears(self, irc: str, xmpp: str) -> Node | str:
        """Wait for a piece, as the protocol that bob speaks has it."""
        expected = irc if self.client.protocol == "irc" else xmpp

        def is_meant(piece: Node | str) -> bool:
            return matches(self.client.protocol, expected, piece, {}) is not None

        try:
            async with asyncio.timeout(PATIENCE):
                return await self.client.until(is_meant)
        except TimeoutError:
            raise AssertionError(f"bob did not hear {expected}, but {self.client.heard[-8:]}") from None


async def meet(server: Process, program: Program) -> Partner:
    """Bob comes, on the other protocol."""
    if program.protocol == "irc":
        return Partner(await server.xmpp("bob"), server.domain)
    return Partner(await server.irc("bob", FULL_IRC), server.domain)


async def converse(program: Program, partner: Partner) -> None:
    """Words both ways, typing, a room, presence in it, and one history of it all."""
    room = f"team@rooms.{partner.domain}"
    await program.say("bob", "Hello from the program")
    await partner.hears(
        ":alice!... PRIVMSG bob :Hello from the program",
        f"<message from='alice@{partner.domain}/...' ...><body>Hello from the program</body>...</message>",
    )
    await partner.say("Hello from the other side")
    await until(lambda: "Hello from the other side" in program.shown(), "the program shows a message")
    if await program.typing("bob"):
        await partner.hears(
            "@+typing=active;... :alice!... TAGMSG bob",
            "<message ...><composing xmlns='http://jabber.org/protocol/chatstates'/>...</message>",
        )
    await partner.join("team")
    await partner.client.settle()
    await program.join("team")
    await partner.hears(":alice!... JOIN #team", f"<presence from='{room}/alice' ...>...</presence>")
    await partner.say_in("team", "Welcome to the room")
    await until(lambda: "Welcome to the room" in program.shown(), "the program shows a message to the room")
    await program.say_in("team", "Glad to be here")
    await partner.hears(
        ":alice!... PRIVMSG #team :Glad to be here",
        f"<message from='{room}/alice' type='groupchat' ...><body>Glad to be here</body>...</message>",
    )
    await program.away("Lunch")
    await partner.hears(":alice!... AWAY ...", f"<presence from='{room}/alice' ...><show>away</show>...</presence>")
    await partner.ask_for_history()
    for text in ("Hello from the program", "Hello from the other side"):
        forwarded = (
            "<forwarded xmlns='urn:xmpp:forward:0'>...<message xmlns='jabber:client' ...><body>"
            + text
            + "</body>...</message></forwarded>"
        )
        await partner.hears(
            f"@batch=...;... :... PRIVMSG ... :{text}",
            f"<message ...><result xmlns='urn:xmpp:mam:2' ...>{forwarded}</result></message>",
        )
