import asyncio
from collections.abc import AsyncIterator
from http.client import HTTPConnection

import pytest
from prometheus_client import CollectorRegistry

from dragoman.net.http import MAX_REQUEST, HealthPort
from dragoman.net.metrics import Traffic, TrafficCollector


class House:
    """A port whose server is not ready while there is an ``objection``."""

    def __init__(self) -> None:
        self.objection = ""
        self.traffic = Traffic("irc")
        registry = CollectorRegistry()
        registry.register(TrafficCollector([self.traffic]))
        self.port = HealthPort(registry, lambda: self.objection)
        self.number = 0

    async def get(self, path: str) -> tuple[int, str]:
        """What a client that others wrote makes of the answer."""

        def ask() -> tuple[int, str]:
            client = HTTPConnection("127.0.0.1", self.number, timeout=60)
            client.request("GET", path)
            answer = client.getresponse()
            try:
                return answer.status, answer.read().decode()
            finally:
                client.close()

        return await asyncio.to_thread(ask)

    async def say(self, request: bytes) -> bytes:
        """The answer to literal octets, to the end of the connection."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.number)
        writer.write(request)
        answer = await reader.read()
        writer.close()
        return answer


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    house.number = await house.port.open("127.0.0.1", 0)
    yield house
    await house.port.close()


async def test_a_server_is_healthy_while_its_loop_turns_and_ready_while_nothing_speaks_against_it(house: House) -> None:
    house.objection = "the server is stopping"
    assert await house.get("/healthz") == (200, "ok\n")
    assert await house.get("/readyz") == (503, "the server is stopping\n")
    house.objection = ""
    assert await house.get("/readyz") == (200, "ready\n")


async def test_figures_are_what_prometheus_reads(house: House) -> None:
    house.traffic.accepted, house.traffic.bytes_sent, house.traffic.open = 3, 12345, 2
    status, text = await house.get("/metrics?name=any")
    assert status == 200
    assert 'dragoman_net_accepted_total{listener="irc"} 3.0' in text
    assert 'dragoman_net_bytes_sent_total{listener="irc"} 12345.0' in text
    assert 'dragoman_net_open{listener="irc"} 2.0' in text


async def test_an_answer_has_its_length_and_is_the_last_on_its_connection(house: House) -> None:
    request = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
    assert await house.say(request * 2) == (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 3\r\n"
        b"Cache-Control: no-store\r\nConnection: close\r\n\r\nok\n"
    )
    assert (await house.say(request.replace(b"GET", b"HEAD"))).endswith(b"Connection: close\r\n\r\n")


@pytest.mark.parametrize(
    ("request_head", "status"),
    [
        (b"GET /other HTTP/1.1\r\n\r\n", b"404 Not Found"),
        (b"GET /healthz/ HTTP/1.0\r\n\r\n", b"404 Not Found"),
        (b"POST /healthz HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", b"405 Method Not Allowed\r\nAllow: GET, HEAD"),
        (b"GET healthz HTTP/1.1\r\n\r\n", b"400 Bad Request"),
        (b"GET /a\x00b HTTP/1.1\r\n\r\n", b"400 Bad Request"),
        (b"GET /healthz HTTP/2.0\r\n\r\n", b"400 Bad Request"),
        (b"\x16\x03\x01\r\n\r\n", b"400 Bad Request"),
        (b"GET /" + b"a" * MAX_REQUEST + b" HTTP/1.1\r\n\r\n", b"431 Request Header Fields Too Large"),
    ],
)
async def test_what_cannot_be_answered_is_told_so(house: House, request_head: bytes, status: bytes) -> None:
    assert (await house.say(request_head)).startswith(b"HTTP/1.1 " + status + b"\r\n")


async def test_who_leaves_in_the_middle_does_no_harm(house: House) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", house.number)
    writer.write(b"GET /heal")
    writer.close()
    await writer.wait_closed()
    assert await house.get("/healthz") == (200, "ok\n")


async def test_a_port_that_is_taken_is_said() -> None:
    first = HealthPort(CollectorRegistry(), str)
    number = await first.open("127.0.0.1", 0)
    with pytest.raises(OSError):
        await HealthPort(CollectorRegistry(), str).open("127.0.0.1", number)
    await first.close()
    await first.close()
