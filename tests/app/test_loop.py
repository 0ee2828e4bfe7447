import asyncio
import sys

import pytest

from dragoman.app.loop import run


async def name_of_the_loop() -> str:
    return type(asyncio.get_running_loop()).__module__


def test_what_runs_on_the_loop_gives_its_result() -> None:
    assert run(name_of_the_loop).startswith("uvloop")


def test_where_there_is_no_faster_loop_asyncios_own_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvloop", None)
    assert run(name_of_the_loop) == "asyncio.unix_events"
