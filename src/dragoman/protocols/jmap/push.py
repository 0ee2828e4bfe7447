"""What a client is told unasked: objects that changed, or only that something did, and what people do just now.

``deliver`` may not wait, and an object is made of what stores hold: so what happens is noted, and told in order by one task.
A client for which too much is noted is only told that things changed (RFC 8620 §7.1), and asks for them when it can.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from dragoman.core.address import Address
from dragoman.core.clock import id_text
from dragoman.core.model import (
    ChatState,
    Message,
    RealTimeText,
    Retraction,
    RoomChange,
    RoomEvent,
    RoomWelcome,
    Talk,
    Tombstone,
)
from dragoman.core.stores import Archived
from dragoman.protocols.jmap import contacts, conversations, members, preferences
from dragoman.protocols.jmap.courtesy import be_courteous
from dragoman.protocols.jmap.ids import account_id, member_id
from dragoman.protocols.jmap.live import written
from dragoman.protocols.jmap.moments import position
from dragoman.protocols.jmap.summary import follow, is_shown
from dragoman.protocols.jmap.translate import render, target_of
from dragoman.protocols.jmap.wire import PushEnable

if TYPE_CHECKING:
    from dragoman.protocols.jmap.client import Client

#: What may be noted for one client.
MOST = 500
#: Types with a state string, in the order in which they are told.
TYPES = ("Conversation", "Message", "Contact", "Preferences")


class Said(Struct, frozen=True):
    """Something was said in the conversation with ``peer``."""

    peer: Address
    event: Talk


class Happened(Struct, frozen=True):
    """Something is other than before: of a conversation, a contact, or (None) the preferences."""

    kind: str
    what: Address | None = None


Note = Said | Happened | RoomChange | RoomWelcome


@dataclass
class Batch:
    """What goes into one frame."""

    messages: dict[int, Any] = field(default_factory=dict)
    conversations: dict[Address, None] = field(default_factory=dict)
    contacts: dict[Address, None] = field(default_factory=dict)
    members: dict[str, Any] = field(default_factory=dict)
    preferences: bool = False
    high: int = 0


class Push:
    """One client's. ``told`` are the states that it knows."""

    def __init__(self, client: "Client") -> None:
        self._client = client
        self._notes: list[Note] = []
        self._running = False
        self._overflown = False
        self.types: frozenset[str] = frozenset()
        self.embed = False
        self.told: dict[str, str] = {}

    async def enable(self, wanted: PushEnable) -> None:
        """RFC 8887 §4.3.5.2: tell of these types from now on."""
        self.embed = wanted.embed
        names = [*TYPES, "Member"]
        self.types = frozenset(name for name in names if wanted.dataTypes is None or name in wanted.dataTypes)
        self.told = await self._states()

    def disable(self) -> None:
        """Tell nothing more but what people do just now."""
        self.types = frozenset()

    def note(self, note: Note) -> None:
        """Tell of it as soon as possible."""
        if len(self._notes) >= MOST:
            self._notes.clear()
            self._overflown = True
        self._notes.append(note)
        if not self._running:
            self._running = True
            self._client.desk.services.clock.start(self._run())

    async def _run(self) -> None:
        try:
            while (self._notes or self._overflown) and not self._client.ended:
                notes, self._notes = self._notes, []
                overflown, self._overflown = self._overflown, False
                await self._tell(notes)
                if overflown:
                    self._client.desk.summaries.clear()
                    await self._tell_states(await self._states())
        finally:
            self._running = False

    async def _tell(self, notes: list[Note]) -> None:
        batch = Batch()
        for note in notes:
            if isinstance(note, Said) and isinstance(note.event, ChatState | RealTimeText):
                await self._flush(batch)
                batch = Batch(high=batch.high)
                frame = await written(self._client, note.peer, note.event)
                if frame is not None:
                    self._client.write(frame)
            elif isinstance(note, Said):
                await self._add_said(batch, note.peer, note.event)
            elif isinstance(note, Happened):
                _add_happened(batch, note)
            else:
                await self._add_room(batch, note)
        await self._flush(batch)

    async def _add_said(self, batch: Batch, peer: Address, event: Talk) -> None:
        desk, id = self._client.desk, position(event.archive_id)
        await follow(desk, peer, event)
        await be_courteous(self._client, peer, event)
        batch.high = max(batch.high, id)
        batch.conversations[peer] = None
        owner = peer if event.recipient == peer and desk.is_room(peer) else desk.account
        if id and is_shown(event):
            batch.messages[id] = await render(desk, owner, Archived(id, peer, event))
        target = target_of(event)
        if target and "Message" in self.types:
            found = await desk.services.history.find(owner, None, archive_id=id_text(target))
            if found is not None:
                batch.messages[target] = await render(desk, owner, self._buried(found, event))

    def _buried(self, found: Archived, event: Talk) -> Archived:
        """A retracted message as it is about to be kept: its tombstone comes after its retraction was told."""
        if not isinstance(event, Retraction) or not isinstance(found.event, Message):
            return found
        old, at = found.event, self._client.desk.services.clock.now()
        grave = Tombstone(
            sender=old.sender,
            recipient=old.recipient,
            id=old.id,
            kind=old.kind,
            archive_id=old.archive_id,
            occupant=old.occupant,
            at=at,
            moderator=event.moderator,
            reason=event.reason,
        )
        return Archived(found.id, found.peer, grave)

    async def _add_room(self, batch: Batch, event: RoomChange | RoomWelcome) -> None:
        address = event.sender.bare
        batch.conversations[address] = None
        room = self._client.desk.services.rooms.loaded(address)
        if isinstance(event, RoomWelcome):
            return
        if event.archive_id:  # a subject is part of the history, too
            found = await self._client.desk.services.history.find(address, address, archive_id=event.archive_id)
            if found is not None:
                await self._add_said(batch, address, found.event)
        for view in (event.before, event.occupant):
            if view is not None and view.nick:
                there = room is not None and view.nick in room.occupants
                member = members.of_nick(self._client.desk, room, view.nick) if there and room is not None else None
                batch.members[member_id(address, view.nick)] = member
        if event.own and event.what in _EXPELLED:
            await self._client.desk.services.inboxes.change(self._client.account, address, joined=False)

    async def _flush(self, batch: Batch) -> None:
        """Write one frame for all that changed."""
        changed, destroyed, states = await self._collect(batch)
        if not changed and not destroyed:
            return
        if not self.embed:
            if states:
                await self._tell_states(states)
            return
        before = {name: self.told[name] for name in states if name in self.told}
        self.told.update(states)
        frame = {"@type": "Objects", "oldState": before, "newState": states, "changed": changed, "destroyed": destroyed}
        self._client.write(frame)

    async def _collect(self, batch: Batch) -> tuple[dict[str, Any], dict[str, list[str]], dict[str, str]]:
        client = self._client
        changed: dict[str, Any] = {
            "Message": [message for message in batch.messages.values() if message is not None],
            "Member": [member for member in batch.members.values() if member is not None],
        }
        if batch.conversations and "Conversation" in self.types:
            changed["Conversation"] = [await conversations.render(client, peer) for peer in batch.conversations]
        destroyed = {"Member": [id for id, member in batch.members.items() if member is None]}
        if batch.contacts and "Contact" in self.types:
            found = await contacts.find(client, list(batch.contacts))
            changed["Contact"] = found.here
            destroyed["Contact"] = found.missing
        if batch.preferences:
            changed["Preferences"] = [await preferences.render(client)]
        changed = {name: list for name, list in changed.items() if list and name in self.types}
        destroyed = {name: ids for name, ids in destroyed.items() if ids and name in self.types}
        states = {}
        for name in TYPES:
            if name in changed or name in destroyed:
                states[name] = await self._state(name, batch.high)
        return changed, destroyed, states

    async def _state(self, name: str, high: int) -> str:
        desk = self._client.desk
        if name == "Message":
            return max(id_text(high), self.told.get(name, ""))
        if name == "Conversation":
            return await desk.conversation_state(max(high, position(self.told.get("Message", ""))))
        if name == "Contact":
            return await desk.contact_state()
        return await preferences.state(self._client)

    async def _states(self) -> dict[str, str]:
        desk = self._client.desk
        high = await desk.high()
        states = {
            "Message": id_text(high),
            "Conversation": await desk.conversation_state(high),
            "Contact": await desk.contact_state(),
            "Preferences": await preferences.state(self._client),
        }
        return {name: state for name, state in states.items() if name in self.types}

    async def _tell_states(self, states: dict[str, str]) -> None:
        self.told.update(states)
        changed = {account_id(self._client.account): states}
        self._client.write({"@type": "StateChange", "changed": changed, "pushState": ""})


#: After which the account goes in no more by itself.
_EXPELLED = frozenset(
    {RoomEvent.KICKED, RoomEvent.BANNED, RoomEvent.MEMBERS_ONLY, RoomEvent.UNAFFILIATED, RoomEvent.DESTROYED}
)


def _add_happened(batch: Batch, note: Happened) -> None:
    if note.what is None:
        batch.preferences = True
    elif note.kind == "Contact":
        batch.contacts[note.what] = None
    else:
        batch.conversations[note.what] = None
