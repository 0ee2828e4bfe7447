"""Asking for voice (XEP-0045 §7.13, §8.6)."""

from tests.protocols.xmpp.ext.test_rooms import ROOM, item, room
from tests.protocols.xmpp.talker import Talker, error

REQUEST = "http://jabber.org/protocol/muc#request"


def form(**values: str) -> str:
    fields = "".join(f"<field var='muc#{name}'><value>{value}</value></field>" for name, value in values.items())
    kind = f"<field var='FORM_TYPE'><value>{REQUEST}</value></field>"
    return f"<message to='{ROOM}' id='v'><x xmlns='jabber:x:data' type='submit'>{kind}{fields}</x></message>"


async def asked(*names: str) -> tuple[list[Talker], dict[str, str]]:
    """A moderated room in which the second one has asked; and what the first one was shown."""
    _, talkers = await room(*names, moderatedroom="1")
    assert await talkers[1].ask(form(role="participant")) == []
    (question,) = talkers[0].heard()
    assert (question.get("from"), question.get("to")) == (ROOM, str(talkers[0].address))
    fields = question.child("x", "jabber:x:data").elements
    return talkers, {field.get("var"): field.child_text("value") for field in fields}


async def test_a_visitor_asks_the_moderators_and_one_of_them_gives_it_voice() -> None:
    (alice, bob, carol), shown = await asked("alice", "bob", "carol")
    assert shown["FORM_TYPE"] == REQUEST
    assert (shown["muc#roomnick"], shown["muc#jid"], shown["muc#request_allow"]) == ("bob", "bob@example.org/here", "0")
    assert carol.raw() == b""
    await alice.send(form(role="participant", roomnick="bob", request_allow="1"))
    assert item(bob.heard()[0])["role"] == "participant"


async def test_no_is_no() -> None:
    (alice, bob), _ = await asked("alice", "bob")
    await alice.send(form(role="participant", roomnick="bob", request_allow="0"))
    await alice.send(form(roomnick="bob").replace("submit", "cancel"))
    assert bob.raw() == b""


async def test_nobody_gives_voice_to_itself() -> None:
    (_alice, bob), _ = await asked("alice", "bob")
    assert error(await bob.one(form(roomnick="bob", request_allow="1"))) == ("auth", "forbidden")


async def test_who_has_voice_asks_nobody_and_more_than_voice_cannot_be_asked_for() -> None:
    _, (alice, bob) = await room("alice", "bob")
    assert await bob.ask(form(role="participant")) == []
    assert alice.raw() == b""
    assert error(await bob.one(form(role="moderator"))) == ("modify", "bad-request")
