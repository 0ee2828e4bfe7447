"""What was said to somebody who was away is told at the next login, once, through whatever protocol (XEP-0160).

What is said to a session while it is being told is held back until then: it is younger, and the order of a conversation is
the order of its commits.
"""

from collections.abc import Callable

from dragoman.core.address import Address
from dragoman.core.clock import id_moment
from dragoman.core.hooks import Hooks, PresenceChange
from dragoman.core.model import Event, Kind, Talk
from dragoman.core.session import Session
from dragoman.core.stores import ArchiveStore

PAGE = 200


class Offline:
    """Delivers what waits, to the first session that can take it."""

    def __init__(self, store: ArchiveStore, hooks: Hooks) -> None:
        self._store = store
        self._held: dict[Address, _Held] = {}  # by account
        hooks.presence_changing(self._hold)
        hooks.presence_changed(self._deliver)
        hooks.session_closed(self._forget)

    def _hold(self, change: PresenceChange) -> None:
        session, now = change.session, change.now
        # RFC 6121 §8.5.2.1.1: a session with negative priority is not for messages to the account.
        if now is None or now.priority < 0 or (change.before is not None and change.before.priority >= 0):
            return
        if not session.guest and session.account not in self._held:
            self._held[session.account] = _Held(session)

    async def _deliver(self, change: PresenceChange) -> None:
        held = self._held.get(change.session.account)
        if held is None or held.session is not change.session:
            return
        account = held.session.account
        try:
            while waiting := await self._store.waiting(account, limit=PAGE):
                for archived in waiting:
                    held.through(archived.event.readdressed(sent_at=id_moment(archived.id)))
                await self._store.delivered(account, [archived.id for archived in waiting])
        finally:
            self._held.pop(account, None)
            held.release()

    def _forget(self, session: Session) -> None:
        """It went before it was told anything: the next one is."""
        held = self._held.get(session.account)
        if held is not None and held.session is session:
            del self._held[session.account]


class _Held:
    """A session that takes what is said to it later; what else happens it is told at once."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.through: Callable[[Event], None] = session.deliver
        self._events: list[Event] = []
        session.deliver = self._take

    def release(self) -> None:
        """Tell it now, in order."""
        self.session.deliver = self.through
        for event in self._events:
            self.through(event)

    def _take(self, event: Event) -> None:
        if isinstance(event, Talk) and event.kind is not Kind.GROUPCHAT:
            self._events.append(event)
        else:
            self.through(event)
