"""Messages: saying, changing, finding and following them."""

from tests.protocols.jmap.town import ROOM, Screen, Town, id_of

from dragoman.core.model import Message, Reaction, Ref, Retraction

ALICE, BOB = "alice@example.org", "bob@example.org"


async def people() -> tuple[Town, Screen, Screen]:
    town = Town()
    await town.befriend("alice", "bob")
    alice, bob = await town.screen("alice"), await town.screen("bob")
    await alice.watch()
    await bob.watch()
    return town, alice, bob


async def test_a_message_is_told_at_once_with_its_conversation() -> None:
    _, alice, bob = await people()
    said = await alice.say(BOB, "Hello", clientId="c1")
    [frame] = bob.take()
    assert frame["@type"] == "Objects"
    [message] = frame["changed"]["Message"]
    assert message["id"] == said["id"] and message["text"] == "Hello"
    assert message["from"] == {"address": ALICE, "name": "Alice", "own": False}
    assert message["clientId"] is None and message["conversationId"] == id_of(ALICE)
    [conversation] = frame["changed"]["Conversation"]
    assert (conversation["unread"], conversation["lastMessageId"]) == (1, said["id"])
    assert frame["newState"]["Message"] == said["id"]


async def test_the_sender_sees_its_own_message_on_all_its_screens() -> None:
    town, alice, _ = await people()
    other = await town.screen("alice")
    await other.watch()
    said = await alice.say(BOB, "Hello", clientId="c1")
    for screen in (alice, other):
        [message] = screen.changed("Message")
        assert (message["id"], message["clientId"]) == (said["id"], "c1")
        assert message["from"]["own"] is True


async def test_a_resend_is_the_same_message() -> None:
    _, alice, bob = await people()
    first = await alice.say(BOB, "Hello", clientId="c1")
    again = await alice.say(BOB, "Hello", clientId="c1")
    assert first["id"] == again["id"]
    assert len(bob.changed("Message")) == 1
    assert len(await bob.messages(ALICE)) == 1


async def test_a_correction_takes_the_place_of_the_words() -> None:
    _, alice, bob = await people()
    said = await alice.say(BOB, "Helo")
    bob.take()
    await alice.update("Message", said["id"], text="Hello")
    [message] = bob.changed("Message")
    assert (message["id"], message["text"]) == (said["id"], "Hello")
    assert message["editedAt"] is not None
    assert [each["text"] for each in await bob.messages(ALICE)] == ["Hello"]


async def test_nobody_changes_what_somebody_else_said() -> None:
    _, alice, bob = await people()
    said = await alice.say(BOB, "Hello")
    answer = await bob.call("Message/set", update={said["id"]: {"text": "Bye"}}, destroy=[said["id"]])
    assert answer["notUpdated"][said["id"]]["type"] == "forbidden"
    assert answer["notDestroyed"][said["id"]]["type"] == "forbidden"


async def test_a_retracted_message_leaves_its_place() -> None:
    _, alice, bob = await people()
    said = await alice.say(BOB, "Secret")
    bob.take()
    answer = await alice.call("Message/set", destroy=[said["id"]])
    assert answer["destroyed"] == [said["id"]]
    [message] = bob.changed("Message")
    assert message["text"] == "" and message["retracted"]["by"] == ""
    [kept] = await bob.messages(ALICE)
    assert kept["text"] == "" and kept["retracted"] is not None
    assert (await bob.call("Message/query", filter={"text": "secret"}))["ids"] == []


async def test_reactions_come_and_go() -> None:
    _, alice, bob = await people()
    said = await alice.say(BOB, "Hello")
    await bob.update("Message", said["id"], **{"reactions/👍": True})
    assert alice.changed("Message")[-1]["reactions"] == {"👍": [{"name": "bob", "own": False}]}
    [mine] = await bob.messages(ALICE)
    assert mine["reactions"] == {"👍": [{"name": "bob", "own": True}]}
    await bob.update("Message", said["id"], **{"reactions/👍": None})
    assert (await alice.messages(BOB))[0]["reactions"] == {}


async def test_a_reply_shows_what_it_answers() -> None:
    _, alice, bob = await people()
    said = await alice.say(BOB, "First")
    await bob.say(ALICE, "Second", reply={"messageId": said["id"]})
    answer = alice.changed("Message")[-1]
    assert answer["reply"] == {"messageId": said["id"], "author": "alice", "excerpt": "First"}


async def test_an_older_client_of_another_protocol_is_understood() -> None:
    town, alice, _ = await people()
    phone = await town.other("bob")
    said = await town.world.say(phone, ALICE, "Hello", id="m1")
    assert isinstance(said, Message)
    target = Ref(id="m1")
    talk = {"sender": phone.address, "recipient": alice.account}
    await town.world.services.router.route(Reaction(**talk, target=target, emojis=("👍",)), phone.session)
    await town.settle()
    assert alice.changed("Message")[-1]["reactions"] == {"👍": [{"name": "bob", "own": False}]}
    await town.world.services.router.route(Retraction(**talk, target=target), phone.session)
    await town.settle()
    assert alice.changed("Message")[-1]["retracted"] is not None


async def test_what_was_said_while_away_is_in_the_changes() -> None:
    town, alice, bob = await people()
    state = (await bob.call("Message/get", ids=[]))["state"]
    first = await alice.say(BOB, "One")
    await bob.leave()
    second = await alice.say(BOB, "Two")
    await alice.update("Message", first["id"], text="one")
    bob = await town.screen("bob")
    changes = await bob.call("Message/changes", sinceState=state)
    assert changes["created"] == [first["id"], second["id"]]
    assert changes["updated"] == [] and changes["hasMoreChanges"] is False
    one = await bob.call("Message/changes", sinceState=state, maxChanges=1)
    assert (one["created"], one["hasMoreChanges"]) == ([first["id"]], True)
    rest = await bob.call("Message/changes", sinceState=one["newState"])
    assert (rest["created"], rest["updated"]) == ([second["id"]], [first["id"]])
    assert rest["newState"] == changes["newState"]


async def test_a_page_ends_where_it_is_asked_to() -> None:
    _, alice, bob = await people()
    ids = [(await alice.say(BOB, f"{number}"))["id"] for number in range(6)]
    down = [{"property": "sentAt", "isAscending": False}]

    async def page(**more: object) -> list[int]:
        query = await bob.call("Message/query", filter={"conversationId": id_of(ALICE)}, sort=down, **more)
        return [ids.index(id) for id in query["ids"]]

    assert await page(limit=2) == [5, 4]
    assert await page(limit=2, position=1) == [4, 3]
    assert await page(limit=2, anchor=ids[4], anchorOffset=1) == [3, 2]
    assert await page(limit=2, anchor=ids[4], anchorOffset=2) == [2, 1]
    assert await page(limit=3, anchor=ids[2]) == [2, 1, 0]
    assert await page(limit=5, anchor=ids[2], anchorOffset=-2) == [4, 3, 2, 1, 0]
    assert await page(limit=2, anchor=ids[2], anchorOffset=-2) == [4, 3]


async def test_messages_are_found_by_words_in_people_and_rooms() -> None:
    _, alice, bob = await people()
    await alice.enter()
    await bob.enter()
    await alice.say(BOB, "The ship sails")
    await alice.say(ROOM, "a ship in the room")
    await alice.say(ROOM, "nothing")
    found = await bob.call("Message/query", filter={"text": "SHIP"})
    texts = [message["text"] for message in (await bob.call("Message/get", ids=found["ids"]))["list"]]
    assert texts == ["a ship in the room", "The ship sails"]
    only = await bob.call("Message/query", filter={"text": "ship", "from": "alice"}, calculateTotal=True)
    assert only["total"] == 1


async def test_receipts_and_read_marks_show_how_far_a_message_came() -> None:
    _, alice, bob = await people()
    said = await alice.say(BOB, "Hello")
    assert (await alice.messages(BOB))[0]["state"] == "delivered"
    await bob.update("Conversation", id_of(ALICE), readUpTo=said["id"])
    assert (await alice.messages(BOB))[0]["state"] == "read"
    [conversation] = await alice.get("Conversation", id_of(BOB))
    assert conversation["theirReadUpTo"] == said["id"]
    [mine] = await bob.get("Conversation", id_of(ALICE))
    assert mine["unread"] == 0 and mine["readUpTo"] >= said["id"]
