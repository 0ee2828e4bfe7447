"""What happens in instant messaging, in the words that two or more protocols share.

An event is frozen. Its fields hold what several protocols can say; what only the sender's own protocol can say stays in
``native``, which nobody else looks into. Whoever changes the content uses :meth:`Event.changed`, which drops ``native``,
so that the old form cannot leak; whoever only passes it on uses :meth:`Event.readdressed`.
"""

from enum import StrEnum
from typing import Any, Final, Self

import msgspec
from msgspec import Struct

from dragoman.core.address import Address
from dragoman.core.errors import Condition, Remedy


class Native(Struct, frozen=True, array_like=True):
    """The validated original: ``data`` is what ``protocol`` needs to write the same content to another address."""

    protocol: str
    data: bytes


class Hint:
    """What the sender asks about keeping and copying (XEP-0334): bits of a number, since every message is asked for them
    and an enumeration's operators cost half a microsecond each."""

    NONE: Final = 0
    STORE: Final = 1
    NO_STORE: Final = 2
    NO_PERMANENT_STORE: Final = 4
    NO_COPY: Final = 8


class Kind(StrEnum):
    """How something is said (RFC 6121 §5.2.2)."""

    CHAT = "chat"
    NORMAL = "normal"
    HEADLINE = "headline"
    GROUPCHAT = "groupchat"


class Show(StrEnum):
    """How available somebody is (RFC 6121 §4.7.2.1)."""

    HERE = ""
    CHAT = "chat"
    AWAY = "away"
    XA = "xa"
    DND = "dnd"


class Affiliation(StrEnum):
    """A lasting relation to a room (XEP-0045 §5.2)."""

    OUTCAST = "outcast"
    NONE = "none"
    MEMBER = "member"
    ADMIN = "admin"
    OWNER = "owner"

    @property
    def rank(self) -> int:
        return _AFFILIATIONS[self]


class Role(StrEnum):
    """What an occupant may do for as long as it is in the room (XEP-0045 §5.1)."""

    NONE = "none"
    VISITOR = "visitor"
    PARTICIPANT = "participant"
    MODERATOR = "moderator"

    @property
    def rank(self) -> int:
        return _ROLES[self]


_AFFILIATIONS = {affiliation: rank for rank, affiliation in enumerate(Affiliation, start=-1)}
_ROLES = {role: rank for rank, role in enumerate(Role)}


class Ref(Struct, frozen=True, array_like=True):
    """A message that another event speaks of: by its sender's ``id``, by the server's ``archive_id``, or both."""

    id: str = ""
    archive_id: str = ""


class Reply(Struct, frozen=True):
    """What a message answers; ``quoted`` counts the characters at the head of the text that only repeat it."""

    ref: Ref
    to: Address | None = None
    quoted: int = 0


class File(Struct, frozen=True):
    """A file that was sent as a link."""

    url: str
    name: str = ""
    media_type: str = ""
    size: int = 0


class Encrypted(Struct, frozen=True):
    """End-to-end encryption that the server cannot read: the scheme's name, and a notice for those who cannot either."""

    scheme: str
    notice: str = ""


class Span(Struct, frozen=True, array_like=True):
    """Styled characters of a text: from ``start``, ``length`` long, in one ``style``."""

    start: int
    length: int
    style: str  # bold, italic, strike, underline, mono


class Event(Struct, frozen=True, kw_only=True, tag=True, omit_defaults=True):
    """Anything that one address tells another."""

    sender: Address
    recipient: Address
    native: Native | None = None
    hints: int = Hint.NONE

    def changed(self, **fields: Any) -> Self:
        """The same event with other content; the original form is dropped."""
        return msgspec.structs.replace(self, native=None, **fields)

    def readdressed(self, **addresses: Any) -> Self:
        """The same content for somebody else: ``sender``, ``recipient``, or what the server itself knows of it."""
        return msgspec.structs.replace(self, **addresses)


class OccupantView(Struct, frozen=True, omit_defaults=True):
    """An occupant as one receiver may see it; ``account`` is None where the room hides it."""

    nick: str
    id: str = ""  # XEP-0421: the same for one account in one room, for nobody to turn back
    affiliation: Affiliation = Affiliation.NONE
    role: Role = Role.NONE
    account: Address | None = None
    voiced: bool = False  # was given the right to speak by name, not only by the room's rules


class Talk(Event, frozen=True, kw_only=True, omit_defaults=True):
    """Anything said in a conversation, with or without words.

    ``id`` is the sender's own, ``archive_id`` the server's (empty until it was given one); ``sent_at`` is in seconds since
    1970 and only set where the event is not being said now; ``occupant`` tells who said it in a room.
    """

    id: str = ""
    kind: Kind = Kind.CHAT
    thread: str = ""
    archive_id: str = ""
    sent_at: float | None = None
    occupant: OccupantView | None = None


class ChatStateKind(StrEnum):
    """XEP-0085."""

    ACTIVE = "active"
    COMPOSING = "composing"
    PAUSED = "paused"
    INACTIVE = "inactive"
    GONE = "gone"


class Style(StrEnum):
    """What a message is meant as, apart from its words."""

    PLAIN = ""
    ACTION = "action"  # "/me waves" (XEP-0245), CTCP ACTION
    NOTICE = "notice"  # never to be answered by a machine


class Message(Talk, frozen=True, kw_only=True, omit_defaults=True):
    """Words (RFC 6121 §5). ``origin_id`` is the id by which a resend is known again (XEP-0359)."""

    text: str = ""
    markup: tuple[Span, ...] = ()
    language: str = ""
    subject: str = ""
    style: Style = Style.PLAIN
    state: ChatStateKind | None = None
    origin_id: str = ""
    reply: Reply | None = None
    corrects: Ref | None = None
    files: tuple[File, ...] = ()
    encrypted: Encrypted | None = None
    wants_receipt: bool = False
    wants_marker: bool = False


class Retraction(Talk, frozen=True, kw_only=True, omit_defaults=True):
    """A message is taken back (XEP-0424), by its sender or by ``moderator``."""

    target: Ref
    reason: str = ""
    moderator: str = ""
    fallback: str = ""


class Reaction(Talk, frozen=True, kw_only=True, omit_defaults=True):
    """All reactions of the sender to one message, replacing its earlier ones (XEP-0444); ``added`` and ``removed`` are the
    difference, for protocols that tell only that."""

    target: Ref
    emojis: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    fallback: str = ""


class Receipt(Talk, frozen=True, kw_only=True, omit_defaults=True):
    """A client has a message (XEP-0184)."""

    target: Ref


class Marker(Talk, frozen=True, kw_only=True, omit_defaults=True):
    """A person has seen everything up to a message (XEP-0333)."""

    target: Ref


class ChatState(Talk, frozen=True, kw_only=True, omit_defaults=True):
    """Typing and attention, without words (XEP-0085)."""

    state: ChatStateKind


class Edit(Struct, frozen=True, omit_defaults=True):
    """One step of real-time text (XEP-0301 §4.6): text put in, characters erased, or a pause."""

    insert: str = ""
    position: int | None = None
    erase: int = 0
    wait_ms: int = 0


class RealTimeText(Talk, frozen=True, kw_only=True, omit_defaults=True):
    """Text while it is being typed (XEP-0301). ``action`` is new, reset, edit, init or cancel."""

    action: str = "edit"
    sequence: int = 0
    edits: tuple[Edit, ...] = ()


class Exchange(StrEnum):
    """Whether a signal is one half of a question."""

    NONE = "none"
    REQUEST = "request"
    ANSWER = "answer"


class Signal(Talk, frozen=True, kw_only=True, omit_defaults=True):
    """What only one protocol understands: routed and policed by address, delivered to the same protocol only."""

    exchange: Exchange = Exchange.NONE


class Failure(Talk, frozen=True, kw_only=True, omit_defaults=True):
    """An error that comes back for something said before; never answered with another one."""

    condition: Condition
    remedy: Remedy = Remedy.CANCEL
    text: str = ""
    exchange: Exchange = Exchange.NONE


class Invitation(Talk, frozen=True, kw_only=True, omit_defaults=True):
    """Come into ``room``: passed on by the room itself (then it is the sender, and ``inviter`` asked it to), or told by one
    person to another (XEP-0045 §7.8). ``password`` lets the invited in."""

    room: Address
    inviter: Address | None = None
    reason: str = ""
    password: str = ""


class Tombstone(Talk, frozen=True, kw_only=True, omit_defaults=True):
    """What stays in a history where a message was taken back: who and when, and no words. ``retracted_by`` is the id of
    the retraction, ``at`` its moment."""

    at: float
    retracted_by: str = ""
    moderator: str = ""
    reason: str = ""


class Copy(Event, frozen=True, kw_only=True, omit_defaults=True):
    """What another session of the same account said (``sent``) or was told: ``recipient`` is the session that learns it."""

    event: Talk
    sent: bool = False


class Presence(Event, frozen=True, kw_only=True, omit_defaults=True):
    """Availability of one session (RFC 6121 §4). ``since`` is set where it is told later than it happened."""

    available: bool = True
    show: Show = Show.HERE
    status: str = ""
    priority: int = 0
    since: float | None = None


class Step(StrEnum):
    """The four messages of a subscription (RFC 6121 §3)."""

    SUBSCRIBE = "subscribe"
    SUBSCRIBED = "subscribed"
    UNSUBSCRIBE = "unsubscribe"
    UNSUBSCRIBED = "unsubscribed"


class SubscriptionChange(Event, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody asks for, grants, gives up or withdraws presence; ``status`` is what the person wrote with it."""

    step: Step
    status: str = ""


class RoomEvent(StrEnum):
    """What can happen in a room."""

    ENTERED = "entered"
    LEFT = "left"
    KICKED = "kicked"
    BANNED = "banned"
    MEMBERS_ONLY = "members-only"  # put out since the room is now for members
    UNAFFILIATED = "unaffiliated"  # put out since it is no longer a member
    SHUTDOWN = "shutdown"
    GONE = "gone"  # the account's last session ended
    UNREACHABLE = "unreachable"  # what it was sent came back
    RENAMED = "renamed"
    PRESENCE = "presence"
    STANDING = "standing"  # affiliation or role of an occupant changed
    AFFILIATION = "affiliation"  # of somebody who is not in the room
    SUBJECT = "subject"
    CONFIGURED = "configured"
    DESTROYED = "destroyed"
    INVITED = "invited"
    DECLINED = "declined"


class RoomChange(Event, frozen=True, kw_only=True, omit_defaults=True):
    """Something happened in a room: ``sender`` is the room or the occupant (room address with nickname), ``recipient`` the
    room: the same event goes to many sessions, each of which knows its own address. So do messages to a room.

    ``occupant`` is whom it happened to, as it is now; ``before`` as it was; ``actor`` who did it, where that is known;
    ``own`` says that the receiver itself is meant; ``presence`` comes with ENTERED, PRESENCE and whoever goes.
    """

    what: RoomEvent
    occupant: OccupantView | None = None
    before: OccupantView | None = None
    actor: OccupantView | None = None
    own: bool = False
    presence: Presence | None = None
    sessions: tuple[Address, ...] = ()  # all that the occupant is inside with, where there are several
    reason: str = ""
    subject: str = ""
    to: Address | None = None  # another room (DESTROYED), the person invited, or the one who declined
    at: float | None = None
    changes: tuple[str, ...] = ()  # CONFIGURED: the names of the settings that changed
    non_anonymous: bool = False  # CONFIGURED: whether everybody sees accounts from now on
    logged: bool = False  # CONFIGURED: whether what is said is kept from now on
    archive_id: str = ""


class RoomWelcome(Event, frozen=True, kw_only=True, omit_defaults=True):
    """All that a session needs when it has entered a room, in one event, for each protocol to tell in its own order.

    ``resumed`` says that the account was already inside with another session.
    """

    occupant: OccupantView
    presence: Presence
    occupants: tuple[tuple[OccupantView, Presence], ...] = ()
    subject: str = ""
    subject_author: str = ""
    subject_at: float | None = None
    history: tuple[Talk, ...] = ()
    created: bool = False
    nick_assigned: bool = False
    non_anonymous: bool = False
    logged: bool = False
    resumed: bool = False
