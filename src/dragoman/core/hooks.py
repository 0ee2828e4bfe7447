"""The points at which features join in: typed, in the order in which the features were installed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from dragoman.core.address import Address
from dragoman.core.model import Event, Presence
from dragoman.core.session import Session

T = TypeVar("T")
Handler = Callable[[T], Awaitable[None] | None]


class Hook(Generic[T]):
    """Handlers that are called one after the other; each may raise ``Refused`` where its point allows that."""

    def __init__(self) -> None:
        self._handlers: list[Handler[T]] = []

    def __call__(self, handler: Handler[T]) -> Handler[T]:
        """Add a handler behind those that are there."""
        self._handlers.append(handler)
        return handler

    def start(self, value: T) -> Awaitable[None] | None:
        """Call them as far as none has to wait; what is left then, None where nothing is: that costs no more than the calls."""
        handlers = self._handlers
        for index, handler in enumerate(handlers):
            pending = handler(value)
            if pending is not None:
                return pending if index + 1 == len(handlers) else self._rest(pending, index + 1, value)
        return None

    async def run(self, value: T) -> None:
        """Call them all."""
        pending = self.start(value)
        if pending is not None:
            await pending

    async def _rest(self, pending: Awaitable[None] | None, index: int, value: T) -> None:
        for handler in self._handlers[index:]:
            if pending is not None:
                await pending
            pending = handler(value)
        if pending is not None:
            await pending


class Routed:
    """One event on its way. Handlers may replace ``event`` by the same for the same two; :meth:`readdress` is for others.

    ``origin`` is the session that sent it, None where the server itself did. ``sender`` and ``recipient`` are the two without
    resources: every feature asks for them. ``live`` is true where a session of the recipient is to get it now. A handler sets
    ``settled`` where nothing is left to deliver: the event waits for the recipient's next login, or was only for the
    server; ``duplicate`` where it was delivered before. ``delivered`` are the sessions that were given it.

    ``behind`` says that something which its sender said before is not delivered yet: nothing of this one may be seen, not even
    by its sender, before what is left of it is awaited. ``queued`` is set where that is only its commit and what follows
    from it: it has its place in the history, and what its sender said next may be begun.
    """

    __slots__ = (
        "behind",
        "delivered",
        "duplicate",
        "event",
        "live",
        "origin",
        "queued",
        "recipient",
        "sender",
        "settled",
    )

    def __init__(self, event: Event, origin: Session | None, *, behind: bool = False) -> None:
        self.event = event
        self.origin = origin
        self.sender = event.sender.bare if origin is None or event.sender is not origin.address else origin.account
        self.recipient = event.recipient.bare
        self.live = False
        self.settled = False
        self.duplicate = False
        self.delivered: tuple[Session, ...] = ()
        self.behind = behind
        self.queued = False

    def readdress(self, event: Event) -> None:
        """It goes on as something that others say, or to others: a room instead of its occupant."""
        self.event = event
        self.sender, self.recipient = event.sender.bare, event.recipient.bare


@dataclass(frozen=True, slots=True)
class PresenceChange:
    """A session's own broadcast presence went from ``before`` to ``now``; None means not available."""

    session: Session
    before: Presence | None
    now: Presence | None


@dataclass(frozen=True, slots=True)
class RosterPush:
    """An item of an account's contact list changed; ``version`` is the list's new one."""

    account: Address
    contact: Address
    version: int


@dataclass(frozen=True, slots=True)
class Hooks:
    """All points, in the order in which a message and a session meet them."""

    before_routing: Hook[Routed] = field(default_factory=Hook)  # may refuse or change: rights, blocking, limits
    nobody_there: Hook[Routed] = field(default_factory=Hook)  # no session can take it now: may refuse
    before_delivery: Hook[Routed] = field(default_factory=Hook)  # makes it durable; nothing was delivered yet
    undelivered: Hook[Routed] = field(default_factory=Hook)  # no session took it: keep it, or refuse
    after_delivery: Hook[Routed] = field(default_factory=Hook)  # copies, push
    session_opened: Hook[Session] = field(default_factory=Hook)
    session_closed: Hook[Session] = field(default_factory=Hook)
    presence_changing: Hook[PresenceChange] = field(default_factory=Hook)  # nothing may wait here
    presence_changed: Hook[PresenceChange] = field(default_factory=Hook)
    roster_changed: Hook[RosterPush] = field(default_factory=Hook)
    account_created: Hook[Address] = field(default_factory=Hook)
    account_removed: Hook[Address] = field(default_factory=Hook)
