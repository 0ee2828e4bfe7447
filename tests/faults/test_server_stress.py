"""The whole server under what should not break it: readers that do not read, guessers, more than it allows, and its end."""

import asyncio
import socket
import ssl
from pathlib import Path

import pytest
from tests.faults.crowd import Person, gather, read_archive
from tests.faults.history import judge
from tests.stage.clients import Client, header, is_named, plain
from tests.stage.process import PASSWORD, Process
from tests.stage.reading import Node
from tests.stage.wire import Heard, SocketWay, Way

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

MIB = 1 << 20
FAILURES, FULL_FAILURES = 5_000, 50_000
GUESSERS = 20
DRAIN_SECONDS = 30
NAMES = ("alice", "bob", "carol", "dave", "erin", "frank")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


async def started(data: Path, *arguments: str, **environment: str) -> Process:
    server = Process(data, arguments=arguments, environment=environment)
    await server.start()
    return server


async def talk(people: list[Person], seconds: float) -> None:
    """Everybody talks for a while, then is silent and waits for what is still to be acknowledged."""
    lives = [asyncio.create_task(person.live()) for person in people]
    await asyncio.sleep(seconds)
    for person in people:
        person.talking = False
    await asyncio.gather(*lives)


async def deaf_client(server: Process, name: str) -> ssl.SSLSocket:
    """Somebody who logs in, enters the room, and never reads again, with a small window."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    raw = socket.create_connection(("127.0.0.1", server.port("xmpps")))
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client = await asyncio.to_thread(context.wrap_socket, raw, server_hostname="localhost")
    auth = f"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{plain(name, PASSWORD)}</auth>"
    bind = "<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>"
    for text, answer in (
        (header(server.domain), b"</stream:features>"),
        (auth, b"<success"),
        (header(server.domain), b"</stream:features>"),
        (bind, b"</iq>"),
        (enter(server, name), b"<subject"),
    ):
        client.sendall(text.encode())
        heard = b""
        while answer not in heard:
            heard += await asyncio.to_thread(client.recv, 65536)
    return client


def enter(server: Process, name: str) -> str:
    return f"<presence to='flood@rooms.{server.domain}/{name}'><x xmlns='http://jabber.org/protocol/muc'/></presence>"


async def flood(server: Process, alice: Client, bob: Client) -> None:
    """Six megabytes into the room; bob hears each message."""
    body = "x" * 20_000
    for _ in range(15):
        said = f"<message type='groupchat' to='flood@rooms.{server.domain}'><body>{body}</body></message>"
        await alice.send(said * 20)
        await alice.settle()
        await bob.settle()
        heard = [piece for piece in bob.take() if isinstance(piece, Node) and piece.find("body") is not None]
        assert len(heard) == 20
        alice.take()


async def test_a_reader_that_stops_reading_costs_little_and_slows_nobody(data: Path) -> None:
    server = await started(data, "--no-limits", DRAGOMAN_CONNECTIONS__OUTBOX_BYTES=str(MIB))
    for name in ("alice", "bob", "deaf"):
        await server.add_user(name)
    await server.command("room", "create", f"flood@rooms.{server.domain}", "alice")
    alice, bob = await server.xmpp("alice"), await server.xmpp("bob")
    for client in (alice, bob):
        await client.send(enter(server, client.name))
        await client.settle()
    usual = []
    for _ in range(3):
        before = server.memory()
        await flood(server, alice, bob)
        usual.append(server.memory() - before)  # what grows once, such as caches, grows here
    deaf = await deaf_client(server, "deaf")
    bob.take()
    before = server.memory()
    await flood(server, alice, bob)
    growth = server.memory() - before - min(usual)
    assert growth < 8 * MIB, f"{growth / MIB:.1f} MiB more for 6 MiB that nobody read"
    deaf.close()
    for client in (alice, bob):
        await client.drop()
    assert await server.stop() == 0


async def guess(server: Process, count: int) -> int:
    """Wrong passwords, three on each connection; how many were told so."""
    refused = 0
    while refused < count:
        client = Client("xmpp", "guesser", server.domain)

        async def connect(heard: Heard) -> Way:
            return await SocketWay.open(server.port("xmpps"), heard, tls=True)

        await client.connect(connect)
        await client.send(header(server.domain))
        await client.until(is_named("features"))
        for _ in range(3):
            wrong = plain("alice", f"wrong {refused}")
            await client.send(f"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{wrong}</auth>")
            try:
                await client.until(is_named("failure"))
            except ConnectionError:
                break
            refused += 1
        await client.drop()
    return refused


async def test_wrong_passwords_cost_no_memory_and_lock_nobody_out(data: Path, full_faults: bool) -> None:
    server = await started(data)
    await server.add_user("alice")
    await guess(server, 300)  # what grows once has grown
    before = server.memory()
    failures = FULL_FAILURES if full_faults else FAILURES
    await asyncio.gather(*(guess(server, failures // GUESSERS) for _ in range(GUESSERS)))
    growth = server.memory() - before
    assert growth < 8 * MIB, f"{growth / MIB:.1f} MiB more after {failures} failures"
    await server.add_user("bob")
    bob = await server.xmpp("bob")  # somebody else, from the same address
    await bob.drop()
    assert await server.stop() == 0


async def test_more_than_is_allowed_is_refused_and_what_was_accepted_is_kept(data: Path) -> None:
    rate, seconds = 30, 5
    server = await started(data, DRAGOMAN_LIMITS__RATE=str(rate), DRAGOMAN_LIMITS__BURST="20")
    people = await gather(server, NAMES)
    await talk(people, seconds)
    run = people[0].run
    assert sum(person.refused for person in people) > 0, "nobody was refused"
    for person in people:
        sent = sum(said.sender == person.name for said in run.sent)
        assert sent > 3 * rate, f"{person.name} said only {sent}: no overload"
    await asyncio.gather(*(person.leave() for person in people))
    assert await server.stop() == 0
    await read_archive(server.data, server.domain, people, run)
    verdict = judge(run)
    assert verdict.clean, str(verdict)


async def test_a_server_that_is_told_to_stop_loses_nothing_of_what_it_accepted(data: Path) -> None:
    server = await started(data, "--no-limits")
    people = await gather(server, NAMES)
    run = people[0].run
    lives = [asyncio.create_task(person.live()) for person in people]
    while len(run.acknowledged) < 300:
        await asyncio.sleep(0.05)
    async with asyncio.timeout(DRAIN_SECONDS):
        assert await server.stop() == 0
    await asyncio.wait(lives)
    await read_archive(server.data, server.domain, people, run)
    verdict = judge(run)
    assert verdict.clean, str(verdict)
