"""Who is told of whom (RFC 6121 §3, §4)."""

import pytest
from tests.protocols.xmpp.talker import House, Talker, text

from dragoman.formats.xml import Element


def told(talker: Talker) -> list[tuple[str, str, str]]:
    """From, to and type of each presence that was heard."""
    return [(each.get("from"), each.get("to"), each.get("type")) for each in talker.heard() if each.name == "presence"]


async def test_presence_goes_to_those_who_may_see_it_to_their_bare_address_and_comes_back_from_those_one_may_see() -> (
    None
):
    house = House()
    alice, bob, carol = [await house.talker(name) for name in ("alice", "bob", "carol")]
    await house.befriend(alice, bob)
    other = await house.talker("alice", "other", presence=None)
    caps = "<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='n' ver='v'/>"
    heard = await other.ask(f"<presence id='p'><show>away</show><status>out</status>{caps}</presence>")
    (seen,) = bob.heard()
    assert text(seen) == (
        "<presence from='alice@example.org/other' to='bob@example.org'>"
        f"<show>away</show><status>out</status>{caps}</presence>"
    )
    assert {(each.get("from"), each.get("to")) for each in heard} == {
        ("alice@example.org/other", "alice@example.org"),
        ("alice@example.org/here", "alice@example.org/other"),
        ("bob@example.org/here", "alice@example.org/other"),
    }
    assert told(alice) == [("alice@example.org/other", "alice@example.org", "")]
    assert carol.raw() == b""


async def test_a_broken_connection_says_good_bye_to_all_who_knew_each_once() -> None:
    house = House()
    alice, bob, carol = [await house.talker(name) for name in ("alice", "bob", "carol")]
    await house.befriend(alice, bob)
    await alice.send("<presence to='bob@example.org'/>", "<presence to='carol@example.org/here'/>")
    bob.raw()
    assert told(carol) == [("alice@example.org/here", "carol@example.org/here", "")]
    await house.lose(alice)
    assert told(bob) == [("alice@example.org/here", "bob@example.org", "unavailable")]
    assert told(carol) == [("alice@example.org/here", "carol@example.org/here", "unavailable")]


async def test_who_was_told_good_bye_is_told_nothing_more() -> None:
    house = House()
    alice, carol = await house.talker("alice"), await house.talker("carol")
    await alice.send("<presence to='carol@example.org'/>", "<presence to='carol@example.org' type='unavailable'/>")
    carol.raw()
    await alice.send("<presence><show>dnd</show></presence>")
    await house.lose(alice)
    assert told(carol) == []


async def test_last_words_are_heard() -> None:
    house = House()
    alice, bob = await house.talker("alice"), await house.talker("bob")
    await house.befriend(alice, bob)
    await alice.send("<presence type='unavailable'><status>gone fishing</status></presence>")
    (heard,) = bob.heard()
    assert (heard.get("type"), heard.child_text("status")) == ("unavailable", "gone fishing")
    await house.lose(alice)
    assert bob.raw() == b""


async def test_a_probe_is_answered_for_those_who_may_know_and_for_nobody_else() -> None:
    house = House()
    alice, bob, carol = [await house.talker(name) for name in ("alice", "bob", "carol")]
    await house.befriend(alice, bob)
    probe = "<presence to='{}' type='probe'/>"
    assert [each.get("from") for each in await bob.ask(probe.format("alice@example.org"))] == ["alice@example.org/here"]
    assert await carol.ask(probe.format("alice@example.org")) == []
    assert await carol.ask(probe.format("nobody@example.org")) == []
    assert alice.raw() == b""


async def roster(talker: Talker) -> dict[str, Element]:
    (result,) = await talker.ask("<iq type='get' id='r'><query xmlns='jabber:iq:roster'/></iq>")
    query = result.child("query", "jabber:iq:roster")
    assert query is not None
    return {item.get("jid"): item for item in query.elements}


async def test_a_request_waits_with_all_that_was_written_and_is_told_at_each_login_until_it_is_answered() -> None:
    house = House()
    alice = await house.talker("alice")
    await house.world.account("bob")
    nick = "<nick xmlns='http://jabber.org/protocol/nick'>Al</nick>"
    await alice.send(f"<presence to='bob@example.org/x' type='subscribe'><status>me?</status>{nick}</presence>")
    for resource in ("one", "two"):
        bob = await house.talker("bob", resource, presence=None)
        assert await roster(bob) == {}
        asked = [each for each in await bob.ask("<presence/>") if each.get("type") == "subscribe"]
        assert [text(each) for each in asked] == [
            "<presence from='alice@example.org' to='bob@example.org' type='subscribe'>"
            f"<status>me?</status>{nick}</presence>"
        ]
    assert (await roster(alice))["bob@example.org"].attributes == {
        "jid": "bob@example.org",
        "subscription": "none",
        "ask": "subscribe",
    }
    alice.raw()
    await bob.send("<presence to='alice@example.org' type='subscribed'/>")
    assert ("bob@example.org", "alice@example.org", "subscribed") in told(alice)
    assert (await roster(alice))["bob@example.org"].get("subscription") == "to"
    three = await house.talker("bob", "three", presence=None)
    assert [each for each in await three.ask("<presence/>") if each.get("type") == "subscribe"] == []


async def test_who_is_subscribed_already_is_answered_by_the_server() -> None:
    house = House()
    alice, bob = await house.talker("alice"), await house.talker("bob")
    await house.befriend(alice, bob)
    await alice.send("<presence to='bob@example.org' type='subscribe'/>")
    assert bob.raw() == b""
    assert ("bob@example.org", "alice@example.org", "subscribed") not in told(alice)  # it holds already: no news


async def test_a_grant_given_beforehand_answers_the_request() -> None:
    house = House()
    alice, bob = await house.talker("alice"), await house.talker("bob")
    await bob.send("<presence to='alice@example.org' type='subscribed'/>")
    assert (await roster(bob))["alice@example.org"].get("approved") == "true"
    await alice.send("<presence to='bob@example.org' type='subscribe'/>")
    assert ("bob@example.org", "alice@example.org", "subscribed") in told(alice)
    assert [each.get("type") for each in bob.heard() if each.name == "presence"] == []
    assert (await roster(bob))["alice@example.org"].get("subscription") == "from"


@pytest.mark.parametrize("kind", ["subscribe", "subscribed", "unsubscribe", "unsubscribed", "probe", ""])
async def test_an_unknown_account_and_another_server_answer_no_presence(kind: str) -> None:
    house = House()
    alice = await house.talker("alice")
    attribute = f" type='{kind}'" if kind else ""
    for to in ("nobody@example.org", "somebody@example.net"):
        heard = await alice.ask(f"<presence to='{to}'{attribute}/>")
        assert [each for each in heard if each.name == "presence"] == []


async def test_a_subscription_that_ends_takes_presence_with_it() -> None:
    house = House()
    alice, bob = await house.talker("alice"), await house.talker("bob")
    await house.befriend(alice, bob)
    await alice.send("<presence to='bob@example.org' type='unsubscribed'/>")
    heard = told(bob)
    assert ("alice@example.org", "bob@example.org", "unsubscribed") in heard
    assert ("alice@example.org/here", "bob@example.org", "unavailable") in heard
    await alice.send("<presence><show>dnd</show></presence>")
    assert told(bob) == []


async def test_an_error_in_place_of_presence_is_heard_by_nobody_and_answered_by_nobody() -> None:
    house = House()
    alice, bob = await house.talker("alice"), await house.talker("bob")
    await house.befriend(alice, bob)
    for to in ("bob@example.org", "bob@example.org/here", "nobody@example.org"):
        assert await alice.ask(f"<presence to='{to}' type='error'><error type='cancel'/></presence>") == []
    assert bob.raw() == b""
