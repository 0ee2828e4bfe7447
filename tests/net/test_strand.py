import asyncio

from dragoman.net.strand import MAX_WAITING, Overrun, Strand, Suspended


class Spy:
    def __init__(self) -> None:
        self.calls: list[str] = []
        self.errors: list[BaseException] = []

    def hold(self) -> None:
        self.calls.append("hold")

    def release(self) -> None:
        self.calls.append("release")

    def broke(self, error: BaseException) -> None:
        self.errors.append(error)


class Handler:
    """Waits for a future where it was given one."""

    def __init__(self) -> None:
        self.spy = Spy()
        self.suspended = Suspended(asyncio.get_running_loop())
        self.strand = Strand(self.received, self.spy, self.suspended)
        self.waits: list[asyncio.Future[None]] = []
        self.done: list[bytes] = []

    async def received(self, data: bytes) -> None:
        for future in self.waits:
            await future
        self.done.append(data)


async def test_what_does_not_wait_is_done_at_once() -> None:
    handler = Handler()
    handler.strand.feed(b"a")
    handler.strand.feed(b"b")
    assert handler.done == [b"a", b"b"]
    assert len(handler.suspended) == 0
    assert handler.spy.calls == []


async def test_a_handler_that_has_nothing_left_to_do_needs_no_coroutine() -> None:
    done: list[bytes] = []
    spy, suspended = Spy(), Suspended(asyncio.get_running_loop())
    strand = Strand(done.append, spy, suspended)
    strand.feed(b"a")
    strand.feed(b"b")
    assert done == [b"a", b"b"] and not strand.busy and len(suspended) == 0


async def test_what_a_handler_raises_at_once_is_told_like_what_it_raises_later() -> None:
    mistake = KeyError("ours")

    def handler(data: bytes) -> None:
        raise mistake

    spy = Spy()
    strand = Strand(handler, spy, Suspended(asyncio.get_running_loop()))
    strand.feed(b"a")
    assert spy.errors == [mistake] and not strand.busy


async def test_what_waits_goes_on_and_the_rest_follows_as_one_chunk() -> None:
    handler = Handler()
    handler.waits = [asyncio.get_running_loop().create_future() for _ in range(3)]
    handler.strand.feed(b"a")
    assert handler.strand.busy
    handler.strand.feed(b"b")
    handler.strand.feed(b"c")
    for future in handler.waits:
        await asyncio.sleep(0)
        future.set_result(None)
    await handler.suspended.settle(1)
    assert handler.done == [b"a", b"bc"]
    assert handler.spy.calls == ["hold", "hold", "release"]
    assert not handler.strand.busy


async def test_many_may_wait_for_the_same_future() -> None:
    shared: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    handlers = [Handler() for _ in range(10)]
    for handler in handlers:
        handler.waits = [shared]
        handler.strand.feed(b"x")
    await asyncio.sleep(0)
    shared.set_result(None)
    for handler in handlers:
        await handler.suspended.settle(1)
    assert all(handler.done == [b"x"] and not handler.spy.errors for handler in handlers)


async def test_a_future_may_be_done_in_the_same_turn() -> None:
    handler = Handler()
    handler.waits = [asyncio.get_running_loop().create_future()]
    handler.strand.feed(b"x")
    handler.waits[0].set_result(None)
    await handler.suspended.settle(1)
    assert handler.done == [b"x"]


async def test_an_error_of_what_is_waited_for_reaches_the_handler_where_it_waits() -> None:
    handler = Handler()
    caught: list[str] = []

    async def careful(data: bytes) -> None:
        try:
            await handler.waits[0]
        except OSError as error:
            caught.append(str(error))
        await asyncio.sleep(0)
        handler.done.append(data)

    strand = Strand(careful, handler.spy, handler.suspended)
    handler.waits = [asyncio.get_running_loop().create_future()]
    strand.feed(b"x")
    await asyncio.sleep(0)
    handler.waits[0].set_exception(OSError("disk"))
    await handler.suspended.settle(1)
    assert (caught, handler.done) == (["disk"], [b"x"])


async def test_what_needs_a_task_runs_in_one_that_the_handler_awaits() -> None:
    spy, suspended, done = Spy(), Suspended(asyncio.get_running_loop()), []

    async def timed() -> None:
        async with asyncio.timeout(5):
            await asyncio.sleep(0)

    async def handler(data: bytes) -> None:
        await asyncio.sleep(0)
        await asyncio.get_running_loop().create_task(timed())
        done.append(data)

    Strand(handler, spy, suspended).feed(b"x")
    await suspended.settle(1)
    assert (done, spy.errors) == ([b"x"], [])


async def test_a_cancelled_future_is_an_error_like_others() -> None:
    handler = Handler()
    handler.waits = [asyncio.get_running_loop().create_future()]
    handler.strand.feed(b"x")
    handler.waits[0].cancel()
    await handler.suspended.settle(1)
    assert isinstance(handler.spy.errors[0], asyncio.CancelledError)
    assert not handler.strand.busy


async def test_an_error_stops_what_waits_behind_it() -> None:
    spy, suspended = Spy(), Suspended(asyncio.get_running_loop())

    async def broken(data: bytes) -> None:
        await asyncio.sleep(0)
        raise ValueError(data)

    strand = Strand(broken, spy, suspended)
    strand.feed(b"a")
    strand.feed(b"b")
    await suspended.settle(1)
    assert [str(error) for error in spy.errors] == ["b'a'"]
    assert not strand.busy


async def test_what_waits_is_bounded() -> None:
    handler = Handler()
    handler.waits = [asyncio.get_running_loop().create_future()]
    handler.strand.feed(b"a")
    for _ in range(MAX_WAITING // 65536):
        handler.strand.feed(bytes(65536))
    assert handler.spy.errors == []
    handler.strand.feed(b"one more")
    assert isinstance(handler.spy.errors[0], Overrun)
    handler.waits[0].set_result(None)
    await handler.suspended.settle(1)
    assert handler.done == [b"a"]


async def test_settling_gives_up_what_does_not_end() -> None:
    handler = Handler()
    handler.waits = [asyncio.get_running_loop().create_future()]
    handler.strand.feed(b"a")
    assert await handler.suspended.settle(0.01) == 1
    handler.waits[0].set_result(None)
    await asyncio.sleep(0)
    assert handler.done == []
    assert len(handler.suspended) == 0
    assert handler.spy.calls == ["release"]
