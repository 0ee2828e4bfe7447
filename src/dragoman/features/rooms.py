"""Rooms: finding and opening them, coming in, going out, and telling everybody inside."""

import hmac
import math
from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from dragoman.core import room_news
from dragoman.core.address import Address
from dragoman.core.clock import Clock, id_number
from dragoman.core.errors import Condition, Refused
from dragoman.core.hooks import Hooks
from dragoman.core.model import Message, Presence, RoomEvent, Talk
from dragoman.core.policy import Domain, Domains
from dragoman.core.registry import Registry
from dragoman.core.room import Room, Told, new_record
from dragoman.core.session import Session
from dragoman.core.stores import Query, RoomConfig, RoomStore
from dragoman.features.accounts import Accounts
from dragoman.features.history import History

#: How many empty rooms stay in memory.
REMEMBERED = 1000
#: How long a new room waits for its owner's choice of settings.
SETTLING_SECONDS = 120.0


class Wish(Struct, frozen=True):
    """How much history a newcomer wants (XEP-0045 §7.2.13): at most ``messages``, not older than ``since``."""

    messages: int | None = None
    since: float | None = None


class Entrance(Struct, frozen=True, kw_only=True):
    """How somebody comes in. ``mask`` is ``nick!name@host``; what follows ``wish`` counts where it opens the room.

    ``unsettled``: it is asked how the room is to be (XEP-0045 §10.1), and the room takes the first who comes as its
    answer, unless it has begun to choose; ``locked``: nobody comes in before it has chosen.
    """

    nick: str
    presence: Presence
    password: str = ""
    mask: str = ""
    wish: Wish = Wish()
    config: RoomConfig | None = None
    unsettled: bool = False
    locked: bool = False


class Rooms:
    """All rooms of all domains. ``secret`` makes occupants' ids (XEP-0421), which nobody else can compute."""

    def __init__(
        self,
        store: RoomStore,
        hooks: Hooks,
        registry: Registry,
        clock: Clock,
        accounts: Accounts,
        history: History,
        domains: Domains,
        secret: bytes,
    ) -> None:
        self._store = store
        self._registry = registry
        self._clock = clock
        self._accounts = accounts
        self._history = history
        self._domains = domains
        self._secret = secret
        self._rooms: dict[Address, Room] = {}
        self._entered: dict[Address, set[Address]] = {}
        hooks.session_closed(self._leave_all)

    async def get(self, address: Address) -> Room | None:
        """A room that exists, from memory or from the store."""
        room = self._rooms.get(address)
        if room is not None:
            return room
        record = await self._store.load(address) if self._domains.of_rooms(address.domain) is not None else None
        if record is None:
            return None
        bounds = await self._history.bounds(address, address)
        room = self._rooms.setdefault(address, Room(record, self._identifier(address)))
        room.last_told = max(room.last_told, bounds[1] if bounds else 0)
        self._forget_empty()
        return room

    def loaded(self, address: Address) -> Room | None:
        """A room where it is in memory, as every one is that somebody is inside."""
        return self._rooms.get(address)

    def open_count(self) -> int:
        """How many rooms have somebody inside."""
        return sum(bool(room.occupants) for room in self._rooms.values())

    async def existing(self, address: Address) -> Room:
        """The same; ``Refused(item-not-found)`` where there is none."""
        room = await self.get(address.bare)
        if room is None:
            raise Refused(Condition.ITEM_NOT_FOUND, "there is no such room")
        return room

    async def all(self, domain: Domain) -> list[Room]:
        """Every room of a domain, hidden ones too, by address."""
        stored = [await self.get(record.address) for record in await self._store.all(domain.rooms)]
        found = {room.address: room for room in stored if room is not None}
        found.update({address: room for address, room in self._rooms.items() if address.domain == domain.rooms})
        return [found[address] for address in sorted(found)]

    async def visible(self, domain: Domain, viewer: Address) -> list[Room]:
        """The rooms that somebody may find in a list: public ones, and those it is in."""
        now = self._clock.now()
        return [
            room
            for room in await self.all(domain)
            if (room.config.public and not room.is_locked(now)) or viewer.bare in room.accounts
        ]

    def entered(self, session: Address) -> set[Address]:
        """The rooms that a session is inside."""
        return set(self._entered.get(session, ()))

    async def create(self, address: Address, owner: Address, config: RoomConfig) -> Room:
        """Open a room that does not exist yet; ``Refused(conflict)`` where it does."""
        if await self.get(address) is not None:
            raise Refused(Condition.CONFLICT, "this room exists already")
        room = Room(new_record(address, config, owner, self._clock.now()), self._identifier(address))
        self._rooms[address] = room
        await self._store.save(room.record())
        return room

    async def enter(self, session: Session, address: Address, entrance: Entrance) -> Room:
        """A session comes in (XEP-0045 §7.2): it is welcomed, the others are told."""
        room, created = await self._open(session, address, entrance)
        inside = room.accounts.get(session.account)
        if inside is None:
            await self._check(session, room, entrance)
        history = await self._recent(room, entrance.wish) if not created else ()
        if self._registry.session(session.address) is not session:
            raise Refused(Condition.RECIPIENT_UNAVAILABLE, "the session ended on its way in")
        # From here on nothing waits: what is said later reaches the session live, what was said before is in its history.
        occupant, told = room.enter(session.address, entrance.nick, entrance.presence)
        self._entered.setdefault(session.address, set()).add(address)
        self.tell(room, told, skip=session.address)
        welcome = room_news.welcome(
            room,
            occupant,
            session.address,
            presence=entrance.presence,
            asked=entrance.nick,
            history=history,
            created=created,
            resumed=inside is not None,
        )
        session.deliver(welcome)
        return room

    def hold(self, room: Room) -> None:
        """The owner of a new room has begun to choose its settings: nobody comes in meanwhile (XEP-0045 §10.1.3)."""
        if room.unsettled:
            room.locked_until = max(room.locked_until, self._clock.now() + SETTLING_SECONDS)

    async def leave(
        self, session: Session, address: Address, *, reason: str = "", presence: Presence | None = None
    ) -> None:
        """A session goes out by its own will (XEP-0045 §7.14)."""
        room = await self.existing(address)
        await self._out(room, session.address, RoomEvent.LEFT, reason, presence)

    async def lose(self, session: Address, address: Address, *, why: Refused) -> None:
        """A session answers a room with errors: it hears nothing any more, so it is not kept as if it did."""
        room, condition = await self.get(address), why.condition.replace("-", " ")
        if room is not None and room.is_inside(session):
            await self._out(
                room, session, RoomEvent.UNREACHABLE, f"{condition}: {why.text}" if why.text else condition, None
            )

    async def update(self, session: Session, address: Address, presence: Presence) -> None:
        """A session inside changes its presence (XEP-0045 §7.7)."""
        room = await self.existing(address)
        self.tell(room, room.update(session.address, presence))

    async def rename(self, session: Session, address: Address, nick: str) -> None:
        """An occupant takes another nickname (XEP-0045 §7.6)."""
        room = await self.existing(address)
        room.occupant(session.address)
        await self.check_name(session.account, room, nick)
        self.tell(room, room.rename(session.address, nick))

    def readdress(self, session: Session, old: Address, nick: str) -> None:
        """A guest has another address now, and another name in all rooms: ``Refused(conflict)`` where one has it taken."""
        rooms = [self._rooms[address] for address in self._entered.get(old, ()) if address in self._rooms]
        for room in rooms:
            room.check_nick(old.bare, nick)
        self._entered[session.address] = self._entered.pop(old, set())
        for room in rooms:
            self.tell(room, room.readdress(old, session.address, nick))

    def tell(self, room: Room, told: list[Told], *, skip: Address | None = None) -> None:
        """Tell everybody inside, and those who were put out, as much as each may know."""
        for item in told:
            for change, addresses in room_news.spread(room, item, skip=skip):
                for address in addresses:
                    session = self._registry.session(address)
                    if session is not None:
                        session.deliver(change)
            for address in item.gone:
                self._forget_entered(address, room.address)

    async def keep(self, room: Room, event: Talk) -> Talk:
        """Make something that happened in a room part of its history, where it has one."""
        domain = self._domains.of_rooms(room.address.domain)
        archived = room.config.archived and domain is not None and domain.policy.archive
        kept, _ = await self._history.keep_for_room(event, room.address, archived=archived)
        if archived:
            room.last_told = max(room.last_told, id_number(kept.archive_id) or 0)
        return kept

    async def save(self, room: Room) -> None:
        """Keep what changed of a room."""
        await self._store.save(room.record())

    async def drop(self, room: Room) -> None:
        """A room ends, and its history with it."""
        self._rooms.pop(room.address, None)
        for occupant in room.occupants.values():
            for session in occupant.sessions:
                self._forget_entered(session, room.address)
        await self._store.remove(room.address)

    async def sweep(self) -> int:
        """Drop rooms that were not to outlive their occupants, and did, since the server stopped; how many."""
        count = 0
        for domain in self._domains:
            for record in await self._store.all(domain.rooms):
                room = self._rooms.get(record.address)
                if not record.config.persistent and (room is None or not room.occupants):
                    self._rooms.pop(record.address, None)
                    await self._store.remove(record.address)
                    count += 1
        return count

    async def _open(self, session: Session, address: Address, entrance: Entrance) -> tuple[Room, bool]:
        domain = self._domains.of_rooms(address.domain)
        if domain is None or not address.local or address.resource:
            raise Refused(Condition.ITEM_NOT_FOUND, "there are no such rooms here")
        if len(self._entered.get(session.address, ())) >= domain.policy.max_rooms_entered:
            raise Refused(Condition.RESOURCE_CONSTRAINT, "you are in too many rooms")
        room = await self.get(address)
        if room is not None:
            return room, False
        if not self._domains.may_create_rooms(domain, session.account, guest=session.guest):
            raise Refused(Condition.NOT_ALLOWED, "you may not open rooms here")
        owner = session.account if not session.guest else None
        record = new_record(address, entrance.config or domain.policy.room, owner, self._clock.now())
        room = self._rooms[address] = Room(record, self._identifier(address))
        if owner is not None and entrance.unsettled:
            room.unsettled, room.locked_until = True, math.inf if entrance.locked else 0.0
        await self._store.save(record)
        return room, True

    async def _check(self, session: Session, room: Room, entrance: Entrance) -> None:
        room.check_entry(session.account, password=entrance.password, mask=entrance.mask, now=self._clock.now())
        await self.check_name(session.account, room, entrance.nick)

    async def check_name(self, account: Address, room: Room, nick: str) -> None:
        """Whether an account may be called so in a room; ``Refused(conflict)`` where the name is taken or kept there, or is
        that of another account: an account's name is its own in every room of its domain."""
        room.check_nick(account, nick)
        domain = self._domains.of_rooms(room.address.domain)
        if domain is None or nick.lower() == account.local:
            return
        try:
            namesake = Address.of(nick, domain.name)
        except Refused:
            return  # no account can have this name
        if namesake != account and await self._accounts.exists(namesake):
            raise Refused(Condition.CONFLICT, "this is somebody's account name")

    async def _recent(self, room: Room, wish: Wish) -> tuple[Talk, ...]:
        """The history that ends exactly where live delivery begins."""
        limit = room.config.history if wish.messages is None else min(wish.messages, 250)
        if limit <= 0 or not room.config.archived:
            return ()
        while True:
            end = room.last_told
            query = Query(owner=room.address, peer=room.address, before=end + 1, limit=limit, newest=True)
            page = await self._history.query(replace(query, words_only=True))
            if room.last_told == end:
                since = wish.since or 0.0
                recent = map(self._history.as_history, page.records)
                return tuple(said for said in recent if (said.sent_at or 0) >= since and not _is_only_subject(said))

    async def _out(self, room: Room, session: Address, what: RoomEvent, reason: str, presence: Presence | None) -> None:
        told = room.leave(session, what=what, reason=reason, presence=presence)
        self._forget_entered(session, room.address)
        self.tell(room, told)
        await self.close_if_empty(room)

    async def close_if_empty(self, room: Room) -> None:
        """A room that is not persistent ends with its last occupant."""
        if not room.occupants and not room.config.persistent and self._rooms.get(room.address) is room:
            await self.drop(room)

    async def _leave_all(self, session: Session) -> None:
        what = RoomEvent.LEFT if self._registry.sessions(session.account) else RoomEvent.GONE
        for address in list(self._entered.get(session.address, ())):
            room = self._rooms.get(address)
            if room is not None and room.is_inside(session.address):
                await self._out(room, session.address, what, session.parting, None)
        self._entered.pop(session.address, None)

    def _identifier(self, room: Address) -> Callable[[Address], str]:
        key = hmac.digest(self._secret, str(room).encode(), "sha256")
        return lambda account: hmac.digest(key, str(account).encode(), "sha256").hex()[:32]

    def _forget_entered(self, session: Address, address: Address) -> None:
        rooms = self._entered.get(session)
        if rooms is not None:
            rooms.discard(address)
        room = self._rooms.get(address)
        if room is not None and self._accounts.is_guest(session.bare) and room.affiliation(session.bare).rank > 0:
            room.grants.pop(session.bare, None)  # the next guest of this name is somebody else

    def _forget_empty(self) -> None:
        if len(self._rooms) > REMEMBERED:
            for address in [address for address, room in self._rooms.items() if not room.occupants]:
                del self._rooms[address]


def _is_only_subject(said: Talk) -> bool:
    """A newcomer is told the subject that holds, not those of the past."""
    return isinstance(said, Message) and bool(said.subject) and not said.text and said.native is None
