"""The relay for calls, used by a program that others wrote: coturn's client, with credentials that slixmpp asked for."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
import slixmpp
from tests.stage.process import PASSWORD, Process

pytestmark = [
    pytest.mark.clients,
    pytest.mark.skipif(shutil.which("turnutils_uclient") is None, reason="coturn is not installed"),
]
NAMESPACE = "urn:xmpp:extdisco:2"
ENVIRONMENT = {"DRAGOMAN_MEDIA__ENABLED": "true", "DRAGOMAN_MEDIA__RELAY__ALLOW_PRIVATE_PEERS": "true"}


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Process]:
    process = Process(tmp_path / "data", environment=ENVIRONMENT)
    await process.start()
    await process.add_user("alice")
    yield process
    await process.stop()


async def credentials(server: Process) -> tuple[str, str]:
    """What a client is told of the way by datagrams."""
    client = slixmpp.ClientXMPP("alice@localhost", PASSWORD)
    client.ca_certs = server.authority
    started = asyncio.get_running_loop().create_future()
    client.add_event_handler("session_start", lambda _: started.set_result(None))
    client.connect("127.0.0.1", server.port("xmpp"))
    async with asyncio.timeout(30):
        await started
        question = client.make_iq_get(ito="localhost")
        question.append(ElementTree.Element(f"{{{NAMESPACE}}}services"))
        answer = await question.send()
        await client.disconnect()
    services = answer.xml.iterfind(f".//{{{NAMESPACE}}}service")
    (service,) = [each for each in services if (each.get("type"), each.get("transport")) == ("turn", "udp")]
    assert service.get("port") == str(server.port("turn"))
    return service.get("username", ""), service.get("password", "")


@pytest.mark.parametrize("way", ["datagrams", "stream", "tls", "indications", "six"])
async def test_packets_go_from_one_client_of_coturn_to_another_and_none_is_lost(server: Process, way: str) -> None:
    options = {
        "datagrams": [],
        "stream": ["-t"],
        "tls": ["-t", "-S", "-E", str(server.authority)],
        "indications": ["-s"],
        "six": ["-x"],
    }[way]
    if way == "six":
        server.listen = ("127.0.0.1", "::1")
        await server.stop()
        await server.start()
    username, password = await credentials(server)
    port = server.port("turns" if way == "tls" else "turn")
    command = ["turnutils_uclient", *options, "-c", "-y", "-m", "2", "-n", "20", "-u", username, "-w", password]
    process = await asyncio.create_subprocess_exec(
        *command, "-p", str(port), "127.0.0.1", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    async with asyncio.timeout(90):
        output, _ = await process.communicate()
    assert b"Total lost packets 0 (0.000000%)" in output, output.decode()
