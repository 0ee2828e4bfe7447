"""Contacts, presence and preferences."""

import pytest
from tests.protocols.jmap.town import MethodFailed, Town, id_of

ALICE, BOB = "alice@example.org", "bob@example.org"


async def test_asking_and_granting_makes_two_see_each_other() -> None:
    town = Town()
    alice, bob = await town.screen("alice"), await town.screen("bob")
    await alice.watch()
    await bob.watch()
    await alice.call("Contact/set", create={"new": {"address": BOB, "name": "Bobby", "groups": ["Work"]}})
    mine = alice.changed("Contact")[-1]
    assert (mine["name"], mine["groups"], mine["pending"], mine["subscription"]) == ("Bobby", ["Work"], "out", "none")
    asked = bob.changed("Contact")[-1]
    assert (asked["address"], asked["pending"], asked["listed"]) == (ALICE, "in", False)
    await bob.update("Contact", asked["id"], pending="accept")
    mine = alice.changed("Contact")[-1]
    assert (mine["subscription"], mine["pending"], mine["presence"]["available"]) == ("to", "", True)
    await bob.update("Contact", asked["id"], subscription="both")
    await alice.update("Contact", mine["id"], subscription="both")
    assert alice.changed("Contact")[-1]["subscription"] == "both"


async def test_a_refused_request_is_gone() -> None:
    town = Town()
    alice, bob = await town.screen("alice"), await town.screen("bob")
    await bob.watch()
    await alice.call("Contact/set", create={"new": {"address": BOB}})
    await bob.update("Contact", id_of(ALICE), pending="refuse")
    assert await bob.get("Contact") == []
    assert bob.take()[-1]["destroyed"] == {"Contact": [id_of(ALICE)]}


async def test_presence_is_told_as_the_preferences_have_it() -> None:
    town = Town()
    await town.befriend("alice", "bob")
    alice, bob = await town.screen("alice"), await town.screen("bob")
    await bob.watch("Contact", "Preferences")
    await alice.update("Preferences", "singleton", presence={"show": "dnd", "status": "Busy"})
    [contact] = bob.changed("Contact")
    assert contact["presence"] == {"available": True, "show": "dnd", "status": "Busy", "since": None}
    await alice.leave()
    assert bob.changed("Contact")[-1]["presence"]["available"] is False
    alice = await town.screen("alice")
    assert bob.changed("Contact")[-1]["presence"]["show"] == "dnd"  # also the next time


async def test_a_blocked_contact_is_not_heard_and_sees_nothing() -> None:
    town = Town()
    await town.befriend("alice", "bob")
    alice, bob = await town.screen("alice"), await town.screen("bob")
    await bob.watch()
    await bob.update("Contact", id_of(ALICE), blocked=True)
    assert bob.changed("Contact")[-1]["blocked"] is True
    with pytest.raises(MethodFailed, match="service-unavailable"):
        await alice.say(BOB, "Hello")
    [contact] = await alice.get("Contact")
    assert contact["presence"]["available"] is False
    with pytest.raises(MethodFailed, match="not-acceptable"):
        await bob.say(ALICE, "Hello")
    await bob.update("Contact", id_of(ALICE), blocked=False)
    await alice.say(BOB, "Hello")


async def test_a_removed_contact_is_destroyed_on_all_screens() -> None:
    town = Town()
    await town.befriend("alice", "bob")
    alice, other = await town.screen("alice"), await town.screen("alice")
    await other.watch()
    state = (await alice.call("Contact/get", ids=[]))["state"]
    answer = await alice.call("Contact/set", destroy=[id_of(BOB)])
    assert answer["destroyed"] == [id_of(BOB)]
    assert other.take()[-1]["destroyed"] == {"Contact": [id_of(BOB)]}
    changes = await alice.call("Contact/changes", sinceState=state)
    assert (changes["updated"], changes["destroyed"]) == ([], [id_of(BOB)])


async def test_who_comes_back_soon_is_told_exactly_who_changed() -> None:
    town = Town()
    for name in ("bob", "carol", "dave"):
        await town.befriend("alice", name)
    alice, bob = await town.screen("alice"), await town.screen("bob")
    state = (await alice.call("Contact/get", ids=[]))["state"]
    await alice.leave()
    await bob.leave()
    await town.screen("carol")
    alice = await town.screen("alice")
    changes = await alice.call("Contact/changes", sinceState=state)
    assert set(changes["updated"]) == {id_of(BOB), id_of("carol@example.org")}


async def test_preferences_are_changed_in_part_and_told() -> None:
    town = Town()
    alice, other = await town.screen("alice"), await town.screen("alice")
    await other.watch("Preferences")
    await alice.update("Preferences", "singleton", client={"theme": "dark", "density": "calm"})
    await alice.update("Preferences", "singleton", **{"client/theme": "light", "receipts": False})
    told = other.changed("Preferences")[-1]
    assert told["client"] == {"theme": "light", "density": "calm"} and told["receipts"] is False
    with pytest.raises(MethodFailed, match="refused"):
        await alice.update("Preferences", "singleton", client={"x": "y" * 20_000})


async def test_who_wants_no_receipts_sends_none() -> None:
    town = Town()
    await town.befriend("alice", "bob")
    alice, bob = await town.screen("alice"), await town.screen("bob")
    await bob.update("Preferences", "singleton", receipts=False)
    said = await alice.say(BOB, "Hello")
    await bob.update("Conversation", id_of(ALICE), readUpTo=said["id"])
    assert (await alice.messages(BOB))[0]["state"] == "sent"


async def test_contacts_are_found_by_name() -> None:
    town = Town()
    for name in ("bob", "carol"):
        await town.befriend("alice", name)
    alice = await town.screen("alice")
    assert (await alice.call("Contact/query", filter={"text": "CAR"}))["ids"] == [id_of("carol@example.org")]
    down = [{"property": "name", "isAscending": False}]
    ids = (await alice.call("Contact/query", sort=down, limit=1))["ids"]
    assert ids == [id_of("carol@example.org")]
