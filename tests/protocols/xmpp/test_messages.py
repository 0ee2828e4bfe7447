"""Where messages go, what is taken out of them, and what comes back (RFC 6121 §8; XEP-0280, XEP-0359)."""

import pytest
from tests.protocols.xmpp.talker import House, Talker, error, text

from dragoman.formats.xml import Element

CHAT_STATES = "http://jabber.org/protocol/chatstates"


def said(talker: Talker) -> list[str]:
    """The texts of the messages that were heard."""
    return [each.child_text("body") for each in talker.heard() if each.name == "message"]


async def carbons(talker: Talker) -> None:
    await talker.send("<iq type='set' id='c'><enable xmlns='urn:xmpp:carbons:2'/></iq>")
    talker.raw()


def carbon(element: Element) -> tuple[str, Element]:
    """Which kind of carbon it is, and the message in it."""
    (wrapper,) = element.elements
    forwarded = wrapper.child("forwarded", "urn:xmpp:forward:0")
    assert wrapper.namespace == "urn:xmpp:carbons:2" and forwarded is not None
    (inside,) = forwarded.elements
    return wrapper.name, inside


async def test_a_message_arrives_as_it_was_said_with_the_servers_id() -> None:
    house = House()
    alice, bob = await house.talker("alice"), await house.talker("bob")
    await alice.send(
        "<message to='bob@example.org' type='chat' id='m1'><body>Hi &amp; bye</body>"
        f"<active xmlns='{CHAT_STATES}'/><custom xmlns='urn:x' a='1'><b/>c</custom></message>"
    )
    written = bob.raw().decode()
    id = written.partition("by='bob@example.org' id='")[2][:13]
    assert written == (
        "<message to='bob@example.org' from='alice@example.org/here' type='chat' xml:lang='en' id='m1'>"
        f"<body>Hi &amp; bye</body><active xmlns='{CHAT_STATES}'/><custom xmlns='urn:x' a='1'><b/>c</custom>"
        f"<stanza-id xmlns='urn:xmpp:sid:0' by='bob@example.org' id='{id}'/></message>"
    )
    assert alice.raw() == b""


async def test_the_language_of_the_stream_is_that_of_its_stanzas_unless_they_have_their_own() -> None:
    house = House()
    alice, bob = await house.talker("alice"), await house.talker("bob")
    await alice.send("<message to='bob@example.org' xml:lang='de'><body>Hallo</body></message>")
    assert bob.heard()[0].get("xml:lang") == "de"


@pytest.mark.parametrize(
    ("kind", "heard_by_other"),
    [("type='chat'", True), ("", False), ("type='headline'", False), ("type='strange'", False)],
)
async def test_only_chat_goes_to_another_session_where_the_one_it_was_for_is_gone(
    kind: str, heard_by_other: bool
) -> None:
    house = House()
    alice, bob = await house.talker("alice"), await house.talker("bob")
    await alice.send(f"<message to='bob@example.org/gone' {kind} id='1'><body>x</body></message>")
    assert (said(bob) == ["x"]) is heard_by_other


async def test_what_is_for_one_session_is_not_told_to_another() -> None:
    house = House()
    alice, one, two = await house.talker("alice"), await house.talker("bob", "one"), await house.talker("bob", "two")
    await alice.send("<message to='bob@example.org/two' type='chat'><body>x</body></message>")
    assert (said(one), said(two)) == ([], ["x"])
    await alice.send("<message to='bob@example.org' type='chat'><body>y</body></message>")
    assert (said(one), said(two)) == (["y"], ["y"])


async def test_a_negative_priority_takes_nothing_that_is_for_the_account() -> None:
    house = House()
    alice = await house.talker("alice")
    bob = await house.talker("bob", presence="<presence><priority>-1</priority></presence>")
    await alice.send("<message to='bob@example.org' type='chat'><body>x</body></message>")
    await alice.send("<message to='bob@example.org/here' type='chat'><body>y</body></message>")
    assert said(bob) == ["y"]
    await bob.send("<presence/>")
    assert said(bob) == ["x"]


@pytest.mark.parametrize(
    ("stanza", "expected"),
    [
        ("<message to='nobody@example.org' id='1'><body>x</body></message>", ("cancel", "service-unavailable")),
        (
            "<message to='bob@example.org' type='groupchat' id='1'><body>x</body></message>",
            ("cancel", "service-unavailable"),
        ),
        ("<message to='bob@example.net' id='1'><body>x</body></message>", ("cancel", "remote-server-not-found")),
        ("<message to='@' id='1'><body>x</body></message>", ("modify", "jid-malformed")),
        ("<message to='b&#x20;b@example.org' id='1'><body>x</body></message>", ("modify", "jid-malformed")),
        (
            "<message to='r@rooms.example.org' type='groupchat' id='1'><body>x</body></message>",
            ("cancel", "item-not-found"),
        ),
        (
            "<iq to='bob@example.org/gone' type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>",
            ("cancel", "service-unavailable"),
        ),
        ("<iq to='bob@example.org' type='get' id='1'><q xmlns='urn:x'/></iq>", ("cancel", "service-unavailable")),
        ("<iq to='example.org' type='get' id='1'><q xmlns='urn:x'/></iq>", ("cancel", "service-unavailable")),
        ("<iq type='get' id='1'><vCard xmlns='vcard-temp'/></iq>", ("cancel", "service-unavailable")),
        ("<iq to='example.net' type='get' id='1'><q xmlns='urn:x'/></iq>", ("cancel", "remote-server-not-found")),
        ("<iq type='get' id='1'/>", ("modify", "bad-request")),
        ("<iq type='get' id='1'><a xmlns='u'/><b xmlns='u'/></iq>", ("modify", "bad-request")),
        ("<iq type='other' id='1'><a xmlns='u'/></iq>", ("modify", "bad-request")),
        ("<iq id='1'><a xmlns='u'/></iq>", ("modify", "bad-request")),
        ("<presence to='@' id='1'/>", ("modify", "jid-malformed")),
        ("<presence to='bob@example.org' type='odd' id='1'/>", ("modify", "bad-request")),
        ("<presence type='subscribe' id='1'/>", ("modify", "bad-request")),
        ("<presence id='1'><priority>200</priority></presence>", ("modify", "bad-request")),
        ("<presence id='1'><priority>many</priority></presence>", ("modify", "bad-request")),
        ("<presence id='1'><show>asleep</show></presence>", ("modify", "bad-request")),
    ],
)
async def test_what_cannot_be_delivered_comes_back_with_its_id(stanza: str, expected: tuple[str, str]) -> None:
    house = House()
    alice, bob = await house.talker("alice"), await house.talker("bob")
    answer = await alice.one(stanza)
    assert error(answer) == expected
    assert (answer.get("id"), answer.get("to")) == ("1", "alice@example.org/here")
    assert bob.raw() == b""


@pytest.mark.parametrize(
    "stanza",
    [
        "<message to='nobody@example.org' type='error' id='1'><error type='cancel'/></message>",
        "<message to='@' type='error'><error type='cancel'/></message>",
        "<iq to='nobody@example.org/x' type='error' id='1'><error type='cancel'/></iq>",
        "<iq to='nobody@example.org/x' type='result' id='1'/>",
        "<iq to='example.org' type='result' id='1'/>",
        "<iq type='error' id='1'/>",
        "<presence to='nobody@example.org' type='error'/>",
        "<presence to='r@rooms.example.org/n' type='error'/>",
        "<presence to='nobody@example.net'/>",
    ],
)
async def test_an_error_and_an_answer_are_never_answered(stanza: str) -> None:
    house = House()
    alice = await house.talker("alice")
    assert await alice.ask(stanza) == []


async def test_an_error_goes_back_to_whom_it_is_for() -> None:
    house = House()
    alice, bob = await house.talker("alice"), await house.talker("bob")
    await bob.send(
        "<message to='alice@example.org/here' type='error' id='1'><body>x</body><error type='modify'>"
        "<not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><own xmlns='urn:x'/></error></message>"
    )
    (heard,) = alice.heard()
    assert error(heard) == ("modify", "not-acceptable")
    assert heard.child("error").child("own", "urn:x") is not None


async def test_questions_and_answers_pass_between_clients() -> None:
    house = House()
    alice, bob = await house.talker("alice"), await house.talker("bob")
    await alice.send("<iq to='bob@example.org/here' type='set' id='q1'><x xmlns='urn:x'><y/></x></iq>")
    (asked,) = bob.heard()
    assert text(asked) == (
        "<iq from='alice@example.org/here' to='bob@example.org/here' id='q1' type='set'><x xmlns='urn:x'><y/></x></iq>"
    )
    await bob.send("<iq to='alice@example.org/here' type='result' id='q1'><z xmlns='urn:x'/></iq>")
    (answer,) = alice.heard()
    assert (answer.get("type"), answer.get("id"), answer.get("from")) == ("result", "q1", "bob@example.org/here")


FORGED = (
    "<stanza-id xmlns='urn:xmpp:sid:0' by='bob@example.org' id='forged'/>"
    "<stanza-id xmlns='urn:xmpp:sid:0' by='room@rooms.example.org' id='forged'/>"
    "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='forged'/><occupant-id xmlns='urn:xmpp:occupant-id:0' id='forged'/>"
    "<delay xmlns='urn:xmpp:delay' from='example.org' stamp='2001-01-01T00:00:00Z'/>"
    "<delay xmlns='urn:xmpp:delay' from='rooms.example.org' stamp='2001-01-01T00:00:00Z'/>"
    "<delay xmlns='urn:xmpp:delay' stamp='2001-01-01T00:00:00Z'/>"
    "<x xmlns='http://jabber.org/protocol/muc#user'><invite from='x@y'/></x>"
    "<sent xmlns='urn:xmpp:carbons:2'/><received xmlns='urn:xmpp:carbons:2'/><private xmlns='urn:xmpp:carbons:2'/>"
    "<result xmlns='urn:xmpp:mam:2' id='forged'/>"
)


async def test_what_only_a_server_can_know_is_taken_out_however_often_it_is_said() -> None:
    house = House()
    alice, bob = await house.talker("alice"), await house.talker("bob")
    own = "<delay xmlns='urn:xmpp:delay' from='gateway.example.net' stamp='2001-01-01T00:00:00Z'/>"
    await alice.send(f"<message to='bob@example.org' id='1'>{FORGED}<body>x</body>{own}</message>")
    (heard,) = bob.heard()
    children = [(child.name, child.get("by") or child.get("from")) for child in heard.elements]
    assert children == [("body", ""), ("delay", "gateway.example.net"), ("stanza-id", "bob@example.org")]
    assert "forged" not in text(heard)


async def test_every_session_sees_what_the_others_say_and_are_told() -> None:
    house = House()
    alice, bob = await house.talker("alice"), await house.talker("bob", "one")
    other, deaf = await house.talker("bob", "two"), await house.talker("bob", "three")
    for talker in (bob, other):
        await carbons(talker)
    await alice.send("<message to='bob@example.org/one' type='chat' id='1'><body>x</body></message>")
    assert said(bob) == ["x"]
    (copied,) = other.heard()
    assert (copied.get("from"), copied.get("to"), copied.get("type")) == (
        "bob@example.org",
        "bob@example.org/two",
        "chat",
    )
    kind, inside = carbon(copied)
    assert (kind, inside.get("from"), inside.get("to")) == ("received", "alice@example.org/here", "bob@example.org/one")
    await bob.send("<message to='alice@example.org/here' type='chat' id='2'><body>y</body></message>")
    kind, inside = carbon(other.heard()[0])
    assert (kind, inside.child_text("body"), inside.get("to")) == ("sent", "y", "alice@example.org/here")
    assert deaf.raw() == b"" and bob.raw() == b""


@pytest.mark.parametrize(
    ("stanza", "copied"),
    [
        ("<message to='bob@example.org/one' type='chat'><body>x</body></message>", True),
        ("<message to='bob@example.org/one'><body>x</body></message>", True),
        (f"<message to='bob@example.org/one' type='chat'><composing xmlns='{CHAT_STATES}'/></message>", True),
        ("<message to='bob@example.org/one'><received xmlns='urn:xmpp:receipts' id='1'/></message>", True),
        (
            "<message to='bob@example.org/one' type='chat'><displayed xmlns='urn:xmpp:chat-markers:0' id='1'/></message>",
            True,
        ),
        ("<message to='bob@example.org/one' type='headline'><body>x</body></message>", False),
        (
            "<message to='bob@example.org/one' type='chat'><body>x</body><private xmlns='urn:xmpp:carbons:2'/>"
            "<no-copy xmlns='urn:xmpp:hints'/></message>",
            False,
        ),
        (
            "<message to='bob@example.org/one' type='chat'><body>x</body><no-copy xmlns='urn:xmpp:hints'/></message>",
            False,
        ),
        ("<message to='bob@example.org/one' type='chat'><x xmlns='urn:x'/></message>", False),
    ],
)
async def test_conversations_are_copied_and_nothing_else(stanza: str, copied: bool) -> None:
    house = House()
    alice, bob, other = await house.talker("alice"), await house.talker("bob", "one"), await house.talker("bob", "two")
    await carbons(other)
    await alice.send(stanza)
    assert len(bob.heard()) == 1
    assert (len(other.heard()) == 1) is copied


async def test_a_copy_is_neither_kept_nor_copied() -> None:
    house = House()
    alice, bob, other = await house.talker("alice"), await house.talker("bob", "one"), await house.talker("bob", "two")
    for talker in (bob, other):
        await carbons(talker)
    await alice.send("<message to='bob@example.org/one' type='chat' id='1'><body>x</body></message>")
    results = await bob.ask("<iq type='set' id='a'><query xmlns='urn:xmpp:mam:2'/></iq>")
    assert [each.name for each in results] == ["message", "iq"]  # what was said, once, and the end
    assert len(other.heard()) == 1


async def test_what_was_said_to_somebody_who_was_away_is_told_at_the_next_login_once() -> None:
    house = House()
    alice = await house.talker("alice")
    await house.world.account("bob")
    for number in range(3):
        await alice.send(f"<message to='bob@example.org' type='chat' id='m{number}'><body>{number}</body></message>")
    await alice.send(f"<message to='bob@example.org' type='chat'><composing xmlns='{CHAT_STATES}'/></message>")
    await alice.send("<message to='bob@example.org' type='headline'><body>news</body></message>")
    await alice.send(
        "<message to='bob@example.org' type='chat'><rtt xmlns='urn:xmpp:rtt:0' seq='1'><t>x</t></rtt></message>"
    )
    assert alice.raw() == b""
    bob = await house.talker("bob", presence=None)
    heard = [each for each in await bob.ask("<presence/>") if each.name == "message"]
    assert [each.child_text("body") for each in heard] == ["0", "1", "2"]
    delay = heard[0].child("delay", "urn:xmpp:delay")
    assert delay is not None and delay.get("from") == "example.org" and delay.get("stamp").endswith("Z")
    again = await house.talker("bob", "again", presence=None)
    assert [each for each in await again.ask("<presence/>") if each.name == "message"] == []


async def test_real_time_text_passes_in_order_and_is_kept_nowhere() -> None:
    house = House()
    alice, bob = await house.talker("alice"), await house.talker("bob")
    rtt = "<rtt xmlns='urn:xmpp:rtt:0' seq='{}'><t p='1'>x</t><e/></rtt>"
    edits = f"<message to='bob@example.org/here' type='chat'>{rtt}</message>"
    for sequence in (1, 2, 3):
        await alice.send(edits.format(sequence))
    assert [each.child("rtt", "urn:xmpp:rtt:0").get("seq") for each in bob.heard()] == ["1", "2", "3"]
    fin = (await bob.ask("<iq type='set' id='a'><query xmlns='urn:xmpp:mam:2'/></iq>"))[-1]
    assert fin.child("fin", "urn:xmpp:mam:2").get("complete") == "true"


async def test_a_message_without_an_address_is_for_ones_own_account() -> None:
    house = House()
    alice, other = await house.talker("alice"), await house.talker("alice", "other")
    await alice.send("<message type='chat' id='1'><body>note</body></message>")
    assert said(other) == ["note"]
