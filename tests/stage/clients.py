"""Clients that are text: they say stanzas, lines and frames as they are written, and keep what they hear, piece by piece."""

import asyncio
import contextlib
import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from tests.stage.reading import CLOSED, STREAMS, FrameReader, LineReader, Node, StanzaReader
from tests.stage.wire import Heard, Way

Connect = Callable[[Heard], Awaitable[Way]]
PATIENCE = 10.0  # seconds until an answer that must come counts as missing
PASSWORD = "secret"


@dataclass
class Client:
    """One connection. ``heard`` is what came in since somebody last looked: elements, lines, frames, and ``(closed)``."""

    protocol: str
    name: str
    domain: str = "example.org"
    heard: list[Node | str] = field(default_factory=list)
    ready: bool = False  # logged in: it can be asked whether all has arrived
    account: str = ""
    _way: Way = field(init=False)
    _reader: StanzaReader | LineReader | FrameReader = field(init=False)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _rounds: int = 0

    async def connect(self, connect: Connect) -> None:
        readers = {"xmpp": StanzaReader, "irc": LineReader, "jmap": FrameReader}
        self._reader = readers[self.protocol]()
        self._way = await connect(self._hear)

    @property
    def closed(self) -> bool:
        return self._way.closed

    async def send(self, text: str) -> None:
        """Say it as it stands; a line of IRC gets its end, and calls of methods what stands around them in a request."""
        if self.protocol == "jmap":
            text = as_frame(text, self.account)
        if text.startswith(("<?xml", "<stream:stream")):
            self._reader = StanzaReader()
        await self._way.send(text.encode() + (b"\r\n" if self.protocol == "irc" else b""))

    async def send_bytes(self, data: bytes) -> None:
        await self._way.send(data)

    async def drop(self) -> None:
        """Break the connection without a word."""
        self.ready = False
        await self._way.drop()

    def take(self) -> list[Node | str]:
        """What was heard; it is forgotten."""
        heard, self.heard = self.heard, []
        return heard

    async def news(self) -> None:
        """Wait until something was heard that was not yet taken."""
        while not self.heard and not self.closed:
            self._news.clear()
            await self._news.wait()

    async def until(self, is_meant: Callable[[Node | str], bool]) -> Node | str:
        """Wait for a piece, and take it out of what was heard."""
        async with asyncio.timeout(PATIENCE):
            while True:
                for place, piece in enumerate(self.heard):
                    if is_meant(piece):
                        return self.heard.pop(place)
                if self._way.closed:
                    raise ConnectionError(f"{self.name} was closed after {self.heard!r}")
                self._news.clear()
                await self._news.wait()

    async def settle(self) -> None:
        """Over a network: wait until the server has handled all that was said, and all that it said before has come."""
        if self.closed:
            return
        if not self.ready:
            await self._quiet()
            return
        self._rounds += 1
        token = f"settle-{self._rounds}"
        if self.protocol == "xmpp":
            ping = f"<iq type='get' id='{token}' to='{self.domain}'><ping xmlns='urn:xmpp:ping'/></iq>"
            answer = self.until(lambda piece: isinstance(piece, Node) and piece.attributes.get("id") == token)
        elif self.protocol == "jmap":
            ping = f'["Core/echo", {{}}, "{token}"]'
            answer = self.until(lambda piece: isinstance(piece, str) and f'"{token}"' in piece)
        else:
            ping = f"PING {token}"
            answer = self.until(lambda piece: isinstance(piece, str) and " PONG " in piece and token in piece)
        await self.send(ping)
        with contextlib.suppress(ConnectionError):  # closed meanwhile: then all has come, too
            await answer

    async def _quiet(self) -> None:
        """A client that has not logged in can ask nothing: what it waits for has come when nothing more comes."""
        while not self.closed:
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), 0.2)
            except TimeoutError:
                return

    def _hear(self, data: bytes) -> None:
        self.heard += self._reader.feed(data) if data else [CLOSED]
        self._news.set()


def as_frame(text: str, account: str) -> str:
    """One call or several, ``[name, arguments]``, as a request of an account; a frame as it is."""
    said = json.loads(text)
    if not isinstance(said, list):
        return text
    calls = said if isinstance(said[0], list) else [said]
    using = ["urn:ietf:params:jmap:core", "urn:dragoman:chat"]
    methods = [
        [call[0], {"accountId": id_of(account, "a"), **call[1]}, call[2] if len(call) > 2 else str(place)]
        for place, call in enumerate(calls)
    ]
    return json.dumps({"@type": "Request", "id": "r", "using": using, "methodCalls": methods})


def id_of(address: str, kind: str = "c") -> str:
    """What the API calls something that has this address."""
    return kind + urlsafe_b64encode(address.encode()).decode().rstrip("=")


def header(domain: str) -> str:
    """The opening of a stream (RFC 6120 §4.7)."""
    names = f"xmlns='jabber:client' xmlns:stream='{STREAMS}'"
    return f"<?xml version='1.0'?><stream:stream {names} to='{domain}' version='1.0'>"


def plain(account: str, password: str = PASSWORD) -> str:
    """The one message of SASL PLAIN (RFC 4616)."""
    return b64encode(f"\0{account}\0{password}".encode()).decode()


def is_named(local: str) -> Callable[[Node | str], bool]:
    return lambda piece: isinstance(piece, Node) and piece.name.rpartition("}")[2] == local


def has_command(*commands: str) -> Callable[[Node | str], bool]:
    return lambda piece: isinstance(piece, str) and any(f" {command} " in f" {piece} " for command in commands)


async def log_in_xmpp(
    client: Client, account: str, resource: str, *, presence: bool = True, password: str = PASSWORD
) -> None:
    """From the header to the first presence (RFC 6120 §9.1 without STARTTLS, RFC 6121 §4.2)."""
    await client.send(header(client.domain))
    await client.until(is_named("features"))
    await client.send(
        f"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{plain(account, password)}</auth>"
    )
    await client.until(is_named("success"))
    await client.send(header(client.domain))
    await client.until(is_named("features"))
    bind = f"<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>{resource}</resource></bind>"
    await client.send(f"<iq type='set' id='bind'>{bind}</iq>")
    await client.until(is_named("iq"))
    client.ready = True
    if presence:
        await client.send("<presence/>")


async def log_in_irc(client: Client, account: str, capabilities: str = "", *, password: str = PASSWORD) -> None:
    """From the capabilities to the end of the welcome."""
    await client.send(f"CAP REQ :{f'sasl {capabilities}'.strip()}")
    answer = await client.until(has_command("ACK", "NAK"))
    assert isinstance(answer, str) and " ACK " in answer, answer
    await client.send("AUTHENTICATE PLAIN")
    await client.until(has_command("AUTHENTICATE"))
    await client.send(f"AUTHENTICATE {plain(account, password)}")
    await client.until(has_command("903"))
    await client.send(f"NICK {account}")
    await client.send(f"USER {account} 0 * :{account}")
    await client.send("CAP END")
    await client.until(has_command("376", "422"))
    client.ready = True


async def log_in_jmap(client: Client) -> None:
    """What a client asks for first: to be told of everything, and what there is already."""
    client.ready = True
    await client.send('{"@type": "WebSocketPushEnable", "embed": true}')
    everything = ["Message/query", {"filter": {}}]
    found = {"#ids": {"resultOf": "0", "name": "Message/query", "path": "/ids"}}
    await client.send(json.dumps([everything, ["Message/get", found]]))
