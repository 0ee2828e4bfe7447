"""A block hides presence before it shuts the way, and its end shows it again."""

from msgspec.structs import replace
from tests.world import World

from dragoman.core.model import Presence


async def test_who_is_blocked_sees_the_other_go_and_come_back() -> None:
    world = World()
    alice, bob = await world.client("alice"), await world.client("bob")
    rosters = world.services.rosters
    item = (await rosters.load(alice.session.account)).get(bob.session.account)
    await rosters.put(alice.session.account, replace(item, from_=True, listed=True))
    bob.take()
    await world.services.blocking.block(alice.session.account, [bob.session.account])
    assert [(event.sender, event.available) for event in bob.take(Presence)] == [(alice.address, False)]
    await world.services.blocking.unblock(alice.session.account, None)
    assert [(event.sender, event.available) for event in bob.take(Presence)] == [(alice.address, True)]


async def test_a_stranger_learns_nothing_from_a_block() -> None:
    world = World()
    alice, bob = await world.client("alice"), await world.client("bob")
    bob.take()
    await world.services.blocking.block(alice.session.account, [bob.session.account])
    await world.services.blocking.unblock(alice.session.account, [bob.session.account])
    assert bob.take(Presence) == []
