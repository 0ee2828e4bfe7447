"""The objects of ``urn:dragoman:chat``, as they travel. The reference page and the schema are made from this file.

Times are UTCDate strings (RFC 8620 §1.4); every property is always present.
"""

from typing import Any, Literal

from msgspec import Struct, field

from dragoman.core.inbox import Level

#: How far a message has come.
Delivery = Literal["sent", "delivered", "read"]


class RoomState(Struct, frozen=True):
    """What a room is to the account: part of its conversation."""

    joined: bool
    """Whether the account goes in whenever one of its clients connects, and is inside now."""
    nick: str
    """What the account is called inside."""
    subject: str
    affiliation: str
    """owner, admin, member, none or outcast."""
    role: str
    """moderator, participant, visitor; none while not inside."""
    occupants: int
    membersOnly: bool
    moderated: bool
    persistent: bool
    password: bool
    """Whether one has to know a password to come in."""
    nonAnonymous: bool
    """Whether everybody sees accounts."""
    logged: bool
    """Whether what is said is kept."""
    subjectLocked: bool
    """Whether only moderators change the subject."""


class Invited(Struct, frozen=True):
    """An invitation into a room that waits for an answer."""

    from_: str = field(name="from")
    """The address of who invites; empty where that is hidden."""
    reason: str


class Sender(Struct, frozen=True):
    """Who said something. In a room, the address is the account where it is shown, else the room's with the nick."""

    address: str
    name: str
    own: bool
    """Whether it is the account itself, from whatever client."""


class Preview(Struct, frozen=True):
    """The beginning of a conversation's last message."""

    text: str
    """At most 200 characters, in one line."""
    from_: Sender = field(name="from")
    kind: Literal["", "file", "retracted", "encrypted", "invitation"]


class Conversation(Struct, frozen=True):
    """Everything that was said between the account and one person, or in one room: a line of the inbox."""

    id: str
    address: str
    kind: Literal["person", "room"]
    name: str
    """The contact's name, or the room's title; empty where there is none."""
    lastMessageId: str | None
    lastMessageAt: str | None
    preview: Preview | None
    unread: int
    """Messages of others since the account has read or said something; at most 100."""
    mentions: int
    """Those of them that name the account's nick."""
    readUpTo: str | None
    """All messages up to this id are read. It is the id of a moment: there need not be a message of this id."""
    theirReadUpTo: str | None
    """The last message that the other person has marked as seen."""
    draft: str
    level: Level
    """Which messages call for attention."""
    pinned: bool
    hidden: bool
    room: RoomState | None
    invitation: Invited | None


class ReplyTo(Struct, frozen=True):
    """What a message answers."""

    messageId: str | None
    """None where it cannot be found any more."""
    author: str
    excerpt: str


class Retracted(Struct, frozen=True):
    """That a message was taken back."""

    at: str
    by: str
    """The nick of the moderator; empty where its author did."""
    reason: str


class Reactor(Struct, frozen=True):
    """Who reacted."""

    name: str
    own: bool


class SharedFile(Struct, frozen=True):
    """A file that was sent as a link."""

    url: str
    name: str
    mediaType: str
    size: int | None


class EncryptedContent(Struct, frozen=True):
    """The message is end-to-end encrypted, and the server cannot read it."""

    scheme: str
    notice: str


class RoomInvitation(Struct, frozen=True):
    """The message asks the account into a room."""

    conversationId: str
    address: str
    from_: str = field(name="from")
    reason: str


class Message(Struct, frozen=True):
    """Something that was said. Its id sorts in the order in which messages were stored."""

    id: str
    conversationId: str
    from_: Sender = field(name="from")
    sentAt: str
    text: str
    style: Literal["", "action", "notice"]
    """action: "/me waves"; notice: not to be answered by a machine."""
    subject: str
    reply: ReplyTo | None
    editedAt: str | None
    retracted: Retracted | None
    reactions: dict[str, list[Reactor]]
    files: list[SharedFile]
    state: Delivery
    """How far the account's own message to a person has come."""
    clientId: str | None
    """What the account's client called it."""
    encrypted: EncryptedContent | None
    mentionsMe: bool
    thread: str
    whisper: str | None
    """The nick of the other one, where the message was for one occupant of the room only."""
    invitation: RoomInvitation | None


class PresenceState(Struct, frozen=True):
    """Whether somebody is here, as far as the account may know."""

    available: bool
    show: str
    """Empty, chat, away, xa or dnd."""
    status: str
    since: str | None


class Contact(Struct, frozen=True):
    """Somebody on the contact list, who asks to be, or who is blocked."""

    id: str
    address: str
    name: str
    groups: list[str]
    subscription: Literal["none", "to", "from", "both"]
    """to: the account sees the contact's presence; from: the contact sees the account's."""
    pending: Literal["", "in", "out"]
    """in: the contact has asked; out: the account has."""
    blocked: bool
    listed: bool
    presence: PresenceState


class Member(Struct, frozen=True):
    """Somebody in a room, or with a lasting relation to it."""

    id: str
    conversationId: str
    nick: str
    affiliation: str
    role: str
    """none: not inside."""
    address: str | None
    """None where the room hides it."""
    available: bool
    show: str
    status: str


class RoomConfiguration(Struct, frozen=True):
    """How a room behaves; its owners see and change it."""

    title: str
    description: str
    persistent: bool
    public: bool
    membersOnly: bool
    moderated: bool
    password: str
    maxOccupants: int
    nonAnonymous: bool
    subjectLocked: bool
    openInvitations: bool
    archived: bool
    privateMessages: bool


class DirectoryRoom(Struct, frozen=True):
    """A room that one can find. Its id is that of its conversation."""

    id: str
    address: str
    name: str
    subject: str
    description: str
    occupants: int
    joined: bool
    membersOnly: bool
    password: bool
    config: RoomConfiguration | None
    """None where the account is not an owner."""


class OwnPresence(Struct, frozen=True):
    """How the account shows itself while a client is connected."""

    show: str
    status: str


class AccountPreferences(Struct, frozen=True):
    """The account's own settings; there is one object."""

    id: str
    presence: OwnPresence
    receipts: bool
    """Whether others are told what was received and read."""
    typing: bool
    """Whether others are told of typing; for clients to heed."""
    client: dict[str, Any]
    """What clients keep for themselves: 16 KiB of JSON."""


class LoggedInDevice(Struct, frozen=True):
    """A browser or a program that the account is logged in with."""

    id: str
    name: str
    createdAt: str
    lastUsedAt: str
    remote: str
    """The network address that it was used from."""
    current: bool
