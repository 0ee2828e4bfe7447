import asyncio
import socket

import pytest
from tests.net.callers import Recorder, house, patient_socket, until

from dragoman.core.endpoint import Wire
from dragoman.net.hub import Door, Hub
from dragoman.net.server import Drained, Server
from dragoman.net.settings import Settings


async def test_one_port_serves_both_families() -> None:
    server = await house(addresses=("127.0.0.1", "::1"))
    assert [(one.address, one.port) for one in server.server.listening] == [
        ("127.0.0.1", server.port),
        ("::1", server.port),
    ]
    for host in ("127.0.0.1", "::1"):
        reader, writer = await server.connect(host)
        writer.write(b"hello")
        assert await reader.readexactly(5) == b"hello"
        writer.close()
    await server.close()


async def test_connections_have_no_delay_and_are_kept_alive() -> None:
    server = await house()
    _, writer = await server.connect()
    caller = await server.caller()
    accepted = caller.wire._transport.get_extra_info("socket")  # type: ignore[attr-defined]
    assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    assert accepted.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 60
    assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 120_000
    writer.close()
    await server.close()


async def test_a_port_that_is_taken_is_an_error_and_opens_nothing() -> None:
    first = await house()
    second = Server(Hub(asyncio.get_running_loop(), Settings()))
    with pytest.raises(OSError):
        await second.open(Door("taken", Recorder), ["::1", "127.0.0.1"], first.port)
    assert second.listening == []
    with socket.socket(socket.AF_INET6) as free:
        free.bind(("::1", first.port))
    await first.close()


async def test_draining_tells_everybody_and_takes_nobody_new() -> None:
    server = await house()
    clients = [await server.connect() for _ in range(50)]
    await server.caller(49)
    draining = asyncio.create_task(server.server.drain("restart", 10))
    for reader, writer in clients:
        assert await reader.read() == b"bye\n"
        writer.close()
    assert await draining == Drained(closed=50, cut=0)
    assert {tuple(caller.events) for caller in server.callers} == {("drain restart", "lost restart")}
    with pytest.raises(ConnectionRefusedError):
        await server.connect()


async def test_draining_under_load_answers_all_that_was_taken_in() -> None:
    committed: list[bytes] = []

    class Durable(Recorder):
        async def received(self, data: bytes) -> None:
            await asyncio.sleep(0.002)
            committed.append(bytes(data))
            self.wire.write(data)

    server = await house(Durable)

    async def client() -> bytes:
        reader, writer = await server.connect()

        async def send() -> None:
            for number in range(10_000):
                writer.write(b"%d " % number)
                await asyncio.sleep(0)

        sending = asyncio.create_task(send())
        answer = await reader.read()
        sending.cancel()
        writer.close()
        return answer

    clients = [asyncio.create_task(client()) for _ in range(30)]
    await until(lambda: len(committed) >= 500)
    drained = await server.server.drain("restart", 10)
    answers = await asyncio.gather(*clients)
    assert drained == Drained(closed=30, cut=0)
    assert all(answer.endswith(b"bye\n") for answer in answers)
    assert sum(len(answer) - 4 for answer in answers) == sum(map(len, committed))


async def test_who_does_not_read_is_cut_when_the_time_is_over() -> None:
    class Loud(Recorder):
        def __init__(self, wire: Wire) -> None:
            super().__init__(wire)
            wire.write(b"x" * 6_000_000)

    server = await house(Loud)
    sleeper = patient_socket(server.port)
    await server.caller()
    assert await server.server.drain("restart", 0.3) == Drained(closed=0, cut=1)
    assert server.callers[0].events == ["drain restart", "lost restart"]
    sleeper.close()
