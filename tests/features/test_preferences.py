"""What accounts want to have in their histories."""

import pytest
from tests.world import Client, World

from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused
from dragoman.core.hooks import Routed
from dragoman.core.model import Message
from dragoman.core.stores import HistoryPreferences, Kept, Query
from dragoman.features.preferences import MAX_EXCEPTIONS

ALICE, BOB = Address("alice", "example.org"), Address("bob", "example.org")
PHONE, DESK = BOB.at("phone"), BOB.at("desk")


async def history(world: World, account: Address) -> list[str]:
    page = await world.services.history.query(Query(owner=account))
    return [record.event.text for record in page.records if isinstance(record.event, Message)]


async def friends(world: World) -> tuple[Client, Client]:
    alice, bob = await world.client("alice"), await world.client("bob")
    await world.services.subscriptions.introduce(ALICE, BOB)
    return alice, bob


@pytest.mark.spec("XEP-0441", "2")
@pytest.mark.parametrize(
    ("preferences", "wanted"),
    [
        (HistoryPreferences(), {PHONE, DESK, BOB}),
        (HistoryPreferences(Kept.NEVER), set()),
        (HistoryPreferences(Kept.NEVER, always=(BOB,)), {PHONE, DESK, BOB}),
        (HistoryPreferences(Kept.NEVER, always=(PHONE,)), {PHONE}),
        (HistoryPreferences(never=(BOB,)), set()),
        (HistoryPreferences(never=(PHONE,)), {DESK, BOB}),
        (HistoryPreferences(never=(BOB,), always=(PHONE,)), {PHONE}),
        (HistoryPreferences(never=(BOB,), always=(BOB,)), set()),
    ],
)
async def test_the_more_exact_address_counts_and_never_before_always(
    preferences: HistoryPreferences, wanted: set[Address]
) -> None:
    world = World()
    await world.services.preferences.set(ALICE, preferences)
    assert {peer for peer in (PHONE, DESK, BOB) if world.services.preferences.wants(ALICE, peer)} == wanted


async def test_nobody_waits_for_what_others_want_or_for_a_list_that_is_in_memory() -> None:
    world = World()
    alice, _ = await friends(world)
    await world.services.preferences.set(Address("carol", "example.org"), HistoryPreferences(Kept.ROSTER))
    await world.services.preferences.set(BOB, HistoryPreferences(Kept.ROSTER))
    await world.say(alice, "bob@example.org", "one")  # whom they block and whom they know is in memory now
    said = Message(sender=alice.address, recipient=BOB, text="two")
    assert world.services.hooks.before_routing.start(Routed(said, alice.session)) is None


async def test_what_one_side_does_not_keep_the_other_side_may() -> None:
    world = World()
    alice, bob = await friends(world)
    await world.services.preferences.set(ALICE, HistoryPreferences(Kept.NEVER))
    await world.say(alice, "bob@example.org", "one")
    await world.say(bob, "alice@example.org", "two")
    assert await history(world, ALICE) == []
    assert await history(world, BOB) == ["one", "two"]
    assert [event.text for event in alice.take(Message)] == ["two"]


async def test_by_the_contact_list_only_contacts_are_kept_also_after_a_restart() -> None:
    world = World()
    await friends(world)
    await world.services.preferences.set(ALICE, HistoryPreferences(Kept.ROSTER))
    again = World(stores=world.stores)
    await again.services.preferences.load()
    bob, carol = await again.client("bob"), await again.client("carol")
    await again.say(bob, "alice@example.org", "of a contact")
    await again.say(carol, "alice@example.org", "of a stranger")
    assert await history(again, ALICE) == ["of a contact"]
    alice = await again.client("alice", priority=None)
    await again.announce(alice)
    assert [event.text for event in alice.take(Message)] == ["of a contact", "of a stranger"]


async def test_what_waits_is_told_although_it_is_in_no_history() -> None:
    world = World()
    bob = await world.client("bob")
    for account in (ALICE, BOB):
        await world.account(account.local)
        await world.services.preferences.set(account, HistoryPreferences(Kept.NEVER))
    await world.say(bob, "alice@example.org", "waiting")
    alice = await world.client("alice", priority=None)
    await world.announce(alice)
    assert [event.text for event in alice.take(Message)] == ["waiting"]
    assert await history(world, ALICE) == await history(world, BOB) == []


async def test_whispers_in_a_room_are_kept_as_each_side_wants() -> None:
    world = World()
    alice, bob = await world.client("alice"), await world.client("bob")
    room = "team@rooms.example.org"
    await world.enter(alice, room)
    await world.enter(bob, room, "bobby")
    await world.services.preferences.set(ALICE, HistoryPreferences(never=(Address.parse(f"{room}/bobby"),)))
    await world.say(alice, f"{room}/bobby", "psst")
    assert await history(world, ALICE) == []
    assert await history(world, BOB) == ["psst"]


async def test_there_is_an_end_of_exceptions_and_they_go_with_the_account() -> None:
    world = World()
    await world.account("alice")
    many = tuple(Address(f"n{number}", "example.org") for number in range(MAX_EXCEPTIONS + 1))
    with pytest.raises(Refused) as refused:
        await world.services.preferences.set(ALICE, HistoryPreferences(never=many))
    assert refused.value.condition is Condition.RESOURCE_CONSTRAINT
    await world.services.preferences.set(ALICE, HistoryPreferences(never=many[1:]))
    await world.services.accounts.remove(ALICE)
    await world.account("alice")
    assert world.services.preferences.get(ALICE) == HistoryPreferences()
