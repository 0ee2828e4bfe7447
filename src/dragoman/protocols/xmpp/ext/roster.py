"""Contact lists (RFC 6121 §2), with versions (§2.6) and pushes to the sessions that asked (§2.1.6)."""

from typing import TYPE_CHECKING

from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused
from dragoman.core.hooks import RosterPush
from dragoman.core.stores import RosterItem
from dragoman.formats.xml import Element, clean, element
from dragoman.protocols.xmpp.namespaces import CLIENT, ROSTER
from dragoman.protocols.xmpp.server import Handler, Query, Server, Target

if TYPE_CHECKING:
    from dragoman.protocols.xmpp.client import Client


async def _get(client: "Client", query: Query) -> Element | None:
    services, account = client.server.services, client.session.account
    roster = await services.rosters.load(account)
    client.session.interested = True
    known = query.payload.attributes.get("ver")
    if known is None or not (known.isascii() and known.isdigit()):
        items = [_item(item) for item in roster]
        return element("query", ROSTER, *items, ver=str(roster.version))
    changed = roster.since(int(known[:18]))
    if changed is None:
        return element("query", ROSTER, *(_item(item) for item in roster), ver=str(roster.version))
    # RFC 6121 §2.6.3: an empty result, and what changed since then as pushes.
    for item in changed:
        if item.listed or item.removed:
            _push(client, item)
    return None


async def _set(client: "Client", query: Query) -> Element | None:
    services, account = client.server.services, client.session.account
    if services.accounts.is_guest(account):
        raise Refused(Condition.NOT_ALLOWED, "guests have no contact list")
    items = [child for child in query.payload.elements if child.name == "item"]
    if len(items) != 1:  # RFC 6121 §2.3.3
        raise Refused(Condition.BAD_REQUEST, "one contact at a time")
    item = items[0]
    contact = Address.parse(item.get("jid")).bare
    if item.get("subscription") == "remove":
        await services.subscriptions.remove_contact(account, contact, client.session)
        return None
    if contact == account:
        raise Refused(Condition.NOT_ALLOWED, "nobody is a contact of their own")
    groups = tuple(child.text for child in item.elements if child.name == "group")
    await services.rosters.set(account, contact, name=item.get("name"), groups=groups)
    return None


async def _of_somebody_else(client: "Client", query: Query) -> Element | None:
    # RFC 6121 §2.3.3: somebody else's list is nobody's to read or change.
    raise Refused(Condition.FORBIDDEN)


HANDLERS: dict[tuple[Target, str, str, str], Handler] = {
    (Target.ACCOUNT, "get", ROSTER, "query"): _get,
    (Target.ACCOUNT, "set", ROSTER, "query"): _set,
    (Target.CONTACT, "get", ROSTER, "query"): _of_somebody_else,
    (Target.CONTACT, "set", ROSTER, "query"): _of_somebody_else,
}


def install(server: Server) -> None:
    """Push what changes to the XMPP clients of its account."""

    def push(change: RosterPush) -> None:
        roster = server.services.rosters.loaded(change.account)
        item = roster.items.get(change.contact) if roster is not None else None
        if item is None:
            return
        for client in server.clients_of(change.account):
            if client.session.interested:
                _push(client, item)

    server.services.hooks.roster_changed(push)


def _push(client: "Client", item: RosterItem) -> None:
    query = element("query", ROSTER, _item(item), ver=str(item.version))
    # RFC 6121 §2.1.6: no "from" stands for the account itself.
    client.send_element(element("iq", CLIENT, query, type_="set", id=client.next_push_id(), to=str(client.address)))


def _item(item: RosterItem) -> Element:
    jid = clean(str(item.contact))
    if item.removed:
        return element("item", ROSTER, jid=jid, subscription="remove")
    state = {(True, True): "both", (True, False): "to", (False, True): "from"}.get((item.to, item.from_), "none")
    return element(
        "item",
        ROSTER,
        *(element("group", ROSTER, clean(group)) for group in item.groups),
        jid=jid,
        name=clean(item.name) or None,
        subscription=state,
        ask="subscribe" if item.asked else None,
        approved="true" if item.approved else None,
    )
