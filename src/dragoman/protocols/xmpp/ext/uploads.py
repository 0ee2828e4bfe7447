"""HTTP File Upload (XEP-0363): a slot for a file, in the store that all protocols share."""

from typing import TYPE_CHECKING

from dragoman.core.errors import Condition, Refused
from dragoman.formats.xml import Element, element
from dragoman.protocols.xmpp.namespaces import HTTP_UPLOAD
from dragoman.protocols.xmpp.server import Handler, Query, Target

if TYPE_CHECKING:
    from dragoman.protocols.xmpp.client import Client


async def _slot(client: "Client", query: Query) -> Element | None:
    """XEP-0363 §5: both links of a file that is announced with its name and size."""
    services, asked = client.server.services, query.payload
    size = asked.get("size")
    if not asked.get("filename") or not (size.isascii() and size.isdecimal() and 0 < len(size) < 16) or not int(size):
        raise Refused(Condition.BAD_REQUEST, "a file has a name and a size")
    if client.session.guest:
        raise Refused(Condition.FORBIDDEN, "guests share no files")
    most = services.uploads.settings.max_bytes
    if int(size) > most:
        raise Refused(Condition.NOT_ACCEPTABLE, f"a file has at most {most} octets")  # XEP-0363 §5
    services.limits.spend(client.session.account, 2)
    upload = await services.uploads.begin(
        client.session.account, name=asked.get("filename"), media_type=asked.get("content-type"), size=int(size)
    )
    url = services.uploads.url(upload)
    return element("slot", HTTP_UPLOAD, element("put", HTTP_UPLOAD, url=url), element("get", HTTP_UPLOAD, url=url))


HANDLERS: dict[tuple[Target, str, str, str], Handler] = {(Target.SERVER, "get", HTTP_UPLOAD, "request"): _slot}
FEATURES = {Target.SERVER: (HTTP_UPLOAD,)}
