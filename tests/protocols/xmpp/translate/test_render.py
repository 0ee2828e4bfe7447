"""Whatever an event says, it becomes well-formed stanzas that say it, and nothing in it becomes markup."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.core.address import Address
from dragoman.core.errors import Condition
from dragoman.core.model import (
    Affiliation,
    ChatState,
    ChatStateKind,
    Copy,
    Edit,
    Event,
    Failure,
    File,
    Invitation,
    Kind,
    Marker,
    Message,
    Native,
    OccupantView,
    Presence,
    Reaction,
    RealTimeText,
    Receipt,
    Ref,
    Reply,
    Retraction,
    Role,
    RoomChange,
    RoomEvent,
    RoomWelcome,
    Signal,
    Step,
    Style,
    SubscriptionChange,
    Talk,
    Tombstone,
)
from dragoman.formats.xml import Element, clean
from dragoman.formats.xml_parser import parse
from dragoman.protocols.xmpp.stanza import Stanza
from dragoman.protocols.xmpp.translate.lift import lift_message
from dragoman.protocols.xmpp.translate.render import Renderer

ALICE, BOB = Address("alice", "example.org", "here"), Address("bob", "example.org", "there")
ROOM = Address("r", "rooms.example.org")
SAID = {"sender": ALICE, "recipient": BOB.bare, "id": "m1"}
IN_ROOM = {
    "sender": ROOM.at("al"),
    "recipient": ROOM,
    "id": "m1",
    "kind": Kind.GROUPCHAT,
    "archive_id": "0000000000001",
}


def rendered(event: Event, viewer: Address = BOB) -> list[Element]:
    octets = b"".join(Renderer().render(event, viewer))
    return list(parse(b"<s xmlns='jabber:client'>" + octets + b"</s>").elements)


def one(event: Event) -> Element:
    (stanza,) = rendered(event)
    return stanza


@pytest.mark.parametrize(
    "event",
    [
        Message(**SAID, text="Hi"),
        Message(**SAID, text="waves", style=Style.ACTION),
        Message(**SAID, text="x", subject="s", thread="t", state=ChatStateKind.ACTIVE, wants_receipt=True),
        Message(**SAID, text="x", wants_marker=True, origin_id="o", corrects=Ref("m0"), language="de"),
        Message(**SAID, text="> q\nyes", reply=Reply(Ref("m0"), ALICE, 4)),
        Message(**SAID, text="https://example.org/a", files=(File("https://example.org/a"),)),
        Receipt(**SAID, target=Ref("m0")),
        Reaction(**SAID, target=Ref("m0"), emojis=("👍", "🎉")),
        Retraction(**SAID, target=Ref("m0"), reason="typo", fallback="gone"),
        RealTimeText(
            **SAID, action="new", sequence=7, edits=(Edit(insert="a", position=1), Edit(erase=3), Edit(wait_ms=5))
        ),
        ChatState(**SAID, state=ChatStateKind.PAUSED),
        Marker(**SAID, target=Ref("m0")),
    ],
)
def test_what_is_made_from_neutral_words_is_read_as_the_same(event: Talk) -> None:
    stanza = one(event)
    again = lift_message(Stanza(stanza), ALICE, BOB.bare, lambda domain: False)
    assert again.readdressed(native=None, hints=0) == event


def test_a_native_stanza_keeps_its_octets_and_gets_what_the_server_knows() -> None:
    event = Message(
        **SAID, text="x", native=Native("xmpp", b"<body>x</body><own xmlns='urn:x'/>"), archive_id="0000000000001"
    )
    assert Renderer().render(event, BOB) == [
        b"<message to='bob@example.org' from='alice@example.org/here' type='chat' id='m1'><body>x</body><own xmlns='urn:x'/>"
        b"<stanza-id xmlns='urn:xmpp:sid:0' by='bob@example.org' id='0000000000001'/></message>"
    ]


def test_what_has_no_id_is_known_by_the_servers() -> None:
    event = Message(sender=ALICE, recipient=BOB, text="from a line protocol", archive_id="0000000000001")
    assert one(event).get("id") == "0000000000001"
    answer = Reaction(sender=BOB, recipient=ALICE, target=Ref("", "0000000000001"), emojis=("👍",))
    assert one(answer).child("reactions", "urn:xmpp:reactions:0").get("id") == "0000000000001"


def test_in_a_room_messages_are_meant_by_the_rooms_id_and_corrected_by_the_senders() -> None:
    ref = Ref("m0", "0000000000000")
    assert (
        one(Reaction(**IN_ROOM, target=ref, emojis=("x",))).child("reactions", "urn:xmpp:reactions:0").get("id")
        == ref.archive_id
    )
    assert (
        one(Message(**IN_ROOM, text="x", reply=Reply(ref))).child("reply", "urn:xmpp:reply:0").get("id")
        == ref.archive_id
    )
    assert (
        one(Message(**IN_ROOM, text="x", corrects=ref)).child("replace", "urn:xmpp:message-correct:0").get("id") == "m0"
    )


def test_a_room_is_written_once_and_addressed_to_each() -> None:
    renderer = Renderer()
    event = Message(**IN_ROOM, text="x", occupant=OccupantView("al", "occupant"))
    first, second = renderer.render(event, ALICE), renderer.render(event, BOB)
    assert first[0].replace(b"alice@example.org/here", b"bob@example.org/there") == second[0]
    assert b"<stanza-id xmlns='urn:xmpp:sid:0' by='r@rooms.example.org' id='0000000000001'/>" in second[0]
    assert b"<occupant-id xmlns='urn:xmpp:occupant-id:0' id='occupant'/>" in second[0]
    other = event.readdressed(text="y", archive_id="0000000000002")
    assert b"<body>y</body>" in renderer.render(other, BOB)[0]


def test_a_change_in_a_room_is_not_taken_for_another_one() -> None:
    renderer = Renderer()
    view, presence = (
        OccupantView("al", account=ALICE.bare, role=Role.PARTICIPANT),
        Presence(sender=ALICE, recipient=ROOM),
    )
    change = RoomChange(sender=ROOM.at("al"), recipient=ROOM, what=RoomEvent.ENTERED, occupant=view, presence=presence)
    concealed = change.readdressed(occupant=OccupantView("al", role=Role.PARTICIPANT))
    assert b"jid='alice@example.org/here'" in renderer.render(change, BOB)[0]
    assert b"jid=" not in renderer.render(concealed, BOB)[0]
    assert b"code='110'" in renderer.render(change.readdressed(own=True), ALICE)[0]
    assert b"code='110'" not in renderer.render(change, BOB)[0]


def test_signals_of_another_protocol_and_empty_events_are_nothing() -> None:
    assert rendered(Signal(**SAID, native=Native("irc", b"x"))) == []
    assert rendered(Signal(**SAID)) == []
    assert rendered(Copy(sender=BOB.bare, recipient=BOB, event=Signal(**SAID))) == []


TEXT = st.text(max_size=12) | st.sampled_from(
    ["<x/>", "]]>", "&amp;", "'/><message to='x", "\x00\x1b", "\ufffe", "\ud800", "a\r\nb", "</body><body>", '"']
)
ADDRESSES = st.builds(Address, TEXT, st.just("example.org"), TEXT)
REFS = st.builds(Ref, TEXT, TEXT)
VIEWS = st.builds(OccupantView, TEXT, TEXT, st.sampled_from(Affiliation), st.sampled_from(Role), st.none() | ADDRESSES)
TALK: dict[str, Any] = {
    "sender": ADDRESSES,
    "recipient": ADDRESSES,
    "id": TEXT,
    "thread": TEXT,
    "kind": st.sampled_from(Kind),
    "archive_id": st.sampled_from(["", "0000000000001"]),
    "occupant": st.none() | VIEWS,
    "sent_at": st.none() | st.floats(0, 4e9),
}
FILES = st.lists(st.builds(File, TEXT, TEXT), max_size=2).map(tuple)
TALKS: list[st.SearchStrategy[Event]] = [
    st.builds(
        Message,
        **TALK,
        text=TEXT,
        subject=TEXT,
        language=TEXT,
        origin_id=TEXT,
        style=st.sampled_from(Style),
        corrects=st.none() | REFS,
        reply=st.none() | st.builds(Reply, REFS, st.none() | ADDRESSES, st.integers(0, 9)),
        files=FILES,
    ),
    st.builds(Retraction, **TALK, target=REFS, reason=TEXT, moderator=TEXT, fallback=TEXT),
    st.builds(Tombstone, **TALK, at=st.floats(0, 4e9), retracted_by=TEXT, moderator=TEXT, reason=TEXT),
    st.builds(Reaction, **TALK, target=REFS, emojis=st.lists(TEXT, max_size=3).map(tuple)),
    st.builds(Receipt, **TALK, target=REFS),
    st.builds(Marker, **TALK, target=REFS),
    st.builds(ChatState, **TALK, state=st.sampled_from(ChatStateKind)),
    st.builds(RealTimeText, **TALK, action=TEXT, edits=st.lists(st.builds(Edit, TEXT), max_size=2).map(tuple)),
    st.builds(Invitation, **TALK, room=ADDRESSES, inviter=st.none() | ADDRESSES, reason=TEXT, password=TEXT),
    st.builds(Failure, **TALK, condition=st.sampled_from(Condition), text=TEXT),
]
PRESENCES = st.builds(Presence, sender=ADDRESSES, recipient=ADDRESSES, status=TEXT, available=st.booleans())
EVENTS = st.one_of(
    *TALKS,
    PRESENCES,
    st.builds(Copy, sender=ADDRESSES, recipient=ADDRESSES, event=st.one_of(*TALKS), sent=st.booleans()),
    st.builds(SubscriptionChange, sender=ADDRESSES, recipient=ADDRESSES, step=st.sampled_from(Step), status=TEXT),
    st.builds(
        RoomChange,
        sender=ADDRESSES,
        recipient=ADDRESSES,
        what=st.sampled_from(RoomEvent),
        occupant=VIEWS,
        before=st.none() | VIEWS,
        actor=st.none() | VIEWS,
        own=st.booleans(),
        presence=st.none() | PRESENCES,
        reason=TEXT,
        subject=TEXT,
        to=st.none() | ADDRESSES,
    ),
    st.builds(
        RoomWelcome,
        sender=ADDRESSES,
        recipient=ADDRESSES,
        occupant=VIEWS,
        presence=PRESENCES,
        occupants=st.lists(st.tuples(VIEWS, PRESENCES), max_size=2).map(tuple),
        subject=TEXT,
        subject_author=TEXT,
        history=st.lists(st.one_of(*TALKS), max_size=2).map(tuple),
    ),
)

#: Every element that a rendered event may have, and no other.
KNOWN = {
    "message", "presence", "iq", "body", "subject", "thread", "show", "status", "priority", "error", "text", "reason",
    "x", "item", "actor", "invite", "decline", "password", "destroy", "stanza-id", "occupant-id", "origin-id", "delay",
    "sent", "received", "forwarded", "reply", "fallback", "replace", "retract", "retracted", "moderated", "apply-to",
    "reactions", "reaction", "displayed", "markable", "request", "rtt", "t", "e", "w", "url", "store", "no-store",
    *ChatStateKind, *Condition,
}  # fmt: skip


@given(EVENTS, ADDRESSES)
def test_no_field_becomes_markup(event: Event, viewer: Address) -> None:
    waiting = rendered(event, viewer)
    while waiting:
        element = waiting.pop()
        assert element.name in KNOWN
        waiting.extend(element.elements)


@given(TEXT.filter(clean))
def test_every_text_arrives_as_it_was_but_for_what_xml_cannot_carry(text: str) -> None:
    event = Message(**SAID, text=text, subject=text)
    stanza = one(event)
    assert stanza.child_text("body") == clean(text) == stanza.child_text("subject")
