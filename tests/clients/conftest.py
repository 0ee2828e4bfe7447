"""A real server for each test, with alice and bob, and a home for the program."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from tests.stage.process import Process


@pytest_asyncio.fixture
async def server(tmp_path: Path) -> AsyncIterator[Process]:
    process = Process(tmp_path / "data")
    await process.start()
    try:
        for name in ("alice", "bob"):
            await process.add_user(name)
        yield process
    finally:
        await process.stop()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder
