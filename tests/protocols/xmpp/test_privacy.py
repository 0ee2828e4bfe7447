"""What a stranger can learn of an account: whether it is offline, has blocked the stranger, or does not exist at all, it hears
the same, octet by octet."""

import pytest
from tests.protocols.xmpp.talker import House

QUESTION = "<iq to='{to}' type='get' id='q'><{name} xmlns='{namespace}'/></iq>"
KINDS = {
    "disco info": QUESTION.replace("{name}", "query").replace("{namespace}", "http://jabber.org/protocol/disco#info"),
    "disco items": QUESTION.replace("{name}", "query").replace("{namespace}", "http://jabber.org/protocol/disco#items"),
    "ping": QUESTION.replace("{name}", "ping").replace("{namespace}", "urn:xmpp:ping"),
    "version": QUESTION.replace("{name}", "query").replace("{namespace}", "jabber:iq:version"),
    "last activity": QUESTION.replace("{name}", "query").replace("{namespace}", "jabber:iq:last"),
    "vcard": QUESTION.replace("{name}", "vCard").replace("{namespace}", "vcard-temp"),
    "contact list": QUESTION.replace("{name}", "query").replace("{namespace}", "jabber:iq:roster"),
    "history": QUESTION.replace("{name}", "query").replace("{namespace}", "urn:xmpp:mam:2"),
    "question to a session": QUESTION.replace("{to}", "{to}/here")
    .replace("{name}", "x")
    .replace("{namespace}", "urn:x"),
    "probe": "<presence to='{to}' type='probe'/>",
    "presence": "<presence to='{to}'/>",
    "presence to a session": "<presence to='{to}/here'/>",
    "request": "<presence to='{to}' type='subscribe'/>",
    "unsubscribe": "<presence to='{to}' type='unsubscribe'/>",
    "typing": "<message to='{to}' type='chat'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>",
    "receipt": "<message to='{to}'><received xmlns='urn:xmpp:receipts' id='1'/></message>",
    "marker": "<message to='{to}'><displayed xmlns='urn:xmpp:chat-markers:0' id='1'/></message>",
    "real-time text": "<message to='{to}'><rtt xmlns='urn:xmpp:rtt:0' seq='1'><t>x</t></rtt></message>",
    "headline": "<message to='{to}' type='headline'><body>x</body></message>",
    "groupchat": "<message to='{to}' type='groupchat' id='1'><body>x</body></message>",
    "error": "<message to='{to}' type='error'><error type='cancel'/></message>",
}


@pytest.mark.parametrize("kind", KINDS)
async def test_offline_unknown_and_blocked_are_the_same_to_a_stranger(kind: str) -> None:
    heard = set()
    for relation in ("offline", "unknown", "blocked and here", "blocked and offline"):
        house = House()
        eve = await house.talker("eve")
        if relation != "unknown":
            await house.world.account("bob")
        if relation.startswith("blocked"):
            bob = await house.talker("bob")
            await bob.send(
                "<iq type='set' id='b'><block xmlns='urn:xmpp:blocking'><item jid='eve@example.org'/></block></iq>"
            )
            if relation.endswith("offline"):
                await bob.send("</stream:stream>")
        eve.raw()
        await eve.send(KINDS[kind].format(to="bob@example.org"))
        heard.add(eve.raw())
    assert len(heard) == 1
