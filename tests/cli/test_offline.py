import asyncio
from pathlib import Path

import pytest

from dragoman import config
from dragoman.app.build import Server
from dragoman.cli.failure import Exit, Failure
from dragoman.cli.offline import with_server
from dragoman.net.clock import LoopClock
from dragoman.storage import Settings, open_stores


def settings(data: Path) -> config.Settings:
    return config.parse(f'[server]\ndata = "{data}"', "", {})


async def count(server: Server) -> int:
    return await server.services.stores.accounts.count("localhost")


def test_the_stores_are_made_where_there_are_none(tmp_path: Path) -> None:
    assert with_server(settings(tmp_path / "new"), count) == 0
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


async def test_a_database_that_a_server_has_open_is_left_alone(tmp_path: Path) -> None:
    stores = await open_stores(Settings(str(tmp_path / "dragoman.db")), LoopClock())
    with pytest.raises(Failure) as caught:
        await asyncio.to_thread(with_server, settings(tmp_path), count)
    await stores.close()
    assert caught.value.code is Exit.FAILED


def test_a_damaged_key_file_is_told_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "dragoman.key").write_text("nonsense")
    (tmp_path / "dragoman.key").chmod(0o600)
    with pytest.raises(Failure) as caught:
        with_server(settings(tmp_path), count)
    assert "dragoman.key" in caught.value.text
