"""What the server does for a client that shows an inbox, when something is said to its person."""

from typing import TYPE_CHECKING

from dragoman.core.address import Address
from dragoman.core.errors import Refused
from dragoman.core.model import Invitation, Kind, Marker, Message, Receipt, Ref, Talk
from dragoman.core.stores import Query
from dragoman.protocols.jmap.people import is_own

if TYPE_CHECKING:
    from dragoman.protocols.jmap.client import Client


async def be_courteous(client: "Client", peer: Address, event: Talk) -> None:
    """Show a hidden conversation again, and tell whoever asked that the message is here."""
    desk = client.desk
    if not isinstance(event, Message | Invitation):
        return
    inbox = await desk.inbox()
    room = desk.services.rooms.loaded(peer) if desk.is_room(peer) else None
    if inbox.of(peer).hidden and not is_own(desk, event, room):
        await desk.services.inboxes.change(desk.account, peer, hidden=False)
    if not isinstance(event, Message) or not event.wants_receipt or event.kind is not Kind.CHAT or desk.is_room(peer):
        return
    first = next(live for live in desk.clients if live.is_live)
    if first is client and inbox.preferences.receipts and event.sender.bare != desk.account and event.id:
        target = Ref(event.id, event.archive_id)
        await _route(
            client, Receipt(sender=client.session.address, recipient=event.sender, target=target, id=_name(client))
        )


async def mark_displayed(client: "Client", peer: Address, up_to: int) -> None:
    """Tell a person how far their messages were read (XEP-0333), where they asked and the account wants it."""
    desk = client.desk
    if desk.is_room(peer) or not (await desk.inbox()).preferences.receipts:
        return
    query = Query(owner=desk.account, peer=peer, before=up_to + 1, newest=True, words_only=True, limit=20)
    for archived in reversed((await desk.services.history.query(query)).records):
        event = archived.event
        if isinstance(event, Message) and event.sender.bare == peer and event.id and event.wants_marker:
            marker = Marker(
                sender=client.session.address,
                recipient=peer,
                target=Ref(event.id, event.archive_id),
                id=_name(client),
            )
            await _route(client, marker)
            return


async def _route(client: "Client", event: Talk) -> None:
    try:
        await client.desk.services.router.route(event, client.session)
    except Refused:
        pass  # it was only a courtesy


def _name(client: "Client") -> str:
    return client.desk.services.randomness.text(8)
