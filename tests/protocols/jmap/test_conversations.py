"""The inbox, rooms in it, and what is the same on all devices."""

import pytest
from tests.protocols.jmap.town import ROOM, MethodFailed, Screen, Town, id_of

ALICE, BOB = "alice@example.org", "bob@example.org"


async def people() -> tuple[Town, Screen, Screen]:
    town = Town()
    await town.befriend("alice", "bob")
    alice, bob = await town.screen("alice"), await town.screen("bob")
    await alice.watch()
    await bob.watch()
    return town, alice, bob


async def say_later(town: Town, screen: Screen, to: str, text: str) -> str:
    town.world.clock.advance(1)
    return str((await screen.say(to, text))["id"])


async def test_an_inbox_has_people_and_rooms_with_what_is_unread() -> None:
    town, alice, bob = await people()
    await alice.enter(title="The team")
    await bob.enter()
    await say_later(town, alice, BOB, "One")
    await say_later(town, alice, BOB, "Two")
    await say_later(town, alice, ROOM, "bob, come")
    lines = {line["address"]: line for line in await bob.get("Conversation")}
    assert lines.keys() == {ALICE, ROOM}
    assert (lines[ALICE]["kind"], lines[ALICE]["name"], lines[ALICE]["unread"]) == ("person", "Alice", 2)
    room = lines[ROOM]
    assert (room["kind"], room["name"], room["unread"], room["mentions"]) == ("room", "The team", 1, 1)
    assert room["room"]["joined"] is True and room["room"]["occupants"] == 2
    assert room["room"]["affiliation"] == "none" and room["room"]["role"] == "participant"


async def test_own_words_and_the_read_mark_leave_nothing_unread() -> None:
    town, alice, bob = await people()
    await say_later(town, alice, BOB, "One")
    await say_later(town, bob, ALICE, "Yes?")
    await say_later(town, alice, BOB, "Two")
    [line] = await bob.get("Conversation")
    assert line["unread"] == 1
    await bob.update("Conversation", line["id"], readUpTo=line["lastMessageId"])
    assert bob.changed("Conversation")[-1]["unread"] == 0
    await say_later(town, alice, BOB, "Three")
    assert bob.changed("Conversation")[-1]["unread"] == 1


async def test_what_was_read_elsewhere_is_read_here() -> None:
    town, alice, bob = await people()
    await say_later(town, alice, BOB, "One")
    bob.take()
    # As MARKREAD of IRC and the displayed marker of XMPP do it.
    await town.world.services.markers.set(bob.account, alice.account, town.world.clock.now())
    await town.settle()
    assert bob.changed("Conversation")[-1]["unread"] == 0


async def test_unread_messages_are_counted_up_to_a_hundred() -> None:
    town, alice, bob = await people()
    town.world.services.limits._buckets.clear()
    for number in range(105):
        town.world.clock.advance(1)
        await alice.say(BOB, str(number))
    [line] = await bob.get("Conversation")
    assert line["unread"] == 100
    await bob.leave()
    bob = await town.screen("bob")
    assert (await bob.get("Conversation"))[0]["unread"] == 100


async def test_drafts_pins_and_levels_are_the_same_on_all_devices() -> None:
    town, alice, _bob = await people()
    other = await town.screen("alice")
    await other.watch()
    answer = await alice.call("Conversation/set", create={"new": {"address": BOB}})
    id = answer["created"]["new"]["id"]
    await alice.update("Conversation", id, draft="Dear Bob", pinned=True, level="mentions")
    line = other.changed("Conversation")[-1]
    assert (line["draft"], line["pinned"], line["level"]) == ("Dear Bob", True, "mentions")


async def test_a_hidden_conversation_comes_back_with_a_message() -> None:
    town, alice, bob = await people()
    await say_later(town, alice, BOB, "One")
    await bob.update("Conversation", id_of(ALICE), hidden=True)
    bob.take()
    await say_later(town, alice, BOB, "Two")
    assert bob.changed("Conversation")[-1]["hidden"] is False


async def test_the_changes_name_what_changed_and_nothing_else() -> None:
    town, alice, bob = await people()
    carol = await town.screen("carol")
    await say_later(town, alice, BOB, "One")
    await say_later(town, carol, BOB, "One")
    state = (await bob.call("Conversation/get", ids=[]))["state"]
    await bob.leave()
    await say_later(town, alice, BOB, "Two")
    bob = await town.screen("bob")
    changes = await bob.call("Conversation/changes", sinceState=state)
    assert (changes["created"], changes["updated"]) == ([], [id_of(ALICE)])
    dave = await town.screen("dave")
    await say_later(town, dave, BOB, "Hello")
    await bob.update("Conversation", id_of("carol@example.org"), pinned=True)
    changes = await bob.call("Conversation/changes", sinceState=changes["newState"])
    assert changes["created"] == [id_of("dave@example.org")]
    assert id_of("carol@example.org") in changes["updated"] and id_of(ALICE) not in changes["updated"]
    again = await bob.call("Conversation/changes", sinceState=changes["newState"])
    assert again["created"] == again["updated"] == []


async def test_states_survive_a_restart() -> None:
    town, alice, bob = await people()
    await alice.enter()
    await say_later(town, alice, BOB, "One")
    states = {
        kind: (await alice.call(f"{kind}/get", ids=[]))["state"]
        for kind in ("Message", "Conversation", "Contact", "Preferences")
    }
    await bob.leave()
    await alice.leave()
    later = Town(stores=town.world.stores)
    later.world.clock.moment = town.world.clock.moment + 60
    bob = await later.screen("bob")
    said = await bob.say(ALICE, "Two")
    alice = await later.screen("alice")
    changes = {kind: await alice.call(f"{kind}/changes", sinceState=state) for kind, state in states.items()}
    assert (changes["Message"]["created"], changes["Message"]["updated"]) == ([said["id"]], [])
    assert set(changes["Conversation"]["updated"]) == {id_of(BOB), id_of(ROOM)}  # the room may have become anything
    assert changes["Contact"]["updated"] == [id_of(BOB)]
    assert changes["Preferences"]["updated"] == []


async def test_rooms_are_gone_into_again_by_each_connection() -> None:
    town, alice, bob = await people()
    await alice.enter()
    await bob.enter()
    await bob.leave()
    assert alice.changed("Conversation")[-1]["room"]["occupants"] == 1
    await say_later(town, alice, ROOM, "Are you there?")
    bob = await town.screen("bob")
    [line] = await bob.get("Conversation")
    assert line["room"]["joined"] is True and line["unread"] == 1
    assert (await bob.messages(ROOM))[0]["text"] == "Are you there?"


async def test_leaving_a_room_is_leaving_it_everywhere() -> None:
    town, alice, _bob = await people()
    await alice.enter()
    other = await town.screen("alice")
    await other.watch()
    await alice.update("Conversation", id_of(ROOM), **{"room/joined": False})
    assert other.changed("Conversation")[-1]["room"]["joined"] is False
    assert town.world.services.rooms.loaded(alice.account) is None
    with pytest.raises(MethodFailed, match="not-acceptable"):
        await alice.say(ROOM, "Hello")


async def test_a_taken_nick_gets_a_tail_unless_it_was_wished_for() -> None:
    _town, alice, bob = await people()
    await alice.enter(nick="chief")
    with pytest.raises(MethodFailed, match="conflict"):
        await bob.enter(nick="chief")
    await bob.enter(nick="boss")
    [line] = await bob.get("Conversation")
    assert line["room"]["nick"] == "boss"
    await bob.update("Conversation", line["id"], **{"room/nick": "Bobby"})
    assert [member["nick"] for member in alice.changed("Member")][-1] == "Bobby"


async def test_somebody_who_was_put_out_is_told_and_does_not_come_back() -> None:
    _town, alice, bob = await people()
    await alice.enter()
    await bob.enter()
    members = {member["nick"]: member for member in await alice.get("Member")}
    bob.take()
    await alice.update("Member", members["bob"]["id"], affiliation="outcast", reason="Enough")
    assert bob.changed("Conversation")[-1]["room"]["joined"] is False
    with pytest.raises(MethodFailed, match="forbidden"):
        await bob.enter()
    assert await bob.messages(ROOM) == []
    banned = await alice.call("Member/query", filter={"conversationId": id_of(ROOM), "affiliation": "outcast"})
    [shown] = (await alice.call("Member/get", ids=banned["ids"]))["list"]
    assert (shown["address"], shown["available"]) == (BOB, False)


async def test_the_history_of_a_members_room_is_for_members() -> None:
    _town, alice, bob = await people()
    await alice.enter(membersOnly=True)
    said = await alice.say(ROOM, "Secret plans")
    with pytest.raises(MethodFailed, match="registration-required"):
        await bob.enter()
    assert await bob.messages(ROOM) == []
    assert (await bob.call("Message/get", ids=[said["id"]]))["notFound"] == [said["id"]]
    assert (await bob.call("Message/query", filter={"text": "secret"}))["ids"] == []
    await alice.call(
        "Member/set", create={"b": {"conversationId": id_of(ROOM), "address": BOB, "affiliation": "member"}}
    )
    await bob.enter()
    assert [message["text"] for message in await bob.messages(ROOM)] == ["Secret plans"]


async def test_an_invitation_waits_in_the_inbox_until_it_is_followed() -> None:
    _town, alice, bob = await people()
    await alice.enter(membersOnly=True, password="sesame")
    await alice.call("Room/invite", conversationId=id_of(ROOM), address=BOB, reason="Come")
    line = bob.changed("Conversation")[-1]
    assert line["invitation"] == {"from": ALICE, "reason": "Come"} and line["room"]["joined"] is False
    await bob.update("Conversation", line["id"], **{"room/joined": True})
    line = bob.changed("Conversation")[-1]
    assert line["invitation"] is None and line["room"]["joined"] is True


async def test_an_owner_rules_its_room_and_nobody_else_does() -> None:
    town, alice, bob = await people()
    await alice.enter()
    await bob.enter()
    await alice.update("Room", id_of(ROOM), **{"config/title": "Plans", "config/public": False})
    [room] = await alice.get("Room")
    assert room["config"]["title"] == "Plans" and room["config"]["public"] is False
    [shown] = await bob.get("Room")
    assert shown["config"] is None
    with pytest.raises(MethodFailed, match="forbidden"):
        await bob.update("Room", id_of(ROOM), **{"config/title": "Mine"})
    with pytest.raises(MethodFailed, match="invalidProperties"):
        await alice.update("Room", id_of(ROOM), **{"config/title": 5})
    carol = await town.screen("carol")
    assert await carol.get("Room") == []
    answer = await alice.call("Room/set", destroy=[id_of(ROOM)])
    assert answer["destroyed"] == [id_of(ROOM)]
    assert bob.changed("Conversation")[-1]["room"]["joined"] is False


async def test_a_whisper_is_between_two() -> None:
    town, alice, bob = await people()
    carol = await town.screen("carol")
    await carol.watch()
    for screen in (alice, bob, carol):
        await screen.enter()
    carol.take()
    await alice.say(ROOM, "psst", whisper="bob")
    [heard] = bob.changed("Message")
    assert (heard["text"], heard["whisper"], heard["from"]["name"]) == ("psst", "alice", "alice")
    [own] = alice.changed("Message")
    assert (own["whisper"], own["from"]["own"]) == ("bob", True)
    assert carol.changed("Message") == []
    assert [message["text"] for message in await bob.messages(ROOM)] == ["psst"]
    assert await carol.messages(ROOM) == []


async def test_a_room_of_many_words_has_an_address_made_for_it() -> None:
    _, alice, _ = await people()
    id = await alice.enter("", title="Plans for Émile!")
    [line] = await alice.get("Conversation", id)
    assert line["address"].startswith("plans-for-émile-") and line["name"] == "Plans for Émile!"
