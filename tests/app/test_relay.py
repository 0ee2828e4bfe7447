"""The relay for calls, as the server starts it."""

import asyncio
import os
import signal
from pathlib import Path

import pytest
from tests.world import SeededRandomness

from dragoman import config
from dragoman.app.relay import RelayFailed, RelayProcess, open_relay
from dragoman.auth.keys import open_keys
from dragoman.net.certificates import PemPair
from dragoman.net.clock import LoopClock


async def relay_of(tmp_path: Path, text: str) -> tuple[RelayProcess | None, object]:
    settings = config.parse(f"[media]\n{text}", "", {})
    nowhere = PemPair(tmp_path / "certificate.pem", tmp_path / "key.pem")
    return await open_relay(settings, open_keys(tmp_path / "key", SeededRandomness()), nowhere, LoopClock())


async def test_nothing_is_started_where_none_is_wanted(tmp_path: Path) -> None:
    assert await relay_of(tmp_path, "enabled = false") == (None, None)


async def test_another_server_is_told_of_with_its_own_secret(tmp_path: Path) -> None:
    text = 'enabled = true\nsecret = "north"\nexternal = "turn.example.org"\nport = 3478\ntls_port = 0'
    process, point = await relay_of(tmp_path, text)
    assert process is None
    assert point is not None
    assert (point.secret, point.host, point.port, point.tls_port) == (b"north", "turn.example.org", 3478, 0)


async def test_it_is_started_again_when_it_dies_and_ends_with_the_server(tmp_path: Path) -> None:
    process, point = await relay_of(tmp_path, 'enabled = true\nport = 0\ntls_port = 0\naddresses = ["127.0.0.1"]')
    assert process is not None and point is not None and point.port
    first = process.pid
    os.kill(first, signal.SIGKILL)
    async with asyncio.timeout(60):
        while process.pid == first:
            await asyncio.sleep(0.05)
    second = process.pid
    await process.close()
    with pytest.raises(ProcessLookupError):
        os.kill(second, 0)


async def test_what_keeps_it_from_starting_is_said(tmp_path: Path) -> None:
    with pytest.raises(RelayFailed, match="cannot start"):
        await relay_of(tmp_path, 'enabled = true\nport = 0\ntls_port = 0\naddresses = ["203.0.113.77"]')
