"""IRC and a session that speaks something else, through the features: what one says the other can be told, and no field of
the one becomes a line of the other's making."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.protocols.irc.town import EVERYTHING, Person, Town
from tests.world import Client

from dragoman.core.address import Address
from dragoman.core.model import (
    ChatState,
    ChatStateKind,
    Kind,
    Message,
    OccupantView,
    Presence,
    Reaction,
    Ref,
    Reply,
    Retraction,
    Role,
    RoomChange,
    RoomEvent,
    Show,
    Span,
    Style,
    Talk,
)
from dragoman.core.policy import Policy

ROOM = Address("room", "rooms.example.org")


async def pair(town: Town, caps: str = EVERYTHING) -> tuple[Person, Client]:
    """alice on IRC and bob elsewhere, in one room."""
    alice = await town.user("alice", caps)
    bob = await town.world.client("bob")
    await alice.send("JOIN #room")
    await town.world.enter(bob, str(ROOM))
    alice.read()
    bob.take()
    return alice, bob


def words(line: str) -> str:
    return line.partition(" :")[2] if line.startswith(":") else line.partition(" ")[2].partition(" :")[2]


async def test_words_go_both_ways_with_one_id(town: Town) -> None:
    alice, bob = await pair(town)
    [echo] = await alice.send("PRIVMSG #room :hello \x02you\x02")
    [message] = bob.take(Message)
    assert (message.text, message.markup) == ("hello you", (Span(6, 3, "bold"),))
    assert f"msgid={message.archive_id}" in echo
    await town.world.say(bob, str(ROOM), "hi", kind=Kind.GROUPCHAT)
    assert words(alice.read()[0]) == "hi"


async def test_an_action_a_notice_and_a_reply_keep_their_meaning(town: Town) -> None:
    alice, bob = await pair(town)
    await alice.send("PRIVMSG bob :\x01ACTION waves\x01", "NOTICE bob :note")
    action, notice = bob.take(Message)
    assert (action.style, action.text, notice.style) == (Style.ACTION, "waves", Style.NOTICE)
    await alice.send(f"@+reply={action.archive_id} PRIVMSG bob :again")
    [answer] = bob.take(Message)
    assert answer.reply is not None and answer.reply.ref.archive_id == action.archive_id
    await town.world.say(bob, "alice@example.org", "nods", style=Style.ACTION)
    assert words(alice.read()[-1]) == "\x01ACTION nods\x01"
    await town.world.say(
        bob, "alice@example.org", "> nods\nyes", reply=Reply(Ref(archive_id=action.archive_id), quoted=7)
    )
    [line] = alice.read()
    assert f"+reply={action.archive_id}" in line and words(line) == "yes"


async def test_typing_reactions_and_retractions_go_both_ways(town: Town) -> None:
    alice, bob = await pair(town)
    await alice.send("@+typing=active TAGMSG bob")
    [state] = bob.take(ChatState)
    assert state.state is ChatStateKind.COMPOSING
    said = await town.world.say(bob, str(ROOM), "a joke", kind=Kind.GROUPCHAT)
    assert isinstance(said, Talk)
    alice.read()
    await alice.send(f"@+reply={said.archive_id};+draft/react=😂 TAGMSG #room")
    [reaction] = bob.take(Reaction)
    assert (reaction.added, reaction.emojis, reaction.target.archive_id) == (("😂",), ("😂",), said.archive_id)
    alice.read()
    way = {"sender": bob.address, "recipient": ROOM, "kind": Kind.GROUPCHAT}
    await town.services.router.route(
        Reaction(**way, target=Ref(archive_id=said.archive_id), emojis=("a", "b")), bob.session
    )
    lines = alice.read()
    assert len(lines) == 2 and "+draft/react=a" in lines[0] and "+draft/react=b" in lines[1]
    await town.services.router.route(Retraction(**way, target=Ref(archive_id=said.archive_id)), bob.session)
    assert any(f" REDACT #room {said.archive_id}" in line for line in alice.read())


async def test_a_plain_client_reads_words_where_it_cannot_be_shown_more(town: Town) -> None:
    alice, bob = await pair(town, "")
    said = await town.world.say(bob, str(ROOM), "first\n\nsecond", kind=Kind.GROUPCHAT)
    assert isinstance(said, Talk)
    assert [words(line) for line in alice.read()] == ["first", "second"]
    way = {"sender": bob.address, "recipient": ROOM, "kind": Kind.GROUPCHAT}
    await town.services.router.route(
        Message(**way, text="FIRST", corrects=Ref(archive_id=said.archive_id)), bob.session
    )
    assert [words(line) for line in alice.read()] == ["* FIRST"]
    await town.services.router.route(
        Reaction(**way, target=Ref(archive_id=said.archive_id), emojis=("👍",)), bob.session
    )
    assert [words(line) for line in alice.read()] == ["\x01ACTION reacted with 👍\x01"]
    await town.services.router.route(ChatState(**way, state=ChatStateKind.COMPOSING), bob.session)
    assert alice.read() == []


async def test_a_long_text_comes_in_pieces_and_none_is_cut_inside_a_character(town: Town) -> None:
    alice, bob = await pair(town)
    text = "👩‍👩‍👧‍👦" * 60 + " " + "wörd " * 200
    await town.world.say(bob, str(ROOM), text, kind=Kind.GROUPCHAT)
    lines = alice.read()
    assert len(lines) > 2
    assert "".join(words(line) for line in lines).replace(" ", "") == text.replace(" ", "")
    assert sum("msgid=" in line for line in lines) == 1
    for line in lines:
        untagged = line.partition(" ")[2]
        assert len(untagged.encode()) <= 510


async def test_an_occupant_with_a_name_of_its_own_is_told_by_the_room_and_can_be_written_to(town: Town) -> None:
    owner = await town.world.client("owner")
    await town.world.enter(owner, str(ROOM))
    carol = await town.world.client("carol")
    await town.world.enter(carol, str(ROOM), "Ally")
    alice = await town.user("alice")
    heard = await alice.send("JOIN #room")
    assert any("353 alice = #room :" in line and "Ally/room" in line and "carol" not in line for line in heard)
    carol.take()
    await alice.send("PRIVMSG Ally/room :psst")
    [message] = carol.take(Message)
    assert (message.text, message.sender) == ("psst", ROOM.at("alice"))
    await town.world.say(carol, f"{ROOM}/alice", "yes?")
    assert [line.partition("!")[0] for line in alice.read()] == [":Ally/room"]


async def test_an_occupant_has_one_nick_for_all_and_moderators_can_ask_whose_it_is(town: Town) -> None:
    alice = await town.user("alice", "account-tag")
    await alice.send("JOIN #room")
    carol = await town.world.client("carol")
    await town.world.enter(carol, str(ROOM), "Ally")
    assert alice.read()[0].split()[:3:2] == ["@account=carol", "JOIN"]
    carols = await town.user("carol")
    assert any(" 353 carol = #room :" in line and line.endswith(" carol") for line in await carols.send("JOIN #room"))
    alice.read()
    await town.world.say(carol, str(ROOM), "hi", kind=Kind.GROUPCHAT)
    assert alice.read()[0].split("!")[0] == "@account=carol :Ally/room"
    assert carols.read() == [":carol!carol@example.org PRIVMSG #room :hi"]
    assert any(line.endswith(" carol") for line in await alice.send("WHO #room %na"))
    await alice.send("KICK #room carol")
    assert any(" KICK #room carol " in line for line in carols.read())


async def test_who_is_hidden_in_a_room_is_not_given_away_by_asking_for_the_account(town: Town) -> None:
    owner = await town.world.client("owner")
    await town.world.enter(owner, str(ROOM))
    carol = await town.world.client("carol")
    await town.world.enter(carol, str(ROOM), "Ally")
    alice = await town.user("alice")
    await alice.send("JOIN #room")
    asked = await alice.send(
        "WHOIS carol", "ISON carol", "MONITOR + carol", "WHO carol", "WHO *carol*", "USERHOST carol"
    )
    assert [line.split()[1] for line in asked] == ["401", "318", "303", "731", "315", "315", "302"]
    assert not any("carol!" in line or "+carol" in line for line in asked)


async def test_a_line_that_cannot_be_written_is_lost_and_nothing_else(town: Town) -> None:
    alice, bob = await pair(town)
    client = town.services.registry.sessions(Address("alice", "example.org"))[0]
    broken = Address("x\r\nKICK", "example.org")
    client.deliver(Message(sender=broken, recipient=client.account, text="hi"))
    client.deliver(Message(sender=bob.address, recipient=client.account, text="\ud800"))
    assert alice.read() == []
    await town.world.say(bob, "alice@example.org", "still here")
    assert [words(line) for line in alice.read()] == ["still here"]


async def test_presence_is_away_both_ways(town: Town) -> None:
    alice, bob = await pair(town)
    await town.services.rooms.update(
        bob.session, ROOM, Presence(sender=bob.address, recipient=ROOM.at("bob"), show=Show.DND, status="busy")
    )
    assert [line.partition(" ")[2] for line in alice.read()] == [":bob!bob@example.org AWAY busy"]
    await alice.send("AWAY :lunch")
    change = bob.take(RoomChange)[-1]
    assert change.what is RoomEvent.PRESENCE and change.presence is not None
    assert (change.presence.show, change.presence.status) == (Show.AWAY, "lunch")


async def test_kicks_modes_topics_and_bans_are_told_on_both_sides(town: Town) -> None:
    alice, bob = await pair(town)
    await alice.send("MODE #room +m", "MODE #room +v bob", "TOPIC #room :news", "KICK #room bob :enough")
    whats = [change.what for change in bob.take(RoomChange)]
    assert whats == [RoomEvent.CONFIGURED, RoomEvent.STANDING, RoomEvent.STANDING, RoomEvent.SUBJECT, RoomEvent.KICKED]
    alice.read()
    await alice.send("MODE #room +b ~account:bob")
    room = await town.services.rooms.existing(ROOM)
    assert room.affiliation(bob.address.bare).value == "outcast"


async def test_one_history_for_both(town: Town) -> None:
    alice, bob = await pair(town)
    await alice.send("PRIVMSG #room :one", "PRIVMSG bob :secret")
    await town.world.say(bob, str(ROOM), "two", kind=Kind.GROUPCHAT)
    await town.world.say(bob, "alice@example.org", "answer")
    alice.read()
    lines = await alice.send("CHATHISTORY LATEST #room * 10", "CHATHISTORY LATEST bob * 10")
    assert [words(line) for line in lines if "PRIVMSG" in line] == ["one", "two", "secret", "answer"]


text = st.text(max_size=40).map(lambda raw: raw.encode(errors="ignore").decode())


@pytest.mark.parametrize("caps", ["", EVERYTHING])
@settings(max_examples=60, deadline=None)
@given(raw=text, other=text)
async def test_no_field_from_elsewhere_becomes_a_line_of_its_own(caps: str, raw: str, other: str) -> None:
    """A client of another protocol may put anything into any field; each line that comes out is the server's own."""
    town = Town(Policy())
    alice, bob = await pair(town, caps)
    evil = f"{raw}\r\n:root!r@h KICK #room alice\0{other}"
    way = {"sender": ROOM.at(f"b{other}"), "recipient": ROOM, "kind": Kind.GROUPCHAT}
    client = town.services.registry.sessions(Address("alice", "example.org"))[0]
    odd = OccupantView(evil, evil, role=Role.MODERATOR, voiced=True)
    shown = Presence(sender=bob.address, recipient=ROOM, show=Show.AWAY, status=evil)
    for what in RoomEvent:
        client.deliver(
            RoomChange(
                sender=ROOM.at(evil),
                recipient=ROOM,
                what=what,
                occupant=odd,
                before=odd,
                actor=odd,
                presence=shown,
                reason=evil,
                subject=evil,
                to=Address("other", "rooms.example.org"),
                changes=("password", "public"),
            )
        )
    for style in Style:
        client.deliver(Message(**way, text=evil, style=style, subject=evil, id=evil, archive_id=evil, occupant=odd))
    client.deliver(Reaction(**way, target=Ref(archive_id=evil), added=(evil,), emojis=(evil,), occupant=odd))
    client.deliver(Retraction(**way, target=Ref(archive_id=evil), reason=evil, occupant=odd))
    for line in alice.wire.sent.split(b"\r\n")[:-1]:
        assert b"\r" not in line and b"\n" not in line and b"\0" not in line
        body = line.partition(b" ")[2] if line[:1] == b"@" else line
        assert not body.startswith(b":root"), line
        assert b"\xff" not in body
