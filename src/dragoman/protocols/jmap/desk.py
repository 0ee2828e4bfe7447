"""What all clients of one account share: which parts of its conversations are known, and what changed that no store counts.

A desk stays for a while when its last client has gone, so that a client that comes back is told exactly what changed.
"""

from binascii import crc32
from typing import TYPE_CHECKING

from dragoman.core.address import Address
from dragoman.core.clock import id_text
from dragoman.core.room import Room
from dragoman.core.stores import RosterItem
from dragoman.features.inboxes import Inbox
from dragoman.features.services import Services

if TYPE_CHECKING:
    from dragoman.protocols.jmap.client import Client
    from dragoman.protocols.jmap.summary import Summary


class Volatile:
    """Counts the changes of things that are not kept: presence, who is in a room."""

    __slots__ = ("_changed", "count")

    def __init__(self) -> None:
        self.count = 0
        self._changed: dict[Address, int] = {}

    def touch(self, what: Address) -> None:
        """It is other than before."""
        self.count += 1
        self._changed[what] = self.count

    def since(self, count: int) -> list[Address]:
        """What changed after a count."""
        return [what for what, at in self._changed.items() if at > count]


class Desk:
    """One account. ``epoch`` tells its counts from those of another time."""

    def __init__(self, services: Services, account: Address) -> None:
        self.services = services
        self.account = account
        self.epoch = services.randomness.text(4)
        self.clients: list[Client] = []
        self.contacts = Volatile()
        self.rooms = Volatile()
        self.summaries: dict[Address, Summary] = {}
        self.empty_since = services.clock.monotonic()

    @property
    def is_listening(self) -> bool:
        """Whether a client is connected that is told all that happens; only then anything may be remembered."""
        return any(client.is_live for client in self.clients)

    def is_room(self, peer: Address) -> bool:
        """Whether a conversation is with a room."""
        return self.services.domains.of_rooms(peer.domain) is not None

    async def inbox(self) -> Inbox:
        """What the account has set."""
        return await self.services.inboxes.load(self.account)

    async def room(self, address: Address) -> Room | None:
        """A room whose history the account may read now."""
        room = await self.services.rooms.get(address)
        if room is None or not room.is_readable_by(self.account, self.services.clock.now()):
            return None
        return room

    async def joined_rooms(self) -> list[Room]:
        """Those that the account goes into, as far as it may read them now."""
        rows = [row.peer for row in await self.inbox() if row.joined]
        found = [await self.room(peer) for peer in rows]
        return [room for room in found if room is not None]

    async def owners(self, peer: Address) -> list[Address]:
        """Whose archives hold a conversation: the account's own, and the room's."""
        if not self.is_room(peer):
            return [self.account]
        return [self.account] if await self.room(peer) is None else [self.account, peer]

    async def contact(self, contact: Address) -> RosterItem:
        """Somebody on the list, or an empty item."""
        return (await self.services.rosters.load(self.account)).get(contact)

    async def high(self) -> int:
        """The newest id in all histories that the account may read: every message up to it is in them."""
        bounds = await self.services.history.bounds(self.account)
        rooms = await self.joined_rooms()
        return max([bounds[1] if bounds else 0, *(room.last_told for room in rooms)])

    async def message_state(self) -> str:
        """The state of all messages."""
        return id_text(await self.high())

    async def conversation_state(self, high: int | None = None) -> str:
        """The state of all conversations: messages, settings, and what happens in rooms."""
        high = await self.high() if high is None else high
        return f"{id_text(high)}.{(await self.inbox()).version}.{self.epoch}.{self.rooms.count}"

    async def contact_state(self) -> str:
        """The state of all contacts. The last part stands for those that are not on the list, of which no store counts."""
        roster = await self.services.rosters.load(self.account)
        unlisted = " ".join(sorted(map(str, await self.unlisted())))
        return f"{roster.version}.{self.epoch}.{self.contacts.count}.{crc32(unlisted.encode()):x}"

    async def unlisted(self) -> list[Address]:
        """Those who only ask, or are only blocked."""
        roster = await self.services.rosters.load(self.account)
        asking = {item.contact for item in roster.requests() if not item.listed}
        blocked = await self.services.blocking.list(self.account)
        strangers = {address for address in blocked if address.local and not address.resource}
        return sorted(address for address in asking | strangers if not roster.get(address).listed)
