"""Contacts: the list, requests, blocks, and who is here."""

from typing import TYPE_CHECKING, Any, Literal, get_args

from msgspec import Struct

from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused
from dragoman.core.model import Presence, Step, SubscriptionChange
from dragoman.core.stores import RosterItem
from dragoman.protocols.jmap import objects
from dragoman.protocols.jmap.errors import MethodError, SetError
from dragoman.protocols.jmap.ids import conversation_id, peer_of
from dragoman.protocols.jmap.moments import write_moment
from dragoman.protocols.jmap.standard import (
    Answer,
    Changes,
    DataType,
    Found,
    Patch,
    QueryFor,
    check_account,
    paged,
    read,
    read_object,
    rising,
)

if TYPE_CHECKING:
    from dragoman.protocols.jmap.client import Client

Subscribed = Literal["none", "to", "from", "both"]


class _New(Struct, frozen=True, forbid_unknown_fields=True):
    address: str
    name: str = ""
    groups: list[str] = []
    subscription: Literal["none", "to"] = "to"


class _Change(Struct, frozen=True, forbid_unknown_fields=True):
    name: str | None = None
    groups: list[str] | None = None
    blocked: bool | None = None
    pending: Literal["accept", "refuse"] | None = None
    subscription: Subscribed | None = None


class _Filter(Struct, frozen=True, forbid_unknown_fields=True):
    text: str = ""
    group: str | None = None
    blocked: bool | None = None


async def find(client: "Client", contacts: list[Address]) -> Found:
    """Those that are anybody to the account, and the ids of those that are not."""
    desk = client.desk
    roster = await desk.services.rosters.load(desk.account)
    blocked = await desk.services.blocking.list(desk.account)
    found, missing = [], []
    for contact in contacts:
        item = roster.get(contact)
        if item.listed or item.request is not None or contact in blocked:
            found.append(await _render(client, item, blocked=contact in blocked))
        else:
            missing.append(conversation_id(contact))
    return Found(found, missing)


async def _render(client: "Client", item: RosterItem, *, blocked: bool) -> objects.Contact:
    services, contact = client.desk.services, item.contact
    seen: Presence | None = None
    shut = blocked or await services.blocking.is_blocked(contact, client.account)
    if not shut and await services.presence.may_see(client.account, contact):
        seen = services.presence.current(contact)
    return objects.Contact(
        id=conversation_id(contact),
        address=str(contact),
        name=item.name,
        groups=list(item.groups),
        subscription=_SUBSCRIPTIONS[item.to, item.from_],
        pending="in" if item.request is not None else "out" if item.asked else "",
        blocked=blocked,
        listed=item.listed,
        presence=_presence(seen),
    )


def _presence(seen: Presence | None) -> objects.PresenceState:
    if seen is None:
        return objects.PresenceState(False, "", "", None)
    since = write_moment(seen.since) if seen.since is not None else None
    return objects.PresenceState(True, seen.show.value, seen.status, since)


async def _everybody(client: "Client") -> list[Address]:
    roster = await client.desk.services.rosters.load(client.account)
    return [*(item.contact for item in roster), *await client.desk.unlisted()]


async def _get(client: "Client", ids: list[str] | None) -> Found:
    if ids is None:
        return await find(client, await _everybody(client))
    wanted = {id: peer_of(id) for id in ids}
    found = await find(client, [contact for contact in wanted.values() if contact is not None])
    return Found(found.here, [*found.missing, *(id for id, contact in wanted.items() if contact is None)])


async def _state(client: "Client") -> str:
    return await client.desk.contact_state()


async def _changes(client: "Client", since: str, most: int | None) -> Changes:
    desk = client.desk
    now = await _state(client)
    try:
        version, epoch, count, others = since.split(".")
        roster = await desk.services.rosters.load(desk.account)
        items = roster.since(int(version))
        volatile = desk.contacts.since(int(count)) if epoch == desk.epoch else None
    except ValueError:
        raise MethodError("cannotCalculateChanges") from None
    if items is None or (volatile is None and others != now.rpartition(".")[2]):
        raise MethodError("cannotCalculateChanges")
    # What is not kept may have become anything since another time: everybody is told anew.
    touched = dict.fromkeys(await _everybody(client) if volatile is None else volatile)
    touched.update(dict.fromkeys(item.contact for item in items if item.listed or item.removed))
    found = await find(client, list(touched))
    if most is not None and len(touched) > most:
        raise MethodError("cannotCalculateChanges", "more has changed than is wanted at once")
    return Changes(now, updated=[contact.id for contact in found.here], destroyed=found.missing)


async def query(client: "Client", arguments: Answer) -> Answer:
    """Contact/query: by name, or else by address."""
    asked = read(QueryFor, arguments)
    check_account(client, asked.accountId)
    wanted = read(_Filter, asked.filter or {})
    up = rising(asked, "name") or not asked.sort
    state = await _state(client)
    everybody: list[objects.Contact] = (await find(client, await _everybody(client))).here
    chosen = [contact for contact in everybody if _fits(contact, wanted)]
    chosen.sort(key=lambda contact: (contact.name or contact.address).casefold(), reverse=not up)
    return paged(client, asked, [contact.id for contact in chosen], state)


def _fits(contact: objects.Contact, wanted: _Filter) -> bool:
    return (
        wanted.text.casefold() in f"{contact.name} {contact.address}".casefold()
        and wanted.group in (None, *contact.groups)
        and wanted.blocked in (None, contact.blocked)
    )


async def _create(client: "Client", value: Patch) -> Answer:
    new = read_object(_New, value)
    contact = Address.parse(new.address).bare
    services = client.desk.services
    if contact == client.account or not contact.local or client.desk.is_room(contact):
        raise Refused(Condition.NOT_ACCEPTABLE, "this is nobody for a contact list")
    services.limits.spend(client.account)
    item = await services.rosters.set(client.account, contact, name=new.name, groups=tuple(new.groups))
    if new.subscription == "to" and not item.to:
        await _step(client, contact, Step.SUBSCRIBE)
    return {"id": conversation_id(contact), "address": str(contact)}


async def _update(client: "Client", id: str, patch: Patch) -> None:
    change, contact = read_object(_Change, patch), peer_of(id)
    if contact is None or contact == client.account:
        raise SetError("notFound")
    services = client.desk.services
    services.limits.spend(client.account)
    item = await client.desk.contact(contact)
    if change.blocked is not None:
        await (services.blocking.block if change.blocked else services.blocking.unblock)(client.account, [contact])
    if change.name is not None or change.groups is not None:
        name = item.name if change.name is None else change.name
        groups = item.groups if change.groups is None else tuple(change.groups)
        await services.rosters.set(client.account, contact, name=name, groups=groups)
    if change.pending is not None:
        await _step(client, contact, Step.SUBSCRIBED if change.pending == "accept" else Step.UNSUBSCRIBED)
    if change.subscription is not None:
        await _subscribe(client, item, change.subscription)
    client.front.contact_changed(client.account, contact)  # also one of which nothing is left


async def _subscribe(client: "Client", item: RosterItem, wanted: Subscribed) -> None:
    to, from_ = wanted in ("to", "both"), wanted in ("from", "both")
    if to and not item.to:
        await _step(client, item.contact, Step.SUBSCRIBE)
    elif not to and (item.to or item.asked):
        await _step(client, item.contact, Step.UNSUBSCRIBE)
    if from_ and not item.from_:
        await _step(client, item.contact, Step.SUBSCRIBED)
    elif not from_ and item.from_:
        await _step(client, item.contact, Step.UNSUBSCRIBED)


async def _step(client: "Client", contact: Address, step: Step) -> None:
    change = SubscriptionChange(sender=client.account, recipient=contact, step=step)
    await client.desk.services.subscriptions.send(change, client.session)


async def _destroy(client: "Client", id: str) -> None:
    contact = peer_of(id)
    if contact is None:
        raise SetError("notFound")
    client.desk.services.limits.spend(client.account)
    await client.desk.services.subscriptions.remove_contact(client.account, contact, client.session)


_SUBSCRIPTIONS: dict[tuple[bool, bool], Any] = dict(
    zip(((False, False), (True, False), (False, True), (True, True)), get_args(Subscribed), strict=True)
)
CONTACT = DataType("Contact", objects.Contact, _state, _get, _changes, _create, _update, _destroy)
