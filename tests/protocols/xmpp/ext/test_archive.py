"""The history, page by page (XEP-0313, XEP-0059)."""

import pytest
from tests.protocols.xmpp.talker import House, Talker, error, text

from dragoman.formats.xml import Element

MAM = "urn:xmpp:mam:2"
RSM = "http://jabber.org/protocol/rsm"
ROOM = "r@rooms.example.org"


def page(form: str = "", rsm: str = "", to: str = "", more: str = "") -> str:
    form = f"<x xmlns='jabber:x:data' type='submit'>{form}</x>" if form else ""
    rsm = f"<set xmlns='{RSM}'>{rsm}</set>" if rsm else ""
    return f"<iq type='set' id='q'{to}><query xmlns='{MAM}' queryid='f27'>{form}{rsm}{more}</query></iq>"


def field(name: str, *values: str) -> str:
    return f"<field var='{name}'>{''.join(f'<value>{value}</value>' for value in values)}</field>"


def inside(result: Element) -> Element:
    forwarded = result.child("result", MAM).child("forwarded", "urn:xmpp:forward:0")
    return forwarded.child("message", "jabber:client")


def words(heard: list[Element]) -> list[str]:
    return [inside(each).child_text("body") for each in heard if each.name == "message"]


def ids(heard: list[Element]) -> list[str]:
    return [each.child("result", MAM).get("id") for each in heard if each.name == "message"]


def fin(heard: list[Element]) -> Element:
    return heard[-1].child("fin", MAM)


async def conversation() -> tuple[House, Talker, Talker]:
    """Five messages from alice to bob and one from carol, a minute apart."""
    house = House()
    alice, bob, carol = [await house.talker(name) for name in ("alice", "bob", "carol")]
    for number in range(5):
        await alice.send(f"<message to='bob@example.org' type='chat' id='{number}'><body>{number}</body></message>")
        house.world.clock.advance(60)
    await carol.send("<message to='bob@example.org' type='chat'><body>other words</body></message>")
    return house, alice, bob


async def test_a_result_holds_the_message_its_moment_and_the_id_that_it_had_when_it_came() -> None:
    _, _, bob = await conversation()
    live = bob.heard()[0].child("stanza-id", "urn:xmpp:sid:0").get("id")
    heard = await bob.ask(page())
    assert (heard[0].get("from"), heard[0].get("to")) == ("bob@example.org", "bob@example.org/here")
    result = heard[0].child("result", MAM)
    assert (result.get("queryid"), result.get("id")) == ("f27", live)
    assert result.child("forwarded", "urn:xmpp:forward:0").child("delay", "urn:xmpp:delay").get("stamp") == (
        "2001-09-09T01:46:40.000Z"
    )
    assert (inside(heard[0]).get("from"), inside(heard[0]).get("to")) == ("alice@example.org/here", "bob@example.org")
    assert (fin(heard).get("complete"), heard[-1].get("type")) == ("true", "result")


async def test_both_sides_have_it_once_under_the_same_id() -> None:
    _, alice, bob = await conversation()
    mine, theirs = await alice.ask(page()), await bob.ask(page())
    assert ids(mine) == ids(theirs)[:5]
    assert len(set(ids(theirs))) == 6


async def test_pages_go_forward_and_backward_without_gaps() -> None:
    _, _, bob = await conversation()
    one = await bob.ask(page(rsm="<max>4</max>"))
    assert (words(one), fin(one).get("complete")) == (["0", "1", "2", "3"], "")
    last = fin(one).child("set", RSM).child_text("last")
    two = await bob.ask(page(rsm=f"<max>4</max><after>{last}</after>"))
    assert (words(two), fin(two).get("complete")) == (["4", "other words"], "true")
    end = await bob.ask(page(rsm="<max>2</max><before/>"))
    assert (words(end), fin(end).get("complete")) == (["4", "other words"], "")
    first = fin(end).child("set", RSM).child_text("first")
    before = await bob.ask(page(rsm=f"<max>4</max><before>{first}</before>"))
    assert (words(before), fin(before).get("complete")) == (["0", "1", "2", "3"], "true")
    flipped = await bob.ask(page(rsm="<max>2</max><before/>", more="<flip-page/>"))
    assert words(flipped) == ["other words", "4"]
    (nothing,) = await bob.ask(page(rsm="<max>0</max>"))
    assert fin([nothing]).child("set", RSM).child_text("count") == "6"


async def test_a_history_is_searched_by_partner_moment_id_and_words() -> None:
    _, _, bob = await conversation()
    every = ids(await bob.ask(page()))

    async def found(form: str) -> list[str]:
        return words(await bob.ask(page(form)))

    assert await found(field("with", "carol@example.org/somewhere")) == ["other words"]
    assert await found(field("start", "2001-09-09T01:48:40Z")) == ["2", "3", "4", "other words"]
    assert await found(field("end", "2001-09-09T01:47:40Z")) == ["0", "1"]
    assert await found(field("start", "2001-09-09T03:48:40+02:00") + field("end", "2001-09-09T01:49:00Z")) == ["2"]
    assert await found(field("after-id", every[3])) == ["4", "other words"]
    assert await found(field("before-id", every[2])) == ["0", "1"]
    assert await found(field("ids", every[4], every[1])) == ["1", "4"]
    assert await found(field("{urn:xmpp:fulltext:0}fulltext", "words")) == ["other words"]
    assert await found(field("FORM_TYPE", MAM)) == ["0", "1", "2", "3", "4", "other words"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (page(rsm="<after>nothing</after>"), ("cancel", "item-not-found")),
        (page(rsm="<before>0000000000000</before>"), ("cancel", "item-not-found")),
        (page(rsm="<after>0000000000001</after>"), ("cancel", "item-not-found")),
        (page(field("ids", "0000000000001")), ("cancel", "item-not-found")),
        (page(field("after-id", "x")), ("cancel", "item-not-found")),
        (page(rsm="<index>1</index>"), ("cancel", "feature-not-implemented")),
        (page(rsm="<max>many</max>"), ("modify", "bad-request")),
        (page(field("start", "yesterday")), ("modify", "bad-request")),
        (page(field("start", "2001-09-09T01:48:40")), ("modify", "bad-request")),
        (page(field("end", "9999-99-99T00:00:00Z")), ("modify", "bad-request")),
        (page(field("with", "@")), ("modify", "jid-malformed")),
        (page(field("colour", "red")), ("cancel", "feature-not-implemented")),
        (page(field("FORM_TYPE", "urn:other")), ("modify", "bad-request")),
        (page(to=" to='alice@example.org'"), ("cancel", "service-unavailable")),
        (page(to=" to='nowhere@rooms.example.org'"), ("cancel", "item-not-found")),
    ],
)
async def test_a_query_that_cannot_be_answered_is_refused_whole(query: str, expected: tuple[str, str]) -> None:
    _, _, bob = await conversation()
    assert error(await bob.one(query)) == expected


async def test_what_is_not_to_be_kept_is_not_there() -> None:
    _house, alice, bob = await conversation()
    before = ids(await bob.ask(page()))
    for child in (
        "<body>x</body><no-store xmlns='urn:xmpp:hints'/>",
        "<body>x</body><no-permanent-store xmlns='urn:xmpp:hints'/>",
        "<composing xmlns='http://jabber.org/protocol/chatstates'/>",
        "<x xmlns='urn:x'/>",
    ):
        await alice.send(f"<message to='bob@example.org' type='chat'>{child}</message>")
    await alice.send("<message to='bob@example.org' type='headline'><body>x</body></message>")
    assert ids(await bob.ask(page())) == before
    await alice.send(
        "<message to='bob@example.org' type='chat'><x xmlns='urn:x'/><store xmlns='urn:xmpp:hints'/></message>"
    )
    assert len(ids(await bob.ask(page()))) == len(before) + 1


async def test_what_was_taken_back_is_told_as_such_and_not_what_it_was() -> None:
    _, alice, bob = await conversation()
    retract = "<retract xmlns='urn:xmpp:message-retract:1' id='1'/><body>fallback</body>"
    await alice.send(f"<message to='bob@example.org' type='chat' id='r'>{retract}</message>")
    heard = await bob.ask(page(field("with", "alice@example.org")))
    tombstone = inside(heard[1])
    assert tombstone.child("body") is None
    assert tombstone.child("retracted", "urn:xmpp:message-retract:1").get("id") == "r"
    assert (tombstone.get("from"), tombstone.get("id")) == ("alice@example.org/here", "1")
    assert inside(heard[-2]).child("retract", "urn:xmpp:message-retract:1").get("id") == "1"


async def test_a_room_has_its_own_history_and_accounts_have_none_of_it() -> None:
    house = House()
    alice, bob = await house.talker("alice"), await house.talker("bob")
    await alice.send(f"<presence to='{ROOM}/alice'/>", f"<presence to='{ROOM}/anna'/>")
    await alice.send(f"<message to='{ROOM}' type='groupchat' id='1'><body>hello</body></message>")
    live = alice.heard()[-1].child("stanza-id", "urn:xmpp:sid:0").get("id")
    to = f" to='{ROOM}'"
    heard = await bob.ask(page(to=to))
    assert (heard[0].get("from"), words(heard), ids(heard)) == (ROOM, ["hello"], [live])
    assert (inside(heard[0]).get("from"), inside(heard[0]).get("type")) == (f"{ROOM}/anna", "groupchat")
    assert words(await alice.ask(page())) == []
    assert words(await alice.ask(page(field("with", ROOM)))) == []


@pytest.mark.parametrize("setting", ["membersonly", "passwordprotectedroom"])
async def test_the_history_of_a_closed_room_is_for_those_who_may_enter(setting: str) -> None:
    house = House()
    alice, bob, eve = [await house.talker(name) for name in ("alice", "bob", "eve")]
    muc = "<x xmlns='http://jabber.org/protocol/muc'/>"
    await alice.send(f"<presence to='{ROOM}/alice'>{muc}</presence>")
    fields = field(f"muc#roomconfig_{setting}", "1") + field("muc#roomconfig_roomsecret", "s")
    form = f"<x xmlns='jabber:x:data' type='submit'>{fields}</x>"
    owner = f"<query xmlns='http://jabber.org/protocol/muc#owner'>{form}</query>"
    await alice.send(f"<iq to='{ROOM}' type='set' id='o'>{owner}</iq>")
    member = "<item jid='bob@example.org' affiliation='member'/>"
    await alice.send(
        f"<iq to='{ROOM}' type='set' id='a'><query xmlns='http://jabber.org/protocol/muc#admin'>{member}</query></iq>"
    )
    to = f" to='{ROOM}'"
    assert error(await eve.one(page(to=to))) == ("auth", "forbidden")
    assert error(await eve.one(f"<iq type='get' id='m'{to}><metadata xmlns='{MAM}'/></iq>")) == ("auth", "forbidden")
    assert (await bob.one(page(to=to))).get("type") == "result"


async def test_where_a_history_begins_and_ends() -> None:
    house, _alice, bob = await conversation()
    every = ids(await bob.ask(page()))
    (result,) = await bob.ask(f"<iq type='get' id='m'><metadata xmlns='{MAM}'/></iq>")
    start, end = next(result.elements).elements
    assert (start.get("id"), end.get("id"), start.get("timestamp")) == (every[0], every[-1], "2001-09-09T01:46:40.000Z")
    dave = await house.talker("dave")
    (result,) = await dave.ask(f"<iq type='get' id='m'><metadata xmlns='{MAM}'/></iq>")
    assert next(result.elements).children == []


async def test_the_form_names_what_can_be_searched_by() -> None:
    alice = await House().talker("alice")
    result = await alice.one(f"<iq type='get' id='f'><query xmlns='{MAM}'/></iq>")
    form = next(result.elements).child("x", "jabber:x:data")
    names = [each.get("var") for each in form.elements]
    assert names[:4] == ["FORM_TYPE", "with", "start", "end"]


PREFERENCES = "<iq type='set' id='p'><prefs xmlns='urn:xmpp:mam:2' default='{}'><always>{}</always>{}</prefs></iq>"


@pytest.mark.spec("XEP-0441", "2")
async def test_preferences_are_told_as_they_were_set_with_their_addresses_as_they_are_known_here() -> None:
    _, alice, _ = await conversation()
    (result,) = await alice.ask(f"<iq type='get' id='p'><prefs xmlns='{MAM}'/></iq>")
    assert text(next(result.elements)) == f"<prefs xmlns='{MAM}' default='always'><always/><never/></prefs>"
    change = PREFERENCES.format("roster", "<jid>BOB@EXAMPLE.org/Phone</jid>", "<never><jid>eve@x</jid></never>")
    expected = (
        f"<prefs xmlns='{MAM}' default='roster'><always><jid>bob@example.org/Phone</jid></always>"
        "<never><jid>eve@x</jid></never></prefs>"
    )
    assert text(next((await alice.one(change)).elements)) == expected
    (result,) = await alice.ask(f"<iq type='get' id='p'><prefs xmlns='{MAM}'/></iq>")
    assert text(next(result.elements)) == expected
    await alice.send("<message to='bob@example.org' type='chat'><body>unkept</body></message>")
    assert "unkept" not in words(await alice.ask(page()))


@pytest.mark.parametrize(
    ("default", "jid", "expected"),
    [
        ("often", "a@b", ("modify", "bad-request")),
        ("", "a@b", ("modify", "bad-request")),
        ("never", "@", ("modify", "jid-malformed")),
    ],
)
async def test_preferences_that_cannot_be_change_nothing(default: str, jid: str, expected: tuple[str, str]) -> None:
    alice = await House().talker("alice")
    assert error(await alice.one(PREFERENCES.format(default, f"<jid>{jid}</jid>", ""))) == expected
    (result,) = await alice.ask(f"<iq type='get' id='p'><prefs xmlns='{MAM}'/></iq>")
    assert next(result.elements).get("default") == "always"
