"""One connection of one device, or the requests that a device makes without a connection."""

from typing import TYPE_CHECKING, Any

from dragoman.core.address import Address
from dragoman.core.devices import Device
from dragoman.core.endpoint import MessageWire
from dragoman.core.errors import Condition, Refused
from dragoman.core.model import (
    Copy,
    Event,
    Failure,
    Presence,
    RoomChange,
    RoomWelcome,
    Signal,
    SubscriptionChange,
    Talk,
)
from dragoman.core.session import Session
from dragoman.protocols.jmap import entering
from dragoman.protocols.jmap.desk import Desk
from dragoman.protocols.jmap.people import peer_of_event
from dragoman.protocols.jmap.push import Happened, Push, Said
from dragoman.protocols.jmap.wire import write

if TYPE_CHECKING:
    from dragoman.protocols.jmap.front import Front

PROTOCOL = "jmap"
#: Close codes (RFC 6455 §7.4): 4000 and above are ours.
LOGGED_OUT, TOO_MANY = 1008, 4029


class Client:
    """``created`` are the ids of what the request that runs has created, by the names that it gave them."""

    def __init__(self, front: "Front", desk: Desk, device: Device, *, wire: MessageWire | None, remote: str) -> None:
        self.front = front
        self.desk = desk
        self.device = device
        self.account = device.account
        self.wire = wire
        self.push = Push(self)
        self.created: dict[str, str] = {}
        self.ended = False
        self.used_at = 0.0
        self._opened = False
        self._opening = False
        resource = f"web-{desk.services.randomness.text(4)}"
        self.session = Session(
            address=self.account.at(resource), protocol=PROTOCOL, deliver=self.deliver, close=self.end, remote=remote
        )
        self.session.secure = wire.channel.secure if wire is not None else False
        self.session.low_assurance = device.low_assurance
        self.session.interested = self.session.copies = wire is not None

    @property
    def is_live(self) -> bool:
        """Whether it is told of all that happens to the account."""
        return self.wire is not None and self._opened and not self.ended

    async def open(self) -> None:
        """Enter the registry; with a connection, be present, and go into the account's rooms. ``Refused``."""
        if self._opened:
            return
        services = self.desk.services
        await services.inboxes.begin(self.account)
        await services.sessions.open(self.session)
        self._opened = self._opening = True
        if self.wire is not None:
            await self.announce()
            await entering.return_to_rooms(self)
        self._opening = False

    async def announce(self) -> None:
        """Tell who may know how the account shows itself; in its rooms, too."""
        preferences = (await self.desk.inbox()).preferences
        services, session = self.desk.services, self.session
        presence = Presence(
            sender=session.address, recipient=self.account, show=preferences.show, status=preferences.status
        )
        await services.presence.announce(session, presence)
        for room in services.rooms.entered(session.address):
            await services.rooms.update(session, room, presence.readdressed(recipient=room))

    async def inside(self, room: Address) -> None:
        """Go into a room that the account is in, where this client is not inside yet. ``Refused``."""
        if room in self.desk.services.rooms.entered(self.session.address):
            return
        row = (await self.desk.inbox()).of(room)
        if not row.joined:
            raise Refused(Condition.NOT_ACCEPTABLE, "you are not in this room")
        await entering.enter(self, room, nick=row.nick, password=row.password)

    def meant(self, id: str) -> str:
        """An id, where it is given as the name of something that this request has created (RFC 8620 §5.3)."""
        return self.created.get(id[1:], id) if id.startswith("#") else id

    def heard_of(self, kind: str, state: str) -> None:
        """The client has just been given all of a type up to a state: what it is told next goes on from there."""
        if kind in self.push.types:
            self.push.told[kind] = state

    def deliver(self, event: Event) -> None:
        """The session's way in: see :class:`dragoman.core.session.Session`."""
        if self.wire is None or self.ended:
            return
        if isinstance(event, Copy):
            self.said(peer_of_event(self.desk, event.event, sent=event.sent), event.event)
        elif isinstance(event, Talk):
            if not isinstance(event, Failure | Signal):
                self.said(peer_of_event(self.desk, event), event)
        elif isinstance(event, Presence | SubscriptionChange):
            if event.sender.bare != self.account and not self._opening:
                self.desk.contacts.touch(event.sender.bare)
                self.push.note(Happened("Contact", event.sender.bare))
        elif isinstance(event, RoomChange | RoomWelcome):
            self.desk.rooms.touch(event.sender.bare)
            self.push.note(event)

    def said(self, peer: Address, event: Talk) -> None:
        """Something was said in one of the account's conversations."""
        if self.wire is not None:
            self.push.note(Said(peer, event))

    def write(self, frame: dict[str, Any]) -> None:
        """Send a frame."""
        if self.wire is not None and not self.ended:
            self.wire.write(write(frame))

    def end(self, condition: Condition, text: str) -> None:
        """The session is closed by the rules."""
        code = TOO_MANY if condition is Condition.RESOURCE_CONSTRAINT else LOGGED_OUT
        if not self.ended and self.wire is not None:
            self.wire.finish(code, text or condition.value)
        self.ended = True

    async def leave(self, reason: str) -> None:
        """The connection is gone, or about to go."""
        self.ended = True
        if self in self.desk.clients:
            self.desk.clients.remove(self)
            self.desk.summaries.clear()
            self.desk.empty_since = self.desk.services.clock.monotonic()
        if self._opened:
            self.session.parting = self.session.parting or reason
            await self.desk.services.sessions.close(self.session)
