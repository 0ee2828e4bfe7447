"""Every store, for the tests of what all of them must do."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.contract.stores import SetClock

from dragoman.core.stores import Stores
from dragoman.storage import Settings, open_stores


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture(params=["memory", "sqlite"])
async def stores(request: pytest.FixtureRequest, tmp_path: Path, clock: SetClock) -> AsyncIterator[Stores]:
    settings = Settings(str(tmp_path / "dragoman.db")) if request.param == "sqlite" else None
    opened = await open_stores(settings, clock)
    yield opened
    assert await opened.check() == []
    await opened.close()
