"""Bad input to the whole server, at every stage of both protocols: each kind gets its error or its close, while two people
talk on undisturbed and the server's memory stays as it was."""

import asyncio
import contextlib
import socket
from base64 import b64encode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import pytest
from tests.faults.conftest import Servers
from tests.stage.clients import header
from tests.stage.process import PASSWORD, Process
from tests.stage.reading import Node

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

MIB = 1 << 20
COST = 8 * MIB
SASL = "urn:ietf:params:xml:ns:xmpp-sasl"
PLAIN = b64encode(f"\0eve\0{PASSWORD}".encode()).decode()
WRONG = b64encode(b"\0eve\0wrong").decode()
LAUGHS = "<!DOCTYPE l [<!ENTITY a 'lol'>" + "".join(
    f"<!ENTITY {name} '{f'&{before};' * 10}'>" for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)
MESSAGE = b"<message to='bob@localhost' type='chat'><body>"

#: What a client of XMPP may send where a stanza or a step of the login could stand, and the condition that ends its stream.
XMPP = {
    "not well-formed": (b"<message></body>", "not-well-formed"),
    "invalid utf-8": (MESSAGE + b"\xff\xfe</body></message>", "not-well-formed"),
    "nul": (MESSAGE + b"\0</body></message>", "not-well-formed"),
    "an entity": (MESSAGE + b"&lol;</body></message>", "not-well-formed"),
    "a doctype": (f"{LAUGHS}]><message><body>&j;</body></message>".encode(), "restricted-xml"),
    "a comment": (b"<!-- hello --><message/>", "restricted-xml"),
    "nesting": (b"<a>" * 200_000, "policy-violation"),
    "a token without end": (b"<message to='" + b"x" * MIB, "policy-violation"),
    "a text without end": (MESSAGE + b"x" * MIB, "policy-violation"),
}
#: The same where the stream has to begin.
NO_HEADER = {
    "http": (b"GET / HTTP/1.1\r\n\r\n", "not-well-formed"),
    "tls": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "not-well-formed"),
    "no stream": (b"<message></body>", "invalid-namespace"),
    "a doctype": XMPP["a doctype"],
    "a comment": XMPP["a comment"],
    "nesting": (b"<a>" * 1_000, "invalid-namespace"),
    "a token without end": XMPP["a token without end"],
}
STAGES = ("before the header", "before the login", "in the middle of a login", "after the login", "in a session")

#: What a client of IRC may send, what it is told, and whether that is its end.
IRC = {
    "invalid utf-8": (b"PRIVMSG bob :\xff\r\n", b"INVALID_UTF8", False),
    "cr": (b"PRIVMSG bob :a\rb\r\n", b"ERROR :", True),
    "nul": (b"PRIVMSG bob :a\0b\r\n", b"ERROR :", True),
    "a long line": (b"PRIVMSG bob :" + b"x" * 9_000 + b"\r\n", b" 417 ", False),
    "long tags": (b"@a=" + b"x" * 9_000 + b" PRIVMSG bob :x\r\n", b" 417 ", False),
    "a megabyte": (b"x" * MIB + b"\r\n", b" 417 ", False),
}


@dataclass
class Stranger:
    """A connection in the clear from this machine, where a password may be sent so."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    async def connect(cls, server: Process, protocol: str) -> "Stranger":
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port(protocol))
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return cls(reader, writer)

    async def say(self, words: str | bytes, end: bytes = b"") -> bytes:
        """Send, and read up to ``end`` or the end of the connection."""
        try:
            self.writer.write(words.encode() if isinstance(words, str) else words)
            await self.writer.drain()
        except ConnectionError:
            pass  # cut off in the middle: what was said before that can still be read
        return await self.hear(end)

    async def drip(self, octets: bytes) -> None:
        """One octet at a time, until all are sent or nobody listens any more."""
        for place in range(len(octets)):
            if self.reader.at_eof() or self.writer.is_closing():
                break
            self.writer.write(octets[place : place + 1])
            if place % 256 == 0:
                with contextlib.suppress(ConnectionError):
                    await self.writer.drain()
                await asyncio.sleep(0)

    async def hear(self, end: bytes) -> bytes:
        heard = b""
        async with asyncio.timeout(60):
            while not end or end not in heard:
                try:
                    piece = await self.reader.read(65536)
                except ConnectionError:
                    piece = b""
                if not piece:
                    break
                heard += piece
        return heard

    def close(self) -> None:
        self.writer.transport.abort()


async def on_xmpp(server: Process, stage: str) -> Stranger:
    """A client that has come so far; before the login it is nobody, then it is eve."""
    client = await Stranger.connect(server, "xmpp")
    reached = STAGES.index(stage)
    if reached >= 1:
        await client.say(header("localhost"), b"</stream:features>")
    if reached == 2:
        await client.say(f"<auth xmlns='{SASL}' mechanism='SCRAM-SHA-256'>biwsbj1ldmUscj1hYmM=</auth>", b"</challenge>")
    if reached >= 3:
        await client.say(f"<auth xmlns='{SASL}' mechanism='PLAIN'>{PLAIN}</auth>", b"<success")
        await client.say(header("localhost"), b"</stream:features>")
    if reached >= 4:
        await client.say("<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>", b"</iq>")
    return client


async def on_irc(server: Process, *, logged_in: bool) -> Stranger:
    client = await Stranger.connect(server, "irc")
    if logged_in:
        await client.say(f"PASS eve:{PASSWORD}\r\nNICK eve\r\nUSER eve 0 * :Eve\r\n", b" 422 ")
    return client


class Friends:
    """Alice tells bob of numbers all the time, and nothing else; he hears each of them, in order."""

    def __init__(self, server: Process) -> None:
        self.server = server
        self.heard = 0
        self.done = False

    async def talk(self) -> None:
        alice, bob = await self.server.xmpp("alice"), await self.server.irc("bob")
        bob.take()
        while not self.done:
            await alice.send(f"<message to='bob@localhost' type='chat'><body>{self.heard}</body></message>")
            await bob.news()
            for line in bob.take():
                assert isinstance(line, str) and line.endswith(f":{self.heard}"), line
                self.heard += 1
            assert not [piece for piece in alice.take() if isinstance(piece, Node) and piece.find("error")]
        await alice.drop()
        await bob.drop()


async def break_xmpp(server: Process, stage: str, words: bytes, condition: str) -> None:
    client = await on_xmpp(server, stage)
    heard = await client.say(words)
    assert f"<stream:error><{condition} ".encode() in heard, (stage, condition, heard[-300:])
    assert heard.endswith(b"</stream:error></stream:stream>")
    client.close()


async def break_irc(server: Process, words: bytes, expected: bytes, *, ends: bool, logged_in: bool) -> None:
    client = await on_irc(server, logged_in=logged_in)
    heard = await client.say(words, b"" if ends else expected)
    assert expected in heard or (not logged_in and b"ERROR :" in heard), (words[:20], heard[-300:])
    client.close()


async def attack(server: Process) -> None:
    for stage in STAGES:
        for words, condition in (NO_HEADER if stage == STAGES[0] else XMPP).values():
            await break_xmpp(server, stage, words, condition)
    for logged_in in (False, True):
        for words, expected, ends in IRC.values():
            await break_irc(server, words, expected, ends=ends, logged_in=logged_in)


async def drip(server: Process) -> None:
    """A megabyte, octet by octet, to each protocol, before and after the login."""
    for stage in (STAGES[1], STAGES[-1]):
        client = await on_xmpp(server, stage)
        await client.drip(b"<message to='" + b"x" * MIB)
        assert b"<policy-violation " in await client.hear(b"</stream:stream>")
        client.close()
    client = await on_irc(server, logged_in=True)
    await client.drip(b"x" * MIB + b"\r\n")
    assert b" 417 " in await client.hear(b" 417 ")
    client.close()
    client = await on_irc(server, logged_in=False)
    await client.drip(b"x" * MIB)
    assert b"ERROR :" in await client.hear(b"")
    client.close()


async def misbehave(server: Process) -> None:
    """Well-formed words at the wrong time."""
    client = await on_xmpp(server, "before the login")
    assert b"<not-authorized" in await client.say(MESSAGE + b"hello</body></message>")
    client = await on_xmpp(server, "after the login")
    assert b"<not-authorized" in await client.say("<presence/>")
    client = await on_xmpp(server, "before the login")
    for words, condition in (
        (f"<auth xmlns='{SASL}' mechanism='PLAIN'>{WRONG}</auth>", b"<not-authorized"),
        (f"<auth xmlns='{SASL}' mechanism='X-NONE'>{WRONG}</auth>", b"<invalid-mechanism"),
        (f"<auth xmlns='{SASL}' mechanism='PLAIN'>!!</auth>", b"<incorrect-encoding"),
        (f"<auth xmlns='{SASL}' mechanism='PLAIN'>AA==</auth>", b"<malformed-request"),
    ):
        assert condition in await client.say(words, b"</failure>")
    client.close()
    client = await on_irc(server, logged_in=False)
    assert b" 451 " in await client.say("PRIVMSG bob :hello\r\n", b" 451 ")
    assert b" 904 " in await client.say(f"CAP REQ sasl\r\nAUTHENTICATE PLAIN\r\nAUTHENTICATE {WRONG}\r\n", b" 904 ")
    assert b" 908 " in await client.say("AUTHENTICATE X-NONE\r\n", b" 904 ")
    client.close()
    client = await on_irc(server, logged_in=True)
    assert b" 462 " in await client.say("USER eve 0 * :Eve\r\n", b" 462 ")
    client.close()


async def test_bad_input_gets_its_error_and_costs_nobody_else_anything(servers: Servers) -> None:
    environment = {"DRAGOMAN_AUTH__PLAIN_ON_LOOPBACK": "true", "DRAGOMAN_LIMITS__ENABLED": "false"}
    server = servers(environment=environment | {"DRAGOMAN_AUTH__THROTTLE__ENABLED": "false"})
    await server.start()
    for name in ("alice", "bob", "eve"):
        await server.add_user(name)
    friends = Friends(server)
    talk = asyncio.create_task(friends.talk())
    attacks: list[Callable[[], Awaitable[None]]] = [partial(each, server) for each in (attack, misbehave, drip)]
    for each in attacks[:2]:
        await each()  # what grows once has grown
    before = server.memory()
    for each in attacks:
        heard = friends.heard
        await each()
        assert not talk.done() and friends.heard > heard
    growth = server.memory() - before
    assert growth < COST, f"{growth / MIB:.1f} MiB more after bad input"
    friends.done = True
    await talk
    assert await server.stop() == 0
