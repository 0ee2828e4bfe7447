import aiohttp
import pytest
from prometheus_client import CollectorRegistry

from dragoman.net.http import HealthPort
from dragoman.net.metrics import TrafficCollector
from dragoman.net.traffic import Traffic


async def test_health_readiness_and_figures() -> None:
    objection = "starting"
    registry = CollectorRegistry()
    traffic = Traffic("irc")
    traffic.accepted, traffic.bytes_sent, traffic.open = 3, 12345, 2
    registry.register(TrafficCollector([traffic]))
    port = HealthPort(registry, lambda: objection)
    number = await port.open("127.0.0.1", 0)
    async with aiohttp.ClientSession(f"http://127.0.0.1:{number}") as http:
        async with http.get("/healthz") as answer:
            assert (answer.status, await answer.text()) == (200, "ok\n")
        async with http.get("/readyz") as answer:
            assert (answer.status, await answer.text()) == (503, "starting\n")
        objection = ""
        async with http.get("/readyz") as answer:
            assert (answer.status, await answer.text()) == (200, "ready\n")
        async with http.get("/metrics") as answer:
            text = await answer.text()
        assert 'dragoman_net_accepted_total{listener="irc"} 3.0' in text
        assert 'dragoman_net_bytes_sent_total{listener="irc"} 12345.0' in text
        assert 'dragoman_net_open{listener="irc"} 2.0' in text
        async with http.get("/other") as answer:
            assert answer.status == 404
    await port.close()


async def test_a_port_that_is_taken_is_said() -> None:
    first = HealthPort(CollectorRegistry(), str)
    number = await first.open("127.0.0.1", 0)
    with pytest.raises(OSError):
        await HealthPort(CollectorRegistry(), str).open("127.0.0.1", number)
    await first.close()
