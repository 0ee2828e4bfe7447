"""Presence (RFC 6121 §4): who is here, told to those who may know."""

from msgspec.structs import replace

from dragoman.core.address import Address
from dragoman.core.errors import Refused
from dragoman.core.hooks import Hooks, PresenceChange
from dragoman.core.model import Presence
from dragoman.core.policy import Domains
from dragoman.core.presence import aggregate
from dragoman.core.registry import Registry
from dragoman.core.router import Router
from dragoman.core.session import Session
from dragoman.core.stores import RosterItem
from dragoman.features.rosters import Rosters


class Presences:
    """Tells presence, and decides who may see it."""

    def __init__(self, hooks: Hooks, registry: Registry, router: Router, rosters: Rosters, domains: Domains) -> None:
        self._hooks = hooks
        self._registry = registry
        self._router = router
        self._rosters = rosters
        self._domains = domains

    async def announce(self, session: Session, presence: Presence) -> None:
        """A session broadcasts presence (RFC 6121 §4.2, §4.4). The first time, it is told of others in return."""
        await self._hooks.presence_changing.run(PresenceChange(session, session.presence, presence))
        before = self._registry.set_presence(session, presence)
        for contact in await self._audience(session):
            await self._tell(presence, contact)
        for own in self._registry.available(session.account):
            own.deliver(presence.readdressed(recipient=session.account))
        if before is None:
            await self._catch_up(session)
        await self._hooks.presence_changed.run(PresenceChange(session, before, presence))

    async def withdraw(self, session: Session, presence: Presence | None = None) -> None:
        """A session is available no longer (RFC 6121 §4.5): all who were told so are told, each once."""
        before = self._registry.set_presence(session, None)
        presence = presence or Presence(sender=session.address, recipient=session.account, available=False)
        told: set[Address] = set()
        if before is not None:
            told = await self._audience(session)
        directed = {address for address in session.directed if address not in told and address.bare not in told}
        session.directed.clear()
        for address in [*told, *directed]:
            await self._tell(presence, address)
        if before is None:
            return
        for own in [*self._registry.available(session.account), session]:
            own.deliver(presence.readdressed(recipient=session.account))
        await self._hooks.presence_changed.run(PresenceChange(session, before, None))

    async def direct(self, session: Session, presence: Presence) -> None:
        """A session shows itself to one address, or stops doing so (RFC 6121 §4.6)."""
        if presence.available:
            session.directed.add(presence.recipient)
        else:
            session.directed.discard(presence.recipient)
        await self._tell(presence, presence.recipient)

    async def probe(self, session: Session, target: Address) -> None:
        """Tell a session what it may see of an account (RFC 6121 §4.3); nothing at all where it may see nothing."""
        if await self.may_see(session.account, target.bare):
            await self._show_to(session, target.bare)

    async def may_see(self, viewer: Address, target: Address) -> bool:
        """Whether an account sees another one's presence: by subscription, or by the domain's policy."""
        if viewer == target or self._is_open(viewer, target):
            return True
        if self._domains.of_accounts(target.domain) is None:
            return False
        return (await self._rosters.load(target)).get(viewer).from_

    def current(self, account: Address) -> Presence | None:
        """An account's presence over all its sessions; None where it has none."""
        return aggregate(session.presence for session in self._registry.available(account))

    async def show(self, account: Address, contact: Address) -> None:
        """Tell a contact the presence of all sessions of an account."""
        for session in self._registry.available(account):
            if session.presence is not None:
                await self._tell(session.presence, contact)

    async def hide(self, account: Address, contact: Address) -> None:
        """Tell a contact that it sees none of an account's sessions any more."""
        for session in self._registry.available(account):
            await self._tell(Presence(sender=session.address, recipient=contact, available=False), contact)

    async def follow(self, account: Address, contact: Address, before: RosterItem, after: RosterItem) -> None:
        """A subscription changed: show or hide the account's presence accordingly."""
        if self._is_open(contact, account):
            return
        if after.from_ and not before.from_:
            await self.show(account, contact)
        elif before.from_ and not after.from_:
            await self.hide(account, contact)

    async def _audience(self, session: Session) -> set[Address]:
        account = session.account
        audience = {item.contact for item in await self._rosters.load(account) if item.from_}
        if self._is_open(account, account):
            audience.update(other for other in self._registry.accounts() if other.domain == account.domain)
        audience.discard(account)
        return audience

    async def _catch_up(self, session: Session) -> None:
        """RFC 6121 §4.2.2: what a session that has just become available is told."""
        roster = await self._rosters.load(session.account)
        for item in roster.requests():
            if item.request is not None:
                session.deliver(item.request)
        contacts = {item.contact for item in roster if item.to}
        if self._is_open(session.account, session.account):
            contacts.update(other for other in self._registry.accounts() if other.domain == session.account.domain)
        contacts.add(session.account)
        for contact in contacts:
            await self.probe(session, contact)

    async def _show_to(self, viewer: Session, target: Address) -> None:
        for session in self._registry.available(target):
            if session is not viewer and session.presence is not None:
                await self._tell(session.presence, viewer.address)

    async def _tell(self, presence: Presence, recipient: Address) -> None:
        try:
            await self._router.route(replace(presence, recipient=recipient))
        except Refused:
            pass  # RFC 6120 §8.3.1: presence that cannot be delivered is nobody's business

    def _is_open(self, viewer: Address, target: Address) -> bool:
        domain = self._domains.of_accounts(target.domain)
        return domain is not None and domain.policy.open_presence and viewer.domain == target.domain
