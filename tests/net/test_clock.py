import asyncio
from typing import Any

import pytest

from dragoman.core.clock import system_time
from dragoman.net.clock import LoopClock


async def test_both_times_go_forward_and_timers_fire_once() -> None:
    clock, fired = LoopClock(), []
    wall, steady = clock.now(), clock.monotonic()
    clock.call_later(0.02, lambda: fired.append("late"))
    clock.call_later(-1, lambda: fired.append("at once"))
    clock.call_later(0.01, lambda: fired.append("never")).cancel()
    await asyncio.sleep(0.05)
    assert fired == ["at once", "late"]
    assert clock.monotonic() >= steady + 0.02
    assert wall <= clock.now() <= system_time()


async def test_what_was_started_is_kept_until_it_is_done_and_what_it_starts_too() -> None:
    clock, done = LoopClock(), []

    async def second() -> None:
        await asyncio.sleep(0.01)
        done.append("second")

    async def first() -> None:
        await asyncio.sleep(0)
        clock.start(second())
        done.append("first")

    clock.start(first())
    await clock.settle()
    assert done == ["first", "second"]


async def test_what_never_ends_is_not_waited_for_for_ever() -> None:
    clock, loop = LoopClock(), asyncio.get_running_loop()
    never: asyncio.Future[None] = loop.create_future()

    async def wait() -> None:
        await never

    clock.start(wait())
    await clock.settle(0.01)
    never.set_result(None)
    await clock.settle()


async def test_an_error_in_the_background_reaches_the_loops_handler() -> None:
    clock, told = LoopClock(), []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: told.append(context))

    async def broken() -> None:
        raise ValueError("ours")

    clock.start(broken())
    await clock.settle()
    await asyncio.sleep(0)
    context: dict[str, Any] = told[0]
    assert isinstance(context["exception"], ValueError)
    with pytest.raises(ValueError):
        raise context["exception"]
