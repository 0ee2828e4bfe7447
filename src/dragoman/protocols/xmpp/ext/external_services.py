"""External Service Discovery (XEP-0215): the relay for calls, and credentials for it."""

from typing import TYPE_CHECKING

from dragoman.core.errors import Condition, Refused
from dragoman.features.call_relays import RelayService
from dragoman.formats.xml import Element, element
from dragoman.protocols.xmpp.namespaces import EXTERNAL_SERVICES
from dragoman.protocols.xmpp.server import Handler, Query, Target
from dragoman.protocols.xmpp.timestamps import write_moment

if TYPE_CHECKING:
    from dragoman.protocols.xmpp.client import Client


async def _services(client: "Client", query: Query) -> Element | None:
    """XEP-0215 §3.1, §3.2: all services, or those of one type."""
    wanted = query.payload.get("type")
    offered = [service for service in _offered(client) if wanted in ("", service.type)]
    attributes = {"type": wanted} if wanted else {}
    return element("services", EXTERNAL_SERVICES, *map(_service, offered), **attributes)


async def _credentials(client: "Client", query: Query) -> Element | None:
    """XEP-0215 §3.3: credentials for a service that is named by its host and type, and by its port where there is one."""
    asked = query.payload.child("service")
    if asked is None or not asked.get("host") or not asked.get("type"):
        raise Refused(Condition.BAD_REQUEST, "a service has a host and a type")
    found = [
        service
        for service in _offered(client)
        if (service.host, service.type) == (asked.get("host"), asked.get("type"))
        and asked.get("port") in ("", str(service.port))
        and asked.get("transport") in ("", service.transport)
    ]
    if not found:
        raise Refused(Condition.ITEM_NOT_FOUND, "there is no such service")
    return element("credentials", EXTERNAL_SERVICES, *map(_service, found))


def _offered(client: "Client") -> tuple[RelayService, ...]:
    return client.server.services.call_relays.services(client.session.account)


def _service(service: RelayService) -> Element:
    proof = service.credential
    return element(
        "service",
        EXTERNAL_SERVICES,
        type=service.type,
        transport=service.transport,
        host=service.host,
        port=str(service.port),
        restricted="1" if proof else None,
        username=proof.username if proof else None,
        password=proof.password if proof else None,
        expires=write_moment(proof.expires) if proof else None,
    )


HANDLERS: dict[tuple[Target, str, str, str], Handler] = {
    (Target.SERVER, "get", EXTERNAL_SERVICES, "services"): _services,
    (Target.SERVER, "get", EXTERNAL_SERVICES, "credentials"): _credentials,
}
FEATURES = {Target.SERVER: (EXTERNAL_SERVICES,)}
