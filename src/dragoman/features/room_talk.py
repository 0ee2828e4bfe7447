"""What is said in rooms: to everybody inside, or to one occupant (XEP-0045 §7.4, §7.5)."""

from dragoman.core.address import Address
from dragoman.core.clock import Ids, id_number, id_text
from dragoman.core.errors import Condition, Refused
from dragoman.core.hooks import Hooks, Routed
from dragoman.core.model import Copy, Event, Exchange, Failure, Hint, Kind, Message, OccupantView, Role, Signal, Talk
from dragoman.core.moderation import check_voice
from dragoman.core.policy import Domains
from dragoman.core.registry import Registry
from dragoman.core.room import Occupant, Room, conceal
from dragoman.core.session import Session
from dragoman.core.stores import ArchiveStore, Entry, Keep, Record
from dragoman.features.history import FLEETING, History, can_wait
from dragoman.features.rooms import Rooms

#: How many questions between occupants may wait for their answers.
MAX_QUESTIONS = 10_000
#: What a session answers with that is not there any more (XEP-0045 §18.1); other errors are about one message only.
UNREACHABLE = frozenset(
    {
        Condition.GONE,
        Condition.ITEM_NOT_FOUND,
        Condition.RECIPIENT_UNAVAILABLE,
        Condition.REDIRECT,
        Condition.REMOTE_SERVER_NOT_FOUND,
        Condition.REMOTE_SERVER_TIMEOUT,
        Condition.SERVICE_UNAVAILABLE,
    }
)


class RoomTalk:
    """The destination of every rooms domain."""

    def __init__(
        self,
        hooks: Hooks,
        registry: Registry,
        rooms: Rooms,
        history: History,
        store: ArchiveStore,
        ids: Ids,
        domains: Domains,
    ) -> None:
        self._hooks = hooks
        self._registry = registry
        self._rooms = rooms
        self._history = history
        self._store = store
        self._ids = ids
        self._domains = domains
        self._questions: dict[tuple[Address, Address, str], Address] = {}

    async def receive(self, routed: Routed) -> None:
        """Deliver an event whose recipient is a room or an occupant."""
        event = routed.event
        if not isinstance(event, Talk):
            return
        room = await self._rooms.existing(event.recipient)
        if event.recipient.resource:
            await self._whisper(routed, event, room)
        elif isinstance(event, Failure):
            if event.condition in UNREACHABLE:
                await self._rooms.lose(event.sender, room.address, why=Refused(event.condition, event.text))
            return
        elif event.kind is not Kind.GROUPCHAT:
            raise Refused(Condition.BAD_REQUEST, "only messages to all are for a room itself")
        else:
            await self._say(routed, event, room)
        await self._hooks.after_delivery.run(routed)

    async def _say(self, routed: Routed, event: Talk, room: Room) -> None:
        view = self._speaker(room, event.sender, routed.origin)
        said = event.readdressed(sender=room.address.at(view.nick), recipient=room.address, occupant=view)
        domain = self._domains.of_rooms(room.address.domain)
        archived = room.config.archived and domain is not None and domain.policy.archive
        origin_id = event.origin_id if isinstance(event, Message) else ""
        dedup = f"{event.sender.bare} {room.address} {origin_id}" if origin_id else ""
        said, fresh = await self._history.keep_for_room(said, room.address, archived=archived, dedup=dedup)
        routed.readdress(said)
        if not fresh:
            # The sender did not hear that it was heard the first time: only it is told again.
            routed.duplicate = True
            if routed.origin is not None:
                routed.origin.deliver(said)
            return
        if archived and not isinstance(said, FLEETING):
            room.last_told = max(room.last_told, id_number(said.archive_id) or 0)
        self._tell_all(room, said, view)

    def _speaker(self, room: Room, sender: Address, origin: Session | None) -> OccupantView:
        if not room.is_inside(sender) and room.config.external_messages:
            return OccupantView(sender.local, room.identify(sender.bare), account=sender.bare)
        occupant = room.occupant(sender)
        mask = f"{occupant.nick}!{sender.local}@{sender.domain}"
        check_voice(room, occupant, mask)
        return room.view(occupant)

    def _tell_all(self, room: Room, said: Talk, view: OccupantView) -> None:
        hidden = said.readdressed(occupant=conceal(view))
        session_of = self._registry.session
        for occupant in list(room.occupants.values()):
            shown = said if room.sees_accounts(occupant) or occupant.account == view.account else hidden
            for address in list(occupant.sessions):
                session = session_of(address)
                if session is not None:
                    session.deliver(shown)

    async def _whisper(self, routed: Routed, event: Talk, room: Room) -> None:
        sender = room.occupant(event.sender)
        target = room.occupants.get(event.recipient.resource)
        if target is None:
            raise Refused(Condition.ITEM_NOT_FOUND, "nobody here has this name")
        if isinstance(event, Signal) and event.exchange is not Exchange.NONE:
            self._ask(routed, event, room, sender, target)
            return
        if not room.config.private_messages and Role.MODERATOR not in (sender.role, target.role):
            raise Refused(Condition.NOT_ALLOWED, "there are no private messages in this room")
        whispered = event.readdressed(
            sender=room.address.at(sender.nick), occupant=room.shown(room.view(sender), target)
        )
        if not isinstance(whispered, FLEETING):
            number = self._ids.next()
            whispered = whispered.readdressed(archive_id=id_text(number))
            await self._keep(number, whispered, room, sender, target)
        routed.readdress(whispered)
        sessions = map(self._registry.session, list(target.sessions))
        routed.delivered = tuple(session for session in sessions if session is not None)
        for session in routed.delivered:
            session.deliver(whispered)
        said = event.readdressed(archive_id=whispered.archive_id, occupant=room.view(sender))
        self._copy(said, sender, routed.origin)

    def _copy(self, event: Talk, sender: Occupant, origin: Session | None) -> None:
        """XEP-0280 §6.1: what its speaker said to one occupant is shown to the speaker's other sessions inside."""
        if event.hints & Hint.NO_COPY:
            return
        for address in list(sender.sessions):
            session = self._registry.session(address)
            if session is not None and session is not origin and session.copies:
                session.deliver(Copy(sender=sender.account, recipient=address, event=event, sent=True))

    async def _keep(self, number: int, event: Talk, room: Room, sender: Occupant, target: Occupant) -> None:
        peers = {target.account: room.address.at(sender.nick), sender.account: room.address.at(target.nick)}
        entries = tuple(
            Entry(account, room.address, Keep.ARCHIVE)
            for account, peer in peers.items()
            if self._history.keeps(account, peer)
        )
        if entries and can_wait(event):
            await self._store.append(Record(number, event, entries))

    def _ask(self, routed: Routed, event: Signal, room: Room, sender: Occupant, target: Occupant) -> None:
        """A question goes to one session of the other occupant; its answer finds the session that asked."""
        if event.exchange is Exchange.ANSWER:
            address = self._questions.pop((event.sender, room.address.at(target.nick), event.id), None)
            session = self._registry.session(address) if address is not None else None
        else:
            session = self._answering(event, target)
            if session is not None:
                if len(self._questions) >= MAX_QUESTIONS:
                    del self._questions[next(iter(self._questions))]
                self._questions[session.address, room.address.at(sender.nick), event.id] = event.sender
        if session is None:
            if event.exchange is Exchange.ANSWER:
                return
            raise Refused(Condition.SERVICE_UNAVAILABLE)
        session.deliver(event.readdressed(sender=room.address.at(sender.nick), recipient=session.address))
        routed.delivered = (session,)

    def _answering(self, event: Event, target: Occupant) -> Session | None:
        protocol = event.native.protocol if event.native is not None else ""
        sessions = [self._registry.session(address) for address in target.sessions]
        return next((session for session in sessions if session is not None and session.protocol == protocol), None)
