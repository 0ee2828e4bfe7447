"""Contact lists and their pushes (RFC 6121 §2)."""

import pytest
from tests.protocols.xmpp.talker import House, Talker, error, text

from dragoman.formats.xml import Element

ROSTER = "jabber:iq:roster"


def change(inside: str, to: str = "") -> str:
    return f"<iq type='set' id='s'{to}><query xmlns='{ROSTER}'>{inside}</query></iq>"


async def fetch(talker: Talker, version: str = "") -> list[Element]:
    return await talker.ask(f"<iq type='get' id='g'><query xmlns='{ROSTER}'{version}/></iq>")


def pushes(talker: Talker) -> list[str]:
    return [
        text(next(element.child("query", ROSTER).elements))
        for element in talker.heard()
        if element.name == "iq" and element.get("type") == "set"
    ]


async def test_a_change_is_pushed_to_the_sessions_that_asked_for_the_list() -> None:
    house = House()
    one, two, deaf = [await house.talker("alice", name) for name in ("one", "two", "deaf")]
    for talker in (one, two):
        await fetch(talker)
    attributes = "jid='bob@example.org' name='Bob &amp; co' subscription='none'"
    item = f"<item xmlns='jabber:iq:roster' {attributes}><group>A</group></item>"
    heard = await one.ask(change("<item jid='bob@example.org/x' name='Bob &amp; co'><group>A</group></item>"))
    assert [each.get("type") for each in heard] == ["set", "result"]
    assert "from" not in heard[0].attributes and heard[0].get("to") == "alice@example.org/one"
    assert pushes(two) == [item]
    assert deaf.raw() == b""


async def test_a_contact_that_is_removed_is_pushed_as_such_and_its_subscriptions_end() -> None:
    house = House()
    alice, bob = await house.talker("alice"), await house.talker("bob")
    await fetch(alice)
    await house.befriend(alice, bob)
    await alice.send(change("<item jid='bob@example.org' subscription='remove'/>"))
    assert pushes(alice) == ["<item xmlns='jabber:iq:roster' jid='bob@example.org' subscription='remove'/>"]
    assert {each.get("type") for each in bob.heard() if each.name == "presence"} == {
        "unsubscribe",
        "unsubscribed",
        "unavailable",
    }
    (again,) = await alice.ask(change("<item jid='bob@example.org' subscription='remove'/>"))
    assert error(again) == ("cancel", "item-not-found")


async def test_a_client_that_knows_a_version_is_told_only_what_came_after() -> None:
    house = House()
    alice = await house.talker("alice")
    await alice.send(change("<item jid='a@example.org'/>"), change("<item jid='b@example.org'/>"))
    version = (await fetch(alice))[0].child("query", ROSTER).get("ver")
    (nothing,) = await fetch(alice, f" ver='{version}'")
    assert (nothing.get("type"), nothing.children) == ("result", [])
    other = await house.talker("alice", "other")
    await other.send(change("<item jid='a@example.org' subscription='remove'/>"), change("<item jid='c@example.org'/>"))
    heard = await fetch(other, f" ver='{version}'")
    changed = [next(each.child("query", ROSTER).elements) for each in heard if each.get("type") == "set"]
    assert [(item.get("jid"), item.get("subscription")) for item in changed] == [
        ("a@example.org", "remove"),
        ("c@example.org", "none"),
    ]
    assert [each.children for each in heard if each.get("type") == "result"] == [[]]
    for unknown in (" ver=''", " ver='999'", " ver='x'"):
        (whole,) = await fetch(alice, unknown)
        assert len(list(whole.child("query", ROSTER).elements)) == 2


@pytest.mark.parametrize(
    ("stanza", "expected"),
    [
        (change(""), ("modify", "bad-request")),
        (change("<item jid='a@example.org'/><item jid='b@example.org'/>"), ("modify", "bad-request")),
        (change("<item jid='a@example.org'><group>A</group><group>A</group></item>"), ("modify", "bad-request")),
        (change("<item jid='a@example.org'><group/></item>"), ("modify", "not-acceptable")),
        (change(f"<item jid='a@example.org' name='{'x' * 2000}'/>"), ("modify", "not-acceptable")),
        (change("<item/>"), ("modify", "jid-malformed")),
        (change("<item jid='alice@example.org'/>"), ("cancel", "not-allowed")),
        (change("<item jid='a@example.org'/>", " to='bob@example.org'"), ("auth", "forbidden")),
        (f"<iq type='get' id='g' to='bob@example.org'><query xmlns='{ROSTER}'/></iq>", ("auth", "forbidden")),
    ],
)
async def test_what_is_no_change_of_ones_own_list_is_refused(stanza: str, expected: tuple[str, str]) -> None:
    house = House()
    await house.world.account("bob")
    alice = await house.talker("alice")
    assert error(await alice.one(stanza)) == expected


async def test_a_contact_is_one_however_it_is_written() -> None:
    alice = await House().talker("alice")
    await alice.send(
        change("<item jid='BOB@Example.ORG/x' name='B'/>"), change("<item jid='bob@example.org' name='C'/>")
    )
    (result,) = await fetch(alice)
    assert [item.get("jid") for item in result.child("query", ROSTER).elements] == ["bob@example.org"]
