"""Rooms as XEP-0045 tells them, with what a client may rely on: order, status codes, conditions."""

import pytest
from tests.protocols.xmpp.talker import House, Talker, error, text

from dragoman.core.policy import Policy
from dragoman.formats.xml import Element
from dragoman.protocols.xmpp.settings import Settings

ROOM = "r@rooms.example.org"
MUC = "<x xmlns='http://jabber.org/protocol/muc'>{}</x>"
MUC_USER = "http://jabber.org/protocol/muc#user"
ADMIN = (
    "<iq to='r@rooms.example.org' type='set' id='a'><query xmlns='http://jabber.org/protocol/muc#admin'>{}</query></iq>"
)
OWNER = (
    "<iq to='r@rooms.example.org' type='{}' id='o'><query xmlns='http://jabber.org/protocol/muc#owner'>{}</query></iq>"
)


def codes(stanza: Element) -> list[str]:
    x = stanza.child("x", MUC_USER)
    return [child.get("code") for child in x.elements if child.name == "status"] if x is not None else []


def item(stanza: Element) -> dict[str, str]:
    return stanza.child("x", MUC_USER).child("item").attributes


def nick(stanza: Element) -> str:
    return stanza.get("from").partition("/")[2]


async def join(talker: Talker, name: str = "", inside: str = "") -> list[Element]:
    return await talker.ask(f"<presence to='{ROOM}/{name or talker.address.local}'>{MUC.format(inside)}</presence>")


async def configure(owner: Talker, **values: str) -> list[Element]:
    fields = "".join(
        f"<field var='muc#{name if '_' in name else f'roomconfig_{name}'}'><value>{value}</value></field>"
        for name, value in values.items()
    )
    return await owner.ask(OWNER.format("set", f"<x xmlns='jabber:x:data' type='submit'>{fields}</x>"))


async def room(*names: str, settings: Settings = Settings(), **config: str) -> tuple[House, list[Talker]]:  # noqa: B008
    """A room that the first one opened and configured, and the others entered."""
    house = House(settings=settings)
    talkers = [await house.talker(name) for name in names]
    await join(talkers[0])
    await configure(talkers[0], **config)
    for talker in talkers[1:]:
        await join(talker)
    for talker in talkers:
        talker.raw()
    return house, talkers


async def say(talker: Talker, words: str, id: str = "m") -> None:
    await talker.send(f"<message to='{ROOM}' type='groupchat' id='{id}'><body>{words}</body></message>")


async def test_a_newcomer_hears_of_the_others_of_itself_of_the_past_and_of_the_subject_in_this_order() -> None:
    _, (alice, bob) = await room("alice", "bob")
    await say(bob, "before")
    alice.raw()
    carol = await _.talker("carol")
    heard = await join(carol)
    assert [each.name for each in heard] == ["presence", "presence", "presence", "message", "message"]
    assert [nick(each) for each in heard[:3]] == ["alice", "bob", "carol"]
    assert codes(heard[2]) == ["110", "170"]
    assert (heard[3].child_text("body"), heard[3].child("delay", "urn:xmpp:delay").get("from")) == ("before", ROOM)
    subject = heard[4]
    assert subject.child("subject") is not None and subject.child("body") is None and subject.get("type") == "groupchat"
    (told,) = alice.heard()
    assert (nick(told), item(told)["jid"], codes(told)) == ("carol", "carol@example.org/here", [])
    assert "jid" not in item(bob.heard()[-1])


async def test_a_new_room_is_locked_while_its_owner_reads_the_form_until_it_is_sent_back() -> None:
    house = House()
    alice, bob = await house.talker("alice"), await house.talker("bob")
    own = (await join(alice))[0]
    assert (codes(own), item(own)["affiliation"], item(own)["role"]) == (["110", "170", "201"], "owner", "moderator")
    await alice.ask(OWNER.format("get", ""))
    refused = (await join(bob))[0]
    assert error(refused) == ("cancel", "item-not-found")
    assert (await configure(alice))[0].get("type") == "result"
    assert codes((await join(bob))[1]) == ["110", "170"]


async def test_a_new_room_is_open_to_who_comes_before_its_owner_asks_for_the_form() -> None:
    house = House()
    alice, bob = await house.talker("alice"), await house.talker("bob")
    await join(alice)
    assert codes((await join(bob))[1]) == ["110", "170"]
    alice.raw()
    (done,) = await alice.ask(OWNER.format("set", "<x xmlns='jabber:x:data' type='cancel'/>"))
    assert done.get("type") == "result" and not bob.heard()  # a room that somebody else is in does not end with a form


async def test_a_strict_server_locks_a_new_room_until_its_owner_accepts_it() -> None:
    house = House(settings=Settings(lock_new_rooms=True))
    alice, bob = await house.talker("alice"), await house.talker("bob")
    await join(alice)
    assert error((await join(bob))[0]) == ("cancel", "item-not-found")
    await configure(alice)
    assert codes((await join(bob))[1]) == ["110", "170"]


async def test_a_room_whose_first_settings_are_cancelled_never_was() -> None:
    house = House()
    alice = await house.talker("alice")
    await join(alice)
    gone, done = await alice.ask(OWNER.format("set", "<x xmlns='jabber:x:data' type='cancel'/>"))
    assert (gone.get("type"), done.get("type")) == ("unavailable", "result")
    assert gone.child("x", MUC_USER).child("destroy") is not None
    assert codes((await join(alice))[0]) == ["110", "170", "201"]


async def test_a_client_that_knows_nothing_of_settings_gets_a_room_at_once() -> None:
    house = House()
    alice, bob = await house.talker("alice"), await house.talker("bob")
    await alice.send(f"<presence to='{ROOM}/alice'/>")
    assert codes((await join(bob))[1]) == ["110", "170"]


@pytest.mark.parametrize(
    ("stanza", "config", "expected"),
    [
        (f"<presence to='{ROOM}'/>", {}, ("modify", "jid-malformed")),
        (f"<presence to='{ROOM}/alice'/>", {}, ("cancel", "conflict")),
        (f"<presence to='{ROOM}/carol'/>", {}, ("cancel", "conflict")),
        (
            f"<presence to='{ROOM}/dave'>{MUC.format('')}</presence>",
            {"membersonly": "1"},
            ("auth", "registration-required"),
        ),
        (
            f"<presence to='{ROOM}/dave'>{MUC.format('<password>wrong</password>')}</presence>",
            {"passwordprotectedroom": "1", "roomsecret": "right"},
            ("auth", "not-authorized"),
        ),
        (f"<presence to='{ROOM}/dave'>{MUC.format('')}</presence>", {"maxusers": "1"}, ("wait", "service-unavailable")),
        ("<presence to='rooms.example.org/x'/>", {}, ("cancel", "item-not-found")),
        (f"<presence to='{ROOM}/dave' type='subscribe'/>", {}, ("modify", "bad-request")),
    ],
)
async def test_who_may_not_enter_is_told_why(stanza: str, config: dict[str, str], expected: tuple[str, str]) -> None:
    house, (alice,) = await room("alice", **config)
    await house.world.account("carol")
    dave = await house.talker("dave")
    answer = await dave.one(stanza)
    assert (answer.name, answer.child("error").get("by")) == ("presence", stanza.split("'")[1].partition("/")[0])
    assert error(answer)[1] == expected[1]
    assert alice.raw() == b""


async def test_the_right_password_opens_the_door() -> None:
    house, _ = await room("alice", passwordprotectedroom="1", roomsecret="right")
    bob = await house.talker("bob")
    assert codes((await join(bob, inside="<password>right</password>"))[1]) == ["110", "170"]


async def test_what_is_said_to_the_room_alone_is_told_to_nobody() -> None:
    house, (alice,) = await room("alice", passwordprotectedroom="1", roomsecret="right")
    bob = await house.talker("bob")
    await join(bob, inside="<password>right</password><history maxchars='0'/>")
    written = alice.raw().decode()
    assert "r@rooms.example.org/bob" in written
    assert "right" not in written and "<history" not in written


async def test_an_occupant_probes_another_one() -> None:
    house, (alice, bob) = await room("alice", "bob")
    eve = await house.talker("eve")
    probe = f"<presence to='{ROOM}/{{}}' type='probe'/>"
    answer = await alice.one(probe.format("bob"))
    assert (nick(answer), item(answer)["jid"]) == ("bob", "bob@example.org/here")
    assert "jid" not in item(await bob.one(probe.format("alice")))
    assert error(await bob.one(probe.format("nobody"))) == ("cancel", "item-not-found")
    assert error(await eve.one(probe.format("bob"))) == ("cancel", "not-acceptable")


async def test_what_is_said_is_heard_by_all_the_speaker_too_under_the_rooms_name_and_id() -> None:
    _, (alice, bob) = await room("alice", "bob")
    await bob.send(
        f"<message to='{ROOM}' type='groupchat' id='m1'><body>hi</body>"
        f"<stanza-id xmlns='urn:xmpp:sid:0' by='{ROOM}' id='forged'/>"
        "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='forged'/></message>"
    )
    for talker in (alice, bob):
        (heard,) = talker.heard()
        assert (heard.get("from"), heard.get("to"), heard.get("id"), heard.get("type")) == (
            f"{ROOM}/bob",
            str(talker.address),
            "m1",
            "groupchat",
        )
        assert [(child.name, child.get("by")) for child in heard.elements][1:] == [
            ("stanza-id", ROOM),
            ("occupant-id", ""),
        ]
        assert "forged" not in text(heard)


async def test_occupant_ids_stay_the_same_and_tell_nothing() -> None:
    _house, (alice, bob) = await room("alice", "bob")
    await say(bob, "1")
    one = alice.heard()[0].child("occupant-id", "urn:xmpp:occupant-id:0").get("id")
    await bob.send(f"<presence to='{ROOM}/bob' type='unavailable'/>")
    await join(bob, "robert")
    await say(bob, "2")
    assert alice.heard()[-1].child("occupant-id", "urn:xmpp:occupant-id:0").get("id") == one
    assert "bob" not in one


async def test_who_is_not_inside_says_nothing() -> None:
    house, (alice,) = await room("alice")
    bob = await house.talker("bob")
    refused = await bob.one(f"<message to='{ROOM}' type='groupchat' id='m'><body>x</body></message>")
    assert (error(refused), refused.get("from")) == (("modify", "not-acceptable"), ROOM)
    assert alice.raw() == b""


async def test_the_subject_is_told_and_kept() -> None:
    house, (alice, bob) = await room("alice", "bob")
    await alice.send(f"<message to='{ROOM}' type='groupchat'><subject>Tea &amp; cake</subject></message>")
    (heard,) = bob.heard()
    assert (heard.get("from"), heard.child_text("subject"), heard.child("body")) == (
        f"{ROOM}/alice",
        "Tea & cake",
        None,
    )
    carol = await house.talker("carol")
    assert (await join(carol))[-1].child_text("subject") == "Tea & cake"
    refused = await bob.one(f"<message to='{ROOM}' type='groupchat' id='s'><subject>mine</subject></message>")
    assert error(refused) == ("auth", "forbidden")


async def test_a_subject_with_words_is_a_message() -> None:
    _, (alice, bob) = await room("alice", "bob")
    await alice.send(f"<message to='{ROOM}' type='groupchat'><subject>s</subject><body>b</body></message>")
    (heard,) = bob.heard()
    assert (heard.child_text("subject"), heard.child_text("body")) == ("s", "b")


async def test_a_nickname_changes_in_two_steps() -> None:
    _, (alice, bob) = await room("alice", "bob")
    gone, come = await bob.ask(f"<presence to='{ROOM}/robert'/>")
    assert (nick(gone), gone.get("type"), codes(gone), item(gone)["nick"]) == (
        "bob",
        "unavailable",
        ["110", "303"],
        "robert",
    )
    assert (nick(come), codes(come)) == ("robert", ["110"])
    gone, come = alice.heard()
    assert (codes(gone), nick(come)) == (["303"], "robert")
    assert error(await bob.one(f"<presence to='{ROOM}/alice'/>")) == ("cancel", "conflict")


async def test_leaving_is_confirmed() -> None:
    _, (alice, bob) = await room("alice", "bob")
    (own,) = await bob.ask(f"<presence to='{ROOM}/bob' type='unavailable'><status>bye</status></presence>")
    assert (codes(own), item(own)["role"], own.child_text("status")) == (["110"], "none", "bye")
    (told,) = alice.heard()
    assert (told.get("type"), told.child_text("status"), codes(told)) == ("unavailable", "bye", [])


async def test_a_lost_connection_and_a_general_good_bye_leave_all_rooms() -> None:
    house, (alice, bob, carol) = await room("alice", "bob", "carol")
    await house.lose(bob)
    await carol.send("<presence type='unavailable'/>")
    assert {(nick(each), each.get("type")) for each in alice.heard()} == {
        ("bob", "unavailable"),
        ("carol", "unavailable"),
    }


async def test_an_error_from_an_occupant_takes_it_out() -> None:
    _, (alice, bob) = await room("alice", "bob")
    await bob.send(f"<presence to='{ROOM}/alice' type='error'><error type='cancel'/></presence>")
    assert [(nick(each), each.get("type")) for each in alice.heard()] == [("bob", "unavailable")]


async def test_two_sessions_of_one_account_are_one_occupant() -> None:
    house, (alice, bob) = await room("alice", "bob")
    other = await house.talker("bob", "other")
    heard = await join(other)
    assert codes(next(each for each in heard if nick(each) == "bob")) == ["110", "170"]
    bob.raw()
    alice.raw()
    await say(alice, "x")
    assert [len(talker.heard()) for talker in (bob, other)] == [1, 1]
    heard = await other.ask(f"<presence to='{ROOM}/bob' type='unavailable'/>")
    assert [(each.get("type"), codes(each)) for each in heard] == [("unavailable", ["110"])]
    assert [each.get("type") for each in alice.heard() if each.name == "presence"] == [""]
    await say(alice, "y")
    assert len([each for each in bob.heard() if each.name == "message"]) == 1
    assert other.raw() == b""


async def test_a_client_that_lost_count_may_enter_again_and_hears_all_anew() -> None:
    _, (_alice, bob) = await room("alice", "bob")
    heard = await join(bob)
    assert [nick(each) for each in heard if each.name == "presence"] == ["alice", "bob"]
    assert heard[-1].child("subject") is not None


async def test_somebody_asks_whether_it_is_still_inside() -> None:
    house, (alice, bob) = await room("alice", "bob")
    carol = await house.talker("carol")
    ping = f"<iq to='{ROOM}/{{}}' type='get' id='p'><ping xmlns='urn:xmpp:ping'/></iq>"
    assert (await bob.one(ping.format("bob"))).get("type") == "result"
    refused = await carol.one(ping.format("carol"))
    assert error(refused) == ("cancel", "not-acceptable")
    assert refused.child("error").get("by") == ROOM  # XEP-0410 §3.2: not carol's own client
    await bob.send(ping.format("alice"))
    (asked,) = alice.heard()
    assert (asked.get("from"), asked.get("to")) == (f"{ROOM}/bob", "alice@example.org/here")
    await alice.send(f"<iq to='{ROOM}/bob' type='result' id='{asked.get('id')}'/>")
    (answer,) = bob.heard()
    assert (answer.get("from"), answer.get("type"), answer.get("id")) == (f"{ROOM}/alice", "result", "p")


async def test_private_messages_are_marked_and_are_for_one() -> None:
    _, (alice, bob, carol) = await room("alice", "bob", "carol")
    await bob.send(f"<message to='{ROOM}/carol' type='chat' id='pm'><body>psst</body><x xmlns='{MUC_USER}'/></message>")
    (heard,) = carol.heard()
    assert (heard.get("from"), heard.get("to"), heard.get("type")) == (f"{ROOM}/bob", "carol@example.org/here", "chat")
    assert [child.name for child in heard.elements].count("x") == 1
    assert alice.raw() == b""
    refused = await bob.one(f"<message to='{ROOM}/nobody' type='chat' id='pm'><body>psst</body></message>")
    assert error(refused) == ("cancel", "item-not-found")


async def test_a_kick_a_ban_and_a_voice() -> None:
    _house, (alice, bob, carol) = await room("alice", "bob", "carol")
    await alice.send(ADMIN.format("<item nick='bob' role='none'><reason>noise</reason></item>"))
    (kicked,) = bob.heard()
    assert (kicked.get("type"), codes(kicked), item(kicked)["role"]) == ("unavailable", ["110", "307"], "none")
    inside = kicked.child("x", MUC_USER).child("item")
    assert (inside.child_text("reason"), inside.child("actor").get("nick")) == ("noise", "alice")
    await join(bob)
    carol.raw()
    await alice.send(ADMIN.format("<item jid='bob@example.org' affiliation='outcast'/>"))
    assert codes(bob.heard()[-1]) == ["110", "301"]
    assert codes(carol.heard()[-1]) == ["301"]
    assert item(alice.heard()[-2])["jid"] == "bob@example.org/here"
    assert error((await join(bob))[0]) == ("auth", "forbidden")
    await configure(alice, moderatedroom="1")
    carol.raw()
    refused = await carol.one(f"<message to='{ROOM}' type='groupchat' id='m'><body>x</body></message>")
    assert error(refused) == ("auth", "forbidden")
    await alice.send(ADMIN.format("<item nick='carol' role='participant'/>"))
    assert item(carol.heard()[-1])["role"] == "participant"
    await say(carol, "thanks")
    assert carol.heard()[-1].child_text("body") == "thanks"


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ("<item nick='alice' role='none'/>", ("auth", "forbidden")),
        ("<item jid='carol@example.org' affiliation='member'/>", ("auth", "forbidden")),
        ("<item jid='carol@example.org' affiliation='owner'/>", ("auth", "forbidden")),
        ("<item nick='nobody' role='none'/>", ("cancel", "item-not-found")),
        ("<item nick='carol' role='king'/>", ("modify", "bad-request")),
        ("<item jid='carol@example.org' affiliation='king'/>", ("modify", "bad-request")),
        ("<item jid='@' affiliation='member'/>", ("modify", "jid-malformed")),
        ("<item/>", ("modify", "bad-request")),
        ("", ("modify", "bad-request")),
    ],
)
async def test_who_may_not_rule_is_forbidden_to(items: str, expected: tuple[str, str]) -> None:
    _, (alice, bob, carol) = await room("alice", "bob", "carol")
    assert error(await bob.one(ADMIN.format(items))) == expected
    assert (alice.raw(), carol.raw()) == (b"", b"")


async def test_nobody_bans_itself_and_the_last_owner_stays() -> None:
    _, (alice,) = await room("alice")
    for affiliation in ("outcast", "member", "none"):
        answer = await alice.one(ADMIN.format(f"<item jid='alice@example.org' affiliation='{affiliation}'/>"))
        assert error(answer) == ("cancel", "conflict")


async def test_a_list_of_affiliations_is_a_delta_with_many_items() -> None:
    _, (alice, bob) = await room("alice", "bob")
    items = "".join(f"<item jid='{name}@example.org' affiliation='member'/>" for name in ("bob", "carol", "dave"))
    await alice.send(ADMIN.format(items))
    assert item(bob.heard()[0])["affiliation"] == "member"
    await alice.send(ADMIN.format("<item jid='carol@example.org' affiliation='none'/>"))
    get = ADMIN.format("<item affiliation='member'/>").replace("'set'", "'get'")
    listed = (await alice.ask(get))[-1].child("query", "http://jabber.org/protocol/muc#admin")
    assert {each.get("jid") for each in listed.elements} == {"bob@example.org", "dave@example.org"}
    assert error(await bob.one(get)) == ("auth", "forbidden")
    await configure(alice, whois="anyone")
    bob.raw()
    assert (await bob.one(get)).get("type") == "result"
    assert error(await bob.one(get.replace("'member'", "'outcast'"))) == ("auth", "forbidden")


async def test_a_room_for_members_puts_others_out() -> None:
    _, (alice, bob, carol) = await room("alice", "bob", "carol")
    await alice.send(ADMIN.format("<item jid='bob@example.org' affiliation='member'/>"))
    bob.raw()
    await configure(alice, membersonly="1")
    assert codes(carol.heard()[-1]) == ["110", "322"]
    assert "104" in codes(bob.heard()[0])
    await alice.send(ADMIN.format("<item jid='bob@example.org' affiliation='none'/>"))
    assert codes(bob.heard()[-1]) == ["110", "321"]


async def test_what_changes_privacy_has_codes_of_its_own() -> None:
    _, (alice, bob) = await room("alice", "bob")
    await configure(alice, whois="anyone", enablearchiving="0")
    assert codes(bob.heard()[0]) == ["172", "171"]
    await configure(alice, whois="moderators", enablearchiving="1", roomname="Tea")
    assert codes(bob.heard()[0]) == ["104", "173", "170"]


async def test_settings_are_shown_and_only_to_owners() -> None:
    _, (alice, bob) = await room("alice", "bob", roomname="Tea", persistentroom="1")
    assert error(await bob.one(OWNER.format("get", ""))) == ("auth", "forbidden")
    (result,) = await alice.ask(OWNER.format("get", ""))
    form = result.child("query", "http://jabber.org/protocol/muc#owner").child("x", "jabber:x:data")
    values = {field.get("var"): field.child_text("value") for field in form.elements if field.name == "field"}
    assert (values["muc#roomconfig_roomname"], values["muc#roomconfig_persistentroom"]) == ("Tea", "1")
    assert values["FORM_TYPE"] == "http://jabber.org/protocol/muc#roomconfig"


@pytest.mark.parametrize(
    "values", [{"whois": "nobody"}, {"persistentroom": "perhaps"}, {"maxusers": "-1"}, {"passwordprotectedroom": "1"}]
)
async def test_settings_that_cannot_be_change_nothing(values: dict[str, str]) -> None:
    _, (alice, bob) = await room("alice", "bob")
    assert error((await configure(alice, **values))[0]) == ("modify", "not-acceptable")
    assert bob.raw() == b""


async def test_a_room_that_ends_says_where_to_go() -> None:
    _, (alice, bob) = await room("alice", "bob", persistentroom="1")
    destroy = "<destroy jid='other@rooms.example.org'><reason>moved</reason></destroy>"
    assert error(await bob.one(OWNER.format("set", destroy))) == ("auth", "forbidden")
    await alice.send(OWNER.format("set", destroy))
    (gone,) = bob.heard()
    told = gone.child("x", MUC_USER).child("destroy")
    assert (gone.get("type"), told.get("jid"), told.child_text("reason")) == (
        "unavailable",
        "other@rooms.example.org",
        "moved",
    )
    assert codes((await join(bob))[0]) == ["110", "170", "201"]


async def test_an_invitation_by_the_room_and_one_by_a_friend() -> None:
    house, (alice,) = await room("alice", membersonly="1")
    bob = await house.talker("bob")
    invite = f"<x xmlns='{MUC_USER}'><invite to='bob@example.org'><reason>come</reason></invite></x>"
    await alice.send(f"<message to='{ROOM}' id='i1'>{invite}</message>")
    (heard,) = bob.heard()
    assert heard.get("id") == "i1"
    told = heard.child("x", MUC_USER).child("invite")
    assert (heard.get("from"), told.get("from"), told.child_text("reason")) == (ROOM, "alice@example.org", "come")
    assert heard.child("x", "jabber:x:conference").get("jid") == ROOM
    decline = f"<x xmlns='{MUC_USER}'><decline to='alice@example.org'><reason>no</reason></decline></x>"
    await bob.send(f"<message to='{ROOM}'>{decline}</message>")
    declined = alice.heard()[-1].child("x", MUC_USER).child("decline")
    assert (declined.get("from"), declined.child_text("reason")) == ("bob@example.org", "no")
    direct = f"<x xmlns='jabber:x:conference' jid='{ROOM}' reason='again'/>"
    await alice.send(f"<message to='bob@example.org'>{direct}</message>")
    (heard,) = bob.heard()
    assert text(next(heard.elements)) == direct


async def test_the_wish_for_history_counts() -> None:
    house, (alice, bob) = await room("alice", "bob")
    for number in range(5):
        await say(alice, str(number))
        house.world.clock.advance(60)
    for wish, expected in (
        ("<history maxstanzas='2'/>", ["3", "4"]),
        ("<history maxchars='0'/>", []),
        ("<history maxstanzas='0'/>", []),
        ("<history seconds='130'/>", ["3", "4"]),
        ("<history since='1970-01-01T00:00:00Z'/>", ["0", "1", "2", "3", "4"]),
        ("<history since='nonsense'/>", ["0", "1", "2", "3", "4"]),
    ):
        heard = await join(bob, inside=wish)
        assert [each.child_text("body") for each in heard if each.child("body") is not None] == expected


async def test_a_message_is_taken_back_by_its_author_and_by_a_moderator() -> None:
    _, (alice, bob, carol) = await room("alice", "bob", "carol")
    await say(bob, "oops", "m1")
    id = bob.heard()[0].child("stanza-id", "urn:xmpp:sid:0").get("id")
    carol.raw()
    retract = f"<message to='{ROOM}' type='groupchat' id='x'><retract xmlns='urn:xmpp:message-retract:1' id='{id}'/></message>"
    assert error(await carol.one(retract)) == ("auth", "forbidden")
    await bob.send(retract)
    assert carol.heard()[0].child("retract", "urn:xmpp:message-retract:1").get("id") == id
    await say(bob, "worse", "m2")
    id = bob.heard()[-1].child("stanza-id", "urn:xmpp:sid:0").get("id")
    carol.raw()
    inside = "<retract xmlns='urn:xmpp:message-retract:1'/><reason>rude</reason>"
    moderate = f"<moderate xmlns='urn:xmpp:message-moderate:1' id='{id}'>{inside}</moderate>"
    question = f"<iq to='{ROOM}' type='set' id='mod'>{moderate}</iq>"
    assert error((await carol.ask(question))[0]) == ("auth", "forbidden")
    assert (await alice.ask(question))[-1].get("type") == "result"
    told = carol.heard()[-1].child("retract", "urn:xmpp:message-retract:1")
    assert (told.get("id"), told.child("moderated", "urn:xmpp:message-moderate:1").get("by")) == (id, f"{ROOM}/alice")
    assert told.child_text("reason") == "rude"
    history = await carol.ask(f"<iq to='{ROOM}' type='set' id='h'><query xmlns='urn:xmpp:mam:2'/></iq>")
    assert "oops" not in "".join(map(text, history)) and "worse" not in "".join(map(text, history))


async def test_rooms_can_be_for_admins_to_open() -> None:
    house = House(Policy(room_creators="admins"))
    alice = await house.talker("alice")
    assert error((await join(alice))[0]) == ("cancel", "not-allowed")


async def test_a_private_message_is_copied_to_no_session_that_is_not_inside() -> None:
    house, (_, bob) = await room("alice", "bob")
    outside = await house.talker("alice", "phone")
    await outside.ask("<iq type='set' id='c'><enable xmlns='urn:xmpp:carbons:2'/></iq>")
    await bob.send(f"<message to='{ROOM}/alice' type='chat'><body>psst</body><x xmlns='{MUC_USER}'/></message>")
    await say(bob, "to all")
    assert outside.raw() == b""


async def test_an_affiliation_belongs_to_one_account_however_it_is_written() -> None:
    _, (alice, bob) = await room("alice", "bob")
    await alice.send(ADMIN.format("<item jid='BOB@Example.ORG/phone' affiliation='outcast'/>"))
    assert codes(bob.heard()[-1]) == ["110", "301"]
    assert error((await join(bob))[-1]) == ("auth", "forbidden")


async def test_what_one_said_in_private_is_copied_to_ones_other_sessions_inside() -> None:
    house, (_, bob) = await room("alice", "bob")
    phone, outside = await house.talker("bob", "phone"), await house.talker("bob", "outside")
    await join(phone)
    for talker in (phone, outside):
        await talker.ask("<iq type='set' id='c'><enable xmlns='urn:xmpp:carbons:2'/></iq>")
    await bob.send(f"<message to='{ROOM}/alice' type='chat'><body>psst</body><x xmlns='{MUC_USER}'/></message>")
    (copy,) = phone.heard()
    (said,) = copy.child("sent", "urn:xmpp:carbons:2").child("forwarded", "urn:xmpp:forward:0").elements
    assert (said.get("from"), said.get("to"), said.child_text("body")) == (str(bob.address), f"{ROOM}/alice", "psst")
    assert said.child("x", MUC_USER) is not None
    hidden = "<body>secret</body><no-copy xmlns='urn:xmpp:hints'/>"
    await bob.send(f"<message to='{ROOM}/alice' type='chat'>{hidden}</message>")
    assert phone.raw() == outside.raw() == b""
