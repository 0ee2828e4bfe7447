from tests.world import World

from dragoman.app.upkeep import EXPIRE_EVERY, SWEEP_AFTER, Upkeep
from dragoman.core.address import Address
from dragoman.core.policy import Policy
from dragoman.core.stores import Query, RoomRecord


async def test_rooms_left_by_a_stop_are_swept_after_a_while_and_no_sooner() -> None:
    world = World()
    left = Address("left", "rooms.example.org")
    await world.stores.rooms.save(RoomRecord(left))
    Upkeep(world.services).start()
    world.clock.advance(SWEEP_AFTER - 1)
    await world.clock.settle()
    assert await world.stores.rooms.load(left) is not None
    world.clock.advance(1)
    await world.clock.settle()
    assert await world.stores.rooms.load(left) is None


async def test_old_messages_go_every_hour() -> None:
    world = World(Policy(archive_days=1))
    alice = await world.client("alice")
    await world.client("bob")
    Upkeep(world.services).start()
    for _ in range(26):
        world.clock.advance(EXPIRE_EVERY)
        await world.clock.settle()
        if world.clock.now() < 1_000_000_000 + 2 * EXPIRE_EVERY:
            await world.say(alice, "bob@example.org", "soon old")
    assert await world.services.history.count(Query(owner=alice.session.account)) == 0


async def test_a_server_that_stops_begins_nothing() -> None:
    world = World()
    left = Address("left", "rooms.example.org")
    await world.stores.rooms.save(RoomRecord(left))
    upkeep = Upkeep(world.services)
    upkeep.start()
    upkeep.stop()
    world.clock.advance(SWEEP_AFTER + EXPIRE_EVERY)
    await world.clock.settle()
    assert await world.stores.rooms.load(left) is not None
