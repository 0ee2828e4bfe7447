"""The path of every event: from whoever says it to whoever is to hear it.

``before_routing`` (rights, blocking, limits) -> the recipient's domain -> ``nobody_there`` (may it wait?) ->
``before_delivery`` (made durable) -> look up sessions -> deliver -> ``after_delivery`` (copies). Commit comes first and look-up
second, so that a session that opens meanwhile either is found here or finds the message waiting.
"""

from typing import Protocol

from dragoman.core.errors import Condition, Refused
from dragoman.core.hooks import Hooks, Routed
from dragoman.core.model import Event, Exchange, Failure, Kind, Presence, Signal, SubscriptionChange, Talk
from dragoman.core.registry import Registry
from dragoman.core.session import Session


class Destination(Protocol):
    """Who receives for a domain: its accounts, its rooms, or another server."""

    async def receive(self, routed: Routed) -> None:
        """Deliver, or raise ``Refused``."""
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
        await self._hooks.before_routing.run(routed)
        destination = self._destinations.get(routed.event.recipient.domain)
        if destination is None:
            raise Refused(Condition.REMOTE_SERVER_NOT_FOUND, "no such server is known here")
        await destination.receive(routed)
        return routed.event


class AccountDestination:
    """Delivers to the sessions of accounts (RFC 6121 §8.5)."""

    def __init__(self, hooks: Hooks, registry: Registry) -> None:
        self._hooks = hooks
        self._registry = registry

    async def receive(self, routed: Routed) -> None:
        hooks, version = self._hooks, self._registry.version
        targets = self.targets(routed.event)
        if not targets:
            await hooks.nobody_there.run(routed)
            if self._registry.version != version:  # somebody has come while it was asked whether the event may wait
                version, targets = self._registry.version, self.targets(routed.event)
        # What is decided here holds until the event is in the writer's queue: whoever logs in asks there for what waits.
        routed.live = bool(targets)
        await hooks.before_delivery.run(routed)
        if routed.duplicate:
            return
        if not routed.settled:
            if self._registry.version != version:
                targets = self.targets(routed.event)
            event, routed.delivered = routed.event, targets
            for session in targets:
                session.deliver(event)
            if not targets:
                await hooks.undelivered.run(routed)
        await hooks.after_delivery.run(routed)

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
