"""Questions and answers from clients (RFC 6120 §8.2.3): every question is answered, by the server or by whom it is for."""

from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused
from dragoman.formats.xml import Element
from dragoman.protocols.xmpp.client import Client
from dragoman.protocols.xmpp.errors import error_reply
from dragoman.protocols.xmpp.namespaces import CLIENT
from dragoman.protocols.xmpp.server import NotForServer, Query, Target
from dragoman.protocols.xmpp.stanza import Stanza
from dragoman.protocols.xmpp.translate.lift import lift_iq


async def handle(client: Client, stanza: Stanza) -> None:
    """Answer an iq, or pass it on."""
    top = stanza.element
    try:
        await _serve(client, stanza, top)
    except Refused as refused:
        if top.get("type") not in ("result", "error"):
            # XEP-0410 §3.2: whether the room refused, or the occupant that was asked.
            room = client.server.room_of(top.get("to"))
            client.send_element(error_reply(top, refused, str(client.address), by=room))


async def _serve(client: Client, stanza: Stanza, top: Element) -> None:
    kind = top.get("type")
    to = top.attributes.get("to")
    address = Address.parse(to) if to is not None else client.session.account
    target = client.server.target(address, client.session.account)
    if kind in ("result", "error"):
        if target in (Target.ELSEWHERE, Target.OCCUPANT):
            await pass_on(client, stanza, address)
        return
    payloads = list(top.elements)
    if kind not in ("get", "set") or not top.get("id") or len(payloads) != 1:
        raise Refused(Condition.BAD_REQUEST, "a question has an id, a type and one payload")
    payload = payloads[0]
    handler = client.server.handlers.get((target, kind, payload.namespace, payload.name))
    if handler is not None:
        try:
            answer = await handler(client, Query(stanza, kind, payload, address, target))
        except NotForServer:
            pass
        else:
            client.send_element(_result(client, top, answer))
            return
    if target not in (Target.ELSEWHERE, Target.OCCUPANT):
        raise Refused(Condition.SERVICE_UNAVAILABLE)
    await pass_on(client, stanza, address)


async def pass_on(client: Client, stanza: Stanza, to: Address) -> None:
    """A question for somebody else, or its answer."""
    await client.server.services.router.route(lift_iq(stanza, client.address, to), client.session)


def _result(client: Client, top: Element, payload: Element | None) -> Element:
    attributes = {"type": "result", "id": top.get("id"), "to": str(client.address)}
    if "to" in top.attributes:
        attributes["from"] = top.attributes["to"]
    return Element("iq", CLIENT, attributes, [payload] if payload is not None else [])
