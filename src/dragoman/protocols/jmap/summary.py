"""What a conversation's line in the inbox tells of its messages: the last one, and what is unread."""

from dataclasses import dataclass

from dragoman.core.address import Address
from dragoman.core.model import Invitation, Marker, Message, Talk, Tombstone
from dragoman.core.stores import Archived, Query
from dragoman.protocols.jmap.desk import Desk
from dragoman.protocols.jmap.moments import position, read_limit
from dragoman.protocols.jmap.people import is_own, mentions, own_nick

#: More unread messages than this are not counted.
MOST = 100
_RECENT = 20


@dataclass(slots=True)
class Summary:
    """``counted`` is the newest id that is in it; ``read`` and ``their_read`` are 0 where nobody has marked anything."""

    last: int = 0
    last_event: Talk | None = None
    unread: int = 0
    mentions: int = 0
    read: int = 0
    their_read: int = 0
    invitation: Invitation | None = None
    counted: int = 0


def is_shown(event: Talk) -> bool:
    """Whether an event is a message of its own in a conversation; others speak of one."""
    if isinstance(event, Message):
        return event.corrects is None or not event.corrects.archive_id
    return isinstance(event, Tombstone | Invitation)


async def summarise(desk: Desk, peer: Address) -> Summary:
    """Look at the newest part of a conversation; as it is remembered, where everything of it would be told."""
    known = desk.summaries.get(peer)
    if known is not None:
        return known
    marked = await desk.services.markers.get(desk.account, peer)
    summary = Summary(read=read_limit(marked) if marked is not None else 0)
    records = await _recent(desk, peer)
    _look(desk, peer, summary, records)
    summary.unread, summary.mentions = await _unread(desk, peer, summary.read, records)
    if desk.is_listening:
        desk.summaries[peer] = summary
    return summary


async def follow(desk: Desk, peer: Address, event: Talk) -> None:
    """Something more was said: count it where the conversation is remembered."""
    summary, id = desk.summaries.get(peer), position(event.archive_id)
    if summary is None or id <= summary.counted:
        return
    if not isinstance(event, Message) or not is_shown(event):
        desk.summaries.pop(peer, None)  # something of the past changed, or the whole is to be seen anew
        return
    summary.counted = summary.last = id
    summary.last_event = event
    if is_own(desk, event, await desk.services.rooms.get(peer) if desk.is_room(peer) else None):
        summary.unread = summary.mentions = 0
    elif id > summary.read and summary.unread < MOST:
        summary.unread += 1
        summary.mentions += mentions(event.text, await own_nick(desk, peer)) if desk.is_room(peer) else 0


async def _recent(desk: Desk, peer: Address, *, words_only: bool = False, limit: int = _RECENT) -> list[Archived]:
    """The newest events of all of a conversation's archives, newest first."""
    found: list[Archived] = []
    for owner in await desk.owners(peer):
        query = Query(owner=owner, peer=peer, newest=True, limit=limit, words_only=words_only)
        found += (await desk.services.history.query(query)).records
    return sorted(found, key=lambda archived: -archived.id)[:limit]


def _look(desk: Desk, peer: Address, summary: Summary, records: list[Archived]) -> None:
    for archived in records:
        event = archived.event
        summary.counted = max(summary.counted, archived.id)
        if not summary.last and is_shown(event):
            summary.last, summary.last_event = archived.id, archived.event
        if isinstance(event, Marker) and not summary.their_read and event.sender.bare == peer:
            summary.their_read = position(event.target.archive_id)
        if isinstance(event, Invitation) and summary.invitation is None and event.room == peer:
            summary.invitation = event


async def _unread(desk: Desk, peer: Address, read: int, records: list[Archived]) -> tuple[int, int]:
    room = await desk.services.rooms.get(peer) if desk.is_room(peer) else None
    settled = len(records) < _RECENT or any(
        archived.id <= read or (isinstance(archived.event, Message) and is_own(desk, archived.event, room))
        for archived in records
    )
    if not settled:
        records = await _recent(desk, peer, words_only=True, limit=MOST)
    nick = await own_nick(desk, peer) if room is not None else ""
    unread = named = 0
    for archived in records:
        event = archived.event
        if archived.id <= read:
            break
        if isinstance(event, Invitation):
            unread += event.room == peer or not desk.is_room(peer)
        if not isinstance(event, Message) or not is_shown(event):
            continue
        if is_own(desk, event, room):
            break
        unread += 1
        named += mentions(event.text, nick)
    return unread, named
