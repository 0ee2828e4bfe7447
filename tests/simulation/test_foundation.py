"""The simulation itself, with an echo for a server."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from tests.simulation.echo import EchoServer
from tests.simulation.loop import Deadlock
from tests.simulation.network import Refused, Weather
from tests.simulation.world import EPOCH, World, simulate

from dragoman.net.settings import Settings

pytestmark = pytest.mark.simulation

STORM = Weather(delay=(0.001, 0.3), drip=0.5, ghost=0.1, lifetime=20.0)


async def talk(world: World, server: EchoServer, number: int, count: int) -> int:
    """Sends lines one after the other, connects again after each cut; gives how many were answered."""
    answered = 0
    while answered < count:
        try:
            reader, writer = await world.network.dial("echo")
            writer.write(b"in\n")
            while answered < count:
                line = b"%d-%d" % (number, answered)
                writer.write(line + b"\n")
                answer = await reader.readline()
                if not answer:
                    break
                assert answer.endswith(b" " + line + b"\n")
                answered += 1
                await asyncio.sleep(world.random.expovariate(1.0))
            writer.close()
        except (Refused, ConnectionError):
            await asyncio.sleep(1.0)
    return answered


async def busy(world: World) -> None:
    server = EchoServer(world)
    async with asyncio.TaskGroup() as group:
        for number in range(10):
            group.create_task(talk(world, server, number, 50))
        group.create_task(weather(world))
    assert len(server.said) >= 500
    assert {b"%d-%d" % (one, line) for one in range(10) for line in range(50)} == set(server.said)


async def weather(world: World) -> None:
    for _ in range(5):
        await asyncio.sleep(world.random.uniform(1, 10))
        world.network.part()
        await asyncio.sleep(world.random.uniform(0.1, 3))
        world.network.heal()
        world.network.cut(3)


def test_the_same_seed_has_the_same_trace_and_another_seed_another() -> None:
    first, again, other = (simulate(busy, seed, STORM) for seed in (1, 1, 2))
    assert first.count > 1000
    assert (first.count, first.digest()) == (again.count, again.digest())
    assert first.digest() != other.digest()


def test_another_process_has_the_same_trace_too() -> None:
    program = "from tests.simulation.test_foundation import *; print(simulate(busy, 7, STORM).digest())"
    here = simulate(busy, 7, STORM).digest()
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == here


def test_an_hour_passes_at_once_and_clocks_agree() -> None:
    async def wait(world: World) -> None:
        started = world.clock.now()
        await asyncio.sleep(3600)
        assert world.clock.now() - started == pytest.approx(3600)
        assert world.clock.now() == pytest.approx(EPOCH + world.clock.monotonic())

    simulate(wait, 1)


def test_waiting_for_nothing_is_a_failure_with_its_seed() -> None:
    async def wait(world: World) -> None:
        world.trace.add(world.loop.time(), "alice", "waits for ever")
        await asyncio.get_running_loop().create_future()

    with pytest.raises(Deadlock) as failure:
        simulate(wait, 42)
    assert "seed 42" in failure.value.__notes__[0]
    assert "alice 'waits for ever'" in failure.value.__notes__[0]


def test_a_mistake_in_a_callback_is_not_overlooked() -> None:
    async def wait(world: World) -> None:
        world.loop.call_later(1, lambda: 1 // 0)
        await asyncio.sleep(2)

    with pytest.raises(ZeroDivisionError):
        simulate(wait, 1)


def test_work_for_a_thread_is_done_at_once() -> None:
    async def work(world: World) -> None:
        assert await asyncio.to_thread(sum, [1, 2, 3]) == 6
        with pytest.raises(ValueError):
            await asyncio.to_thread(int, "x")

    simulate(work, 1)


def test_randomness_is_repeatable_and_apart_from_the_scenarios_choices() -> None:
    drawn = []

    async def draw(world: World) -> None:
        if len(drawn) == 1:
            world.random.random()
        drawn.append((world.randomness.text(), world.randomness.token(4)))

    simulate(draw, 1)
    simulate(draw, 1)
    assert drawn[0] == drawn[1]
    assert len(drawn[0][0]) == 32


def test_a_stranger_that_says_nothing_meets_the_real_deadline() -> None:
    async def silent(world: World) -> None:
        server = EchoServer(world, Settings(login_seconds=30))
        reader, writer = await world.network.dial("echo")
        begun = world.clock.monotonic()
        assert await reader.read() == b"failed\n"
        assert world.clock.monotonic() - begun == pytest.approx(30, abs=1)
        writer.close()
        await asyncio.sleep(5)
        assert server.lost == ["logging in took too long"]
        assert world.network.open == 0

    simulate(silent, 1)


def test_a_client_that_does_not_read_is_cut_as_on_a_real_network() -> None:
    async def stuffed(world: World) -> None:
        server = EchoServer(world, Settings(outbox_bytes=100_000))
        _, writer = await world.network.dial("echo")
        writer.transport.pause_reading()
        writer.write(b"in\n")
        for _ in range(1000):
            writer.write(b"x" * 1000 + b"\n")
            await asyncio.sleep(0.01)
        assert server.lost == ["slow reader"]

    simulate(stuffed, 1)


def test_a_partition_holds_back_and_loses_nothing() -> None:
    async def parted(world: World) -> None:
        EchoServer(world)
        reader, writer = await world.network.dial("echo")
        writer.write(b"in\nbefore\n")
        assert await reader.readline() == b"1 before\n"
        world.network.part()
        writer.write(b"during\n")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.readline(), 20)
        with pytest.raises(Refused):
            await world.network.dial("echo")
        world.network.heal()
        assert await reader.readline() == b"2 during\n"
        writer.close()

    simulate(parted, 1)


def test_ghosts_are_closed_by_the_deadline() -> None:
    async def haunted(world: World) -> None:
        server = EchoServer(world)
        reader, writer = await world.network.dial("echo")
        assert world.network.open == 2
        writer.write(b"in\nhello\n")
        assert await reader.readline() == b"1 hello\n"
        await asyncio.sleep(60)
        assert world.network.open == 1
        assert server.lost == ["logging in took too long"]
        world.network.cut_all()
        assert await reader.read() == b""
        assert server.lost[1:] == ["connection lost: cut"]
        writer.close()

    with pytest.raises(ConnectionResetError):
        simulate(haunted, 1, Weather(ghost=1.0))
