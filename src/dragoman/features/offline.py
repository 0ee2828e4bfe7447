"""What was said to somebody who was away is told at the next login, once, through whatever protocol (XEP-0160)."""

from dragoman.core.address import Address
from dragoman.core.clock import id_moment
from dragoman.core.hooks import Hooks, PresenceChange
from dragoman.core.stores import ArchiveStore

PAGE = 200


class Offline:
    """Delivers what waits, to the first session that can take it."""

    def __init__(self, store: ArchiveStore, hooks: Hooks) -> None:
        self._store = store
        self._busy: set[Address] = set()
        hooks.presence_changed(self._deliver)

    async def _deliver(self, change: PresenceChange) -> None:
        session, now = change.session, change.now
        # RFC 6121 §8.5.2.1.1: a session with negative priority is not for messages to the account.
        if now is None or now.priority < 0 or (change.before is not None and change.before.priority >= 0):
            return
        if session.guest or session.account in self._busy:
            return
        self._busy.add(session.account)
        try:
            while waiting := await self._store.waiting(session.account, limit=PAGE):
                for archived in waiting:
                    session.deliver(archived.event.readdressed(sent_at=id_moment(archived.id)))
                await self._store.delivered(session.account, [archived.id for archived in waiting])
        finally:
            self._busy.discard(session.account)
