"""The client library against a whole server over sockets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from tests.app.test_web import House, open_house
from tests.stage.clients import PASSWORD

from dragoman.client import Client, Message, Refused, connect, log_in
from dragoman.core.address import Address

BOB = Address("bob", "example.org")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async for opened in open_house(tmp_path / "nothing"):
        accounts = opened.server.services.accounts
        await accounts.create(BOB, await opened.server.accounts.passwords.credentials(PASSWORD))
        yield opened


@pytest.fixture
async def people(house: House) -> AsyncIterator[tuple[Client, Client]]:
    async with AsyncExitStack() as stack:
        tokens = [await log_in(house.origin, name, PASSWORD, name="test") for name in ("alice", "bob")]
        alice, bob = [await stack.enter_async_context(connect(house.origin, token)) for token in tokens]
        yield alice, bob


async def next_of(client: Client) -> Message:
    return await asyncio.wait_for(anext(client.messages()), 20)


async def test_two_talk(people: tuple[Client, Client]) -> None:
    alice, bob = people
    await alice.say("bob@example.org", "Hello")
    heard = await next_of(bob)
    assert (heard.text, heard.from_.address) == ("Hello", "alice@example.org")
    await bob.say(heard.conversationId, "Hi", reply=heard)
    answer = await next_of(alice)
    assert answer.reply is not None and answer.reply.messageId == heard.id
    await alice.react(answer.id, "👍")
    await bob.edit(answer.id, "Hi!")
    [latest, first] = await alice.history("bob@example.org")
    assert (latest.text, latest.reactions["👍"][0].own, first.text) == ("Hi!", True, "Hello")
    await bob.retract(answer.id)
    assert (await alice.history("bob@example.org"))[0].retracted is not None
    assert [line.address for line in await alice.conversations()] == ["bob@example.org"]
    assert await alice.contacts() == []
    assert [found.text for found in await bob.history("alice@example.org", text="hello")] == ["Hello"]


async def test_a_room_and_a_file_in_it(people: tuple[Client, Client]) -> None:
    alice, bob = people
    room = await alice.enter("team")
    assert await bob.enter("team", nick="Bobby") == room
    blob = await alice.upload(b"\x89PNG", name="cat.png", media_type="image/png")
    await alice.say(room, "Look", files=[blob])
    heard = await next_of(bob)
    assert (heard.text, heard.files[0].name, heard.files[0].size) == ("Look", "cat.png", 4)
    await bob.leave(room)
    with pytest.raises(Refused) as refused:
        await bob.say(room, "Bye")
    assert refused.value.condition == "not-acceptable"


async def test_what_was_said_while_the_connection_was_broken_is_heard_once_and_in_order(
    house: House, people: tuple[Client, Client]
) -> None:
    alice, bob = people
    await alice.say("bob@example.org", "One")
    assert (await next_of(bob)).text == "One"
    await bob._socket.close()
    await alice.say("bob@example.org", "Two")
    await alice.say("bob@example.org", "Three")
    assert [(await next_of(bob)).text for _ in range(2)] == ["Two", "Three"]


async def test_the_same_client_id_is_the_same_message(people: tuple[Client, Client]) -> None:
    alice, _ = people
    ids = {await alice.say("bob@example.org", "Hello", client_id="c1") for _ in range(2)}
    assert len(ids) == 1


async def test_what_is_refused_says_why(house: House, people: tuple[Client, Client]) -> None:
    alice, _ = people
    with pytest.raises(Refused, match="service-unavailable"):
        await alice.say("nobody@example.org", "Hello")
    with pytest.raises(Refused, match="unknownMethod"):
        await alice.call("Nothing/get")
    with pytest.raises(Refused, match="wrong name or password"):
        await log_in(house.origin, "alice", "wrong one")
    with pytest.raises(Refused, match="not known"):
        async with connect(house.origin, "nonsense"):
            pass


async def test_who_is_logged_out_hears_nothing_more(house: House, people: tuple[Client, Client]) -> None:
    _, bob = people
    await house.server.services.devices.remove_all(BOB)
    with pytest.raises(Refused, match="logged out"):
        await next_of(bob)
