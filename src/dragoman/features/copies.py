"""Every session of an account sees all of its conversations: what the others said and were told (XEP-0280)."""

from dragoman.core.hooks import Hooks, Routed
from dragoman.core.model import ChatState, Copy, Hint, Kind, Marker, Message, Reaction, Receipt, Retraction, Signal
from dragoman.core.registry import Registry

#: XEP-0280 §6.1: conversations and what belongs to them. Signals are copied where their sender asks to keep them.
COPIED_KINDS = (Kind.CHAT, Kind.NORMAL)
COPIED = (Message, Reaction, Retraction, Receipt, Marker, ChatState)


class Copies:
    """Tells the sessions that asked for copies, apart from those that were there already."""

    def __init__(self, hooks: Hooks, registry: Registry) -> None:
        self._registry = registry
        hooks.after_delivery(self._copy)

    def _copy(self, routed: Routed) -> None:
        event = routed.event
        if not isinstance(event, COPIED) and not (isinstance(event, Signal) and event.hints & Hint.STORE):
            return
        if event.kind not in COPIED_KINDS or event.hints & Hint.NO_COPY:
            return
        sender, recipient, delivered = routed.sender, routed.recipient, routed.delivered
        for session in self._registry.sessions(sender):
            if session is not routed.origin and session.copies and session not in delivered:
                session.deliver(Copy(sender=sender, recipient=session.address, event=event, sent=True))
        if routed.settled or recipient == sender:
            return
        for session in self._registry.sessions(recipient):
            if session not in delivered and session.copies:
                session.deliver(Copy(sender=recipient, recipient=session.address, event=event))
