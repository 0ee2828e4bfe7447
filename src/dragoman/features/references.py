"""Which message an answer, a correction, a retraction or a reaction means: found once, by either of its ids.

Every protocol can then name it in its own way, and nobody changes what somebody else said.
"""

from collections.abc import Awaitable

from dragoman.core.address import Address
from dragoman.core.clock import Clock, id_number
from dragoman.core.errors import Condition, Refused
from dragoman.core.hooks import Hooks, Routed
from dragoman.core.model import (
    Event,
    Kind,
    Marker,
    Message,
    Reaction,
    Receipt,
    Ref,
    Retraction,
    Role,
    Talk,
    Tombstone,
)
from dragoman.core.policy import Domains
from dragoman.core.stores import Archived
from dragoman.features.history import History
from dragoman.features.rooms import Rooms

_REFERRING = (Retraction, Reaction, Receipt, Marker)


class References:
    """Fills both ids of every :class:`~dragoman.core.model.Ref`, and applies retractions to the history."""

    def __init__(self, hooks: Hooks, history: History, rooms: Rooms, domains: Domains, clock: Clock) -> None:
        self._history = history
        self._rooms = rooms
        self._domains = domains
        self._clock = clock
        hooks.before_routing(self._resolve)
        hooks.after_delivery(self._bury)

    def _resolve(self, routed: Routed) -> Awaitable[None] | None:
        """Most messages speak of no other: then there is nothing to wait for."""
        event = routed.event
        if isinstance(event, Message):
            speaks_of_another = event.reply is not None or event.corrects is not None
        else:
            speaks_of_another = isinstance(event, _REFERRING)
        return self._fill(routed, event) if speaks_of_another else None

    async def _fill(self, routed: Routed, event: Event) -> None:
        if isinstance(event, Message):
            routed.event = await self._resolve_message(event)
        elif isinstance(event, Retraction):
            routed.event = await self._resolve_retraction(event)
        elif isinstance(event, Reaction):
            routed.event = await self._resolve_reaction(event)
        elif isinstance(event, Receipt | Marker):
            found = await self._find(event, event.target)
            routed.event = event.readdressed(target=_both(event.target, found))

    async def _resolve_message(self, event: Message) -> Message:
        if event.reply is not None:
            found = await self._find(event, event.reply.ref)
            reply = event.reply.__class__(_both(event.reply.ref, found), event.reply.to, event.reply.quoted)
            event = event.readdressed(reply=reply)
        if event.corrects is not None:
            found = await self._find(event, event.corrects)
            if found is not None and not await self._is_author(event, found):
                raise Refused(Condition.FORBIDDEN, "only its author may correct a message")
            event = event.readdressed(corrects=_both(event.corrects, found))
        return event

    async def _resolve_retraction(self, event: Retraction) -> Retraction:
        found = await self._find(event, event.target)
        moderator = ""
        if found is not None and not await self._is_author(event, found):
            moderator = await self._moderator(event)
            if not moderator:
                raise Refused(Condition.FORBIDDEN, "only its author or a moderator may retract a message")
        elif found is None and event.kind is Kind.GROUPCHAT:
            raise Refused(Condition.ITEM_NOT_FOUND, "there is no such message")
        return event.readdressed(target=_both(event.target, found), moderator=moderator)

    async def _resolve_reaction(self, event: Reaction) -> Reaction:
        found = await self._find(event, event.target)
        if found is None:
            return event
        before = await self._reactions(event, found)
        if event.added or event.removed:
            emojis = tuple(emoji for emoji in dict.fromkeys((*before, *event.added)) if emoji not in event.removed)
        else:
            emojis = event.emojis
        added = tuple(emoji for emoji in emojis if emoji not in before)
        removed = tuple(emoji for emoji in before if emoji not in emojis)
        target = _both(event.target, found)
        return event.readdressed(target=target, emojis=emojis, added=added, removed=removed)

    async def _reactions(self, event: Reaction, found: Archived) -> tuple[str, ...]:
        """What the sender had said to the message so far."""
        mine: tuple[str, ...] = ()
        for archived in await self._history.about(self._owner(event), found.id):
            if isinstance(archived.event, Reaction) and await self._is_author(event, archived):
                mine = archived.event.emojis
        return mine

    async def _find(self, event: Talk, ref: Ref) -> Archived | None:
        owner = self._owner(event)
        peer = event.recipient.bare
        for archive_id in (ref.archive_id, ref.id):
            if id_number(archive_id) is not None:
                found = await self._history.find(owner, peer, archive_id=archive_id)
                if found is not None:
                    return found
        return await self._history.find(owner, peer, sender_id=ref.id) if ref.id else None

    def _owner(self, event: Talk) -> Address:
        """Whose history has the message: the room's, or the sender's own."""
        if self._domains.of_rooms(event.recipient.domain) is not None and event.kind is Kind.GROUPCHAT:
            return event.recipient.bare
        return event.sender.bare

    async def _is_author(self, event: Talk, found: Archived) -> bool:
        if found.event.occupant is not None:
            return found.event.occupant.account == event.sender.bare
        return found.event.sender.bare == event.sender.bare

    async def _moderator(self, event: Retraction) -> str:
        room = await self._rooms.get(event.recipient.bare)
        occupant = room.accounts.get(event.sender.bare) if room is not None else None
        return occupant.nick if occupant is not None and occupant.role is Role.MODERATOR else ""

    def _bury(self, routed: Routed) -> Awaitable[None] | None:
        event = routed.event
        return self._retract(event) if isinstance(event, Retraction) and not routed.duplicate else None

    async def _retract(self, event: Retraction) -> None:
        owner = event.recipient if event.kind is Kind.GROUPCHAT else event.sender.bare
        peer = event.recipient.bare
        found = (
            await self._history.find(owner, peer, archive_id=event.target.archive_id)
            if event.target.archive_id
            else None
        )
        if found is None or isinstance(found.event, Tombstone):
            return
        old = found.event
        tombstone = Tombstone(
            sender=old.sender,
            recipient=old.recipient,
            id=old.id,
            kind=old.kind,
            archive_id=old.archive_id,
            occupant=old.occupant,
            at=self._clock.now(),
            retracted_by=event.id,
            moderator=event.moderator,
            reason=event.reason,
        )
        await self._history.replace(found, tombstone)


def _both(ref: Ref, found: Archived | None) -> Ref:
    return ref if found is None else Ref(found.event.id or ref.id, found.event.archive_id)
