"""Opening and closing sessions: the two moments that every protocol has in common."""

from msgspec.structs import replace

from dragoman.core.address import Address
from dragoman.core.clock import Clock
from dragoman.core.errors import Condition, Refused
from dragoman.core.hooks import Hooks
from dragoman.core.model import Presence
from dragoman.core.policy import Domains
from dragoman.core.registry import Registry
from dragoman.core.session import Session
from dragoman.features.accounts import Accounts
from dragoman.features.presence import Presences
from dragoman.features.rooms import Rooms


class Sessions:
    """Enters sessions in the registry and takes them out, with all that hangs on it."""

    def __init__(
        self,
        hooks: Hooks,
        registry: Registry,
        clock: Clock,
        accounts: Accounts,
        presences: Presences,
        rooms: Rooms,
        domains: Domains,
    ) -> None:
        self._hooks = hooks
        self._registry = registry
        self._clock = clock
        self._accounts = accounts
        self._presences = presences
        self._rooms = rooms
        self._domains = domains
        hooks.account_removed(self._close_all)

    async def open(self, session: Session) -> None:
        """A client has logged in. An older session at the same address gives way to it (RFC 6120 §7.7.2.2).

        ``Refused(resource-constraint)`` where the account has too many sessions.
        """
        await self.replace(session.address)
        domain = self._domains.of_accounts(session.account.domain)
        if domain is not None and len(self._registry.sessions(session.account)) >= domain.policy.max_sessions:
            raise Refused(Condition.RESOURCE_CONSTRAINT, "too many sessions of this account")
        session.opened_at = self._clock.now()
        self._registry.add(session)
        await self._hooks.session_opened.run(session)

    async def replace(self, address: Address) -> None:
        """Close the session at an address, if there is one, since another one takes its place."""
        older = self._registry.session(address)
        if older is not None:
            older.close(Condition.CONFLICT, "replaced by a newer session")
            await self.close(older)

    async def close(self, session: Session, presence: Presence | None = None) -> None:
        """A client has gone; ``presence`` holds its parting words. Does nothing the second time."""
        if not self._registry.remove(session):
            return
        session.parting = presence.status if presence is not None else session.parting
        await self._presences.withdraw(session, presence)
        await self._hooks.session_closed.run(session)
        if session.guest and not self._registry.sessions(session.account):
            self._accounts.leave_guest(session.account)

    async def rename_guest(self, session: Session, address: Address, nick: str) -> None:
        """A guest takes another name, in all rooms too. ``Refused(conflict)`` where it is somebody's."""
        old, presence = session.address, session.presence
        await self._accounts.enter_guest(address.bare)
        await self._presences.withdraw(session)
        self._move(session, address)
        try:
            self._rooms.readdress(session, old, nick)
        except Refused:
            self._move(session, old)
        self._accounts.leave_guest(old.bare if session.address == address else address.bare)
        if presence is not None:
            await self._presences.announce(session, replace(presence, sender=session.address))
        if session.address == old:
            raise Refused(Condition.CONFLICT, "this name is taken in a room")

    def _move(self, session: Session, address: Address) -> None:
        self._registry.remove(session)
        session.address, session.account = address, address.bare
        self._registry.add(session)

    async def _close_all(self, account: Address) -> None:
        for session in self._registry.sessions(account):
            session.close(Condition.NOT_AUTHORIZED, "the account was removed")
            await self.close(session)
