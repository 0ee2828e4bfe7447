import asyncio

from tests.net.callers import House, Recorder, house, patient_socket, until

from dragoman.core.endpoint import Wire
from dragoman.net.settings import Settings


async def test_bytes_that_drip_arrive_in_order_and_come_back() -> None:
    server = await house()
    reader, writer = await server.connect()
    text = b"one byte after the other"
    for place in range(len(text)):
        writer.write(text[place : place + 1])
        await writer.drain()
    assert await reader.readexactly(len(text)) == text
    assert server.callers[0].heard == text
    assert not server.callers[0].wire.channel.upgradable
    writer.close()
    await server.empty()
    assert server.callers[0].events == ["lost closed by the peer"]
    await server.close()


async def test_what_is_written_in_one_turn_leaves_as_one_piece() -> None:
    class Chatty(Recorder):
        async def received(self, data: bytes) -> None:
            for _ in range(100):
                self.wire.write(b"x")
            assert self.wire.pending() == 100

    server = await house(Chatty)
    reader, writer = await server.connect()
    writer.write(b"go")
    assert await reader.read(1000) == b"x" * 100
    assert server.door.traffic.bytes_sent == 100
    writer.close()
    await server.close()


async def test_closing_sends_the_last_words_then_ends_and_hears_nothing_more() -> None:
    class Curt(Recorder):
        async def received(self, data: bytes) -> None:
            self.heard += data
            self.wire.write(b"last words")
            self.wire.close()
            self.wire.write(b"too late")

    server = await house(Curt)
    reader, writer = await server.connect()
    writer.write(b"a")
    assert await reader.read() == b"last words"
    writer.write(b"b" * 100_000)  # still open this way: it is read and thrown away, so that nothing is reset
    await writer.drain()
    writer.close()
    await server.empty()
    assert server.callers[0].heard == b"a"
    assert server.callers[0].events == ["lost closed"]
    await server.close()


async def test_last_words_reach_a_peer_that_floods() -> None:
    class Curt(Recorder):
        async def received(self, data: bytes) -> None:
            self.wire.write(b"too much")
            self.wire.close()

    server = await house(Curt, limits=Settings(login_bytes=0))
    reader, writer = await server.connect()
    writer.write(b"x" * 5_000_000)
    assert await reader.read() == b"too much"
    writer.close()
    await server.close()


async def test_a_peer_that_never_closes_is_let_go() -> None:
    class Curt(Recorder):
        async def received(self, data: bytes) -> None:
            self.wire.close()

    server = await house(Curt)
    client = patient_socket(server.port)
    client.sendall(b"a")
    await server.empty()
    client.close()
    await server.close()


async def test_a_greeter_that_fails_costs_one_connection() -> None:
    def broken(wire: Wire) -> Recorder:
        raise ValueError("ours")

    server = await house(broken)
    reader, writer = await server.connect()
    writer.write(b"hello")
    assert await reader.read() == b""
    assert server.door.traffic.faults == 1
    writer.close()
    await server.empty()
    await server.close()


class Slow(Recorder):
    """Waits for a turn of the loop on every chunk."""

    async def received(self, data: bytes) -> None:
        await asyncio.sleep(0.01)
        self.heard += data
        self.wire.write(data)


async def test_a_handler_that_waits_gets_the_next_bytes_only_when_it_is_done() -> None:
    running = 0

    class Exclusive(Recorder):
        async def received(self, data: bytes) -> None:
            nonlocal running
            running += 1
            assert running == 1
            await asyncio.sleep(0)
            self.heard += data
            self.wire.write(data)
            running -= 1

    server = await house(Exclusive, limits=Settings(login_bytes=0))
    reader, writer = await server.connect()
    sent = bytes(range(256)) * 1000
    for place in range(0, len(sent), 100):
        writer.write(sent[place : place + 100])
        if place % 1000 == 0:
            await asyncio.sleep(0)
    assert await reader.readexactly(len(sent)) == sent
    writer.close()
    await server.close()


async def test_what_came_before_the_end_is_handled_and_answered_before_the_loss_is_told() -> None:
    server = await house(Slow)
    reader, writer = await server.connect()
    writer.write(b"first")
    await asyncio.sleep(0.005)
    writer.write(b" second")
    writer.write_eof()
    assert await reader.read() == b"first second"
    await server.empty()
    assert server.callers[0].events == ["lost closed by the peer"]
    await server.close()


async def test_our_own_mistake_is_told_in_the_callers_words_and_counted() -> None:
    class Broken(Recorder):
        async def received(self, data: bytes) -> None:
            if data == b"later":
                await asyncio.sleep(0)
            raise ValueError("ours")

    server = await house(Broken)
    for number, word in enumerate((b"now", b"later")):
        reader, writer = await server.connect()
        writer.write(word)
        assert await reader.read() == b"failed\n"
        writer.close()
        caller = await server.caller(number)
        await caller.gone.wait()
        assert caller.events == ["failed internal-server-error", "lost internal error"]
    assert server.door.traffic.faults == 2
    await server.close()


async def test_a_slow_reader_is_cut_and_others_are_not_hurt() -> None:
    server = await house(limits=Settings(outbox_bytes=200_000))
    sleeper = patient_socket(server.port)
    slow = await server.caller(0)
    reader, writer = await server.connect()
    sent = 0
    while not slow.gone.is_set():
        slow.wire.write(b"y" * 10_000)
        sent += 10_000
        assert slow.wire.pending() < 1_000_000
        writer.write(b"ping")
        assert await reader.readexactly(4) == b"ping"
    assert slow.events == ["lost slow reader"]
    assert slow.wire.pending() == 0
    assert server.door.traffic.slow_readers == 1
    assert sent < 20_000_000
    sleeper.close()
    writer.close()
    await server.close()


async def test_a_long_answer_to_a_peer_that_reads_is_not_cut() -> None:
    class Long(Recorder):
        async def received(self, data: bytes) -> None:
            self.wire.write(b"z" * 8_000_000)

    server = await house(Long)
    reader, writer = await server.connect()
    writer.write(b"go")
    assert len(await reader.readexactly(8_000_000)) == 8_000_000
    writer.close()
    await server.close()


async def test_more_at_once_than_any_answer_needs_is_cut() -> None:
    class Endless(Recorder):
        async def received(self, data: bytes) -> None:
            for _ in range(200):
                self.wire.write(b"z" * 1000)

    server = await house(Endless, limits=Settings(burst_bytes=100_000))
    reader, writer = await server.connect()
    writer.write(b"go")
    assert await reader.read() == b""
    assert (await server.caller()).events == ["lost slow reader"]
    writer.close()
    await server.close()


async def test_who_does_not_log_in_in_time_is_told_and_closed_however_busy_it_is() -> None:
    server = await house(limits=Settings(login_seconds=0.15))
    reader, writer = await server.connect()

    async def busy() -> None:
        while True:
            writer.write(b".")
            await asyncio.sleep(0.01)

    noise = asyncio.create_task(busy())
    assert (await reader.read()).endswith(b"failed\n")
    noise.cancel()
    writer.close()
    await server.empty()
    assert server.callers[0].events[0] == "failed policy-violation logging in took too long"
    assert server.hub.gate.count == 0
    await server.close()


async def test_who_has_logged_in_has_no_deadline_and_no_byte_limit() -> None:
    class Trusting(Recorder):
        async def received(self, data: bytes) -> None:
            if not self.heard:
                self.wire.authenticated()
            await super().received(data)

    server = await house(Trusting, limits=Settings(login_seconds=0.05, login_bytes=100))
    reader, writer = await server.connect()
    writer.write(b"x")
    await asyncio.sleep(0.15)
    writer.write(b"x" * 1000)
    assert len(await reader.readexactly(1001)) == 1001
    assert server.door.traffic.logins == 1
    assert server.hub.gate.count == 0
    writer.close()
    await server.close()


async def test_too_much_before_logging_in_is_refused() -> None:
    server = await house(limits=Settings(login_bytes=1000))
    reader, writer = await server.connect()
    for _ in range(20):
        writer.write(b"x" * 100)
        await asyncio.sleep(0.001)
    assert (await reader.read()).endswith(b"xfailed\n")
    assert len(server.callers[0].heard) <= 1000
    writer.close()
    await server.close()


async def test_too_many_strangers_are_turned_away_until_one_leaves() -> None:
    server = await house(limits=Settings(strangers_per_network=3))
    inside = [await server.connect() for _ in range(3)]
    await server.caller(2)
    reader, writer = await server.connect()
    assert await reader.read() == b""
    assert server.door.traffic.refused == 1
    writer.close()
    inside.pop()[1].close()
    await until(lambda: server.hub.gate.count < 3)
    inside.append(await server.connect())
    await server.caller(3)
    for _, one in inside:
        one.close()
    await server.close()


async def test_a_silent_peer_is_closed_where_that_is_wanted() -> None:
    server = await house(limits=Settings(idle_seconds=0.1, login_seconds=0))
    reader, writer = await server.connect()
    assert await reader.read() == b"failed\n"
    assert server.callers[0].events[0] == "failed policy-violation nothing was heard for too long"
    writer.close()
    await server.close()


async def test_a_wire_knows_its_peer_and_that_loopback_is_safe() -> None:
    server = await house(addresses=("127.0.0.1", "::1"))
    for number, host in enumerate(("127.0.0.1", "::1")):
        _, writer = await server.connect(host)
        channel = (await server.caller(number)).wire.channel
        assert (channel.remote, channel.port) == writer.get_extra_info("sockname")[:2]
        assert channel.trusted and not channel.secure
        writer.close()
    await server.close()


async def _churn(server: House, count: int) -> None:
    for _ in range(count // 100):
        pairs = await asyncio.gather(*(server.connect() for _ in range(100)))
        for place, (_, writer) in enumerate(pairs):
            if place % 2:
                writer.write(b"hello")
            writer.transport.abort() if place % 3 else writer.close()
        await server.empty()
        server.callers.clear()


async def test_ten_thousand_quick_connections_leave_nothing_behind() -> None:
    import gc

    server = await house()
    await _churn(server, 300)
    gc.collect()
    before = len(gc.get_objects())
    await _churn(server, 10_000)
    gc.collect()
    assert len(gc.get_objects()) < before + 500
    assert server.hub.gate.count == 0
    assert server.hub.gate.enter("127.0.0.1") is not None
    assert len(server.hub.strangers) == len(server.hub.lingering) == len(server.hub.suspended) == 0
    assert server.door.traffic.open == 0
    assert server.door.traffic.accepted == 10_300
    await server.close()


def test_wire_is_what_the_core_asks_for() -> None:
    from dragoman.net.stream import StreamWire

    wire: type[Wire] = StreamWire
    assert wire
