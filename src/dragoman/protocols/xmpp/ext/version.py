"""Which software this is, and what time it has (XEP-0092, XEP-0202)."""

from typing import TYPE_CHECKING

from dragoman import __version__
from dragoman.formats.xml import Element, element
from dragoman.protocols.xmpp.namespaces import TIME, VERSION
from dragoman.protocols.xmpp.server import Handler, Query, Target
from dragoman.protocols.xmpp.timestamps import write_moment

if TYPE_CHECKING:
    from dragoman.protocols.xmpp.client import Client

NAME = "Dragoman"


async def _version(client: "Client", query: Query) -> Element | None:
    return element("query", VERSION, element("name", VERSION, NAME), element("version", VERSION, __version__))


async def _time(client: "Client", query: Query) -> Element | None:
    moment = write_moment(client.server.services.clock.now())
    return element("time", TIME, element("tzo", TIME, "+00:00"), element("utc", TIME, moment))


HANDLERS: dict[tuple[Target, str, str, str], Handler] = {
    (Target.SERVER, "get", VERSION, "query"): _version,
    (Target.ROOMS, "get", VERSION, "query"): _version,
    (Target.SERVER, "get", TIME, "time"): _time,
    (Target.ROOMS, "get", TIME, "time"): _time,
}
FEATURES = {Target.SERVER: (VERSION, TIME), Target.ROOMS: (VERSION, TIME)}
