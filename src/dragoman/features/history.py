"""History: every message is made durable before anybody hears of it, and can be found again."""

from collections.abc import Awaitable
from functools import lru_cache

from msgspec.structs import replace

from dragoman.core.address import Address
from dragoman.core.clock import Clock, Ids, id_floor, id_moment, id_number, id_text
from dragoman.core.errors import Condition, Refused
from dragoman.core.hooks import Hooks, Routed
from dragoman.core.model import (
    ChatState,
    Exchange,
    Failure,
    Hint,
    Kind,
    Marker,
    Message,
    RealTimeText,
    Receipt,
    Signal,
    Talk,
)
from dragoman.core.policy import Domains
from dragoman.core.stores import Archived, ArchiveStore, Entry, Keep, Page, Query, Record
from dragoman.features.accounts import Accounts
from dragoman.features.preferences import Preferences

#: What is never kept: it means something only at its moment.
FLEETING = (ChatState, RealTimeText, Failure)
#: The largest page that a query gives out (XEP-0313 §4.2 lets the server choose).
MAX_PAGE = 250
DAY = 86400.0
_UNARCHIVED = (Kind.HEADLINE, Kind.GROUPCHAT)


class History:
    """Keeps what is said between accounts, and answers queries over it. Rooms keep theirs through it, too."""

    def __init__(
        self,
        store: ArchiveStore,
        hooks: Hooks,
        ids: Ids,
        clock: Clock,
        accounts: Accounts,
        domains: Domains,
        preferences: Preferences,
    ) -> None:
        self._store = store
        self._ids = ids
        self._clock = clock
        self._accounts = accounts
        self._domains = domains
        self._preferences = preferences
        hooks.nobody_there(self._admit)
        hooks.before_delivery(self._keep)
        hooks.undelivered(self._keep_waiting)

    async def query(self, query: Query) -> Page:
        """A page of a history; its limit is cut to what one page may hold."""
        if query.limit > MAX_PAGE:
            query = replace(query, limit=MAX_PAGE)
        return await self._store.query(query)

    async def count(self, query: Query) -> int:
        """How many messages a query would find without a limit."""
        return await self._store.count(query)

    async def find(
        self, owner: Address, peer: Address | None, *, archive_id: str = "", sender_id: str = ""
    ) -> Archived | None:
        """One message by the server's id or by its sender's."""
        number = id_number(archive_id) or 0
        if archive_id and not number:
            return None
        return await self._store.find(owner, peer, id=number, sender_id=sender_id)

    async def about(self, owner: Address, target: int) -> list[Archived]:
        """What refers to a message, oldest first."""
        return await self._store.about(owner, target)

    async def bounds(self, owner: Address, peer: Address | None = None) -> tuple[int, int] | None:
        """The first and the last id of a history."""
        return await self._store.bounds(owner, peer)

    async def conversations(self, owner: Address, *, after: int, before: int, limit: int) -> list[tuple[Address, int]]:
        """With whom an account has spoken in a range of ids, and the last id with each."""
        return await self._store.conversations(owner, after=after, before=before, limit=min(limit, MAX_PAGE))

    async def keep_for_room(self, event: Talk, room: Address, *, archived: bool, dedup: str = "") -> tuple[Talk, bool]:
        """Give a room's message its id and, where the room is archived, make it durable; False where it was said before."""
        number = self._ids.next()
        event = event.readdressed(archive_id=id_text(number))
        if not archived or isinstance(event, FLEETING) or event.hints & Hint.NO_STORE:
            return event, True
        kept = await self._store.append(Record(number, event, (Entry(room, room, Keep.ARCHIVE),), dedup))
        return event.readdressed(archive_id=id_text(kept)), kept == number

    @staticmethod
    def as_history(archived: Archived) -> Talk:
        """A message of the past, with the moment when it was said."""
        return archived.event.readdressed(sent_at=id_moment(archived.id))

    async def replace(self, archived: Archived, event: Talk) -> None:
        """Put a tombstone in a message's place."""
        await self._store.replace(archived.id, event)

    async def expire(self) -> int:
        """Drop what is older than the shortest history that a domain asks for; how many messages went."""
        days = [domain.policy.archive_days for domain in self._domains if domain.policy.archive_days]
        before = id_floor(self._clock.now() - max(days) * DAY) if days else 0
        return await self._store.expire(before=before)  # the names of resent messages grow old in any case

    def _admit(self, routed: Routed) -> Awaitable[None] | None:
        """Whether what is said to an account that is away may wait for it."""
        return self._check_away(routed.event) if isinstance(routed.event, Talk) else None

    async def _check_away(self, event: Talk) -> None:
        account = event.recipient.bare
        if not await self._accounts.exists(account):
            raise Refused(Condition.SERVICE_UNAVAILABLE)  # and not a word more: blocked and offline look the same
        if can_wait(event):
            await self._check_room(account)

    def _keep(self, routed: Routed) -> Awaitable[None] | None:
        """Give a message its id; where nothing is to be stored, there is nothing to wait for.

        Nothing is waited for either until it is in the writer's queue: ids rise there, and whether it waits for a login
        holds for the logins behind it.
        """
        event = routed.event
        if not isinstance(event, Talk) or isinstance(event, FLEETING):
            return None
        number = self._ids.next()
        routed.event = event = event.readdressed(archive_id=id_text(number))
        waits = not routed.live and can_wait(event)
        entries = self._entries(event, routed.sender, routed.recipient, waits=waits)
        if not entries:
            return None
        routed.settled = waits
        record = Record(number, event, entries, _dedup(event, routed.sender, routed.recipient))
        appended = self._store.append(record)
        routed.queued = True
        return self._appended(routed, record, appended)

    async def _appended(self, routed: Routed, record: Record, appended: Awaitable[int]) -> None:
        kept = await appended
        if kept != record.id:
            routed.event = record.event.readdressed(archive_id=id_text(kept))
            routed.duplicate = True

    async def _keep_waiting(self, routed: Routed) -> None:
        """No session took it: the one that was to have it has gone, or there never was one."""
        event = routed.event
        if isinstance(event, Talk) and can_wait(event):
            owner, peer = event.recipient.bare, event.sender.bare
            number = id_number(event.archive_id) or 0
            if is_archived(event) and self.keeps(owner, event.sender):
                await self._store.mark_waiting(owner, number)
            elif not self._accounts.is_guest(owner):
                await self._store.append(Record(number, event, (Entry(owner, peer, Keep.OFFLINE),)))
            return
        if _needs_answer(event):
            raise Refused(Condition.SERVICE_UNAVAILABLE)

    def _entries(self, event: Talk, sender: Address, recipient: Address, *, waits: bool) -> tuple[Entry, ...]:
        archived = is_archived(event)
        keep = Keep.ARCHIVE if archived and self.keeps(recipient, event.sender) else 0
        if waits and not self._accounts.is_guest(recipient):
            keep |= Keep.OFFLINE
        sent = archived and sender != recipient and self.keeps(sender, event.recipient)
        return _shared(sender, recipient, sent, keep)

    def keeps_history(self, account: Address) -> bool:
        """Whether this server keeps a history for an account."""
        domain = self._domains.of_accounts(account.domain)
        return domain is not None and domain.policy.archive and not self._accounts.is_guest(account)

    def keeps(self, account: Address, peer: Address) -> bool:
        """The same for what it says to somebody and hears from there: the account may not want it."""
        return self.keeps_history(account) and self._preferences.wants(account, peer)

    async def _check_room(self, account: Address) -> None:
        domain = self._domains.of_accounts(account.domain)
        if domain is not None and await self._store.waiting_count(account) >= domain.policy.max_waiting:
            raise Refused(Condition.SERVICE_UNAVAILABLE, "too many messages wait for this account")


@lru_cache(maxsize=8192)
def _shared(sender: Address, recipient: Address, archived: bool, keep: int) -> tuple[Entry, ...]:
    """The entries of both sides: the same for all that one says to the other."""
    mine = (Entry(sender, recipient, Keep.ARCHIVE),) if archived else ()
    return (*mine, Entry(recipient, sender, keep)) if keep else mine


def is_archived(event: Talk) -> bool:
    """Whether an event belongs into the histories of those who said and heard it (XEP-0313 §5.1.1, XEP-0334)."""
    if event.hints & (Hint.NO_STORE | Hint.NO_PERMANENT_STORE) or event.kind in _UNARCHIVED:
        return False
    if isinstance(event, Signal):
        return bool(event.hints & Hint.STORE) and event.exchange is Exchange.NONE
    return True


def _dedup(event: Talk, sender: Address, recipient: Address) -> str:
    """What a resend of the same message is known by."""
    origin_id = event.origin_id if isinstance(event, Message) else ""
    return f"{sender} {recipient} {origin_id}" if origin_id else ""


def can_wait(event: Talk) -> bool:
    """Whether an event may wait for the recipient's next login (XEP-0160 §3, XEP-0334)."""
    if event.hints & Hint.NO_STORE or event.kind in _UNARCHIVED or isinstance(event, FLEETING):
        return False
    if isinstance(event, Signal):
        return bool(event.hints & Hint.STORE) and event.exchange is Exchange.NONE
    if event.kind is Kind.NORMAL and event.recipient.resource:
        return False  # RFC 6121 §8.5.3.2.1: meant for one session that is not there
    return not isinstance(event, Receipt | Marker)


def _needs_answer(event: object) -> bool:
    """Whether somebody who is told nothing would wait for ever (RFC 6121 §8.5.3)."""
    if isinstance(event, Signal):
        return event.exchange is Exchange.REQUEST
    if not isinstance(event, Message):
        return False
    return event.kind is Kind.GROUPCHAT or (event.kind is Kind.NORMAL and bool(event.recipient.resource))
