"""The path of every event: from whoever says it to whoever is to hear it.

``before_routing`` (rights, blocking, limits) -> the recipient's domain -> ``nobody_there`` (may it wait?) ->
``before_delivery`` (made durable) -> look up sessions -> deliver -> ``after_delivery`` (copies). Commit comes first and look-up
second, so that a session that opens meanwhile either is found here or finds the message waiting.
"""

from collections.abc import Awaitable
from typing import Protocol

from dragoman.core.errors import Condition, Refused
from dragoman.core.hooks import Hooks, Routed
from dragoman.core.model import Event, Exchange, Failure, Kind, Presence, Signal, SubscriptionChange, Talk
from dragoman.core.registry import Registry
from dragoman.core.session import Session


class Destination(Protocol):
    """Who receives for a domain: its accounts, its rooms, or another server."""

    def receive(self, routed: Routed) -> Awaitable[None] | None:
        """Deliver, or raise ``Refused``. What is left to be waited for is given back."""
        ...


class Router:
    """Finds the destination of an event."""

    def __init__(self, hooks: Hooks) -> None:
        self._hooks = hooks
        self._destinations: dict[str, Destination] = {}

    def add(self, domain: str, destination: Destination) -> None:
        """Let ``destination`` receive for ``domain``."""
        self._destinations[domain] = destination

    async def route(self, event: Event, origin: Session | None = None) -> Event:
        """Take an event all the way. Gives back what was delivered, with the server's id in it; raises ``Refused``.

        When this returns, the event is as durable as it is to be: an acknowledgement may be sent.
        """
        routed = Routed(event, origin)
        left = self.start(routed)
        if left is not None:
            await left
        return routed.event

    def start(self, routed: Routed) -> Awaitable[None] | None:
        """The same, as far as nothing has to be waited for; what is left is given back. None: it has come all the way.

        Either may raise ``Refused``.
        """
        pending = self._hooks.before_routing.start(routed)
        return self._receive(routed) if pending is None else self._receive_after(pending, routed)

    async def _receive_after(self, pending: Awaitable[None], routed: Routed) -> None:
        await pending
        left = self._receive(routed)
        if left is not None:
            await left

    def _receive(self, routed: Routed) -> Awaitable[None] | None:
        destination = self._destinations.get(routed.recipient.domain)
        if destination is None:
            raise Refused(Condition.REMOTE_SERVER_NOT_FOUND, "no such server is known here")
        return destination.receive(routed)


class AccountDestination:
    """Delivers to the sessions of accounts (RFC 6121 §8.5)."""

    def __init__(self, hooks: Hooks, registry: Registry) -> None:
        self._hooks = hooks
        self._registry = registry

    def receive(self, routed: Routed) -> Awaitable[None] | None:
        targets = self.targets(routed.event)
        return self._keep(routed, targets) if targets else self._receive_away(routed)

    async def _receive_away(self, routed: Routed) -> None:
        """Nobody is there: may the event wait?"""
        version, targets = self._registry.version, self.targets(routed.event)
        if not targets:
            await self._hooks.nobody_there.run(routed)
            if self._registry.version != version:  # somebody has come meanwhile
                targets = self.targets(routed.event)
        left = self._keep(routed, targets)
        if left is not None:
            await left

    def _keep(self, routed: Routed, targets: tuple[Session, ...]) -> Awaitable[None] | None:
        # What is decided here holds until the event is in the writer's queue: whoever logs in asks there for what waits.
        routed.live = bool(targets)
        version = self._registry.version
        pending = self._hooks.before_delivery.start(routed)
        if pending is None and not routed.behind:
            return self._deliver(routed, targets, version)
        return self._deliver_after(pending, routed, targets, version)

    async def _deliver_after(
        self, pending: Awaitable[None] | None, routed: Routed, targets: tuple[Session, ...], version: int
    ) -> None:
        if pending is not None:
            await pending
        left = self._deliver(routed, targets, version)
        if left is not None:
            await left

    def _deliver(self, routed: Routed, targets: tuple[Session, ...], version: int) -> Awaitable[None] | None:
        if routed.duplicate:
            return None
        if not routed.settled:
            if self._registry.version != version:
                targets = self.targets(routed.event)
            event, routed.delivered = routed.event, targets
            for session in targets:
                session.deliver(event)
            if not targets:
                return self._give_up(routed)
        return self._hooks.after_delivery.start(routed)

    async def _give_up(self, routed: Routed) -> None:
        await self._hooks.undelivered.run(routed)
        await self._hooks.after_delivery.run(routed)

    def targets(self, event: Event) -> tuple[Session, ...]:
        """The sessions that get an event now: RFC 6121 §8.5.2 and §8.5.3, in the order in which they opened."""
        recipient = event.recipient
        if recipient.resource:
            session = self._registry.session(recipient)
            if session is not None:
                return _able(event, (session,))
            if not _falls_back(event):
                return ()
        if isinstance(event, Failure) or (isinstance(event, Talk) and event.kind is Kind.GROUPCHAT):
            return ()  # RFC 6121 §8.5.2.1.1: neither is for a bare address
        account = recipient.bare
        if isinstance(event, Presence):
            return self._registry.available(account)
        if isinstance(event, SubscriptionChange):
            sessions = self._registry.sessions(account)
            return tuple(session for session in sessions if session.presence is not None or session.interested)
        return _able(event, self._registry.reachable(account))


def _falls_back(event: Event) -> bool:
    """RFC 6121 §8.5.3.2.1: only chat goes to other sessions where the one it was meant for is gone."""
    if not isinstance(event, Talk) or event.kind is not Kind.CHAT or isinstance(event, Failure):
        return False
    return not isinstance(event, Signal) or event.exchange is Exchange.NONE


def _able(event: Event, sessions: tuple[Session, ...]) -> tuple[Session, ...]:
    """A signal is only for those who speak its protocol."""
    if isinstance(event, Signal) and event.native is not None:
        return tuple(session for session in sessions if session.protocol == event.native.protocol)
    return sessions
