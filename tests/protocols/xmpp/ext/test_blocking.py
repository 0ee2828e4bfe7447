"""Blocking Command (XEP-0191)."""

import pytest
from tests.protocols.xmpp.ext.test_rooms import MUC_USER, ROOM, room
from tests.protocols.xmpp.talker import House, error, text

BLOCKING = "urn:xmpp:blocking"
PING = "<iq to='{}' type='get' id='p'><ping xmlns='urn:xmpp:ping'/></iq>"


def command(name: str, *addresses: str) -> str:
    items = "".join(f"<item jid='{address}'/>" for address in addresses)
    return f"<iq type='set' id='b'><{name} xmlns='{BLOCKING}'>{items}</{name}></iq>"


LIST = f"<iq type='get' id='l'><blocklist xmlns='{BLOCKING}'/></iq>"


async def test_the_list_is_kept_and_its_changes_are_pushed_to_those_who_asked() -> None:
    house = House()
    one, two, deaf = [await house.talker("alice", name) for name in ("one", "two", "deaf")]
    for talker in (one, two):
        await talker.send(LIST)
        talker.raw()
    await one.send(command("block", "bob@example.org", "spam.example.net"))
    pushed = two.heard()[0]
    assert text(next(pushed.elements)) == (
        f"<block xmlns='{BLOCKING}'><item jid='bob@example.org'/><item jid='spam.example.net'/></block>"
    )
    assert deaf.raw() == b""
    listed = next((await deaf.one(LIST)).elements)
    assert [item.get("jid") for item in listed.elements] == ["spam.example.net", "bob@example.org"]
    two.raw()
    await one.send(command("unblock"))
    assert text(next(two.heard()[0].elements)) == f"<unblock xmlns='{BLOCKING}'/>"
    assert list(next((await one.ask(LIST))[-1].elements).elements) == []


async def test_nobody_named_is_no_block() -> None:
    alice = await House().talker("alice")
    assert error(await alice.one(command("block"))) == ("modify", "bad-request")


async def test_who_is_blocked_cannot_tell_it_from_being_offline() -> None:
    house = House()
    alice, bob, carol = [await house.talker(name) for name in ("alice", "bob", "carol")]
    await house.befriend(alice, bob)
    await alice.send(command("block", "bob@example.org"))
    assert [(each.get("from"), each.get("type")) for each in bob.heard()] == [("alice@example.org/here", "unavailable")]
    alice.raw()
    (refused,) = await bob.ask("<message to='alice@example.org' type='chat' id='1'><body>x</body></message>")
    assert error(refused) == ("cancel", "service-unavailable")
    assert error(await bob.one(PING.format("alice@example.org/here"))) == ("cancel", "service-unavailable")
    await bob.send("<presence to='alice@example.org' type='subscribe'/>", "<presence to='alice@example.org/here'/>")
    await bob.send("<presence><show>dnd</show></presence>")
    assert alice.raw() == b""
    await carol.send("<message to='alice@example.org' type='chat'><body>still here</body></message>")
    assert len(alice.heard()) == 1


@pytest.mark.parametrize("blocked", ["bob@example.org", "bob@example.org/here", "example.org", "example.org/here"])
async def test_all_four_forms_of_address_can_be_blocked(blocked: str) -> None:
    house = House()
    alice, bob = await house.talker("alice"), await house.talker("bob")
    await alice.send(command("block", blocked))
    alice.raw()
    await bob.send("<message to='alice@example.org' type='chat' id='1'><body>x</body></message>")
    assert alice.raw() == b""


async def test_what_is_sent_to_the_blocked_comes_back_as_such() -> None:
    house = House()
    alice, bob = await house.talker("alice"), await house.talker("bob")
    await alice.send(command("block", "bob@example.org"))
    refused = await alice.one("<message to='bob@example.org' type='chat' id='1'><body>x</body></message>")
    assert error(refused) == ("cancel", "not-acceptable")
    assert refused.child("error").child("blocked", "urn:xmpp:blocking:errors") is not None
    assert bob.raw() == b""


async def test_the_end_of_a_block_shows_presence_again() -> None:
    house = House()
    alice, bob = await house.talker("alice"), await house.talker("bob")
    await house.befriend(alice, bob)
    await alice.send(command("block", "bob@example.org"))
    bob.raw()
    await alice.send(command("unblock", "bob@example.org"))
    assert [(each.get("from"), each.get("type")) for each in bob.heard()] == [("alice@example.org/here", "")]


async def test_an_address_is_blocked_however_it_is_written() -> None:
    house = House()
    alice, bob = await house.talker("alice"), await house.talker("bob")
    await alice.send(command("block", "BOB@Example.ORG"))
    alice.raw()
    await bob.send("<message to='ALICE@example.org' type='chat' id='1'><body>x</body></message>")
    assert alice.raw() == b""
    await alice.ask(command("unblock", "Bob@example.org"))
    await bob.send("<message to='alice@example.org' type='chat' id='2'><body>x</body></message>")
    assert [each.get("id") for each in alice.heard()] == ["2"]


async def test_no_room_carries_the_invitation_of_somebody_blocked() -> None:
    house, (alice, bob) = await room("alice", "bob")
    carol = await house.talker("carol")
    await carol.ask(command("block", "bob@example.org"))
    invite = f"<x xmlns='{MUC_USER}'><invite to='{{}}@example.org'/></x>"
    refusals = [
        error(await bob.one(f"<message to='{ROOM}' id='i'>{invite.format(name)}</message>"))
        for name in ("carol", "nobody")
    ]
    assert refusals == [("cancel", "service-unavailable")] * 2
    assert carol.raw() == b""
    await alice.send(f"<message to='{ROOM}' id='i'>{invite.format('carol')}</message>")
    assert len(carol.heard()) == 1
