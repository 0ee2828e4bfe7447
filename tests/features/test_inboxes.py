"""What an account has set for its conversations."""

import pytest
from tests.world import World

from dragoman.core.address import Address
from dragoman.core.errors import Refused
from dragoman.features.inboxes import InboxChange

ALICE, BOB, CAROL = (Address(name, "example.org") for name in ("alice", "bob", "carol"))


async def test_each_change_has_a_version_that_survives() -> None:
    world = World()
    inboxes = world.services.inboxes
    told: list[InboxChange] = []
    inboxes.changed(told.append)
    await inboxes.change(ALICE, BOB, pinned=True)
    await inboxes.change(ALICE, CAROL, draft="Dear Carol")
    await inboxes.change(ALICE, CAROL, draft="Dear Carol")  # nothing new
    await inboxes.change(ALICE, BOB, level="none")
    inbox = await inboxes.load(ALICE)
    assert inbox.version == 3
    assert [row.peer for row in inbox.since(1)] == [CAROL, BOB] and inbox.since(3) == []
    assert told == [InboxChange(ALICE, peer) for peer in (BOB, CAROL, BOB)]
    again = await World(stores=world.stores).services.inboxes.load(ALICE)
    assert again.version == 3 and again.of(BOB) == inbox.of(BOB) and again.of(BOB).pinned is True


async def test_a_read_mark_is_a_change_where_somebody_shows_an_inbox() -> None:
    world = World()
    inboxes, markers = world.services.inboxes, world.services.markers
    await markers.set(ALICE, BOB, 5.0)
    assert (await inboxes.load(ALICE)).version == 0
    await inboxes.begin(ALICE)
    await markers.set(ALICE, BOB, 6.0)
    assert [row.peer for row in (await inboxes.load(ALICE)).since(0)] == [BOB]
    await markers.set(ALICE, BOB, 4.0)  # it does not move
    assert (await inboxes.load(ALICE)).version == 1


async def test_what_is_too_long_is_refused() -> None:
    inboxes = World().services.inboxes
    with pytest.raises(Refused):
        await inboxes.change(ALICE, BOB, draft="x" * 70_000)
    with pytest.raises(Refused):
        await inboxes.prefer(ALICE, client='"' + "x" * 17_000 + '"')
    assert (await inboxes.load(ALICE)).version == 0
