"""Moderated Message Retraction (XEP-0425): a moderator takes back what somebody else said."""

from typing import TYPE_CHECKING

from dragoman.core.errors import Condition, Refused
from dragoman.core.model import Kind, Ref, Retraction
from dragoman.formats.xml import Element
from dragoman.protocols.xmpp.namespaces import MODERATION, RETRACTION
from dragoman.protocols.xmpp.server import Handler, Query, Target

if TYPE_CHECKING:
    from dragoman.protocols.xmpp.client import Client


async def _moderate(client: "Client", query: Query) -> Element | None:
    services, target = client.server.services, query.payload.get("id")
    room = await services.rooms.existing(query.to)
    room.occupant(client.address)
    if not target or query.payload.child("retract", RETRACTION) is None:
        raise Refused(Condition.BAD_REQUEST, "nothing that could be done to a message")
    retraction = Retraction(
        sender=client.address,
        recipient=room.address,
        kind=Kind.GROUPCHAT,
        id=services.randomness.text(8),
        target=Ref(archive_id=target),
        reason=query.payload.child_text("reason"),
    )
    await services.router.route(retraction, client.session)
    return None


HANDLERS: dict[tuple[Target, str, str, str], Handler] = {
    (Target.ROOM, "set", MODERATION, "moderate"): _moderate,
}
FEATURES = {Target.ROOM: (MODERATION,)}
