"""A client that nobody looks at sleeps, and misses nothing (XEP-0352)."""

from tests.protocols.xmpp.talker import House, Talker

from dragoman.core.address import Address
from dragoman.core.model import Presence

INACTIVE, ACTIVE = "<inactive xmlns='urn:xmpp:csi:0'/>", "<active xmlns='urn:xmpp:csi:0'/>"
COMPOSING = "<message to='bob@example.org' type='chat'><{} xmlns='http://jabber.org/protocol/chatstates'/></message>"


async def friends(house: House) -> tuple[Talker, Talker]:
    alice, bob = await house.talker("alice"), await house.talker("bob")
    await house.befriend(alice, bob)
    return alice, bob


async def test_presence_and_typing_wait_and_only_the_latest_of_each_is_told() -> None:
    house = House()
    alice, bob = await friends(house)
    assert await bob.ask(INACTIVE) == []
    for show in ("away", "xa", "dnd"):
        await alice.send(f"<presence><show>{show}</show></presence>")
    await alice.send(COMPOSING.format("composing"), COMPOSING.format("paused"))
    assert bob.raw() == b""
    heard = await bob.ask(ACTIVE)
    assert [each.child_text("show") for each in heard if each.name == "presence"] == ["dnd"]
    assert [next(each.elements).name for each in heard if each.name == "message"] == ["paused"]


async def test_a_message_never_waits_and_what_waited_comes_before_it() -> None:
    house = House()
    alice, bob = await friends(house)
    await bob.send(INACTIVE)
    await alice.send("<presence><show>dnd</show></presence>")
    await alice.send("<message to='bob@example.org' type='chat'><body>wake up</body></message>")
    assert [each.name for each in bob.heard()] == ["presence", "message"]


async def test_real_time_text_passes_only_while_somebody_looks() -> None:
    house = House()
    alice, bob = await friends(house)
    rtt = "<message to='bob@example.org' type='chat'><rtt xmlns='urn:xmpp:rtt:0' seq='{}'><t>x</t></rtt></message>"
    await alice.send(rtt.format(1))
    assert len(bob.heard()) == 1
    await bob.send(INACTIVE)
    await alice.send(rtt.format(2))
    assert bob.raw() == b""
    assert await bob.ask(ACTIVE) == []


async def test_comings_and_goings_in_a_room_wait_but_not_ones_own() -> None:
    house = House()
    alice, bob = await house.talker("alice"), await house.talker("bob")
    join = "<presence to='r@rooms.example.org/{}'/>"
    await bob.send(join.format("bob"), INACTIVE)
    bob.raw()
    await alice.send(join.format("alice"))
    assert bob.raw() == b""
    await bob.send("<presence to='r@rooms.example.org/robert'/>")
    assert [each.get("from").partition("/")[2] for each in bob.heard()] == ["alice", "bob", "robert"]


async def test_however_often_one_speaks_it_is_one_line() -> None:
    house = House()
    alice, bob = await friends(house)
    await bob.send(INACTIVE)
    for number in range(600):
        await alice.send(f"<presence to='bob@example.org/here'><status>{number}</status></presence>")
    assert bob.raw() == b""
    assert [each.child_text("status") for each in await bob.ask(ACTIVE)] == ["599"]


async def test_a_sleeper_is_told_before_too_much_waits() -> None:
    house = House()
    bob = await house.talker("bob")
    (client,) = house.front.server.clients.values()
    await bob.receive(INACTIVE.encode())
    for number in range(502):
        sender = Address(f"a{number}", "example.org", "x")
        client.deliver(Presence(sender=sender, recipient=client.address))
    assert len(client.held._waiting) == 1
