"""A whole server on real sockets: what it opens, what it says, how it ends."""

import asyncio
import gc
import json
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from tests.stage.stage import DOMAIN, open_stage

from dragoman import config
from dragoman.app.serve import Running, start
from dragoman.core.address import Address

FREE_PORTS = """
[server]
listen = ["127.0.0.1"]
drain_seconds = 2
[domains."localhost"]
[listeners.xmpp]
port = 0
[listeners.xmpps]
port = 0
[listeners.irc]
port = 0
addresses = ["127.0.0.1"]
[listeners.ircs]
port = 0
[http]
port = 0
"""


def settings(directory: Path) -> config.Settings:
    parsed = config.parse(FREE_PORTS, "test", {})
    return replace(parsed, server=replace(parsed.server, data=str(directory)))


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    server = await start(settings(tmp_path))
    yield server
    await server.stop()


def port(running: Running, name: str) -> int:
    return next(each.port for each in running.listening if each.name == name)


def trusting(running: Running) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(running.certificates.authority_file))


async def asked(running: Running, command: str, **arguments: object) -> dict[str, object]:
    reader, writer = await asyncio.open_unix_connection(str(running.place.control))
    writer.write(json.dumps({"command": command, "arguments": arguments}).encode() + b"\n")
    answer = json.loads(await reader.readline())
    writer.close()
    assert isinstance(answer, dict)
    return answer


async def test_every_listener_is_open_and_its_certificate_is_of_the_own_authority(running: Running) -> None:
    assert {each.name for each in running.listening} == {"xmpp", "xmpps", "irc", "ircs"}
    _, writer = await asyncio.open_connection("127.0.0.1", port(running, "ircs"), ssl=trusting(running))
    writer.close()


async def test_what_is_kept_is_nobody_elses_to_read(running: Running) -> None:
    files = [running.place.database, running.place.key, running.place.control, running.place.directory]
    assert [path.stat().st_mode & 0o077 for path in files] == [0] * len(files)


async def test_accounts_are_made_by_the_control_socket_and_mistakes_are_told_there(running: Running) -> None:
    made = await asked(running, "user add", account="alice", password="correct horse battery")
    assert made["ok"], made
    assert await running.server.services.accounts.exists(Address("alice", "localhost"))
    again = await asked(running, "user add", account="alice", password="correct horse battery")
    assert not again["ok"] and again["error"]["condition"] == "conflict"  # type: ignore[index]
    unknown = await asked(running, "user fly", account="alice")
    assert not unknown["ok"]


async def test_a_second_server_in_the_same_directory_is_refused(running: Running) -> None:
    with pytest.raises(Exception, match=r"runs|another|used"):
        await start(settings(running.place.directory))


async def test_stopping_tells_clients_and_closes_everything(tmp_path: Path) -> None:
    server = await start(settings(tmp_path))
    reader, writer = await asyncio.open_connection("127.0.0.1", port(server, "ircs"), ssl=trusting(server))
    writer.write(b"CAP LS 302\r\n")
    await reader.readline()
    drained = await server.stop("maintenance")
    assert drained.closed == 1 and drained.cut == 0
    assert b"ERROR" in await reader.read()
    assert not server.place.control.exists()
    with pytest.raises(OSError):
        await asyncio.open_connection("127.0.0.1", port(server, "ircs"))
    writer.close()


async def test_what_was_kept_is_there_after_a_restart(tmp_path: Path) -> None:
    server = await start(settings(tmp_path))
    await asked(server, "user add", account="alice", password="correct horse battery")
    await server.stop()
    server = await start(settings(tmp_path))
    assert await server.server.services.accounts.exists(Address("alice", "localhost"))
    await server.stop()


async def test_certificates_are_read_again_on_demand(running: Running) -> None:
    before = running.certificates.authority_file
    assert before is not None
    old = before.read_bytes()
    before.unlink()
    running.reload()
    assert before.read_bytes() != old
    _, writer = await asyncio.open_connection("127.0.0.1", port(running, "ircs"), ssl=trusting(running))
    writer.close()


async def test_what_people_say_leaves_nothing_that_only_a_search_for_cycles_would_find() -> None:
    """The server looks for cycles rarely: it may."""
    async with open_stage() as stage:
        alice, bob = await stage.xmpp("alice"), await stage.irc("bob", capabilities="echo-message message-tags batch")
        await stage.meet("team", (alice, bob))
        alice.take(), bob.take()
        gc.collect()
        gc.disable()
        try:
            for number in range(50):
                for to, kind in ((f"team@rooms.{DOMAIN}", "groupchat"), (f"bob@{DOMAIN}", "chat")):
                    await alice.send(f"<message to='{to}' type='{kind}' id='m{number}'><body>hello</body></message>")
                await bob.send("PRIVMSG #team :hello\r\nPRIVMSG alice :hello")
            await stage.settle()
            assert len(alice.take()) >= 150 and len(bob.take()) >= 150
            gc.set_debug(gc.DEBUG_SAVEALL)
            gc.collect()
            ours = [type(kept) for kept in gc.garbage if type(kept).__module__.startswith("dragoman")]
            assert ours == []
        finally:
            gc.set_debug(0)
            gc.garbage.clear()
            gc.enable()
