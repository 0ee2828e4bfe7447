"""Blocking Command (XEP-0191): the list itself, and the gate for all protocols, are features."""

from typing import TYPE_CHECKING

from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused
from dragoman.formats.xml import Element, clean, element
from dragoman.protocols.xmpp.namespaces import BLOCKING, CLIENT
from dragoman.protocols.xmpp.server import Handler, Query, Server, Target

if TYPE_CHECKING:
    from dragoman.protocols.xmpp.client import Client


async def _list(client: "Client", query: Query) -> Element | None:
    client.wants_blocks = True
    blocked = await client.server.services.blocking.list(client.session.account)
    return element("blocklist", BLOCKING, *(_item(address) for address in sorted(blocked)))


async def _block(client: "Client", query: Query) -> Element | None:
    addresses = _addresses(query.payload)
    if not addresses:  # §3.3
        raise Refused(Condition.BAD_REQUEST, "nobody is named")
    await client.server.services.blocking.block(client.session.account, addresses)
    return None


async def _unblock(client: "Client", query: Query) -> Element | None:
    # §3.6: without a name, all of them.
    await client.server.services.blocking.unblock(client.session.account, _addresses(query.payload) or None)
    return None


HANDLERS: dict[tuple[Target, str, str, str], Handler] = {
    (Target.ACCOUNT, "get", BLOCKING, "blocklist"): _list,
    (Target.ACCOUNT, "set", BLOCKING, "block"): _block,
    (Target.ACCOUNT, "set", BLOCKING, "unblock"): _unblock,
    # COMPAT(slixmpp, Gajim): some address the domain, as §3 shows the "to" left out.
    (Target.SERVER, "get", BLOCKING, "blocklist"): _list,
    (Target.SERVER, "set", BLOCKING, "block"): _block,
    (Target.SERVER, "set", BLOCKING, "unblock"): _unblock,
}
FEATURES = {Target.SERVER: (BLOCKING,)}


def install(server: Server) -> None:
    """Push changes to the clients that asked for the list (§3.3)."""

    def push(change: tuple[Address, tuple[Address, ...], bool]) -> None:
        account, addresses, blocked = change
        items = element("block" if blocked else "unblock", BLOCKING, *map(_item, addresses))
        for client in server.clients_of(account):
            if client.wants_blocks:
                attributes = {"type": "set", "id": client.next_push_id(), "to": str(client.address)}
                client.send_element(Element("iq", CLIENT, attributes, [items]))

    server.services.blocking.changed(push)


def _addresses(payload: Element) -> list[Address]:
    return [Address.parse(item.get("jid")) for item in payload.elements if item.name == "item"]


def _item(address: Address) -> Element:
    return element("item", BLOCKING, jid=clean(str(address)))
