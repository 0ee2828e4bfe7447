"""What can be asked, and who is told (XEP-0030, XEP-0092, XEP-0115, XEP-0199, XEP-0202)."""

import pytest
from tests.protocols.xmpp.talker import HEADER, House, Talker, error

from dragoman.formats.xml import Element
from dragoman.protocols.xmpp.ext.capabilities import verification

INFO, ITEMS = "http://jabber.org/protocol/disco#info", "http://jabber.org/protocol/disco#items"


async def info(talker: Talker, to: str = "", node: str = "") -> Element:
    address = f" to='{to}'" if to else ""
    attribute = f" node='{node}'" if node else ""
    return await talker.one(f"<iq type='get' id='i'{address}><query xmlns='{INFO}'{attribute}/></iq>")


def features(answer: Element) -> set[str]:
    return {each.get("var") for each in answer.child("query", INFO).elements if each.name == "feature"}


def identities(answer: Element) -> list[tuple[str, str]]:
    return [
        (each.get("category"), each.get("type"))
        for each in answer.child("query", INFO).elements
        if each.name == "identity"
    ]


async def items(talker: Talker, to: str) -> list[tuple[str, str]]:
    answer = await talker.one(f"<iq type='get' id='i' to='{to}'><query xmlns='{ITEMS}'/></iq>")
    return [(each.get("jid"), each.get("name")) for each in answer.child("query", ITEMS).elements]


async def test_the_server_its_rooms_a_room_and_an_account_say_what_they_are() -> None:
    house = House()
    alice = await house.talker("alice")
    await alice.send("<presence to='tea@rooms.example.org/alice'/>")
    alice.raw()
    server, rooms = await info(alice, "example.org"), await info(alice, "rooms.example.org")
    room, account = await info(alice, "tea@rooms.example.org"), await info(alice)
    assert identities(server) == [("server", "im")]
    assert {"urn:xmpp:blocking", "urn:xmpp:carbons:2", "urn:xmpp:ping", "msgoffline", INFO, ITEMS} <= features(server)
    assert identities(rooms) == [("conference", "text")]
    assert "http://jabber.org/protocol/muc" in features(rooms)
    assert identities(room) == [("conference", "text")]
    assert {"muc_open", "muc_public", "muc_semianonymous", "urn:xmpp:occupant-id:0", "urn:xmpp:mam:2"} <= features(room)
    form = room.child("query", INFO).child("x", "jabber:x:data")
    values = {each.get("var"): each.child_text("value") for each in form.elements}
    assert values["muc#roominfo_occupants"] == "1"
    assert identities(account) == [("account", "registered")]
    assert {"urn:xmpp:mam:2", "urn:xmpp:mam:2#extended", "urn:xmpp:sid:0"} <= features(account)
    assert await items(alice, "example.org") == [("rooms.example.org", "Rooms")]
    assert await items(alice, "rooms.example.org") == [("tea@rooms.example.org", "tea")]
    assert await items(alice, "tea@rooms.example.org") == [("tea@rooms.example.org/alice", "alice")]


async def test_every_feature_is_listed_once() -> None:
    alice = await House().talker("alice")
    listed = [
        each.get("var") for each in (await info(alice, "example.org")).child("query", INFO).elements if each.get("var")
    ]
    assert len(listed) == len(set(listed))


async def test_an_account_is_nobody_to_strangers_whether_it_exists_or_not() -> None:
    house = House()
    alice, bob, eve = [await house.talker(name) for name in ("alice", "bob", "eve")]
    await house.befriend(alice, bob)
    assert identities(await info(bob, "alice@example.org")) == [("account", "registered")]
    assert await items(bob, "alice@example.org") == []
    for namespace in (INFO, ITEMS, "urn:xmpp:ping", "jabber:iq:last", "jabber:iq:version", "vcard-temp"):
        answers = [
            await eve.one(f"<iq type='get' id='i' to='{name}@example.org'><query xmlns='{namespace}'/></iq>")
            for name in ("alice", "nobody")
        ]
        assert [error(answer) for answer in answers] == [("cancel", "service-unavailable")] * 2
        assert len({str(answer).replace("nobody", "alice") for answer in answers}) == 1


async def test_a_hidden_room_is_in_no_list_and_a_closed_one_hides_its_occupants() -> None:
    house = House()
    alice, eve = await house.talker("alice"), await house.talker("eve")
    await alice.send("<presence to='tea@rooms.example.org/alice'/>")
    fields = "".join(
        f"<field var='muc#roomconfig_{name}'><value>{value}</value></field>"
        for name, value in (("publicroom", "0"), ("membersonly", "1"))
    )
    form = f"<x xmlns='jabber:x:data' type='submit'>{fields}</x>"
    query = f"<query xmlns='http://jabber.org/protocol/muc#owner'>{form}</query>"
    await alice.send(f"<iq to='tea@rooms.example.org' type='set' id='o'>{query}</iq>")
    alice.raw()
    assert await items(eve, "rooms.example.org") == []
    assert await items(eve, "tea@rooms.example.org") == []
    assert await items(alice, "rooms.example.org") == [("tea@rooms.example.org", "tea")]
    assert {"muc_hidden", "muc_membersonly"} <= features(await info(eve, "tea@rooms.example.org"))


@pytest.mark.parametrize("to", ["example.org", "rooms.example.org", ""])
async def test_a_node_that_is_none_is_not_found(to: str) -> None:
    alice = await House().talker("alice")
    assert error(await info(alice, to, "nothing")) == ("cancel", "item-not-found")


async def test_a_room_tells_a_nickname_that_it_keeps() -> None:
    house = House()
    alice = await house.talker("alice")
    await alice.send("<presence to='tea@rooms.example.org/alice'/>")
    item = "<item jid='alice@example.org' affiliation='owner' nick='Al'/>"
    admin = f"<query xmlns='http://jabber.org/protocol/muc#admin'>{item}</query>"
    await alice.send(f"<iq to='tea@rooms.example.org' type='set' id='a'>{admin}</iq>")
    alice.raw()
    answer = await info(alice, "tea@rooms.example.org", "x-roomuser-item")
    assert [each.get("name") for each in answer.child("query", INFO).elements] == ["Al"]


def test_the_hash_is_that_of_xep_0115() -> None:
    features = (
        "http://jabber.org/protocol/caps",
        "http://jabber.org/protocol/disco#info",
        "http://jabber.org/protocol/disco#items",
        "http://jabber.org/protocol/muc",
    )
    assert verification(("client", "pc", "Exodus 0.9.1"), features) == "QgayPKawpkPSDYmwT/WM94uAlu0="


async def test_the_hash_that_the_stream_offers_is_that_of_the_answer() -> None:
    house = House()
    alice = await house.talker("alice")
    other = Talker(house.front)
    auth = "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGFsaWNlAHNlY3JldA==</auth>"
    await other.send(HEADER, auth, HEADER)
    offered = other.heard()[-1].child("c", "http://jabber.org/protocol/caps")
    answer = await info(alice, "example.org", f"{offered.get('node')}#{offered.get('ver')}")
    assert offered.get("ver") == verification(("server", "im", "Dragoman"), features(answer))


@pytest.mark.parametrize("to", ["", " to='example.org'", " to='rooms.example.org'", " to='alice@example.org'"])
async def test_a_ping_is_answered(to: str) -> None:
    alice = await House().talker("alice")
    answer = await alice.one(f"<iq type='get' id='p'{to}><ping xmlns='urn:xmpp:ping'/></iq>")
    assert (answer.get("type"), answer.get("id"), answer.children) == ("result", "p", [])


async def test_software_and_time_are_told() -> None:
    alice = await House().talker("alice")
    version = await alice.one("<iq type='get' id='v' to='example.org'><query xmlns='jabber:iq:version'/></iq>")
    assert next(version.elements).child_text("name") == "Dragoman"
    time = await alice.one("<iq type='get' id='t' to='example.org'><time xmlns='urn:xmpp:time'/></iq>")
    assert next(time.elements).child_text("utc") == "2001-09-09T01:46:40.000Z"
    assert next(time.elements).child_text("tzo") == "+00:00"
