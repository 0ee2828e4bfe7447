"""Service Discovery (XEP-0030) of the server, its accounts, its rooms service and its rooms."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from dragoman.core.errors import Condition, Refused
from dragoman.core.model import Affiliation
from dragoman.core.room import Room
from dragoman.formats.xml import Element, clean, element
from dragoman.protocols.xmpp import forms
from dragoman.protocols.xmpp.ext.capabilities import IDENTITY, NODE, verification
from dragoman.protocols.xmpp.namespaces import DISCO_INFO, DISCO_ITEMS, MUC_ROOMINFO
from dragoman.protocols.xmpp.server import Handler, Query, Target

if TYPE_CHECKING:
    from dragoman.protocols.xmpp.client import Client

#: XEP-0045 §7.12: asks for the nickname that the room keeps for the asker.
RESERVED_NICK = "x-roomuser-item"


async def _server(client: "Client", query: Query) -> Element | None:
    features = client.server.features[Target.SERVER]
    node = query.payload.get("node")
    if node not in ("", f"{NODE}#{verification(IDENTITY, features)}"):
        raise Refused(Condition.ITEM_NOT_FOUND)
    return _info(query, [IDENTITY], features)


async def _account(client: "Client", query: Query) -> Element | None:
    _check_no_node(query)
    return _info(query, [("account", "registered", "")], client.server.features[Target.ACCOUNT])


async def _contact(client: "Client", query: Query) -> Element | None:
    """XEP-0030 §8: only those learn anything who may see presence; to all others nobody is there."""
    await _check_contact(client, query)
    return _info(query, [("account", "registered", "")], (DISCO_INFO, DISCO_ITEMS))


async def _rooms(client: "Client", query: Query) -> Element | None:
    _check_no_node(query)
    return _info(query, [("conference", "text", "Rooms")], client.server.features[Target.ROOMS])


async def _room(client: "Client", query: Query) -> Element | None:
    room = await client.server.services.rooms.existing(query.to)
    node = query.payload.get("node")
    if node == RESERVED_NICK:
        grant = room.grants.get(client.session.account)
        nick = grant.nick if grant is not None else ""
        return _info(query, [("conference", "text", nick)] if nick else [], ())
    _check_no_node(query)
    identity = ("conference", "text", room.config.title or room.address.local)
    features = [*client.server.features[Target.ROOM], *_traits(room)]
    return _info(query, [identity], features, _details(room))


def _traits(room: Room) -> list[str]:
    """XEP-0045 §6.4: what the room is like, in the words of its registrar."""
    config = room.config
    return [
        "muc_persistent" if config.persistent else "muc_temporary",
        "muc_public" if config.public else "muc_hidden",
        "muc_membersonly" if config.members_only else "muc_open",
        "muc_moderated" if config.moderated else "muc_unmoderated",
        "muc_passwordprotected" if config.password else "muc_unsecured",
        "muc_nonanonymous" if config.non_anonymous else "muc_semianonymous",
    ]


def _details(room: Room) -> Element:
    config = room.config
    return forms.form(
        MUC_ROOMINFO,
        [
            forms.field("muc#roominfo_description", config.description, kind="text-single", label="Description"),
            forms.field("muc#roominfo_subject", room.subject, kind="text-single", label="Subject"),
            forms.field("muc#roominfo_occupants", str(len(room.occupants)), kind="text-single", label="Occupants"),
            forms.field("muc#roominfo_lang", config.language, kind="text-single", label="Language"),
            forms.field("muc#roomconfig_roomname", config.title, kind="text-single", label="Name"),
            forms.field(
                "muc#roomconfig_changesubject", not config.subject_locked, label="Occupants change the subject"
            ),
        ],
        kind="result",
    )


async def _server_items(client: "Client", query: Query) -> Element | None:
    if query.payload.get("node"):
        raise Refused(Condition.ITEM_NOT_FOUND)
    domain = client.server.services.domains.of_accounts(query.to.domain)
    return _items(query, [(domain.rooms, "Rooms")] if domain is not None else [])


async def _account_items(client: "Client", query: Query) -> Element | None:
    return _items(query, [])


async def _contact_items(client: "Client", query: Query) -> Element | None:
    await _check_contact(client, query)
    return _items(query, [])


async def _rooms_items(client: "Client", query: Query) -> Element | None:
    services = client.server.services
    domain = services.domains.of_rooms(query.to.domain)
    rooms = await services.rooms.visible(domain, client.session.account) if domain is not None else []
    return _items(query, [(str(room.address), room.config.title or room.address.local) for room in rooms])


async def _room_items(client: "Client", query: Query) -> Element | None:
    """XEP-0045 §6.5: the occupants, to those inside and of public rooms."""
    room = await client.server.services.rooms.existing(query.to)
    account = client.session.account
    may_see = account in room.accounts or (
        room.config.public and not room.config.members_only and room.affiliation(account) is not Affiliation.OUTCAST
    )
    return _items(query, [(str(room.address.at(nick)), nick) for nick in room.occupants] if may_see else [])


HANDLERS: dict[tuple[Target, str, str, str], Handler] = {
    (Target.SERVER, "get", DISCO_INFO, "query"): _server,
    (Target.ACCOUNT, "get", DISCO_INFO, "query"): _account,
    (Target.CONTACT, "get", DISCO_INFO, "query"): _contact,
    (Target.ROOMS, "get", DISCO_INFO, "query"): _rooms,
    (Target.ROOM, "get", DISCO_INFO, "query"): _room,
    (Target.SERVER, "get", DISCO_ITEMS, "query"): _server_items,
    (Target.ACCOUNT, "get", DISCO_ITEMS, "query"): _account_items,
    (Target.CONTACT, "get", DISCO_ITEMS, "query"): _contact_items,
    (Target.ROOMS, "get", DISCO_ITEMS, "query"): _rooms_items,
    (Target.ROOM, "get", DISCO_ITEMS, "query"): _room_items,
}
FEATURES = {target: (DISCO_INFO, DISCO_ITEMS) for target in (Target.SERVER, Target.ACCOUNT, Target.ROOMS, Target.ROOM)}


def _check_no_node(query: Query) -> None:
    if query.payload.get("node"):
        raise Refused(Condition.ITEM_NOT_FOUND)


async def _check_contact(client: "Client", query: Query) -> None:
    if not await client.server.services.presence.may_see(client.session.account, query.to):
        raise Refused(Condition.SERVICE_UNAVAILABLE)


def _info(
    query: Query, identities: Iterable[tuple[str, str, str]], features: Iterable[str], form: Element | None = None
) -> Element:
    return element(
        "query",
        DISCO_INFO,
        *(
            element("identity", DISCO_INFO, category=category, type_=kind, name=clean(name) or None)
            for category, kind, name in identities
        ),
        *(element("feature", DISCO_INFO, var=feature) for feature in features),
        form,
        node=query.payload.attributes.get("node"),
    )


def _items(query: Query, items: Iterable[tuple[str, str]]) -> Element:
    return element(
        "query",
        DISCO_ITEMS,
        *(element("item", DISCO_ITEMS, jid=clean(jid), name=clean(name)) for jid, name in items),
        node=query.payload.attributes.get("node"),
    )
