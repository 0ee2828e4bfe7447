"""Contact lists (RFC 6121 §2): kept on the server, versioned, told to every session that asked."""

from collections.abc import Iterator

from msgspec.structs import replace

from dragoman.core.address import Address
from dragoman.core.errors import Condition, Refused
from dragoman.core.hooks import Hooks, RosterPush
from dragoman.core.policy import Domains
from dragoman.core.stores import RosterItem, RosterStore

#: How many lists stay in memory; those of connected accounts are the ones in use.
REMEMBERED = 20_000
MAX_NAME_BYTES = 1023
MAX_GROUPS = 64


class Roster:
    """One account's list in memory: the same as in the store."""

    __slots__ = ("items", "version")

    def __init__(self, items: list[RosterItem]) -> None:
        self.items = {item.contact: item for item in items}
        self.version = max((item.version for item in items), default=0)

    def __iter__(self) -> Iterator[RosterItem]:
        """What the account's clients may see."""
        return (item for item in self.items.values() if item.listed and not item.removed)

    def get(self, contact: Address) -> RosterItem:
        """The item of a contact; an empty one where there is none."""
        item = self.items.get(contact)
        return item if item is not None and not item.removed else RosterItem(contact)

    def requests(self) -> list[RosterItem]:
        """Those who wait for an answer to their request."""
        return [item for item in self.items.values() if item.request is not None]

    def since(self, version: int) -> list[RosterItem] | None:
        """What changed after a version, in order; None where that version is not one of this list."""
        if version > self.version:
            return None
        return sorted((item for item in self.items.values() if item.version > version), key=lambda item: item.version)


class Rosters:
    """All contact lists."""

    def __init__(self, store: RosterStore, hooks: Hooks, domains: Domains) -> None:
        self._store = store
        self._hooks = hooks
        self._domains = domains
        self._lists: dict[Address, Roster] = {}
        hooks.account_removed(self._forget)

    async def load(self, account: Address) -> Roster:
        """The list of an account, from memory or from the store."""
        roster = self._lists.get(account)
        if roster is None:
            items = await self._store.load(account)
            roster = self._lists.setdefault(account, Roster(items))
            while len(self._lists) > REMEMBERED:
                del self._lists[next(iter(self._lists))]
        return roster

    def loaded(self, account: Address) -> Roster | None:
        """The list where it is in memory."""
        return self._lists.get(account)

    async def set(self, account: Address, contact: Address, *, name: str, groups: tuple[str, ...]) -> RosterItem:
        """Add a contact or rename it (RFC 6121 §2.3, §2.4); its subscription stays as it is."""
        if len(name.encode()) > MAX_NAME_BYTES or len(groups) > MAX_GROUPS:
            raise Refused(Condition.NOT_ACCEPTABLE, "the name is too long or there are too many groups")
        if len(set(groups)) != len(groups):
            raise Refused(Condition.BAD_REQUEST, "a group stands twice")
        if any(not group or len(group.encode()) > MAX_NAME_BYTES for group in groups):
            raise Refused(Condition.NOT_ACCEPTABLE, "a group's name is empty or too long")
        roster = await self.load(account)
        domain = self._domains.of_accounts(account.domain)
        if domain is not None and contact not in roster.items and len(roster.items) >= domain.policy.max_contacts:
            raise Refused(Condition.RESOURCE_CONSTRAINT, "the contact list is full")
        return await self.put(account, replace(roster.get(contact), name=name, groups=groups, listed=True))

    async def remove(self, account: Address, contact: Address) -> RosterItem:
        """Take a contact off the list (RFC 6121 §2.5); gives back the item as it was.

        The subscriptions that it held are the caller's to end: see :mod:`dragoman.features.subscriptions`.
        """
        item = (await self.load(account)).get(contact)
        if not item.listed:
            raise Refused(Condition.ITEM_NOT_FOUND, "no such contact")
        await self.put(account, RosterItem(contact, removed=True, listed=True))
        return item

    async def put(self, account: Address, item: RosterItem) -> RosterItem:
        """Keep an item as it is given, with the list's next version, and tell the account's clients where they see it."""
        roster = await self.load(account)
        before = roster.items.get(item.contact)
        shown = item.listed or (before is not None and before.listed)
        item = replace(item, version=roster.version + 1 if shown else roster.version)
        if before is not None and replace(before, version=item.version) == item:
            return before
        roster.version = item.version
        roster.items[item.contact] = item
        await self._store.put(account, item)
        if shown:
            await self._hooks.roster_changed.run(RosterPush(account, item.contact, item.version))
        return item

    async def forget(self, account: Address, contact: Address) -> None:
        """Drop an item that no client has seen."""
        (await self.load(account)).items.pop(contact, None)
        await self._store.forget(account, contact)

    def _forget(self, account: Address) -> None:
        self._lists.pop(account, None)
