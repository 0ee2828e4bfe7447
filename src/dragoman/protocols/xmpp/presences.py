"""Presence from clients: to everybody, to one, to a room, and the steps of a subscription (RFC 6121 §3, §4; XEP-0045 §7)."""

from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused, Remedy
from dragoman.core.model import Presence, RoomChange, RoomEvent
from dragoman.core.room import Occupant
from dragoman.features.rooms import Entrance, Wish
from dragoman.formats import precis
from dragoman.formats.xml import Element
from dragoman.protocols.xmpp.client import Client
from dragoman.protocols.xmpp.errors import error_reply, read_error
from dragoman.protocols.xmpp.namespaces import MUC
from dragoman.protocols.xmpp.stanza import Stanza
from dragoman.protocols.xmpp.timestamps import read_moment
from dragoman.protocols.xmpp.translate.lift import is_step, lift_presence, lift_subscription


async def handle(client: Client, stanza: Stanza) -> None:
    """Deal with a presence stanza; its sender is told where it could not be."""
    top = stanza.element
    try:
        await _tell(client, stanza, top)
    except Refused as refused:
        if top.get("type") != "error":
            client.send_element(error_reply(top, refused, str(client.address), by=client.server.room_of(top.get("to"))))


async def _tell(client: Client, stanza: Stanza, top: Element) -> None:
    kind = top.get("type")
    if "to" not in top.attributes:
        await _broadcast(client, stanza, kind)
        return
    to = Address.parse(top.get("to"))
    services = client.server.services
    if services.domains.of_rooms(to.domain) is not None:
        await _to_room(client, stanza, to, kind)
    elif is_step(kind):
        change = lift_subscription(stanza, client.address, to, client.server.is_ours)
        await services.subscriptions.send(change, client.session)
    elif kind == "probe":
        await services.presence.probe(client.session, to)
    elif kind in ("", "unavailable"):
        event = lift_presence(stanza, client.address, to, client.server.is_ours)
        await services.presence.direct(client.session, event)
    elif kind != "error":  # RFC 6121 §4.7.1
        raise Refused(Condition.BAD_REQUEST, "this type is none of RFC 6121 §4.7.1")


async def _broadcast(client: Client, stanza: Stanza, kind: str) -> None:
    """RFC 6121 §4.2, §4.4, §4.5: what has no address is for all who may know."""
    session, services = client.session, client.server.services
    if kind not in ("", "unavailable"):
        raise Refused(Condition.BAD_REQUEST, "this type needs an address")
    event = lift_presence(stanza, session.address, session.account, client.server.is_ours)
    if event.available:
        await services.presence.announce(session, event)
        return
    client.parting = event
    for room in services.rooms.entered(session.address):
        await services.rooms.leave(session, room, reason=event.status, presence=event)
    await services.presence.withdraw(session, event)


async def _to_room(client: Client, stanza: Stanza, to: Address, kind: str) -> None:
    session, rooms = client.session, client.server.services.rooms
    room = await rooms.get(to.bare)
    inside = room.accounts.get(session.account) if room is not None and room.is_inside(session.address) else None
    if kind in ("unavailable", "error"):
        if inside is not None and kind == "error":
            await rooms.lose(session.address, to.bare, why=read_error(stanza.element))
        elif inside is not None:
            await _leave(client, stanza, to.bare, inside)
        return
    if kind == "probe":
        await _probe_occupant(client, to)
        return
    if kind:
        raise Refused(Condition.BAD_REQUEST, "nothing that a room understands")
    if not to.resource:
        raise Refused(Condition.JID_MALFORMED, "a nickname is missing")  # XEP-0045 §7.2.1
    nick = _nickname(to.resource)
    event = lift_presence(stanza, session.address, to, client.server.is_ours)
    x = stanza.element.child("x", MUC)
    if inside is None or (x is not None and inside.nick == nick):
        # XEP-0045 §7.2, and a client that has lost count comes in once more (§7.2.15, XEP-0410).
        await rooms.enter(session, to.bare, _entrance(client, event, nick, x))
    elif inside.nick == nick:
        await rooms.update(session, to.bare, event)
    else:
        await rooms.rename(session, to.bare, nick)


async def _probe_occupant(client: Client, to: Address) -> None:
    """XEP-0045 §17.3: an occupant asks for another one's presence."""
    room = await client.server.services.rooms.existing(to)
    if not room.is_inside(client.address):
        raise Refused(Condition.NOT_ACCEPTABLE, "you are not in this room", remedy=Remedy.CANCEL)
    viewer = room.occupant(client.address)
    occupant = room.occupants.get(to.resource)
    if occupant is None:
        raise Refused(Condition.ITEM_NOT_FOUND, "nobody here has this name")
    view, presence = room.shown(room.view(occupant), viewer), occupant.presence()
    own = occupant is viewer
    client.deliver(
        RoomChange(
            sender=to, recipient=room.address, what=RoomEvent.PRESENCE, occupant=view, presence=presence, own=own
        )
    )


async def _leave(client: Client, stanza: Stanza, room: Address, occupant: Occupant) -> None:
    session = client.session
    event = lift_presence(stanza, session.address, room, client.server.is_ours)
    others = len(occupant.sessions) > 1
    view = (await client.server.services.rooms.existing(room)).view(occupant)
    await client.server.services.rooms.leave(session, room, reason=event.status, presence=event)
    if others:  # the occupant stays with another session; only this one is told that it is out
        client.deliver(
            RoomChange(
                sender=room.at(occupant.nick),
                recipient=room,
                what=RoomEvent.LEFT,
                occupant=view,
                presence=event,
                own=True,
            )
        )


def _entrance(client: Client, event: Presence, nick: str, x: Element | None) -> Entrance:
    sender = event.sender
    return Entrance(
        nick=nick,
        presence=event,
        password=x.child_text("password") if x is not None else "",
        mask=f"{nick}!{sender.local}@{sender.domain}",
        wish=_wish(x, client.server.services.clock.now()),
        # XEP-0045 §10.1: a client that knows rooms is asked how a new one is to be.
        unsettled=x is not None,
        locked=client.server.settings.lock_new_rooms,
    )


def _wish(x: Element | None, now: float) -> Wish:
    """XEP-0045 §7.2.13. A count of characters only says whether any history is wanted at all."""
    history = x.child("history") if x is not None else None
    if history is None:
        return Wish()
    messages = 0 if _number(history.get("maxchars")) == 0 else _number(history.get("maxstanzas"))
    seconds = _number(history.get("seconds"))
    since = now - seconds if seconds is not None else None
    try:
        since = read_moment(history.get("since")) if history.get("since") else since
    except ValueError:
        pass  # a wish that cannot be understood is none
    return Wish(messages, since)


def _number(text: str) -> int | None:
    return int(text[:9]) if text.isascii() and text.isdigit() else None


def _nickname(resource: str) -> str:
    try:
        return precis.nickname(resource)
    except ValueError as error:
        raise Refused(Condition.NOT_ACCEPTABLE, str(error)) from None
