import pytest
from tests.world import World

from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused
from dragoman.core.model import Message
from dragoman.features.blocking import matches

ALICE, BOB = Address("alice", "example.org"), Address("bob", "example.org")


@pytest.mark.spec("XEP-0191", "5")
@pytest.mark.parametrize(
    ("blocked", "other", "hit"),
    [
        ("bob@example.org", "bob@example.org/phone", True),
        ("bob@example.org/phone", "bob@example.org/phone", True),
        ("bob@example.org/phone", "bob@example.org/desk", False),
        ("bob@example.org/phone", "bob@example.org", False),
        ("example.org", "bob@example.org/phone", True),
        ("example.org/phone", "bob@example.org/phone", True),
        ("example.org/phone", "bob@example.org/desk", False),
        ("bob@example.org", "bobby@example.org", False),
    ],
)
def test_an_address_is_blocked_by_itself_its_account_or_its_domain(blocked: str, other: str, hit: bool) -> None:
    assert matches(frozenset({Address.parse(blocked)}), Address.parse(other)) is hit


async def test_a_block_is_kept_and_told_once_for_what_is_new() -> None:
    world = World()
    blocking = world.services.blocking
    changing: list[object] = []
    blocking.changing(changing.append)
    await blocking.block(ALICE, [BOB])
    await blocking.block(ALICE, [BOB])
    assert changing == [(ALICE, (BOB,)), (ALICE, ())]
    assert await blocking.list(ALICE) == {BOB}
    assert await world.stores.blocks.load(ALICE) == [BOB]


async def test_what_the_store_knows_holds_after_a_restart() -> None:
    world = World()
    await world.services.blocking.block(ALICE, [BOB])
    again = World(stores=world.stores)
    assert await again.services.blocking.is_blocked(ALICE, BOB.at("phone"))


async def test_all_blocks_end_at_once_where_none_is_named() -> None:
    blocking = World().services.blocking
    await blocking.block(ALICE, [BOB, Address("", "evil.example")])
    told: list[object] = []
    blocking.changed(told.append)
    await blocking.unblock(ALICE)
    assert told == [(ALICE, (), False)]
    assert await blocking.list(ALICE) == frozenset()


async def test_who_is_blocked_learns_no_more_than_of_somebody_who_does_not_exist() -> None:
    world = World()
    alice, bob = await world.client("alice"), await world.client("bob")
    await world.services.blocking.block(ALICE, [BOB])
    refusals = []
    for to in ("alice@example.org", "nobody@example.org"):
        with pytest.raises(Refused) as refused:
            await world.say(bob, to, "hi")
        refusals.append((refused.value.condition, refused.value.blocked))
    assert refusals[0] == refusals[1] == (Condition.SERVICE_UNAVAILABLE, False)
    assert alice.take(Message) == []


async def test_an_account_that_is_made_again_has_blocked_nobody() -> None:
    world = World()
    await world.account("alice")
    await world.services.blocking.block(ALICE, [BOB])
    await world.services.accounts.remove(ALICE)
    await world.account("alice")
    assert not await world.services.blocking.is_blocked(ALICE, BOB)
