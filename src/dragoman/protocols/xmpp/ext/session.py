"""Session establishment, left over from RFC 3921 (RFC 6121 §1.4): old clients ask, nothing happens."""

from typing import TYPE_CHECKING

from dragoman.formats.xml import Element
from dragoman.protocols.xmpp.namespaces import SESSION
from dragoman.protocols.xmpp.server import Handler, Query, Target

if TYPE_CHECKING:
    from dragoman.protocols.xmpp.client import Client


async def _established(client: "Client", query: Query) -> Element | None:
    return None


HANDLERS: dict[tuple[Target, str, str, str], Handler] = {
    (Target.SERVER, "set", SESSION, "session"): _established,
    (Target.ACCOUNT, "set", SESSION, "session"): _established,
}
