"""Ruling a room (XEP-0045 §8, §9): roles by nickname, affiliations by address, and the lists of both."""

from typing import TYPE_CHECKING

from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused
from dragoman.core.model import Affiliation, Role
from dragoman.core.moderation import Actor, AffiliationChange, RoleChange
from dragoman.core.room import Room
from dragoman.formats.xml import Element, clean, element
from dragoman.protocols.xmpp.namespaces import MUC_ADMIN
from dragoman.protocols.xmpp.server import Handler, Query, Target

if TYPE_CHECKING:
    from dragoman.protocols.xmpp.client import Client

_AFFILIATIONS = {affiliation.value: affiliation for affiliation in Affiliation}
_ROLES = {role.value: role for role in Role}


async def _set(client: "Client", query: Query) -> Element | None:
    """A delta: all of its items happen, or none (§9)."""
    services = client.server.services
    room = await services.rooms.existing(query.to)
    items = [child for child in query.payload.elements if child.name == "item"]
    roles = [_role_change(room, item) for item in items if "role" in item.attributes]
    affiliations = [_affiliation_change(room, item) for item in items if "affiliation" in item.attributes]
    if not items or len(roles) + len(affiliations) != len(items) or (roles and affiliations):
        raise Refused(Condition.BAD_REQUEST, "each item has either a role or an affiliation")
    if roles:
        await services.room_rule.set_roles(client.session, room.address, roles)
    else:
        await services.room_rule.set_affiliations(client.session, room.address, affiliations)
    return None


def _role_change(room: Room, item: Element) -> RoleChange:
    role = _ROLES.get(item.get("role"))
    nick = item.get("nick")
    if role is None or not nick:
        raise Refused(Condition.BAD_REQUEST, "a role goes to a nickname")
    occupant = room.occupants.get(nick)
    # In a moderated room, voice is what somebody was given by name; it stays when moderation is switched off and on.
    natural = occupant is not None and room.natural_role(occupant.account) is role
    voiced = role is Role.PARTICIPANT and not natural
    return RoleChange(nick, role, item.child_text("reason"), voiced)


def _affiliation_change(room: Room, item: Element) -> AffiliationChange:
    affiliation = _AFFILIATIONS.get(item.get("affiliation"))
    if affiliation is None:
        raise Refused(Condition.BAD_REQUEST, "this affiliation is none of XEP-0045 §5.2")
    return AffiliationChange(_account(room, item), affiliation, item.child_text("reason"), item.get("nick"))


def _account(room: Room, item: Element) -> Address:
    """§9.1: an affiliation belongs to an address; an occupant's nickname stands for its own."""
    if "jid" in item.attributes:
        return Address.parse(item.get("jid")).bare
    occupant = room.occupants.get(item.get("nick"))
    if occupant is None:
        raise Refused(Condition.ITEM_NOT_FOUND, "nobody here has this name")
    return occupant.account


async def _get(client: "Client", query: Query) -> Element | None:
    services = client.server.services
    room = await services.rooms.existing(query.to)
    item = query.payload.child("item")
    if item is None:
        raise Refused(Condition.BAD_REQUEST, "a list is asked for by a role or an affiliation")
    actor = services.room_rule.actor(room, client.session)
    affiliation, role = _AFFILIATIONS.get(item.get("affiliation")), _ROLES.get(item.get("role"))
    if affiliation is not None:
        return element("query", MUC_ADMIN, *_affiliation_list(room, actor, affiliation))
    if role is not None:
        return element("query", MUC_ADMIN, *_role_list(room, actor, role))
    raise Refused(Condition.BAD_REQUEST, "neither a role nor an affiliation")


def _affiliation_list(room: Room, actor: Actor, affiliation: Affiliation) -> list[Element]:
    # §9.5: members see each other where everybody sees everybody; all else is for admins.
    open_to_members = affiliation.rank >= Affiliation.MEMBER.rank and room.config.non_anonymous
    needed = Affiliation.MEMBER if open_to_members else Affiliation.ADMIN
    if actor.affiliation.rank < needed.rank:
        raise Refused(Condition.FORBIDDEN, "only admins and owners see this list")
    return [
        element(
            "item",
            MUC_ADMIN,
            element("reason", MUC_ADMIN, clean(grant.reason)) if grant.reason else None,
            affiliation=affiliation.value,
            jid=clean(str(account)),
            nick=clean(grant.nick) or None,
        )
        for account, grant in room.grants.items()
        if grant.affiliation is affiliation
    ]


def _role_list(room: Room, actor: Actor, role: Role) -> list[Element]:
    if actor.role is not Role.MODERATOR:
        raise Refused(Condition.FORBIDDEN, "only moderators see this list")
    return [
        element(
            "item",
            MUC_ADMIN,
            affiliation=room.affiliation(occupant.account).value,
            role=role.value,
            nick=clean(occupant.nick),
            jid=clean(str(next(iter(occupant.sessions)))),
        )
        for occupant in room.occupants.values()
        if occupant.role is role
    ]


HANDLERS: dict[tuple[Target, str, str, str], Handler] = {
    (Target.ROOM, "set", MUC_ADMIN, "query"): _set,
    (Target.ROOM, "get", MUC_ADMIN, "query"): _get,
}
