from pathlib import Path

import pytest
from tests.stage.stage import build_server
from tests.world import FakeClock

from dragoman import config
from dragoman.admin import users
from dragoman.app import opening, serve
from dragoman.app.opening import opened
from dragoman.auth.keys import KeyFailed
from dragoman.core.stores import StorageFailed
from dragoman.formats.secret import Secret


def settings(data: Path) -> config.Settings:
    return config.parse(f'[server]\ndata = "{data}"', "", {})


async def test_a_server_without_connections_keeps_what_was_done(tmp_path: Path) -> None:
    async with opened(settings(tmp_path / "new")) as server:
        await users.add(server.office, users.Add("alice", Secret("correct horse")))
    async with opened(settings(tmp_path / "new")) as server:
        assert await server.services.stores.accounts.count("localhost") == 1
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


async def test_app_passwords_are_made_for_the_protocols_that_are_served() -> None:
    server = await build_server(FakeClock())
    assert (*server.greeters, "jmap") == server.office.protocols


async def test_two_at_once_are_one_too_many(tmp_path: Path) -> None:
    async with opened(settings(tmp_path)):
        with pytest.raises(StorageFailed):
            async with opened(settings(tmp_path)):
                raise AssertionError("it must not open")


async def test_stores_are_closed_when_the_work_fails(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        async with opened(settings(tmp_path)):
            raise ZeroDivisionError
    async with opened(settings(tmp_path)):
        pass


def test_every_failure_has_a_remedy() -> None:
    assert all(opening.remedy_of(kind("it failed")) for kind in opening.FAILURES)
    assert all(serve.remedy_of(kind("it failed")) for kind in serve.FAILURES)
    assert "backup" in serve.remedy_of(KeyFailed("gone"))
