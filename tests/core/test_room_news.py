"""What each of a room's occupants is told."""

import pytest

from dragoman.core.address import Address
from dragoman.core.model import Affiliation, Message, OccupantView, Presence, RoomEvent
from dragoman.core.room import Room, Told
from dragoman.core.room_news import conceal_talk, spread, welcome
from dragoman.core.stores import RoomConfig, RoomRecord

ROOM = Address("team", "rooms.example.org")
ALICE, BOB = (Address(name, "example.org", "here") for name in ("alice", "bob"))


def room(*, non_anonymous: bool = False) -> Room:
    """Alice owns it; bob is inside, too."""
    record = RoomRecord(
        ROOM, RoomConfig(non_anonymous=non_anonymous), ((ALICE.bare, Affiliation.OWNER, "", ""),), subject="tea"
    )
    made = Room(record, str)
    for who in (ALICE, BOB):
        made.enter(who, who.local, Presence(sender=who, recipient=ROOM))
    return made


def test_who_it_happened_to_hears_that_it_is_meant_and_the_one_who_is_skipped_hears_nothing() -> None:
    here = room()
    told = Told(here.change(RoomEvent.PRESENCE, here.accounts[BOB.bare]))
    heard = {tuple(addresses): change.own for change, addresses in spread(here, told)}
    assert heard == {(ALICE,): False, (BOB,): True}
    assert [addresses for _, addresses in spread(here, told, skip=BOB)] == [[ALICE], []]


def test_whoever_was_put_out_is_told_although_it_is_not_inside_any_more() -> None:
    here = room()
    told = here.put_out(here.accounts[BOB.bare], RoomEvent.KICKED, reason="enough")
    changes = [(addresses, change.own, change.reason) for change, addresses in spread(here, told)]
    assert changes == [([ALICE], False, "enough"), ([BOB], True, "enough")]


def test_what_concerns_absent_accounts_is_only_for_those_who_may_know_accounts() -> None:
    here = room()
    view = OccupantView("", affiliation=Affiliation.MEMBER, account=Address("carol", "example.org"))
    told = Told(here.change(RoomEvent.AFFILIATION).readdressed(occupant=view))
    assert [addresses for _, addresses in spread(here, told)] == [[ALICE]]


@pytest.mark.parametrize("non_anonymous", [False, True])
def test_an_account_is_told_to_moderators_to_itself_and_where_the_room_is_open_to_all(non_anonymous: bool) -> None:
    here = room(non_anonymous=non_anonymous)
    said = Message(sender=ROOM.at("alice"), recipient=ROOM, text="hi", occupant=here.view(here.accounts[ALICE.bare]))
    viewers = [here.accounts[ALICE.bare], here.accounts[BOB.bare], None]
    shown = [conceal_talk(here, said, viewer).occupant for viewer in viewers]
    assert [view is not None and view.account is not None for view in shown] == [True, non_anonymous, non_anonymous]


def test_a_newcomer_is_told_everything_at_once() -> None:
    here = room()
    bob = here.accounts[BOB.bare]
    told = welcome(here, bob, BOB, presence=bob.presence(), asked="bobby", history=(), created=False, resumed=False)
    assert [view.nick for view, _ in told.occupants] == ["alice"]
    assert (told.subject, told.nick_assigned, told.recipient) == ("tea", True, BOB)
    assert told.occupants[0][0].account is None
