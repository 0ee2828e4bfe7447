"""An account's conversations as it has arranged them: drafts, levels, pins, rooms it goes into, how far it has read.

The same in all of its clients that show an inbox, whatever they speak. The read marker is the one that every protocol moves
(:mod:`dragoman.features.markers`); here it only counts as a change of the conversation.
"""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused
from dragoman.core.hooks import Hook, Hooks
from dragoman.core.inbox import ConversationSettings, InboxStore, Preferences
from dragoman.features.markers import Markers, Read

#: How many accounts' settings stay in memory.
REMEMBERED = 20_000
MAX_DRAFT_BYTES = 65_536
MAX_CLIENT_BYTES = 16_384
MAX_ROWS = 20_000


class InboxChange(Struct, frozen=True):
    """Something of the conversation with ``peer`` changed, or where that is None, of the account's preferences."""

    account: Address
    peer: Address | None


class Inbox:
    """One account's settings in memory: the same as in the store."""

    __slots__ = ("preferences", "rows", "version")

    def __init__(self, rows: list[ConversationSettings], preferences: Preferences | None) -> None:
        self.rows = {row.peer: row for row in rows}
        self.preferences = preferences or Preferences()
        self.version = max((row.version for row in rows), default=0)

    def __iter__(self) -> Iterator[ConversationSettings]:
        return iter(self.rows.values())

    @property
    def is_used(self) -> bool:
        """Whether any client with an inbox was ever here."""
        return bool(self.rows) or self.preferences.version > 0

    def of(self, peer: Address) -> ConversationSettings:
        """The settings of a conversation; the usual ones where nothing was set."""
        return self.rows.get(peer) or ConversationSettings(peer)

    def since(self, version: int) -> list[ConversationSettings]:
        """What changed after a version, in order."""
        return sorted((row for row in self if row.version > version), key=lambda row: row.version)


class Inboxes:
    """All of them. ``changed`` runs after each change."""

    def __init__(self, store: InboxStore, hooks: Hooks, markers: Markers) -> None:
        self._store = store
        self._inboxes: dict[Address, Inbox] = {}
        self.changed: Hook[InboxChange] = Hook()
        hooks.account_removed(self._forget)
        markers.changed(self._read)

    async def load(self, account: Address) -> Inbox:
        """From memory or from the store."""
        inbox = self._inboxes.get(account)
        if inbox is None:
            rows, preferences = await self._store.load(account), await self._store.preferences(account)
            inbox = self._inboxes.setdefault(account, Inbox(rows, preferences))
            while len(self._inboxes) > REMEMBERED:
                del self._inboxes[next(iter(self._inboxes))]
        return inbox

    async def begin(self, account: Address) -> None:
        """A client with an inbox is here: from now on everything is counted for it."""
        if not (await self.load(account)).is_used:
            await self.prefer(account)

    async def change(self, account: Address, peer: Address, **fields: Any) -> ConversationSettings:
        """Set fields of one conversation. ``Refused``: not-acceptable, resource-constraint."""
        inbox = await self.load(account)
        before = inbox.of(peer)
        after = replace(before, **fields)
        if after == before and peer in inbox.rows:
            return before
        if len(after.draft.encode()) > MAX_DRAFT_BYTES:
            raise Refused(Condition.NOT_ACCEPTABLE, "the draft is too long")
        if peer not in inbox.rows and len(inbox.rows) >= MAX_ROWS:
            raise Refused(Condition.RESOURCE_CONSTRAINT, "too many conversations")
        return await self._put(account, inbox, after)

    async def prefer(self, account: Address, **fields: Any) -> Preferences:
        """Set fields of the preferences. ``Refused(not-acceptable)``."""
        inbox = await self.load(account)
        after = replace(inbox.preferences, **fields)
        if len(after.client.encode()) > MAX_CLIENT_BYTES or len(after.status.encode()) > MAX_CLIENT_BYTES:
            raise Refused(Condition.NOT_ACCEPTABLE, "too long")
        if after == inbox.preferences and after.version:
            return after
        inbox.preferences = after = replace(after, version=after.version + 1)
        await self._store.set_preferences(account, after)
        await self.changed.run(InboxChange(account, None))
        return after

    async def _put(self, account: Address, inbox: Inbox, row: ConversationSettings) -> ConversationSettings:
        inbox.version += 1
        inbox.rows[row.peer] = row = replace(row, version=inbox.version)
        await self._store.put(account, row)
        await self.changed.run(InboxChange(account, row.peer))
        return row

    async def _read(self, read: Read) -> None:
        inbox = await self.load(read.account)
        if inbox.is_used:
            await self._put(read.account, inbox, inbox.of(read.peer))

    def _forget(self, account: Address) -> None:
        self._inboxes.pop(account, None)
