"""Whom an account does not want to hear (XEP-0191): one gate for every protocol."""

from collections.abc import Awaitable, Sequence

from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused, Remedy
from dragoman.core.hooks import Hook, Hooks, Routed
from dragoman.core.model import Event, Invitation, RoomChange, RoomWelcome
from dragoman.core.policy import Domains
from dragoman.core.stores import BlockStore

REMEMBERED = 50_000


class Blocking:
    """All block lists, and the gate. ``changing`` runs before an account blocks somebody, while it can still be heard;
    ``changed`` after its list changed: account, addresses (none: all), and whether they are blocked now."""

    def __init__(self, store: BlockStore, hooks: Hooks, domains: Domains) -> None:
        self._store = store
        self._domains = domains
        self._lists: dict[Address, frozenset[Address]] = {}
        self.changing: Hook[tuple[Address, tuple[Address, ...]]] = Hook()
        self.changed: Hook[tuple[Address, tuple[Address, ...], bool]] = Hook()
        hooks.before_routing(self._gate)
        hooks.account_removed(self._forget)

    async def list(self, account: Address) -> frozenset[Address]:
        """Those whom an account has blocked: bare and full addresses, domains, and domains with resource."""
        blocked = self._lists.get(account)
        if blocked is None:
            blocked = self._lists.setdefault(account, frozenset(await self._store.load(account)))
            while len(self._lists) > REMEMBERED:
                del self._lists[next(iter(self._lists))]
        return blocked

    async def block(self, account: Address, addresses: Sequence[Address]) -> None:
        """Hear no more of these, whatever they speak."""
        fresh = [address for address in addresses if address not in await self.list(account)]
        await self.changing.run((account, tuple(fresh)))
        await self._store.add(account, fresh)
        self._lists[account] = await self.list(account) | set(fresh)
        await self.changed.run((account, tuple(addresses), True))

    async def unblock(self, account: Address, addresses: Sequence[Address] | None = None) -> None:
        """Hear these again; all of them where none are named."""
        gone = tuple(await self.list(account) if addresses is None else addresses)
        await self._store.remove(account, gone)
        self._lists[account] = await self.list(account) - set(gone)
        await self.changed.run((account, tuple(gone) if addresses is not None else (), False))

    async def is_blocked(self, account: Address, other: Address) -> bool:
        """Whether ``account`` has blocked ``other``."""
        blocked = self._lists.get(account)
        if blocked is None:
            blocked = await self.list(account)
        return bool(blocked) and matches(blocked, other)

    def _gate(self, routed: Routed) -> Awaitable[None] | None:
        """Most accounts have blocked nobody, and their lists are in memory: then there is nothing to wait for."""
        event, sender, recipient = routed.event, routed.sender, routed.recipient
        mine, theirs = self._lists.get(sender), self._lists.get(recipient)
        if mine is not None and theirs is not None and not mine and not theirs:
            return None
        if sender == recipient or isinstance(event, RoomChange | RoomWelcome):
            return None
        return self._check(event, sender, recipient)

    async def _check(self, event: Event, sender: Address, recipient: Address) -> None:
        if self._domains.of_accounts(sender.domain) is not None and await self.is_blocked(sender, event.recipient):
            raise Refused(Condition.NOT_ACCEPTABLE, "you have blocked this address", remedy=Remedy.CANCEL, blocked=True)
        if self._domains.of_accounts(recipient.domain) is None:
            return
        # Whoever is blocked cannot have a room say it instead (XEP-0045 §7.8.2).
        inviter = event.inviter if isinstance(event, Invitation) else None
        for heard in (event.sender, inviter):
            if heard is not None and await self.is_blocked(recipient, heard):
                raise Refused(Condition.SERVICE_UNAVAILABLE)

    def _forget(self, account: Address) -> None:
        self._lists.pop(account, None)


def matches(blocked: frozenset[Address], other: Address) -> bool:
    """XEP-0191 §5: an address is blocked by itself, its bare form, its domain, or its domain with the same resource."""
    return (
        other in blocked
        or other.bare in blocked
        or Address("", other.domain) in blocked
        or Address("", other.domain, other.resource) in blocked
    )
