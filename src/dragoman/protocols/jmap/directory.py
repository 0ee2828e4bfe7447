"""Rooms that one can find, and ruling those that one owns."""

from typing import TYPE_CHECKING

from msgspec import Struct

from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused
from dragoman.core.model import Affiliation
from dragoman.core.room import Room
from dragoman.protocols.jmap import entering, objects
from dragoman.protocols.jmap.errors import MethodError, SetError, refusal
from dragoman.protocols.jmap.ids import conversation_id, peer_of
from dragoman.protocols.jmap.standard import (
    Answer,
    DataType,
    Found,
    Patch,
    QueryFor,
    check_account,
    paged,
    read,
    rising,
)

if TYPE_CHECKING:
    from dragoman.protocols.jmap.client import Client


class _Filter(Struct, frozen=True, forbid_unknown_fields=True):
    text: str = ""


class _Invite(Struct, frozen=True, forbid_unknown_fields=True):
    accountId: str
    conversationId: str
    address: str
    reason: str = ""


async def _visible(client: "Client") -> list[Room]:
    domain = client.desk.services.domains.of_accounts(client.account.domain)
    return [] if domain is None else await client.desk.services.rooms.visible(domain, client.account)


async def _render(client: "Client", room: Room) -> objects.DirectoryRoom:
    config = room.config
    owner = room.affiliation(client.account) is Affiliation.OWNER
    values = {name: getattr(config, field) for name, field in entering.SETTINGS.items()}
    return objects.DirectoryRoom(
        id=conversation_id(room.address),
        address=str(room.address),
        name=config.title,
        subject=room.subject,
        description=config.description,
        occupants=len(room.occupants),
        joined=(await client.desk.inbox()).of(room.address).joined,
        membersOnly=config.members_only,
        password=bool(config.password),
        config=objects.RoomConfiguration(**values) if owner else None,
    )


async def _get(client: "Client", ids: list[str] | None) -> Found:
    if ids is None:
        return Found([await _render(client, room) for room in await _visible(client)])
    found, missing = [], []
    for id in ids:
        room = await _one(client, id)
        if room is None:
            missing.append(id)
        else:
            found.append(await _render(client, room))
    return Found(found, missing)


async def _one(client: "Client", id: str) -> Room | None:
    peer = peer_of(id)
    room = await client.desk.services.rooms.get(peer) if peer is not None else None
    if room is None:
        return None
    findable = room.config.public and not room.is_locked(client.desk.services.clock.now())
    known = client.account in room.accounts or room.affiliation(client.account).rank > 0
    return room if findable or known else None


async def _state(client: "Client") -> str:
    return f"{client.desk.epoch}.{client.desk.services.clock.now():.3f}"


async def query(client: "Client", arguments: Answer) -> Answer:
    """Room/query: what is visible, the fullest first."""
    asked = read(QueryFor, arguments)
    check_account(client, asked.accountId)
    wanted = read(_Filter, asked.filter or {})
    up = rising(asked, "occupants")
    client.desk.services.limits.spend(client.account, 2)
    rooms = [room for room in await _visible(client) if _fits(room, wanted.text)]
    rooms.sort(key=lambda room: (len(room.occupants), room.address), reverse=not up)
    return paged(client, asked, [conversation_id(room.address) for room in rooms], await _state(client))


def _fits(room: Room, text: str) -> bool:
    return text.casefold() in f"{room.config.title} {room.config.description} {room.address}".casefold()


async def _update(client: "Client", id: str, patch: Patch) -> None:
    address = await _address(client, id)
    values = {name.removeprefix("config/"): value for name, value in patch.items() if name.startswith("config/")}
    whole = patch.get("config")
    if isinstance(whole, dict):
        values = {**whole, **values}
    if not values or len(patch) != len([name for name in patch if name.startswith("config")]):
        raise SetError("invalidProperties", "only config/… is changed")
    await entering.configure(client, address, values)


async def _destroy(client: "Client", id: str) -> None:
    address = await _address(client, id)
    client.desk.services.limits.spend(client.account)
    await client.desk.services.room_rule.destroy(client.session, address)


async def _address(client: "Client", id: str) -> Address:
    room = await _one(client, id)
    if room is None:
        raise SetError("notFound")
    return room.address


async def invite(client: "Client", arguments: Answer) -> Answer:
    """Room/invite: ask somebody in."""
    asked = read(_Invite, arguments)
    check_account(client, asked.accountId)
    peer = peer_of(client.meant(asked.conversationId))
    if peer is None:
        raise MethodError("invalidArguments", "there is no such room")
    try:
        await client.inside(peer)
        client.desk.services.limits.spend(client.account)
        who = Address.parse(asked.address).bare
        if not who.local:
            raise Refused(Condition.JID_MALFORMED, "this is nobody")
        await client.desk.services.room_rule.invite(client.session, peer, who, reason=asked.reason)
    except Refused as refused:
        told = refusal(refused)
        raise MethodError(told["type"], told.get("description", told["condition"])) from None
    return {"accountId": asked.accountId}


ROOM = DataType("Room", objects.DirectoryRoom, _state, _get, update=_update, destroy=_destroy)
