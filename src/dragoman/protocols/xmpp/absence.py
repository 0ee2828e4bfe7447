"""What a client that is away is told waits in the store as well as in its ledger: it survives the server.

Only where no other session of the account is there, which would have it; and only until the client has acknowledged it, or
another one has come and was told. So a message may be told twice, under the same id, and is never forgotten.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from dragoman.core.clock import id_number
from dragoman.core.hooks import Routed
from dragoman.core.model import Event, Talk
from dragoman.features.history import can_wait

if TYPE_CHECKING:
    from dragoman.protocols.xmpp.client import Client


class Absence:
    """What waits in the store for one client, by the ids of its messages."""

    __slots__ = ("_client", "_ids")

    def __init__(self, client: "Client") -> None:
        self._client = client
        self._ids: dict[str, int] = {}

    def __contains__(self, event: Event) -> bool:
        return isinstance(event, Talk) and event.archive_id in self._ids

    def keep(self, events: Iterable[Event | None]) -> None:
        """Let these wait for the account's next login, too, whatever becomes of the session."""
        waiting = [event for event in events if isinstance(event, Talk) and self._is_kept(event)]
        if waiting and not self._client.server.is_there(self._client.session.account):
            self._client.server.services.clock.start(self._keep(waiting))

    def release(self, left: Iterable[Event | None]) -> None:
        """The client has all but these: the rest waits no longer."""
        if not self._ids:
            return
        still = {event.archive_id for event in left if isinstance(event, Talk)}
        gone = [number for id, number in self._ids.items() if id not in still]
        self._ids = {id: number for id, number in self._ids.items() if id in still}
        if gone:
            services = self._client.server.services
            services.clock.start(services.stores.archive.delivered(self._client.session.account, gone))

    def _is_kept(self, event: Talk) -> bool:
        if not event.archive_id or event.archive_id in self._ids:
            return False
        return event.recipient.bare == self._client.session.account and can_wait(event)

    async def _keep(self, events: list[Talk]) -> None:
        services = self._client.server.services
        for event in events:
            await services.hooks.undelivered.run(Routed(event, None))
            self._ids[event.archive_id] = id_number(event.archive_id) or 0
