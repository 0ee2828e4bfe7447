"""Asking for, granting and withdrawing presence (RFC 6121 §3), by the tables in :mod:`dragoman.core.subscription`."""

from collections.abc import Awaitable

from msgspec.structs import replace

from dragoman.core import subscription
from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused
from dragoman.core.hooks import Hooks, Routed
from dragoman.core.model import Step, SubscriptionChange
from dragoman.core.router import Router
from dragoman.core.session import Session
from dragoman.core.stores import RosterItem
from dragoman.features.accounts import Accounts
from dragoman.features.presence import Presences
from dragoman.features.rosters import Rosters


class Subscriptions:
    """Both sides of every subscription step."""

    def __init__(
        self, hooks: Hooks, router: Router, accounts: Accounts, rosters: Rosters, presences: Presences
    ) -> None:
        self._router = router
        self._accounts = accounts
        self._rosters = rosters
        self._presences = presences
        hooks.before_delivery(self._gate)

    async def send(self, change: SubscriptionChange, origin: Session) -> None:
        """An account takes a step towards a contact. Both addresses count bare."""
        account, contact = change.sender.bare, change.recipient.bare
        if account == contact:
            return
        if self._accounts.is_guest(account):
            raise Refused(Condition.NOT_ALLOWED, "guests have no contact list")
        before = (await self._rosters.load(account)).get(contact)
        after, passes = subscription.send(before, change.step)
        await self._rosters.put(account, after)
        if passes:
            await self._pass_on(change.readdressed(sender=account, recipient=contact), origin)
        await self._presences.follow(account, contact, before, after)

    async def introduce(self, one: Address, other: Address) -> None:
        """Make two accounts of this server each other's contacts, who see each other's presence, without asking them."""
        for account, contact in ((one, other), (other, one)):
            before = (await self._rosters.load(account)).get(contact)
            name = before.name or contact.local
            after = replace(
                before, name=name, to=True, from_=True, asked=False, approved=False, request=None, listed=True
            )
            await self._rosters.put(account, after)
            await self._presences.follow(account, contact, before, after)

    async def remove_contact(self, account: Address, contact: Address, origin: Session | None) -> None:
        """Take a contact off the list and end both subscriptions (RFC 6121 §2.5.2)."""
        item = await self._rosters.remove(account, contact)
        for holds, step in ((item.to or item.asked, Step.UNSUBSCRIBE), (item.from_, Step.UNSUBSCRIBED)):
            if holds:
                await self._pass_on(SubscriptionChange(sender=account, recipient=contact, step=step), origin)
        await self._presences.follow(account, contact, item, RosterItem(contact))

    async def _pass_on(self, change: SubscriptionChange, origin: Session | None) -> None:
        try:
            await self._router.route(change, origin)
        except Refused as refused:
            # RFC 6121 §3.1.2: the account's own block is told; whatever the other side is, it stays silent.
            if refused.blocked:
                raise

    def _gate(self, routed: Routed) -> Awaitable[None] | None:
        change = routed.event
        return self._receive(routed, change) if isinstance(change, SubscriptionChange) else None

    async def _receive(self, routed: Routed, change: SubscriptionChange) -> None:
        account, contact = change.recipient.bare, change.sender.bare
        if not await self._accounts.exists(account):
            routed.settled = True  # RFC 6121 §3.1.3: an unknown account answers nothing
            return
        before = (await self._rosters.load(account)).get(contact)
        after, passes, answer = subscription.receive(before, change.readdressed(recipient=account))
        routed.settled = not passes or not routed.live
        if after != before:
            if _is_empty(after):
                await self._rosters.forget(account, contact)
            else:
                await self._rosters.put(account, after)
        if answer is None:
            await self._presences.follow(account, contact, before, after)
            return
        # RFC 6121 §3.1.5: the grant first, then what it lets the contact see.
        await self._pass_on(SubscriptionChange(sender=account, recipient=contact, step=answer), None)
        await self._presences.show(account, contact)


def _is_empty(item: RosterItem) -> bool:
    return not item.listed and replace(item, version=0) == RosterItem(item.contact)
