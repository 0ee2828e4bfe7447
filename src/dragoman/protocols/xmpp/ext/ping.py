"""XMPP Ping (XEP-0199), and asking a room whether one is still inside (XEP-0410)."""

from typing import TYPE_CHECKING

from dragoman.core.errors import Condition, Refused, Remedy
from dragoman.formats.xml import Element
from dragoman.protocols.xmpp.namespaces import PING, SELF_PING
from dragoman.protocols.xmpp.server import Handler, NotForServer, Query, Target

if TYPE_CHECKING:
    from dragoman.protocols.xmpp.client import Client


async def _pong(client: "Client", query: Query) -> Element | None:
    return None


async def _ping_occupant(client: "Client", query: Query) -> Element | None:
    """XEP-0410 §3.3: the room itself answers for the one who asks about itself."""
    services = client.server.services
    room = await services.rooms.existing(query.to)
    if not room.is_inside(client.address):
        raise Refused(Condition.NOT_ACCEPTABLE, "you are not in this room", remedy=Remedy.CANCEL)
    if room.occupant(client.address).nick == query.to.resource:
        return None
    raise NotForServer


async def _ping_contact(client: "Client", query: Query) -> Element | None:
    # RFC 6121 §8.5.2.1.3: the same for everybody who is not known to be there.
    raise Refused(Condition.SERVICE_UNAVAILABLE)


HANDLERS: dict[tuple[Target, str, str, str], Handler] = {
    (Target.SERVER, "get", PING, "ping"): _pong,
    (Target.ACCOUNT, "get", PING, "ping"): _pong,
    (Target.ROOMS, "get", PING, "ping"): _pong,
    (Target.OCCUPANT, "get", PING, "ping"): _ping_occupant,
    (Target.CONTACT, "get", PING, "ping"): _ping_contact,
}
FEATURES = {
    Target.SERVER: (PING,),
    Target.ACCOUNT: (PING,),
    Target.ROOMS: (PING,),
    Target.ROOM: (SELF_PING,),
}
