"""The relay on real sockets, and as a process."""

import asyncio
import contextlib
import socket
import sys
from collections.abc import AsyncIterator

import msgspec
import pytest
from tests.media.relay import REALM, SECRET, code

from dragoman.formats import stun, turn_credentials
from dragoman.formats.stun import Attribute, Kind, Message, Method
from dragoman.media.service import Opened, Order, RelayService
from dragoman.media.settings import RelayRules

UDP = (Attribute.REQUESTED_TRANSPORT, b"\x11\0\0\0")
ORDER = Order(
    rules=RelayRules(allow_private_peers=True),
    realm=REALM,
    secret=SECRET.hex(),
    addresses=("127.0.0.1",),
    port=0,
    tls_port=0,
)


@pytest.fixture
async def relay() -> AsyncIterator[tuple[RelayService, Opened]]:
    service = RelayService(ORDER)
    opened = await service.open()
    yield service, opened
    service.close()


class Caller:
    """A client of the relay, over a socket that blocks nobody."""

    def __init__(self, port: int, kind: int) -> None:
        self.socket = socket.socket(socket.AF_INET, kind)
        self.socket.setblocking(False)
        self.port = port

    async def connect(self) -> None:
        await asyncio.get_running_loop().sock_connect(self.socket, ("127.0.0.1", self.port))

    async def send(self, data: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(self.socket, data)

    async def receive(self) -> bytes:
        async with asyncio.timeout(10):
            return await asyncio.get_running_loop().sock_recv(self.socket, 65_535)

    async def ask(
        self, method: Method, *pairs: tuple[int, bytes], proof: tuple[tuple[int, bytes], ...] = ()
    ) -> Message:
        made = turn_credentials.make(SECRET, "alice", 2_000_000_000)
        key = turn_credentials.key(made.username, REALM, made.password) if proof else None
        request = Message(method, Kind.REQUEST, b"twelve bytes", (*pairs, *proof))
        await self.send(stun.serialise(request, key=key))
        return stun.parse(await self.receive())

    async def allocate(self) -> tuple[tuple[int, bytes], ...]:
        """What every later request proves itself with."""
        nonce = (await self.ask(Method.ALLOCATE, UDP)).get(Attribute.NONCE) or b""
        name = turn_credentials.make(SECRET, "alice", 2_000_000_000).username.encode()
        proof = (Attribute.USERNAME, name), (Attribute.REALM, REALM.encode()), (Attribute.NONCE, nonce)
        assert code(await self.ask(Method.ALLOCATE, UDP, proof=proof)) == 0
        return proof


@pytest.mark.parametrize("kind", [socket.SOCK_DGRAM, socket.SOCK_STREAM])
async def test_octets_go_to_a_peer_and_back_over_datagrams_and_over_a_stream(
    relay: tuple[RelayService, Opened], kind: int
) -> None:
    caller, peer = Caller(relay[1].port, kind), Caller(0, socket.SOCK_DGRAM)
    peer.socket.bind(("127.0.0.1", 0))
    await caller.connect()
    proof = await caller.allocate()
    address = stun.xor_address(peer.socket.getsockname(), b"twelve bytes")
    pairs = (Attribute.CHANNEL_NUMBER, b"\x40\x01\0\0"), (Attribute.XOR_PEER_ADDRESS, address)
    assert code(await caller.ask(Method.CHANNEL_BIND, *pairs, proof=proof)) == 0
    await caller.send(b"\x40\x01\0\x05hello\0\0\0")
    async with asyncio.timeout(10):
        data, source = await asyncio.get_running_loop().sock_recvfrom(peer.socket, 100)
        assert data == b"hello"
        await asyncio.get_running_loop().sock_sendto(peer.socket, b"answer", source)
    padding = b"\0\0" if kind == socket.SOCK_STREAM else b""
    assert await caller.receive() == b"\x40\x01\0\x06answer" + padding
    caller.socket.close()
    peer.socket.close()


async def test_a_stream_that_ends_takes_its_allocation_with_it(relay: tuple[RelayService, Opened]) -> None:
    service, opened = relay
    caller = Caller(opened.port, socket.SOCK_STREAM)
    await caller.connect()
    await caller.allocate()
    assert len(service.turn.allocations) == 1
    caller.socket.close()
    async with asyncio.timeout(10):
        while service.turn.allocations:
            await asyncio.sleep(0.01)


async def test_another_protocol_on_the_stream_is_cut_off(relay: tuple[RelayService, Opened]) -> None:
    caller = Caller(relay[1].port, socket.SOCK_STREAM)
    await caller.connect()
    await caller.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
    with contextlib.suppress(ConnectionResetError):
        assert await caller.receive() == b""
    caller.socket.close()


async def test_the_process_ends_with_its_standard_input() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "dragoman.media", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    async with asyncio.timeout(60):
        process.stdin.write(msgspec.json.encode(ORDER) + b"\n")
        opened = msgspec.json.decode(await process.stdout.readline(), type=Opened)
        caller = Caller(opened.port, socket.SOCK_DGRAM)
        await caller.connect()
        assert (await caller.ask(Method.BINDING)).get(Attribute.XOR_MAPPED_ADDRESS)
        caller.socket.close()
        process.stdin.close()
        assert await process.wait() == 0


async def test_ports_that_are_taken_are_said(relay: tuple[RelayService, Opened]) -> None:
    service = RelayService(msgspec.structs.replace(ORDER, port=relay[1].port))
    with pytest.raises(OSError):
        await service.open()
