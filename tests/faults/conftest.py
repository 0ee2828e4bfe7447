"""Servers as processes, none of which outlives its test."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from tests.stage.process import Process

Servers = Callable[..., Process]


@pytest.fixture
async def servers(tmp_path: Path) -> AsyncIterator[Servers]:
    """Makes servers in a directory of the test's own; what still runs when the test has ended, or failed, is killed."""
    made: list[Process] = []

    def make(**how: Any) -> Process:
        made.append(Process(tmp_path / "data", **how))
        return made[-1]

    yield make
    for server in made:
        await server.kill()
