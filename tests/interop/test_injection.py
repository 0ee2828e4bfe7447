"""No field of one protocol can put structure into another, or into its own: whatever somebody types, the other side hears
exactly the stanzas or lines that such a thing has, from the one who said it, and no more."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.stage.clients import Client
from tests.stage.reading import Node, read_line
from tests.stage.stage import Stage, open_stage

_ROOM = "team@rooms.example.org"
_MUC = "http://jabber.org/protocol/muc"
_PIECES = [
    *(
        "</body>",
        "</message>",
        "<x xmlns='urn:x'/>",
        "<!--",
        "]]>",
        "<![CDATA[",
        "&amp;",
        "&lt;",
        "&#13;&#10;",
        "'",
        '"',
        ">",
    ),
    *("\r\n", "\n", "\r", "\0", "\x01", "\x02", "\x0b", "\x0c", "\x1b", "\x85", "\u2028", "\u2029", "\ufeff", "\u202e"),
    *(
        " :",
        ":",
        " ",
        "@a=b;c ",
        "QUIT :x",
        "PRIVMSG root :x",
        "\x01ACTION x\x01",
        ";",
        "\\",
        "#",
        ",",
        "!",
        "\t",
        "é",
        "👍",
    ),
]
nasty = st.lists(st.sampled_from(_PIECES) | st.text(max_size=4), min_size=1, max_size=5).map("".join)
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Field:
    """A thing to say with a hole for what somebody typed; ``inside`` needs the room. ``lines`` and ``elements`` are what may
    be heard of it."""

    name: str
    text: str
    lines: frozenset[str]
    elements: frozenset[str]


def field(name: str, text: str, lines: str, elements: str) -> Field:
    return Field(name, text, frozenset(lines.split()), frozenset(elements.split()))


_TEXT = "message body stanza-id occupant-id thread subject origin-id active"
_PRESENCE = "presence x item status reason actor occupant-id show priority c nick invite password history"
_CHAT = "<message type='chat' to='bob@example.org'"
_ADMIN = f"<iq type='set' id='a' to='{_ROOM}'><query xmlns='{_MUC}#admin'>"

FROM_XMPP = [
    field("text", f"{_CHAT}><body>{{}}</body></message>", "PRIVMSG", _TEXT),
    field("room text", f"<message type='groupchat' to='{_ROOM}'><body>{{}}</body></message>", "PRIVMSG", _TEXT),
    field("subject", f"{_CHAT}><subject>{{}}</subject><body>Hi</body></message>", "PRIVMSG", _TEXT),
    field("thread", f"{_CHAT}><thread>{{}}</thread><body>Hi</body></message>", "PRIVMSG", _TEXT),
    field("id", f'{_CHAT} id="{{}}"><body>Hi</body></message>', "PRIVMSG", _TEXT),
    field(
        "origin id",
        f'{_CHAT}><body>Hi</body><origin-id xmlns="urn:xmpp:sid:0" id="{{}}"/></message>',
        "PRIVMSG",
        _TEXT,
    ),
    field(
        "file",
        f"{_CHAT}><body>{{}}</body><x xmlns='jabber:x:oob'><url>{{}}</url></x></message>",
        "PRIVMSG",
        f"{_TEXT} x url",
    ),
    field(
        "reaction",
        f"{_CHAT}><reactions xmlns='urn:xmpp:reactions:0' id='first'><reaction>{{}}</reaction></reactions></message>",
        "PRIVMSG TAGMSG",
        f"{_TEXT} reactions reaction store",
    ),
    field(
        "reply",
        f'{_CHAT}><body>Hi</body><reply xmlns="urn:xmpp:reply:0" id="{{}}"/></message>',
        "PRIVMSG",
        f"{_TEXT} reply",
    ),
    field("status", "<presence><show>away</show><status>{}</status></presence>", "AWAY 730 731", _PRESENCE),
    field("topic", f"<message type='groupchat' to='{_ROOM}'><subject>{{}}</subject></message>", "TOPIC", _TEXT),
    field("nick", f'<presence to="{_ROOM}/{{}}"/>', "NICK", _PRESENCE),
    field(
        "invitation",
        f"<message to='{_ROOM}'><x xmlns='{_MUC}#user'>"
        "<invite to='bob@example.org'><reason>{}</reason></invite></x></message>",
        "INVITE",
        f"{_TEXT} {_PRESENCE}",
    ),
    field("room name", f'<presence to="{{}}@rooms.example.org/alice"><x xmlns="{_MUC}"/></presence>', "", ""),
    field("kick", f"{_ADMIN}<item nick='bob' role='none'><reason>{{}}</reason></item></query></iq>", "KICK", _PRESENCE),
    field("leaving", f"<presence type='unavailable' to='{_ROOM}/alice'><status>{{}}</status></presence>", "", ""),
    field("parting", "<presence type='unavailable'><status>{}</status></presence>", "QUIT AWAY 731 730", _PRESENCE),
]
FROM_IRC = [
    field("text", "PRIVMSG bob :{}", "PRIVMSG", _TEXT),
    field("room text", "PRIVMSG #team :{}", "PRIVMSG", _TEXT),
    field("notice", "NOTICE bob :{}", "NOTICE", _TEXT),
    field("action", "PRIVMSG bob :\x01ACTION {}\x01", "PRIVMSG", _TEXT),
    field("reply", "@+reply={} PRIVMSG bob :Hi", "PRIVMSG", f"{_TEXT} reply"),
    field("reaction", "@+reply={};+draft/react={} TAGMSG bob", "TAGMSG", f"{_TEXT} reactions reaction store"),
    field("tag", "@+example.org/x={} PRIVMSG bob :Hi", "PRIVMSG", _TEXT),
    field("away", "AWAY :{}", "AWAY 730 731", _PRESENCE),
    field("topic", "TOPIC #team :{}", "TOPIC", _TEXT),
    field("key", "MODE #team +k {}", "MODE", f"{_TEXT} {_PRESENCE}"),
    field("mask", "MODE #team +b {}", "MODE", f"{_TEXT} {_PRESENCE}"),
    field("real name", "SETNAME :{}", "SETNAME", _PRESENCE),
    field("channel", "JOIN #{}", "JOIN", _PRESENCE),
    field("kick", "KICK #team bob :{}", "KICK", _PRESENCE),
    field("leaving", "PART #team :{}", "", ""),
    field("parting", "QUIT :{}", "QUIT 731 730", _PRESENCE),
]
CAPABILITIES = "message-tags server-time away-notify setname invite-notify"
TAGS = {"msgid", "time", "account", "+reply", "+draft/reply", "+draft/react", "+typing", "+example.org/x"}


def typed(protocol: str, text: str) -> str:
    """What a client of a protocol can send of it: the rest would end its own line or its own stream."""
    if protocol == "irc":
        return re.sub("[\r\n\0]", "", text).encode()[:300].decode(errors="ignore")
    return escape(_NOT_XML.sub("", text), {'"': "&quot;", "'": "&apos;", "\r": "&#13;", "\n": "&#10;", "\t": "&#9;"})


def check(client: Client, heard: Sequence[Node | str], said: Field) -> None:
    for piece in heard:
        if isinstance(piece, Node):
            check_stanza(piece, said)
        else:
            assert client.protocol == "irc", f"{said.name}: {piece}"
            check_line(piece, said)


def check_stanza(stanza: Node, said: Field) -> None:
    names = {node.name.rpartition("}")[2] for node in everything(stanza)}
    assert names <= said.elements, f"{said.name}: {names - said.elements} in {stanza}"
    sender = stanza.attributes.get("from", "")
    assert sender.startswith(("alice@example.org", f"{_ROOM}", "bob@example.org")), f"{said.name}: {stanza}"


def everything(node: Node) -> list[Node]:
    return [node, *(inner for child in node.elements for inner in everything(child))]


def check_line(text: str, said: Field) -> None:
    assert not set("\r\n\0") & set(text), f"{said.name}: {text!r}"
    line = read_line(text)
    assert line.command in said.lines, f"{said.name}: {text!r}"
    nick = line.source.partition("!")[0]
    assert nick in ("alice", "example.org") or nick.endswith("/team"), f"{said.name}: {text!r}"
    assert line.tags.keys() <= TAGS, f"{said.name}: {text!r}"
    assert len(text[text.startswith("@") and text.index(" ") + 1 :].encode()) <= 510, f"{said.name}: {text!r}"


async def scene(stage: Stage, mine: str, yours: str) -> tuple[Client, Client]:
    """Alice owns the room; both are inside, and see each other's presence."""
    await stage.befriend("alice", "bob")
    both = []
    for name, protocol in (("alice", mine), ("bob", yours)):
        both.append(await (stage.xmpp(name) if protocol == "xmpp" else stage.irc(name, capabilities=CAPABILITIES)))
    await stage.meet("team", both)
    if yours == "irc":
        await both[1].send("MONITOR + alice")
    await both[1].send(
        "PRIVMSG alice :First"
        if yours == "irc"
        else "<message id='first' to='alice@example.org' type='chat'><body>First</body></message>"
    )
    await stage.settle()
    return both[0], both[1]


@pytest.mark.parametrize("yours", ["xmpp", "irc"])
@pytest.mark.parametrize("mine", ["xmpp", "irc"])
@settings(max_examples=25, deadline=None)
@given(text=nasty)
def test_what_is_typed_into_any_field_stays_text(mine: str, yours: str, text: str) -> None:
    async def run() -> None:
        async with open_stage() as stage:
            alice, bob = await scene(stage, mine, yours)
            count = 0
            for said in FROM_XMPP if mine == "xmpp" else FROM_IRC:
                bob.take()
                words = typed(mine, text)
                if mine == "irc" and "@" in said.text:
                    words = re.sub("[ ;]", "", words)  # the end of a tag's value is the sender's own doing
                await alice.send(said.text.replace("{}", words))
                await stage.settle(first=alice)
                heard = bob.take()
                count += len(heard)
                check(bob, heard, said)
                assert not bob.closed, f"{said.name} closed the other's connection"
            assert count > 5  # most of it was heard

    asyncio.run(run())
