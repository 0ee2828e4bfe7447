"""Message Carbons (XEP-0280): what is copied is decided by the features; here a client only asks for it."""

from typing import TYPE_CHECKING

from dragoman.formats.xml import Element
from dragoman.protocols.xmpp.namespaces import CARBONS, CARBONS_RULES
from dragoman.protocols.xmpp.server import Handler, Query, Target

if TYPE_CHECKING:
    from dragoman.protocols.xmpp.client import Client


async def _enable(client: "Client", query: Query) -> Element | None:
    client.session.copies = True
    return None


async def _disable(client: "Client", query: Query) -> Element | None:
    client.session.copies = False
    return None


HANDLERS: dict[tuple[Target, str, str, str], Handler] = {
    (Target.ACCOUNT, "set", CARBONS, "enable"): _enable,
    (Target.ACCOUNT, "set", CARBONS, "disable"): _disable,
}
FEATURES = {Target.SERVER: (CARBONS, CARBONS_RULES), Target.ACCOUNT: (CARBONS, CARBONS_RULES)}
