"""The inbox: one line for each person and each room."""

from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from dragoman.core.address import Address
from dragoman.core.clock import id_moment, id_number, id_text
from dragoman.core.inbox import ConversationSettings, Level
from dragoman.core.model import Role
from dragoman.core.room import Room
from dragoman.protocols.jmap import entering, objects
from dragoman.protocols.jmap.courtesy import mark_displayed
from dragoman.protocols.jmap.errors import MethodError, SetError
from dragoman.protocols.jmap.ids import conversation_id, peer_of
from dragoman.protocols.jmap.moments import moment_of_id
from dragoman.protocols.jmap.people import own_nick
from dragoman.protocols.jmap.standard import (
    Answer,
    Changes,
    DataType,
    Found,
    Patch,
    QueryFor,
    check_account,
    paged,
    read,
    read_object,
    rising,
)
from dragoman.protocols.jmap.summary import Summary, summarise
from dragoman.protocols.jmap.translate import preview

if TYPE_CHECKING:
    from dragoman.protocols.jmap.client import Client

_PAGE = 250


class _New(Struct, frozen=True, forbid_unknown_fields=True):
    address: str = ""
    room: entering.Wanted | None = None


class _Change(Struct, frozen=True, forbid_unknown_fields=True):
    draft: str | None = None
    level: Level | None = None
    pinned: bool | None = None
    hidden: bool | None = None
    readUpTo: str | None = None
    name: str | None = None


class _Filter(Struct, frozen=True, forbid_unknown_fields=True):
    kind: Literal["person", "room"] | None = None
    hidden: bool | None = None
    pinned: bool | None = None
    text: str = ""


async def render(client: "Client", peer: Address) -> objects.Conversation:
    """One line."""
    desk = client.desk
    settings = (await desk.inbox()).of(peer)
    summary = await summarise(desk, peer)
    is_room = desk.is_room(peer)
    room = await desk.services.rooms.get(peer) if is_room else None
    state = await _room_state(client, settings, room) if is_room else None
    waits = summary.invitation is not None and state is not None and not state.joined
    return objects.Conversation(
        id=conversation_id(peer),
        address=str(peer),
        kind="room" if is_room else "person",
        name=_title(client, room) if is_room else (await desk.contact(peer)).name,
        lastMessageId=id_text(summary.last) if summary.last else None,
        lastMessageAt=moment_of_id(summary.last) if summary.last else None,
        preview=await preview(desk, room, summary.last_event),
        unread=summary.unread,
        mentions=summary.mentions,
        readUpTo=id_text(summary.read) if summary.read else None,
        theirReadUpTo=id_text(summary.their_read) if summary.their_read else None,
        draft=settings.draft,
        level=settings.level,
        pinned=settings.pinned,
        hidden=settings.hidden,
        room=state,
        invitation=_invited(summary) if waits else None,
    )


def _title(client: "Client", room: Room | None) -> str:
    """What a room calls itself, to who may find it."""
    if room is None:
        return ""
    known = room.config.public or client.account in room.accounts or room.affiliation(client.account).rank > 0
    return room.config.title if known else ""


async def _room_state(client: "Client", settings: ConversationSettings, room: Room | None) -> objects.RoomState:
    desk, nick = client.desk, await own_nick(client.desk, settings.peer)
    occupant = room.accounts.get(desk.account) if room is not None else None
    inside = occupant is not None
    if room is None or not (inside or room.is_readable_by(desk.account, desk.services.clock.now())):
        return objects.RoomState(False, nick, "", "none", "none", 0, False, False, False, False, False, False, True)
    config = room.config
    return objects.RoomState(
        joined=settings.joined and (inside or not desk.is_listening),
        nick=nick,
        subject=room.subject,
        affiliation=room.affiliation(desk.account).value,
        role=occupant.role.value if occupant is not None else Role.NONE.value,
        occupants=len(room.occupants),
        membersOnly=config.members_only,
        moderated=config.moderated,
        persistent=config.persistent,
        password=bool(config.password),
        nonAnonymous=config.non_anonymous,
        logged=config.archived,
        subjectLocked=config.subject_locked,
    )


def _invited(summary: Summary) -> objects.Invited | None:
    invitation = summary.invitation
    if invitation is None:
        return None
    return objects.Invited(str(invitation.inviter.bare) if invitation.inviter is not None else "", invitation.reason)


async def _peers(client: "Client", after: int = 0) -> dict[Address, None]:
    """With whom there is anything after an id, in the account's archive."""
    found: dict[Address, None] = {}
    while True:
        page = await client.desk.services.history.conversations(client.account, after=after, before=0, limit=_PAGE)
        found.update((peer, None) for peer, _ in page)
        if len(page) < _PAGE:
            return found
        after = page[-1][1]


async def _everything(client: "Client") -> dict[Address, None]:
    found = await _peers(client)
    found.update((row.peer, None) for row in await client.desk.inbox())
    return found


async def _get(client: "Client", ids: list[str] | None) -> Found:
    if ids is None:
        return Found([await render(client, peer) for peer in await _everything(client)])
    known = await _everything(client)
    wanted = {id: peer_of(id) for id in ids}
    found = [await render(client, peer) for peer in wanted.values() if peer is not None and peer in known]
    return Found(found, [id for id, peer in wanted.items() if peer is None or peer not in known])


async def _state(client: "Client") -> str:
    return await client.desk.conversation_state()


async def _changes(client: "Client", since: str, most: int | None) -> Changes:
    desk, now = client.desk, await _state(client)
    inbox = await desk.inbox()
    try:
        said, version, epoch, count = since.split(".")
        after, rows = id_number(said), inbox.since(int(version))
        rooms = desk.rooms.since(int(count)) if epoch == desk.epoch else [row.peer for row in inbox if row.joined]
    except ValueError:
        raise MethodError("cannotCalculateChanges") from None
    if after is None or int(version) > inbox.version:
        raise MethodError("cannotCalculateChanges")
    touched = await _peers(client, after)
    touched.update((row.peer, None) for row in rows)
    touched.update((peer, None) for peer in rooms)
    touched.update((room.address, None) for room in await desk.joined_rooms() if room.last_told > after)
    if most is not None and len(touched) > most:
        raise MethodError("cannotCalculateChanges", "more has changed than is wanted at once")
    created: list[str] = []
    updated: list[str] = []
    for peer in touched:
        bounds = await desk.services.history.bounds(desk.account, peer)
        row = inbox.rows.get(peer)
        fresh = (bounds is None or bounds[0] > after) and (row is None or row.version > int(version))
        (created if fresh else updated).append(conversation_id(peer))
    return Changes(now, created, updated)


async def query(client: "Client", arguments: Answer) -> Answer:
    """Conversation/query: by the newest message."""
    asked = read(QueryFor, arguments)
    check_account(client, asked.accountId)
    wanted = read(_Filter, asked.filter or {})
    up = rising(asked, "lastMessageAt")
    state = await _state(client)
    lines = [await render(client, peer) for peer in await _everything(client)]
    chosen = [line for line in lines if _fits(line, wanted)]
    chosen.sort(key=lambda line: (line.lastMessageId or "", line.address), reverse=not up)
    return paged(client, asked, [line.id for line in chosen], state)


def _fits(line: objects.Conversation, wanted: _Filter) -> bool:
    return (
        wanted.kind in (None, line.kind)
        and wanted.hidden in (None, line.hidden)
        and wanted.pinned in (None, line.pinned)
        and wanted.text.casefold() in f"{line.name} {line.address}".casefold()
    )


async def _create(client: "Client", value: Patch) -> Answer:
    new = read_object(_New, value)
    if new.room is not None:
        address = await entering.open_room(client, new.address, new.room)
    else:
        address = Address.parse(new.address).bare
        if client.desk.is_room(address) or not address.local:
            raise SetError("invalidProperties", "for a room, say how to enter it", properties=("room",))
    await client.desk.services.inboxes.change(client.account, address, hidden=False)
    return {"id": conversation_id(address), "address": str(address)}


async def _update(client: "Client", id: str, patch: Patch) -> None:
    peer = peer_of(id)
    if peer is None or peer not in await _everything(client):
        raise SetError("notFound")
    change = read_object(_Change, {name: value for name, value in patch.items() if not name.startswith("room/")})
    in_room = {name.removeprefix("room/"): value for name, value in patch.items() if name.startswith("room/")}
    fields: dict[str, Any] = {
        name: given for name in ("draft", "level", "pinned", "hidden") if (given := getattr(change, name)) is not None
    }
    if in_room or change.name is not None:
        await _update_room(client, peer, in_room, change.name)
    if fields:
        await client.desk.services.inboxes.change(client.account, peer, **fields)
    if change.readUpTo is not None:
        await _read(client, peer, change.readUpTo)


async def _update_room(client: "Client", peer: Address, change: Patch, title: str | None) -> None:
    if not client.desk.is_room(peer):
        raise SetError("invalidPatch", "this is no room")
    await entering.change_room(client, peer, read_object(entering.Change, change))
    if title is not None:
        await entering.configure(client, peer, {"title": title})


async def _read(client: "Client", peer: Address, id: str) -> None:
    number = id_number(id)
    if number is None or id_moment(number) > client.desk.services.clock.now() + 1:
        raise SetError("invalidProperties", "this is no id of a message", properties=("readUpTo",))
    client.desk.services.limits.spend(client.account, 0.1)
    before = (await summarise(client.desk, peer)).read
    await client.desk.services.markers.set(client.account, peer, id_moment(number))
    if number > before:
        await mark_displayed(client, peer, number)


CONVERSATION = DataType("Conversation", objects.Conversation, _state, _get, _changes, _create, _update)
