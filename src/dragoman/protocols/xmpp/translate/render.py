"""Events to stanzas, as one client is to see them.

Where an event came from XMPP, its own octets are written between new tags; where it came from elsewhere, they are made from
its neutral words. What is the same for all receivers of a room's message is written once: see :class:`Renderer`.
"""

from functools import lru_cache

from dragoman.core.address import Address
from dragoman.core.model import (
    ChatState,
    Copy,
    Event,
    Exchange,
    Failure,
    Kind,
    Presence,
    RealTimeText,
    RoomChange,
    RoomWelcome,
    Signal,
    SubscriptionChange,
    Talk,
)
from dragoman.formats.xml import clean, escape_attribute
from dragoman.protocols.xmpp.namespaces import (
    CARBONS,
    CLIENT,
    FORWARD,
    MUC_USER,
    OCCUPANT_ID,
    STANZA_ID,
)
from dragoman.protocols.xmpp.stanza import serialise_all
from dragoman.protocols.xmpp.timestamps import write_moment
from dragoman.protocols.xmpp.translate import room
from dragoman.protocols.xmpp.translate.content import content, is_kept
from dragoman.protocols.xmpp.translate.presence import DELAYED, native_octets, presence, quoted, subscription


def _attribute(text: str) -> bytes:
    return (text if text.isalnum() else escape_attribute(clean(text))).encode()


class Renderer:
    """Writes stanzas; remembers what it last wrote for a room, since the next receiver most often gets the same."""

    __slots__ = ("_change", "_changed", "_said", "_said_rest")

    def __init__(self) -> None:
        self._said: Event | None = None
        self._said_rest = b""
        self._change: RoomChange | None = None
        self._changed: list[room.Unaddressed] = []

    def render(self, event: Event, viewer: Address) -> list[bytes]:
        """The stanzas that tell an event to the session ``viewer``; none where XMPP has no words for it."""
        if isinstance(event, Talk):
            stanza = self._talk(event, viewer)
            return [stanza] if stanza else []
        if isinstance(event, Presence):
            return [presence(event)]
        if isinstance(event, RoomChange):
            return _addressed(self._room_change(event), viewer)
        if isinstance(event, RoomWelcome):
            return self._welcome(event, viewer)
        if isinstance(event, SubscriptionChange):
            return [subscription(event)]
        copied = self._copy(event) if isinstance(event, Copy) else b""
        return [copied] if copied else []

    def _talk(self, event: Talk, viewer: Address) -> bytes:
        if event.kind is not Kind.GROUPCHAT:
            account = viewer.bare
            to = event.recipient if event.recipient.bare == account else viewer
            return message(event, to, account) if not _is_iq(event) else _iq(event, to)
        if event is not self._said:
            self._said, self._said_rest = event, message(event, None, event.sender.bare)[len("<message") :]
        return b"<message to='%b'%b" % (quoted(viewer), self._said_rest) if self._said_rest else b""

    def _room_change(self, event: RoomChange) -> list[room.Unaddressed]:
        if self._change is None or not _tells_the_same(event, self._change):
            self._change, self._changed = event, room.change(event)
        return self._changed

    def _copy(self, copy: Copy) -> bytes:
        """XEP-0280 §6.2, §6.3."""
        owner, event = copy.recipient.bare, copy.event
        inside = forwardable(event, owner)
        if not inside:
            return b""
        name = b"sent" if copy.sent else b"received"
        wrapped = b"<%b xmlns='%b'><forwarded xmlns='%b'>%b</forwarded></%b>" % (
            name,
            CARBONS.encode(),
            FORWARD.encode(),
            inside,
            name,
        )
        head = b"<message from='%b' to='%b' type='%b'>" % (
            quoted(owner),
            quoted(copy.recipient),
            event.kind.value.encode(),
        )
        return head + wrapped + b"</message>"

    def _welcome(self, event: RoomWelcome, viewer: Address) -> list[bytes]:
        """XEP-0045 §7.2: who is inside, the newcomer itself, what was said, and the subject last."""
        history = [stanza for said in event.history if (stanza := self._talk(said, viewer))]
        subject = _addressed([room.subject_on_entry(event)], viewer)
        return [*_addressed(room.presences(event), viewer), *history, *subject]


def _addressed(stanzas: list[room.Unaddressed], viewer: Address) -> list[bytes]:
    to = quoted(viewer)
    return [b"%b to='%b'%b" % (name, to, rest) for name, rest in stanzas]


def _tells_the_same(one: RoomChange, other: RoomChange) -> bool:
    """Whether two are the same change for two receivers: then they share their parts."""
    return (
        one.what is other.what
        and one.own is other.own
        and one.occupant is other.occupant
        and one.presence is other.presence
        and one.before is other.before
        and one.actor is other.actor
        and one.sender == other.sender
        and one.to is other.to
        and (one.reason, one.subject, one.changes) == (other.reason, other.subject, other.changes)
        and (one.non_anonymous, one.logged) == (other.non_anonymous, other.logged)
    )


def message(event: Talk, to: Address | None, archive: Address) -> bytes:
    """A message stanza; ``archive`` is whose history its id belongs to. Empty where XMPP has no words for the event."""
    inside = native_octets(event)
    if inside is None:
        inside = serialise_all(content(event))
        if not inside:
            return b""
    failed = type(event) is Failure
    opening = _opening(event.sender, to, "error" if failed else _TYPES[event.kind], getattr(event, "language", ""))
    known = b"" if failed else _what_the_server_knows(event, archive)
    # Who gave a message no id is known by the server's: others have to be able to refer to it.
    id = event.id or event.archive_id
    name = b" id='%b'" % _attribute(id) if id else b""
    return b"%b%b>%b%b</message>" % (opening, name, inside, known)


@lru_cache(maxsize=8192)
def _opening(sender: Address, to: Address | None, kind: str, language: str) -> bytes:
    """The start of a tag: the same for all that two sessions say to each other."""
    return b"<message%b from='%b'%b%b" % (
        b" to='%b'" % quoted(to) if to is not None else b"",
        quoted(sender),
        b" type='%b'" % kind.encode() if kind else b"",
        b" xml:lang='%b'" % _attribute(language) if language else b"",
    )


_TYPES = {kind: kind.value if kind is not Kind.NORMAL else "" for kind in Kind}
_OCCUPANT_ID = b"<occupant-id xmlns='" + OCCUPANT_ID.encode() + b"' id='%b'/>"
_PRIVATE = b"<x xmlns='" + MUC_USER.encode() + b"'/>"
#: Types, not isinstance: events are leaves, and this is asked for every message.
_NOT_IN_HISTORY = frozenset((ChatState, RealTimeText, Signal))


@lru_cache(maxsize=8192)
def _stanza_id(archive: Address) -> bytes:
    return b"<stanza-id xmlns='%b' by='%b' id='" % (STANZA_ID.encode(), quoted(archive))


def _what_the_server_knows(event: Talk, archive: Address) -> bytes:
    known = b""
    if type(event) not in _NOT_IN_HISTORY and is_kept(event):
        known = b"%b%b'/>" % (_stanza_id(archive), event.archive_id.encode())
    if event.occupant is not None:
        if event.occupant.id:
            known += _OCCUPANT_ID % _attribute(event.occupant.id)
        if event.kind is not Kind.GROUPCHAT:
            known += _PRIVATE  # XEP-0045 §7.5
    if event.sent_at is not None:
        # XEP-0203 §4: the room, or the server that kept the message for its user.
        keeper = archive if event.kind is Kind.GROUPCHAT else Address("", archive.domain)
        known += DELAYED % (quoted(keeper), write_moment(event.sent_at).encode())
    return known


def forwardable(event: Talk, archive: Address) -> bytes:
    """A message to stand inside another one (XEP-0297): a copy, or a page of history."""
    said = event.readdressed(sent_at=None)
    whole = message(said, said.recipient, archive)
    return b"<message xmlns='" + CLIENT.encode() + b"'" + whole[8:] if whole else b""


def _is_iq(event: Talk) -> bool:
    return (type(event) is Signal or type(event) is Failure) and event.exchange is not Exchange.NONE


def _iq(event: Talk, to: Address) -> bytes:
    data = native_octets(event)
    if data is None:
        data = serialise_all(content(event))
    if isinstance(event, Failure):
        kind = b"error"
    elif isinstance(event, Signal) and event.exchange is Exchange.REQUEST:
        kind, data = data[:3], data[3:]
    else:
        kind = b"result"
    return b"<iq from='%b' to='%b' id='%b' type='%b'>%b</iq>" % (
        quoted(event.sender),
        quoted(to),
        _attribute(event.id),
        kind,
        data,
    )
