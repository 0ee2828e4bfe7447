"""Client State Indication (XEP-0352): a client that nobody looks at is not woken for what can wait.

Of presence only the latest of each sender is kept, typing too; a message is never kept back, and before it goes all that
waited, so that the order stays.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from dragoman.core.address import Address
from dragoman.core.model import ChatState, Event, Presence, RealTimeText, RoomChange, RoomEvent
from dragoman.formats.xml import Element

if TYPE_CHECKING:
    from dragoman.protocols.xmpp.client import Client

#: How many senders are remembered before a client is woken all the same.
MAX_HELD = 500
_COMINGS_AND_GOINGS = (RoomEvent.ENTERED, RoomEvent.LEFT, RoomEvent.GONE, RoomEvent.PRESENCE)

Deliver = Callable[[Event], None]


class Held:
    """What waits for an inactive client, by kind and sender."""

    __slots__ = ("_waiting",)

    def __init__(self) -> None:
        self._waiting: dict[tuple[type[Event], Address], Event] = {}

    def keeps(self, event: Event, deliver: Deliver) -> bool:
        """Whether an event can wait; where it cannot, all that waited is delivered before it."""
        if isinstance(event, RealTimeText):
            return True  # nobody looks, and the whole message follows (XEP-0301 §4.2)
        if not _can_wait(event) or len(self._waiting) >= MAX_HELD:
            self.release(deliver)
            return False
        key = (type(event), event.sender)
        self._waiting.pop(key, None)
        self._waiting[key] = event
        return True

    def release(self, deliver: Deliver) -> None:
        """Deliver all that waits."""
        waiting, self._waiting = self._waiting, {}
        for event in waiting.values():
            deliver(event)


def _can_wait(event: Event) -> bool:
    if isinstance(event, RoomChange):
        return event.what in _COMINGS_AND_GOINGS and not event.own
    return isinstance(event, Presence | ChatState)


async def handle(client: "Client", nonza: Element) -> None:
    """``<active/>`` and ``<inactive/>``."""
    if nonza.name == "inactive":
        client.held = client.held or Held()
    elif nonza.name == "active":
        activate(client)


def activate(client: "Client") -> None:
    """Somebody looks at the client again."""
    held, client.held = client.held, None
    if held is not None:
        held.release(client.deliver_now)
