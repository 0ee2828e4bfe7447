"""The whole server under what should not break it: readers that do not read, guessers, more than it allows, and its end."""

import asyncio
import socket
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest
from tests.faults.conftest import Servers
from tests.faults.crowd import Person, gather, read_archive
from tests.faults.history import judge
from tests.stage.clients import Client, header, is_named, log_in_irc, log_in_xmpp, plain
from tests.stage.process import PASSWORD, Process
from tests.stage.reading import Node
from tests.stage.wire import SocketWay

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

MIB = 1 << 20
FAILURES, FULL_FAILURES = 5_000, 50_000
GUESSERS = 20
FLOOD = 40  # megabytes: more than the kernels of both sides keep for somebody who does not read, and the server
DEAF_COST = 16 * MIB
# So that glibc gives back what was freed, and what is resident is in use: larger pieces are mapped one by one.
FREED_AT_ONCE = {"MALLOC_MMAP_THRESHOLD_": "8192", "MALLOC_TRIM_THRESHOLD_": "65536"}
GUESSES_COST = 16 * MIB
DRAIN_SECONDS = 30
NAMES = ("alice", "bob", "carol", "dave", "erin", "frank")


async def talk(people: list[Person], seconds: float) -> None:
    """Everybody talks for a while, then is silent and waits for what is still to be acknowledged."""
    lives = [asyncio.create_task(person.live()) for person in people]
    await asyncio.sleep(seconds)
    for person in people:
        person.talking = False
    await asyncio.gather(*lives)


@dataclass
class Flood:
    """A room in which alice says long messages, each with its number, and bob listens."""

    server: Process
    alice: Client
    bob: Client
    said: int = 0

    @property
    def room(self) -> str:
        return f"flood@rooms.{self.server.domain}"

    async def enter(self, client: Client) -> None:
        join = "<x xmlns='http://jabber.org/protocol/muc'/>"
        await client.send(
            f"<presence to='{self.room}/{client.name}'>{join}</presence>"
            if client.protocol == "xmpp"
            else "JOIN #flood"
        )
        await client.settle()

    async def pour(self) -> list[Node]:
        """Another megabyte. Bob hears all of it, in order; returned is what else he hears."""
        numbers = range(self.said, self.said + 20)
        self.said += 20
        for number in numbers:
            body = f"{number} {'x' * 50_000}"
            await self.alice.send(f"<message type='groupchat' to='{self.room}'><body>{body}</body></message>")
        await self.alice.settle()
        await self.bob.settle()
        self.alice.take()
        heard = [piece for piece in self.bob.take() if isinstance(piece, Node)]
        bodies = [found.text for piece in heard if (found := piece.find("body")) is not None]
        assert [int(text.partition(" ")[0]) for text in bodies] == list(numbers)
        return [piece for piece in heard if piece.find("body") is None]


async def begin_flood(server: Process) -> Flood:
    for name in ("alice", "bob", "deaf"):
        await server.add_user(name)
    await server.command("room", "create", f"flood@rooms.{server.domain}", "alice")
    flood = Flood(server, await server.xmpp("alice"), await server.xmpp("bob"))
    await flood.enter(flood.alice)
    await flood.enter(flood.bob)
    return flood


async def deaf_client(flood: Flood, protocol: str, *, resumable: bool) -> SocketWay:
    """Somebody who enters the room and then reads nothing; his kernel takes little for him."""
    client, way = await flood.server.connect(protocol, "deaf", window=4096)
    if protocol == "xmpp":
        await log_in_xmpp(client, "deaf", "here", password=PASSWORD)
    else:
        await log_in_irc(client, "deaf", password=PASSWORD)
    if resumable:
        await client.send("<enable xmlns='urn:xmpp:sm:3' resume='true'/>")
    await flood.enter(client)
    way.stop_reading()
    return way


def has_left(piece: Node) -> bool:
    return piece.attributes.get("type") == "unavailable" and piece.attributes.get("from", "").endswith("/deaf")


@pytest.mark.parametrize(("protocol", "resumable"), [("xmpp", False), ("xmpp", True), ("irc", False)])
async def test_a_reader_that_stops_reading_is_cut_off_costs_little_and_slows_nobody(
    servers: Servers, protocol: str, resumable: bool
) -> None:
    server = servers(environment={"DRAGOMAN_LIMITS__ENABLED": "false", **FREED_AT_ONCE})  # limits on connections hold
    await server.start()
    flood = await begin_flood(server)
    before = 0
    for _ in range(FLOOD // 2):  # what grows once, such as caches, has grown; what comes and goes has been here
        await flood.pour()
        before = max(before, server.memory())
    way = await deaf_client(flood, protocol, resumable=resumable)
    growth, gone_after = 0, 0
    for number in range(1, FLOOD + 1):
        told = await flood.pour()
        growth = max(growth, server.memory() - before)
        if any(has_left(piece) for piece in told):
            gone_after = gone_after or number
    assert gone_after, "the room never saw the deaf one leave"
    assert growth < DEAF_COST, f"{growth / MIB:.1f} MiB more while somebody did not read"
    way.read_on()
    async with asyncio.timeout(60):
        while not way.closed:  # what the kernel had for him comes first
            await asyncio.sleep(0.01)
    for client in (flood.alice, flood.bob):
        await client.drop()
    assert await server.stop() == 0


def address_of_this_machine() -> str:
    """One that is not loopback, where there is one; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("198.51.100.1", 9))
        except OSError:
            pytest.skip("this machine has only itself")
        return str(probe.getsockname()[0])


async def answers(server: Process, *tries: tuple[str, str], **how: Any) -> list[str]:
    """What one connection hears to names and passwords: the reasons of refusals, and empty for a right one."""
    client, _ = await server.connect("xmpp", "somebody", **how)
    await client.send(header(server.domain))
    await client.until(is_named("features"))
    heard = []
    for name, password in tries:
        auth = "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>"
        await client.send(f"{auth}{plain(name, password)}</auth>")
        answer = await client.until(lambda piece: is_named("failure")(piece) or is_named("success")(piece))
        assert isinstance(answer, Node)
        heard.append(answer.elements[0].name.rpartition("}")[2] if answer.elements else "")
    await client.drop()
    return heard


async def guess(server: Process, guesser: int, count: int) -> Counter[str]:
    """Wrong passwords, three on each connection: two of alice's, one of somebody who is not there; how they were refused."""
    reasons: Counter[str] = Counter()
    for number in range(count // 3):
        names = ("alice", "alice", f"nobody{guesser}.{number}")
        reasons.update(await answers(server, *((name, f"wrong {number}") for name in names)))
    return reasons


async def test_wrong_passwords_cost_little_memory_and_keep_out_nobody_but_the_guesser(
    servers: Servers, full_faults: bool
) -> None:
    home = address_of_this_machine()
    server = servers(listen=("127.0.0.1", home))
    await server.start()
    for name in ("alice", "bob"):
        await server.add_user(name)
    await (await server.xmpp("alice", host=home)).drop()  # she has been here before
    await guess(server, GUESSERS, 300)  # what grows once has grown
    before, failures = server.memory(), FULL_FAILURES if full_faults else FAILURES
    counted = await asyncio.gather(*(guess(server, number, failures // GUESSERS) for number in range(GUESSERS)))
    reasons = sum(counted, Counter[str]())
    assert set(reasons) == {"not-authorized", "temporary-auth-failure"}, reasons
    assert reasons.total() > 0.9 * failures and reasons["temporary-auth-failure"] > 0.6 * failures, reasons
    growth = server.memory() - before
    assert growth < GUESSES_COST, f"{growth / MIB:.1f} MiB more after {failures} failures"
    # Where the guesses came from, alice has to wait even with her password; others have not, and at home neither has she.
    assert await answers(server, ("alice", PASSWORD)) == ["temporary-auth-failure"]
    assert await answers(server, ("bob", PASSWORD)) == [""]
    assert await answers(server, ("alice", PASSWORD), host=home) == [""]
    assert await server.stop() == 0


async def test_more_than_is_allowed_is_refused_and_what_was_accepted_is_kept(servers: Servers) -> None:
    rate, seconds = 30, 5
    server = servers(environment={"DRAGOMAN_LIMITS__RATE": str(rate), "DRAGOMAN_LIMITS__BURST": "20"})
    await server.start()
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


async def test_a_server_that_is_told_to_stop_loses_nothing_of_what_it_accepted(servers: Servers) -> None:
    server = servers(arguments=("--no-limits",))
    await server.start()
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
