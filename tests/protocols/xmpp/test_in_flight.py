"""What a client says at once is committed at once, and still heard, refused and counted in its order (RFC 6120 §10.1)."""

import asyncio

from tests.protocols.xmpp.talker import House, Talker, error
from tests.stage.slow_archive import SlowStores

SM = "urn:xmpp:sm:3"


class Slow:
    """Alice and Bob in a house whose archive waits."""

    def __init__(self) -> None:
        self.stores = SlowStores()
        self.archive = self.stores.archive
        self.house = House(stores=self.stores)

    async def enter(self) -> tuple[Talker, Talker]:
        alice, bob = await self.house.talker("alice"), await self.house.talker("bob")
        # What is in memory needs no waiting: whom they block, and that they are there.
        await alice.send(said("0"))
        bob.raw()
        self.archive.at_once = False
        return alice, bob

    async def say(self, talker: Talker, *texts: str) -> "asyncio.Task[None]":
        """All in one piece of the stream; as far as it goes without a commit."""
        task = asyncio.create_task(talker.receive("".join(texts).encode()))
        await self.turn()
        return task

    @staticmethod
    async def turn() -> None:
        for _ in range(5):
            await asyncio.sleep(0)


def said(text: str, to: str = "bob@example.org", more: str = "") -> str:
    return f"<message to='{to}' type='chat'><body>{text}</body>{more}</message>"


def bodies(talker: Talker) -> list[str]:
    return [each.child_text("body") or next(each.elements).name for each in talker.heard() if each.name == "message"]


async def test_messages_that_come_together_wait_for_their_commits_together() -> None:
    slow = Slow()
    alice, bob = await slow.enter()
    saying = await slow.say(alice, said("1"), said("2"), said("3"))
    assert len(slow.archive.waiting_callers) == 3
    assert bodies(bob) == []
    slow.archive.commit()
    await saying
    assert bodies(bob) == ["1", "2", "3"]


async def test_what_is_durable_later_is_heard_later_whatever_follows_it() -> None:
    slow = Slow()
    alice, bob = await slow.enter()
    active = (
        "<message to='bob@example.org' type='chat'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>"
    )
    saying = await slow.say(alice, said("1"), active, said("2"))
    assert bodies(bob) == []
    slow.archive.commit(1)
    await slow.turn()
    assert bodies(bob) == ["1", "composing"]
    slow.archive.commit()
    await saying
    assert bodies(bob) == ["2"]


async def test_a_question_behind_a_message_is_answered_after_it() -> None:
    slow = Slow()
    alice, bob = await slow.enter()
    saying = await slow.say(
        alice, said("1"), "<iq type='get' id='p' to='example.org'><ping xmlns='urn:xmpp:ping'/></iq>", said("2")
    )
    assert len(slow.archive.waiting_callers) == 1 and alice.heard() == []
    slow.archive.commit()
    await slow.turn()
    assert [each.get("id") for each in alice.heard()] == ["p"]
    slow.archive.commit()
    await saying
    assert bodies(bob) == ["1", "2"]


async def test_what_is_refused_behind_a_message_is_refused_and_counted_after_it() -> None:
    slow = Slow()
    alice, bob = await slow.enter()
    await alice.send(f"<enable xmlns='{SM}'/>")
    alice.raw()
    saying = await slow.say(alice, said("1"), said("x", "nobody@example.net"), said("2"), f"<r xmlns='{SM}'/>")
    assert alice.heard() == []
    slow.archive.commit()
    await slow.turn()
    slow.archive.commit()
    await saying
    refused, counted = (each for each in alice.heard() if each.name != "r")
    assert error(refused) == ("cancel", "remote-server-not-found")
    assert counted.get("h") == "3"
    assert bodies(bob) == ["1", "2"]


async def test_what_cannot_be_kept_takes_nothing_with_it_that_was_said_after() -> None:
    slow = Slow()
    alice, bob = await slow.enter()
    saying = await slow.say(alice, said("1"), said("2"))
    first, second = slow.archive.waiting_callers
    slow.archive.waiting_callers = [first]
    slow.archive.fail()
    slow.archive.waiting_callers = [second]
    slow.archive.commit()
    await asyncio.gather(saying, return_exceptions=True)
    assert bodies(bob) == ["2"]


async def test_the_stream_ends_after_what_was_said_before_its_mistake() -> None:
    slow = Slow()
    alice, bob = await slow.enter()
    saying = await slow.say(alice, said("1"), "<message to='bob@example.org'><body>x</message>")
    assert not alice.wire.closed
    slow.archive.commit()
    await saying
    assert bodies(bob) == ["1"] and b"not-well-formed" in alice.raw() and alice.wire.closed


async def test_a_lost_client_that_comes_back_is_told_of_all_that_it_said_at_once() -> None:
    slow = Slow()
    alice, bob = await slow.enter()
    await alice.send(f"<enable xmlns='{SM}' resume='true'/>")
    token = alice.heard()[0].get("id")
    saying = await slow.say(alice, said("1"), said("2"))
    alice.caller.lost("broken")
    again = Talker(slow.house.front)
    await again.authenticate("alice")
    resuming = await slow.say(again, f"<resume xmlns='{SM}' h='0' previd='{token}'/>")
    assert [each for each in again.heard() if each.name == "resumed"] == []
    slow.archive.commit()
    await saying
    await resuming
    (resumed,) = (each for each in again.heard() if each.name == "resumed")
    assert resumed.get("h") == "2" and bodies(bob) == ["1", "2"]
