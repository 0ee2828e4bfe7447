"""Hashing beside the event loop."""

import asyncio
import threading

import pytest

from dragoman.auth.background import Background
from dragoman.auth.passwords import Run


async def test_the_loop_goes_on_while_work_is_done() -> None:
    background = Background()
    run: Run = background
    go_on = threading.Event()
    work = asyncio.ensure_future(run(lambda: go_on.wait(10) and threading.current_thread().name))
    await asyncio.sleep(0)
    assert not work.done()
    go_on.set()  # only a loop that is free comes here
    assert str(await work).startswith("passwords")
    background.close()


async def test_an_error_of_the_work_reaches_who_asked() -> None:
    background = Background()
    with pytest.raises(ZeroDivisionError):
        await background(lambda: 1 / 0)
    background.close()
