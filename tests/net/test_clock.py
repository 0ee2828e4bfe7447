"""What is started in the background is kept alive until it is done, and its errors are heard."""

import asyncio

from dragoman.net.clock import LoopClock


async def test_what_was_started_runs_to_its_end() -> None:
    clock, done = LoopClock(), []

    async def work() -> None:
        await asyncio.sleep(0)
        done.append(True)

    clock.start(work())
    await clock.settle()
    assert done == [True]


async def test_what_it_raises_goes_to_the_loop() -> None:
    clock, heard = LoopClock(), []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: heard.append(context["exception"]))

    async def work() -> None:
        raise ZeroDivisionError

    clock.start(work())
    await clock.settle()
    await asyncio.sleep(0)
    assert [type(error) for error in heard] == [ZeroDivisionError]
