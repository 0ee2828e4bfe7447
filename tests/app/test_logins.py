"""Logins that need a real TLS connection, by both protocols: bound to the channel, and with a client certificate."""

import asyncio
import ssl
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from msgspec.structs import replace
from tests.app.test_serve import asked, port, settings
from tests.auth.authority import make_authority, xmpp
from tests.stage.clients import header

from dragoman.app.serve import Running, start
from dragoman.core.endpoint import Channel, Wire
from dragoman.core.errors import Condition
from dragoman.formats.scram import ClientExchange
from dragoman.net.certificates import CertificateError
from dragoman.net.connect import TlsClient, connect, outgoing

PASSWORD = "correct horse battery"
SASL = "urn:ietf:params:xml:ns:xmpp-sasl"


@dataclass(eq=False)
class Ear:
    """Our end of a connection: what came in, and the channel once TLS stands."""

    wire: Wire
    heard: bytearray = field(default_factory=bytearray)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    secure: asyncio.Event = field(default_factory=asyncio.Event)

    async def received(self, data: bytes) -> None:
        self.heard += data
        self.news.set()

    def secured(self, channel: Channel) -> None:
        self.secure.set()

    def failed(self, condition: Condition, text: str) -> None:
        self.wire.close()

    def lost(self, reason: str) -> None:
        self.news.set()

    def drain(self, reason: str) -> None:
        self.wire.close()

    async def until(self, *ends: bytes) -> bytes:
        """What came up to one of these ends; it is forgotten."""
        async with asyncio.timeout(10):
            while not any(end in self.heard for end in ends):
                self.news.clear()
                await self.news.wait()
        said = bytes(self.heard)
        self.heard.clear()
        return said

    async def ask(self, text: str, *ends: bytes) -> bytes:
        self.wire.write(text.encode())
        return await self.until(*ends)


async def dial(running: Running, listener: str) -> Ear:
    ears: list[Ear] = []
    tls = TlsClient("localhost", lambda chain: None)
    door = outgoing("out", lambda wire: ears.append(Ear(wire)) or ears[-1], tls, direct=True)
    await connect(running.network.hub, door, "127.0.0.1", port(running, listener))
    await asyncio.wait_for(ears[0].secure.wait(), 10)
    return ears[0]


def encoded(words: bytes) -> str:
    return b64encode(words).decode() or "="


async def by_xmpp(ear: Ear, mechanism: str, exchange: ClientExchange) -> bytes:
    await ear.ask(header("localhost"), b"</stream:features>")
    first = f"<auth xmlns='{SASL}' mechanism='{mechanism}'>{encoded(exchange.first())}</auth>"
    challenge = (await ear.ask(first, b"</challenge>")).partition(b">")[2].partition(b"<")[0]
    answer = f"<response xmlns='{SASL}'>{encoded(exchange.answer(b64decode(challenge)))}</response>"
    outcome = await ear.ask(answer, b"</success>", b"</failure>")
    if b"<success" in outcome:
        exchange.verify(b64decode(outcome.partition(b">")[2].partition(b"<")[0]))
    return outcome


async def by_irc(ear: Ear, mechanism: str, exchange: ClientExchange) -> bytes:
    await ear.ask(f"CAP REQ sasl\r\nAUTHENTICATE {mechanism}\r\n", b"AUTHENTICATE +\r\n")
    challenge = await ear.ask(f"AUTHENTICATE {encoded(exchange.first())}\r\n", b"\r\n")
    answer = exchange.answer(b64decode(challenge.rpartition(b" ")[2]))
    outcome = await ear.ask(f"AUTHENTICATE {encoded(answer)}\r\n", b"\r\n")
    if b" AUTHENTICATE " in outcome:
        exchange.verify(b64decode(outcome.rpartition(b" ")[2]))
        outcome = await ear.ask("AUTHENTICATE +\r\n", b" 903 ")
    return outcome


LOGINS = {"xmpps": by_xmpp, "ircs": by_irc}
DONE = {"xmpps": b"<success", "ircs": b" 903 "}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Running]:
    running = await start(settings(tmp_path / "server"))
    await asked(running, "user add", account="alice", password=PASSWORD)
    yield running
    await running.stop()


@pytest.mark.parametrize("listener", ["xmpps", "ircs"])
@pytest.mark.parametrize("kind", ["tls-exporter", "tls-server-end-point"])
@pytest.mark.parametrize("hash", ["SHA-256", "SHA-1"])
async def test_a_login_is_bound_to_its_tls_connection_in_both_ways(
    house: Running, listener: str, kind: str, hash: str
) -> None:
    ear = await dial(house, listener)
    exchange = ClientExchange(hash, "alice", PASSWORD, "abc", binding=(kind, ear.wire.channel.bindings[kind]))
    assert DONE[listener] in await LOGINS[listener](ear, f"SCRAM-{hash}-PLUS", exchange)


@pytest.mark.parametrize("listener", ["xmpps", "ircs"])
async def test_a_login_that_is_bound_to_another_connection_fails(house: Running, listener: str) -> None:
    other, ear = await dial(house, listener), await dial(house, listener)
    binding = ("tls-exporter", other.wire.channel.bindings["tls-exporter"])
    exchange = ClientExchange("SHA-256", "alice", PASSWORD, "abc", binding=binding)
    assert DONE[listener] not in await LOGINS[listener](ear, "SCRAM-SHA-256-PLUS", exchange)


@dataclass
class Card:
    """A client's certificate with its key, as TLS takes it, and the file of the authority that has issued it."""

    context: ssl.SSLContext
    fingerprint: str
    authority: Path


def card(directory: Path, name: str = "alice@localhost") -> Card:
    key, now, day = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC), timedelta(days=1)
    authority = make_authority(now - day, now + day)
    certificate = authority.issue(xmpp(name), start=now - day, end=now + day, key=key)
    pem = x509.load_der_x509_certificate(certificate).public_bytes(Encoding.PEM)
    (directory / "authority.pem").write_bytes(authority.certificate.public_bytes(Encoding.PEM))
    (directory / "card.pem").write_bytes(pem + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.load_cert_chain(directory / "card.pem")
    return Card(context, sha256(certificate).hexdigest(), directory / "authority.pem")


async def show(running: Running, listener: str, card: Card) -> bytes:
    """Log in by EXTERNAL; what is heard last."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port(running, listener), ssl=card.context)
    auth = f"<auth xmlns='{SASL}' mechanism='EXTERNAL'>{encoded(b'alice@localhost')}</auth>"
    if listener == "xmpps":
        writer.write((header("localhost") + auth).encode())
        heard = await reader.readuntil(b"</stream:features>")
        assert b"<mechanism>EXTERNAL</mechanism>" in heard
        heard = await reader.read(1000)
    else:
        writer.write(f"CAP REQ sasl\r\nAUTHENTICATE EXTERNAL\r\nAUTHENTICATE {encoded(b'alice')}\r\n".encode())
        heard = await reader.readuntil(b"AUTHENTICATE +\r\n")
        heard = await reader.readline()
        heard += await reader.readline() if b" 900 " in heard else b""
    writer.close()
    return heard


@pytest.mark.parametrize("listener", ["xmpps", "ircs"])
async def test_a_certificate_logs_in_once_it_is_registered(house: Running, listener: str, tmp_path: Path) -> None:
    mine = card(tmp_path)
    assert DONE[listener] not in await show(house, listener, mine)
    done = await asked(house, "user certificate add", account="alice", fingerprint=mine.fingerprint)
    assert done["ok"], done
    assert DONE[listener] in await show(house, listener, mine)


async def test_a_certificate_of_an_authority_that_the_owner_trusts_logs_in_as_whom_it_names(tmp_path: Path) -> None:
    mine = card(tmp_path)
    (tmp_path / "other").mkdir()
    strangers = card(tmp_path / "other")
    wanted = settings(tmp_path / "server")
    auth = replace(wanted.auth, client_authorities_file=str(mine.authority))
    running = await start(replace(wanted, auth=auth))
    await asked(running, "user add", account="alice", password=PASSWORD)
    for listener, done in DONE.items():
        assert done in await show(running, listener, mine)
        assert done not in await show(running, listener, strangers)
    await running.stop()


async def test_authorities_that_cannot_be_read_stop_the_start(tmp_path: Path) -> None:
    wanted = settings(tmp_path / "server")
    (tmp_path / "empty.pem").write_text("nothing here")
    for name in ("empty.pem", "missing.pem"):
        auth = replace(wanted.auth, client_authorities_file=str(tmp_path / name))
        with pytest.raises(CertificateError, match=name):
            await start(replace(wanted, auth=auth))
