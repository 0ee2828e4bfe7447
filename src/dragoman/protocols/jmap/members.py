"""Who is in a room, what they may do there, and who has a lasting relation to it."""

from typing import TYPE_CHECKING

from msgspec import Struct

from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused
from dragoman.core.model import Affiliation, Role
from dragoman.core.moderation import AffiliationChange, RoleChange
from dragoman.core.room import Occupant, Room
from dragoman.protocols.jmap import objects
from dragoman.protocols.jmap.desk import Desk
from dragoman.protocols.jmap.errors import SetError
from dragoman.protocols.jmap.ids import conversation_id, member_id, member_of, peer_of
from dragoman.protocols.jmap.standard import (
    Answer,
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

if TYPE_CHECKING:
    from dragoman.protocols.jmap.client import Client


class _Filter(Struct, frozen=True, forbid_unknown_fields=True):
    conversationId: str
    affiliation: Affiliation | None = None


class _New(Struct, frozen=True, forbid_unknown_fields=True):
    conversationId: str
    address: str
    affiliation: Affiliation
    reason: str = ""


class _Change(Struct, frozen=True, forbid_unknown_fields=True):
    role: Role | None = None
    affiliation: Affiliation | None = None
    reason: str = ""


def of_nick(desk: Desk, room: Room, nick: str) -> objects.Member:
    """An occupant, as the account may see it."""
    return _inside(desk, room, room.occupants[nick])


def _inside(desk: Desk, room: Room, occupant: Occupant) -> objects.Member:
    view = room.shown(room.view(occupant), room.accounts.get(desk.account))
    presence = occupant.presence()
    return objects.Member(
        id=member_id(room.address, view.nick),
        conversationId=conversation_id(room.address),
        nick=view.nick,
        affiliation=view.affiliation.value,
        role=view.role.value,
        address=str(view.account) if view.account is not None else None,
        available=True,
        show=presence.show.value,
        status=presence.status,
    )


def _outside(room: Room, account: Address) -> objects.Member:
    grant = room.grants[account]
    return objects.Member(
        id=member_id(room.address, "", account),
        conversationId=conversation_id(room.address),
        nick=grant.nick or account.local or account.domain,
        affiliation=grant.affiliation.value,
        role=Role.NONE.value,
        address=str(account),
        available=False,
        show="",
        status="",
    )


def _all(desk: Desk, room: Room) -> list[objects.Member]:
    """Those inside, for who is inside; and those who are not, for who may know them."""
    own = room.accounts.get(desk.account)
    members = [_inside(desk, room, occupant) for occupant in room.occupants.values()] if own is not None else []
    if _sees_grants(desk, room):
        members += [_outside(room, account) for account in room.grants if account not in room.accounts]
    return members


def _sees_grants(desk: Desk, room: Room) -> bool:
    if room.affiliation(desk.account).rank >= Affiliation.ADMIN.rank:
        return True
    return room.config.non_anonymous and room.affiliation(desk.account).rank >= Affiliation.MEMBER.rank


async def _get(client: "Client", ids: list[str] | None) -> Found:
    desk = client.desk
    if ids is None:
        rooms = await desk.joined_rooms()
        return Found([member for room in rooms for member in _all(desk, room)])
    found, missing = [], []
    for id in ids:
        member = await _one(client, id)
        if member is None:
            missing.append(id)
        else:
            found.append(member)
    return Found(found, missing)


async def _one(client: "Client", id: str) -> objects.Member | None:
    meant = member_of(id)
    room = await client.desk.services.rooms.get(meant[0]) if meant is not None else None
    if meant is None or room is None:
        return None
    _, nick, account = meant
    if account is None:
        occupant = room.occupants.get(nick) if client.account in room.accounts else None
        return _inside(client.desk, room, occupant) if occupant is not None else None
    known = _sees_grants(client.desk, room) and account in room.grants and account not in room.accounts
    return _outside(room, account) if known else None


async def _state(client: "Client") -> str:
    return f"{client.desk.epoch}.{client.desk.rooms.count}"


async def query(client: "Client", arguments: Answer) -> Answer:
    """Member/query: of one room."""
    asked = read(QueryFor, arguments)
    check_account(client, asked.accountId)
    wanted = read(_Filter, asked.filter or {})
    up = rising(asked, "nick") or not asked.sort
    state, peer = await _state(client), peer_of(wanted.conversationId)
    room = await client.desk.services.rooms.get(peer) if peer is not None else None
    members = _all(client.desk, room) if room is not None else []
    chosen = [each for each in members if wanted.affiliation is None or each.affiliation == wanted.affiliation.value]
    chosen.sort(key=lambda member: member.nick.casefold(), reverse=not up)
    return paged(client, asked, [member.id for member in chosen], state)


async def _create(client: "Client", value: Patch) -> Answer:
    new = read_object(_New, value)
    peer, account = peer_of(client.meant(new.conversationId)), Address.parse(new.address).bare
    if peer is None:
        raise SetError("notFound")
    await _affiliate(client, peer, account, new.affiliation, new.reason)
    room = await client.desk.services.rooms.existing(peer)
    occupant = room.accounts.get(account)
    return {"id": member_id(peer, occupant.nick) if occupant is not None else member_id(peer, "", account)}


async def _update(client: "Client", id: str, patch: Patch) -> None:
    change, meant = read_object(_Change, patch), member_of(id)
    if meant is None:
        raise SetError("notFound")
    address, nick, account = meant
    room = await client.desk.services.rooms.existing(address)
    occupant = room.occupants.get(nick)
    account = occupant.account if occupant is not None and client.account in room.accounts else account
    if account is None:
        raise SetError("notFound")
    if change.affiliation is not None:
        await _affiliate(client, address, account, change.affiliation, change.reason)
    if change.role is not None:
        if occupant is None:
            raise Refused(Condition.ITEM_NOT_FOUND, "nobody inside is called so")
        await client.inside(address)
        voiced = change.role is Role.PARTICIPANT and room.natural_role(account) is not Role.PARTICIPANT
        await client.desk.services.room_rule.set_roles(
            client.session, address, [RoleChange(nick, change.role, change.reason, voiced)]
        )


async def _affiliate(client: "Client", room: Address, account: Address, affiliation: Affiliation, reason: str) -> None:
    client.desk.services.limits.spend(client.account)
    change = AffiliationChange(account, affiliation, reason)
    await client.desk.services.room_rule.set_affiliations(client.session, room, [change])


MEMBER = DataType("Member", objects.Member, _state, _get, create=_create, update=_update)
