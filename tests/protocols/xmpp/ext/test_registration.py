"""Registering with a room (XEP-0045 §7.10)."""

from tests.protocols.xmpp.ext.test_rooms import MUC_USER, ROOM, codes, item, nick, room
from tests.protocols.xmpp.talker import Talker, error

ADMIN = "http://jabber.org/protocol/muc#admin"
FORM = "http://jabber.org/protocol/muc#register"


def asks() -> str:
    return f"<iq type='get' id='g' to='{ROOM}'><query xmlns='jabber:iq:register'/></iq>"


def registers(nick: str) -> str:
    kind = f"<field var='FORM_TYPE'><value>{FORM}</value></field>"
    field = f"<field var='muc#register_roomnick'><value>{nick}</value></field>"
    form = f"<x xmlns='jabber:x:data' type='submit'>{kind}{field}</x>"
    return f"<iq type='set' id='s' to='{ROOM}'><query xmlns='jabber:iq:register'>{form}</query></iq>"


async def party() -> tuple[Talker, Talker, Talker]:
    """Alice owns the room, bob is a member of it, carol is only inside."""
    _, (alice, bob, carol) = await room("alice", "bob", "carol")
    item = "<item jid='bob@example.org' affiliation='member'/>"
    await alice.send(f"<iq type='set' id='m' to='{ROOM}'><query xmlns='{ADMIN}'>{item}</query></iq>")
    for talker in (alice, bob, carol):
        talker.raw()
    return alice, bob, carol


async def test_a_member_has_a_nickname_kept_and_is_told_so() -> None:
    _, bob, _ = await party()
    asked = (await bob.one(asks())).child("query", "jabber:iq:register")
    assert asked.child("x", "jabber:x:data") is not None
    retold, answer = await bob.ask(registers("bobby"))
    assert (retold.name, item(retold)["affiliation"], codes(retold)) == ("presence", "member", ["110"])
    assert answer.get("type") == "result"
    told = (await bob.one(asks())).child("query", "jabber:iq:register")
    assert told.child("registered") is not None and told.child_text("username") == "bobby"


async def test_nobody_else_takes_a_nickname_that_is_kept() -> None:
    _, bob, carol = await party()
    await bob.ask(registers("bobby"))
    assert error(await carol.one(f"<presence id='n' to='{ROOM}/bobby'/>")) == ("cancel", "conflict")


async def test_only_members_register_and_only_names_that_are_free() -> None:
    alice, bob, carol = await party()
    assert error(await carol.one(asks())) == ("cancel", "not-allowed")
    assert error(await carol.one(registers("carrie"))) == ("cancel", "not-allowed")
    assert error(await bob.one(registers("alice"))) == ("cancel", "conflict")
    assert error(await bob.one(registers(""))) == ("modify", "not-acceptable")
    assert alice.raw() == b""


async def test_a_member_gives_its_membership_back_and_the_last_owner_cannot() -> None:
    alice, bob, _ = await party()
    gone = f"<iq type='set' id='r' to='{ROOM}'><query xmlns='jabber:iq:register'><remove/></query></iq>"
    answers = await bob.ask(gone)
    assert [answer.get("type") for answer in answers if answer.name == "iq"] == ["result"]
    assert error(await bob.one(asks())) == ("cancel", "not-allowed")
    alice.raw()
    assert error(await alice.one(gone)) == ("cancel", "conflict")


def keeps(nick: str, account: str, affiliation: str = "member") -> str:
    kept = f"<item jid='{account}@example.org' affiliation='{affiliation}' nick='{nick}'/>"
    return f"<iq type='set' id='k' to='{ROOM}'><query xmlns='{ADMIN}'>{kept}</query></iq>"


async def test_whoever_bears_a_nickname_that_is_kept_for_another_one_from_now_on_goes() -> None:
    alice, bob, carol = await party()
    await alice.send(keeps("carol", "dave"))
    (gone,) = carol.heard()
    assert (gone.get("type"), codes(gone)) == ("unavailable", ["110", "307"])
    assert [nick(each) for each in bob.heard()] == ["carol"]
    assert error(await carol.one(f"<presence id='n' to='{ROOM}/carol'/>")) == ("cancel", "conflict")


async def test_a_nickname_of_an_equal_or_one_that_is_kept_already_is_kept_for_nobody_else() -> None:
    alice, bob, carol = await party()
    await alice.send(keeps("bobby", "bob"))
    for nickname in ("alice", "bobby"):
        alice.raw()
        assert error(await alice.one(keeps(nickname, "carol"))) == ("cancel", "conflict")
    assert [each.name for each in bob.heard()] == ["presence"]
    assert "unavailable" not in carol.raw().decode()


async def test_a_nickname_kept_for_one_who_is_inside_is_told_to_all() -> None:
    alice, bob, _ = await party()
    await alice.send(keeps("bob", "bob"))
    (told,) = bob.heard()
    assert (nick(told), item(told)["affiliation"]) == ("bob", "member")
    assert told.child("x", MUC_USER).child("item").child("actor").get("nick") == "alice"
