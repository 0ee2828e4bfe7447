"""A stored message, and all that was said of it later, as the one object that a client shows."""

from collections.abc import Iterable
from typing import Literal

from dragoman.core.address import Address
from dragoman.core.clock import id_text
from dragoman.core.model import (
    Invitation,
    Kind,
    Message,
    Reaction,
    Receipt,
    Ref,
    Talk,
    Tombstone,
)
from dragoman.core.room import Room
from dragoman.core.room_news import conceal_talk
from dragoman.core.stores import Archived
from dragoman.protocols.jmap import objects
from dragoman.protocols.jmap.desk import Desk
from dragoman.protocols.jmap.ids import conversation_id
from dragoman.protocols.jmap.moments import moment_of_id, position, write_moment
from dragoman.protocols.jmap.people import is_own, mentions, own_nick, sender_of
from dragoman.protocols.jmap.summary import is_shown, summarise

_EXCERPT = 160
_PREVIEW = 200


async def render(desk: Desk, owner: Address, archived: Archived) -> objects.Message | None:
    """None for what is no message of its own."""
    event, peer = archived.event, archived.peer
    if not is_shown(event):
        return None
    room = await desk.services.rooms.get(peer) if desk.is_room(peer) else None
    about = await desk.services.history.about(owner, archived.id)
    event = _concealed(desk, room, event)
    latest = _latest(event, about)
    text, reply = await _words(desk, owner, peer, event, latest[1])
    own = is_own(desk, event, room)
    return objects.Message(
        id=id_text(archived.id),
        conversationId=conversation_id(peer),
        from_=await sender_of(desk, event, room),
        sentAt=write_moment(event.sent_at) if event.sent_at is not None else moment_of_id(archived.id),
        text=text,
        style=event.style.value if isinstance(event, Message) else "",
        subject=event.subject if isinstance(event, Message) else "",
        reply=reply,
        editedAt=moment_of_id(latest[0]) if latest[0] else None,
        retracted=_retracted(event),
        reactions=_reactions(desk, room, about),
        files=_files(latest[1]),
        state=await _state(desk, peer, archived.id, about) if own and room is None else "sent",
        clientId=_client_id(event) if own else None,
        encrypted=_encrypted(event),
        mentionsMe=room is not None and not own and mentions(text, await own_nick(desk, peer)),
        thread=event.thread,
        whisper=_whisper(event, own=own) if desk.is_room(peer) else None,
        invitation=_invitation(event),
    )


async def preview(desk: Desk, room: Room | None, event: Talk | None) -> objects.Preview | None:
    """The beginning of a message, for the list of conversations. What was corrected later shows its first words there until
    more is said: looking for corrections would cost as much as the whole message."""
    if event is None:
        return None
    event = _concealed(desk, room, event)
    sender = await sender_of(desk, event, room)
    if isinstance(event, Tombstone):
        return objects.Preview("", sender, "retracted")
    if isinstance(event, Invitation):
        return objects.Preview(event.reason[:_PREVIEW], sender, "invitation")
    if not isinstance(event, Message):
        return None
    if event.encrypted is not None:
        return objects.Preview(event.encrypted.notice[:_PREVIEW], sender, "encrypted")
    text = event.text[event.reply.quoted :] if event.reply is not None else event.text
    kind: Literal["", "file"] = "file" if event.files else ""
    return objects.Preview(" ".join((text or event.subject)[: 2 * _PREVIEW].split())[:_PREVIEW], sender, kind)


def _concealed(desk: Desk, room: Room | None, event: Talk) -> Talk:
    return event if room is None else conceal_talk(room, event, room.accounts.get(desk.account))


def _latest(event: Talk, about: Iterable[Archived]) -> tuple[int, Talk]:
    """The words that hold now, and the id of the correction that brought them."""
    found: tuple[int, Talk] = 0, event
    for later in about:
        if isinstance(event, Message) and isinstance(later.event, Message) and later.event.corrects is not None:
            found = later.id, later.event
    return found


async def _words(
    desk: Desk, owner: Address, peer: Address, event: Talk, latest: Talk
) -> tuple[str, objects.ReplyTo | None]:
    """The text, without what it only repeats of the message that it answers, and what that is."""
    if not isinstance(event, Message) or not isinstance(latest, Message):
        return "", None
    reply = event.reply
    if reply is None:
        return latest.text, None
    told = await _reply(desk, owner, peer, reply.ref)
    quoted = latest.reply.quoted if latest.reply is not None else 0
    return (latest.text[quoted:] if told.messageId is not None else latest.text), told


async def _reply(desk: Desk, owner: Address, peer: Address, ref: Ref) -> objects.ReplyTo:
    found = await desk.services.history.find(owner, peer, archive_id=ref.archive_id) if ref.archive_id else None
    if found is None:
        return objects.ReplyTo(None, "", "")
    room = await desk.services.rooms.get(peer) if desk.is_room(peer) else None
    sender = await sender_of(desk, _concealed(desk, room, found.event), room)
    text = found.event.text if isinstance(found.event, Message) else ""
    return objects.ReplyTo(id_text(found.id), sender.name or sender.address.partition("@")[0], text[:_EXCERPT])


def _retracted(event: Talk) -> objects.Retracted | None:
    if not isinstance(event, Tombstone):
        return None
    return objects.Retracted(write_moment(event.at), event.moderator, event.reason)


def _reactions(desk: Desk, room: Room | None, about: Iterable[Archived]) -> dict[str, list[objects.Reactor]]:
    last: dict[str, Reaction] = {}
    for later in about:
        event = later.event
        if isinstance(event, Reaction):
            by = event.occupant.id or event.occupant.nick if event.occupant is not None else str(event.sender.bare)
            last.pop(by, None)
            last[by] = event
    told: dict[str, list[objects.Reactor]] = {}
    for event in last.values():
        name = event.occupant.nick if event.occupant is not None else event.sender.local
        for emoji in dict.fromkeys(event.emojis):
            told.setdefault(emoji, []).append(objects.Reactor(name, is_own(desk, event, room)))
    return told


def _files(event: Talk) -> list[objects.SharedFile]:
    files = event.files if isinstance(event, Message) else ()
    return [objects.SharedFile(file.url, file.name, file.media_type, file.size or None) for file in files]


async def _state(desk: Desk, peer: Address, id: int, about: Iterable[Archived]) -> "objects.Delivery":
    if id <= (await summarise(desk, peer)).their_read:
        return "read"
    return "delivered" if any(isinstance(later.event, Receipt) for later in about) else "sent"


def _client_id(event: Talk) -> str | None:
    return (event.origin_id or event.id or None) if isinstance(event, Message) else event.id or None


def _encrypted(event: Talk) -> objects.EncryptedContent | None:
    encrypted = event.encrypted if isinstance(event, Message) else None
    return None if encrypted is None else objects.EncryptedContent(encrypted.scheme, encrypted.notice)


def _whisper(event: Talk, *, own: bool) -> str | None:
    if event.kind is Kind.GROUPCHAT or isinstance(event, Invitation):
        return None
    return event.recipient.resource if own else event.sender.resource


def _invitation(event: Talk) -> objects.RoomInvitation | None:
    if not isinstance(event, Invitation):
        return None
    inviter = str(event.inviter.bare) if event.inviter is not None else ""
    return objects.RoomInvitation(conversation_id(event.room), str(event.room), inviter, event.reason)


def target_of(event: Talk) -> int:
    """The id of the message that an event changes; 0 where it changes none."""
    if isinstance(event, Message):
        return position(event.corrects.archive_id) if event.corrects is not None else 0
    target = getattr(event, "target", None)
    return position(target.archive_id) if isinstance(target, Ref) else 0
