"""Who is who in what was said: the account itself, contacts by their names, occupants by their nicks."""

import re
from functools import lru_cache

from dragoman.core.address import Address
from dragoman.core.model import Event, Kind, Talk
from dragoman.core.room import Room
from dragoman.protocols.jmap.desk import Desk
from dragoman.protocols.jmap.objects import Sender


def is_own(desk: Desk, event: Event, room: Room | None) -> bool:
    """Whether the account itself said something, from whatever client."""
    occupant = event.occupant if isinstance(event, Talk) else None
    if occupant is None:
        return event.sender.bare == desk.account
    if occupant.account is not None:
        return occupant.account == desk.account
    return room is not None and bool(occupant.id) and occupant.id == room.identify(desk.account)


async def sender_of(desk: Desk, event: Talk, room: Room | None) -> Sender:
    """Who said something."""
    own, occupant = is_own(desk, event, room), event.occupant
    if occupant is not None:
        account = desk.account if own else occupant.account
        place = (room.address if room is not None else event.sender.bare).at(occupant.nick)
        return Sender(str(account or place), occupant.nick, own)
    name = "" if own else (await desk.contact(event.sender.bare)).name
    return Sender(str(event.sender.bare), name, own)


async def own_nick(desk: Desk, room: Address) -> str:
    """What the account is called in a room; outside, what it would be called."""
    loaded = desk.services.rooms.loaded(room)
    occupant = loaded.accounts.get(desk.account) if loaded is not None else None
    if occupant is not None:
        return occupant.nick
    return (await desk.inbox()).of(room).nick or desk.account.local


def peer_of_event(desk: Desk, event: Talk, *, sent: bool = False) -> Address:
    """The conversation that an event belongs to, as the account has it."""
    if event.kind is Kind.GROUPCHAT:
        return event.recipient.bare
    other = event.recipient if sent or event.sender.bare == desk.account else event.sender
    return other.bare


def mentions(text: str, nick: str) -> bool:
    """Whether a text names somebody, as a word of its own."""
    return bool(nick) and nick.lower() in text.lower() and _word(nick).search(text) is not None


@lru_cache(maxsize=4096)
def _word(nick: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(nick)}(?!\w)", re.IGNORECASE)
