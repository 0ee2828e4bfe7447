"""Whatever a client says that has logged in, the server answers or ends the stream: it never fails, and nobody else notices."""

import random

from tests.protocols.xmpp.talker import House, Talker

ROOM = "tea@rooms.example.org"
OWNER, ADMIN = "http://jabber.org/protocol/muc#owner", "http://jabber.org/protocol/muc#admin"
MUC, STANZA_ERRORS = "http://jabber.org/protocol/muc", "urn:ietf:params:xml:ns:xmpp-stanzas"
ROSTER, MAM = "jabber:iq:roster", "urn:xmpp:mam:2"
FORM = "<x xmlns='jabber:x:data' type='submit'><field var='{}'><value>{}</value></field></x>"

STANZAS = [
    "<presence/>",
    "<presence><show>away</show><status>s</status><priority>5</priority></presence>",
    "<presence type='unavailable'/>",
    *(f"<presence to='bob@example.org' type='{kind}'/>" for kind in ("subscribe", "subscribed", "unsubscribe", "unsubscribed")),
    "<presence to='bob@example.org' type='probe'/>",
    "<presence to='bob@example.org/here'/>",
    f"<presence to='{ROOM}/al'><x xmlns='{MUC}'><history since='2020-01-01T00:00:00Z'/></x></presence>",
    f"<presence to='{ROOM}/al' type='unavailable'/>",
    f"<presence to='{ROOM}/bo' type='probe'/>",
    "<message to='bob@example.org' type='chat' id='1'><body>x</body><request xmlns='urn:xmpp:receipts'/></message>",
    f"<message to='{ROOM}' type='groupchat' id='2'><body>x</body></message>",
    f"<message to='{ROOM}' type='groupchat'><subject>s</subject></message>",
    f"<message to='{ROOM}/bo' type='chat'><body>x</body></message>",
    f"<message to='{ROOM}'><x xmlns='http://jabber.org/protocol/muc#user'><invite to='bob@example.org'/></x></message>",
    f"<message to='{ROOM}'><x xmlns='http://jabber.org/protocol/muc#user'><decline to='bob@example.org'/></x></message>",
    f"<message to='{ROOM}'>{FORM.format('FORM_TYPE', 'http://jabber.org/protocol/muc#request')}</message>",
    "<message to='bob@example.org'><reactions xmlns='urn:xmpp:reactions:0' id='1'><reaction>y</reaction></reactions></message>",
    "<message to='bob@example.org'><retract xmlns='urn:xmpp:message-retract:1' id='1'/></message>",
    "<message to='bob@example.org'><body>x</body><replace xmlns='urn:xmpp:message-correct:0' id='1'/></message>",
    "<message to='bob@example.org'><rtt xmlns='urn:xmpp:rtt:0' seq='1'><t p='1'>x</t><e n='2'/><w n='3'/></rtt></message>",
    "<message to='bob@example.org'><displayed xmlns='urn:xmpp:chat-markers:0' id='1'/></message>",
    f"<message to='bob@example.org' type='error'><error type='cancel'><gone xmlns='{STANZA_ERRORS}'/></error></message>",
    "<iq type='get' id='1'><query xmlns='jabber:iq:roster' ver='3'/></iq>",
    f"<iq type='set' id='1'><query xmlns='{ROSTER}'><item jid='bob@example.org' name='n'><group>g</group></item></query></iq>",
    "<iq type='set' id='1'><query xmlns='jabber:iq:roster'><item jid='bob@example.org' subscription='remove'/></query></iq>",
    "<iq type='get' id='1' to='example.org'><query xmlns='http://jabber.org/protocol/disco#info' node='n'/></iq>",
    f"<iq type='get' id='1' to='{ROOM}'><query xmlns='http://jabber.org/protocol/disco#items'/></iq>",
    "<iq type='set' id='1'><query xmlns='urn:xmpp:mam:2' queryid='q'>" + FORM.format("with", "bob@example.org")
    + "<set xmlns='http://jabber.org/protocol/rsm'><max>5</max><before>0000000000001</before></set></query></iq>",
    f"<iq type='set' id='1' to='{ROOM}'><query xmlns='{MAM}'>{FORM.format('start', '2001-01-01T00:00:00Z')}</query></iq>",
    "<iq type='get' id='1'><metadata xmlns='urn:xmpp:mam:2'/></iq>",
    "<iq type='set' id='1'><prefs xmlns='urn:xmpp:mam:2' default='always'><never><jid>a@b</jid></never></prefs></iq>",
    "<iq type='set' id='1'><block xmlns='urn:xmpp:blocking'><item jid='carol@example.org'/></block></iq>",
    "<iq type='set' id='1'><unblock xmlns='urn:xmpp:blocking'/></iq>",
    "<iq type='set' id='1'><enable xmlns='urn:xmpp:carbons:2'/></iq>",
    f"<iq type='set' id='1' to='{ROOM}'><query xmlns='{ADMIN}'><item nick='bo' role='visitor'/></query></iq>",
    f"<iq type='set' id='1' to='{ROOM}'><query xmlns='{ADMIN}'><item jid='c@example.org' affiliation='member'/></query></iq>",
    f"<iq type='get' id='1' to='{ROOM}'><query xmlns='{ADMIN}'><item affiliation='owner'/></query></iq>",
    f"<iq type='set' id='1' to='{ROOM}'><query xmlns='{OWNER}'>{FORM.format('muc#roomconfig_maxusers', '10')}</query></iq>",
    f"<iq type='set' id='1' to='{ROOM}'><query xmlns='{OWNER}'><destroy jid='a@b'/></query></iq>",
    f"<iq type='set' id='1' to='{ROOM}'><moderate xmlns='urn:xmpp:message-moderate:1' id='0000000000001'>"
    "<retract xmlns='urn:xmpp:message-retract:1'/></moderate></iq>",
    f"<iq type='get' id='1' to='{ROOM}/al'><ping xmlns='urn:xmpp:ping'/></iq>",
    "<iq type='get' id='1' to='bob@example.org/here'><ping xmlns='urn:xmpp:ping'/></iq>",
    "<iq type='result' id='1' to='bob@example.org/here'/>",
    "<enable xmlns='urn:xmpp:sm:3' resume='true'/>",
    "<r xmlns='urn:xmpp:sm:3'/>",
    "<a xmlns='urn:xmpp:sm:3' h='0'/>",
    "<inactive xmlns='urn:xmpp:csi:0'/>",
    "<active xmlns='urn:xmpp:csi:0'/>",
]  # fmt: skip

VALUES = [
    "", " ", "0", "-1", "4294967296", "99999999999999999999", "x" * 2000, "1e9", "0000000000001", "zzzzzzzzzzzzz",
    "@", "/", "a@", "@b", "a@b/", "a@b@c", "example.org", "rooms.example.org", ROOM, f"{ROOM}/al", "bob@example.org/here",
    "alice@example.org", "nobody@example.org", "somebody@example.net", "\u00df@example.org", "\u202e@example.org",
    "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "2001-01-01", "now", "none", "error", "groupchat", "set", "true",
]  # fmt: skip


def mutated(seed: random.Random) -> str:
    """A stanza with some of its values, its text or its elements changed, still well-formed."""
    stanza = seed.choice(STANZAS)
    for _ in range(seed.randint(0, 3)):
        kind, pieces = seed.randrange(4), stanza.split("'")
        if kind == 0 and len(pieces) > 1:
            pieces[seed.randrange(len(pieces) // 2) * 2 + 1] = seed.choice(VALUES)
            stanza = "'".join(pieces)
        elif kind == 1:
            stanza = stanza.replace("</", seed.choice(VALUES) + "</", 1)
        elif kind == 2:
            other = seed.choice(STANZAS)
            inside = other[other.index(">") + 1 : other.rindex("<")] if "</" in other else ""
            stanza = stanza.replace("/>", f">{inside}</{_last_tag(stanza)}>", 1) if stanza.endswith("/>") else stanza
        else:
            stanza = stanza.replace(seed.choice(["to=", "id=", "type=", "jid=", "var=", "xmlns="]), "other=", 1)
    return stanza


def _last_tag(stanza: str) -> str:
    start = stanza.rindex("<") + 1
    end = start
    while stanza[end] not in " />":
        end += 1
    return stanza[start:end]


async def test_the_server_answers_or_ends_the_stream_and_never_fails() -> None:
    seed = random.Random(20261122)
    house = House()
    house.services.limits.spend = lambda *_: None
    bob = await house.talker("bob")
    for name in ("alice", "carol"):
        await house.world.account(name)
    await bob.send(f"<presence to='{ROOM}/bo'/>")
    ended = 0
    alice: Talker | None = None
    for _ in range(4_000):
        if alice is None:
            alice = await house.talker("alice")
        stanza = mutated(seed)
        await alice.send(stanza)
        alice.heard()
        if alice.wire.closed:
            ended += 1
            await house.lose(alice)
            alice = None
        bob.heard()
        assert not bob.wire.closed
    assert 0 < ended < 2_000  # most of it is wrong only in what it says
    house.world.clock.advance(10_000)
    await house.world.clock.settle()
    ping = "<iq type='get' id='p' to='example.org'><ping xmlns='urn:xmpp:ping'/></iq>"
    assert (await bob.ask(ping))[-1].get("type") == "result"
