"""Typing and real-time text: Live frames, and the events that they are (XEP-0085, XEP-0301)."""

from typing import TYPE_CHECKING, Any

import msgspec

from dragoman.core.address import Address
from dragoman.core.errors import Refused
from dragoman.core.model import ChatState, ChatStateKind, Edit, Kind, RealTimeText, Talk
from dragoman.protocols.jmap.ids import conversation_id, peer_of
from dragoman.protocols.jmap.people import is_own, sender_of
from dragoman.protocols.jmap.wire import Live, LiveEdit, LiveText

if TYPE_CHECKING:
    from dragoman.protocols.jmap.client import Client

_ACTIONS = frozenset({"new", "reset", "edit", "cancel", "init"})
_STATES = frozenset(state.value for state in ChatStateKind)
_MAX_EDITS = 200
_MAX_INSERT = 65_536


async def tell(client: "Client", frame: Live) -> None:
    """What the client's person does just now, told to the others. Nobody answers such a frame: what is wrong in it, or may
    not be told, is lost."""
    event = lift(client, frame)
    if event is None:
        return
    try:
        await client.desk.services.router.route(event, client.session)
    except Refused:
        pass


def lift(client: "Client", frame: Live) -> Talk | None:
    """A frame as an event; None where it says nothing that there is."""
    peer = peer_of(frame.conversationId)
    if peer is None:
        return None
    room = client.desk.is_room(peer)
    talk: dict[str, Any] = {
        "sender": client.session.address,
        "recipient": peer,
        "kind": Kind.GROUPCHAT if room else Kind.CHAT,
    }
    if frame.rtt is not None:
        edits = frame.rtt.edits
        if frame.rtt.action not in _ACTIONS or len(edits) > _MAX_EDITS or not 0 <= frame.rtt.sequence < 1 << 31:
            return None
        if sum(len(edit.insert) for edit in edits) > _MAX_INSERT or any(map(_is_wrong, edits)):
            return None
        steps = tuple(Edit(edit.insert, edit.position, edit.erase, edit.waitMs) for edit in edits)
        return RealTimeText(**talk, action=frame.rtt.action, sequence=frame.rtt.sequence, edits=steps)
    return ChatState(**talk, state=ChatStateKind(frame.typing)) if frame.typing in _STATES else None


async def written(client: "Client", peer: Address, event: Talk) -> dict[str, Any] | None:
    """An event as a frame; None for what the account does itself, from another client."""
    room = client.desk.services.rooms.loaded(peer) if client.desk.is_room(peer) else None
    if is_own(client.desk, event, room):
        return None
    sender = await sender_of(client.desk, event, room)
    frame: dict[str, Any] = {"@type": "Live", "conversationId": conversation_id(peer), "from": sender}
    if isinstance(event, RealTimeText):
        edits = [LiveEdit(edit.insert, edit.position, edit.erase, edit.wait_ms) for edit in event.edits]
        return frame | {"rtt": msgspec.to_builtins(LiveText(event.action, event.sequence, edits))}
    return frame | {"typing": event.state.value} if isinstance(event, ChatState) else None


def _is_wrong(edit: LiveEdit) -> bool:
    position = 0 if edit.position is None else edit.position
    return not (0 <= position < 1 << 31 and 0 <= edit.erase < 1 << 31 and 0 <= edit.waitMs < 60_000)
