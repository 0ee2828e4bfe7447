"""One client that has logged in: the way out to it, with or without a connection.

A client outlives its connection where it enabled XEP-0198 with resumption: what it is told meanwhile waits for it.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from dragoman.core.address import Address
from dragoman.core.clock import Timer
from dragoman.core.errors import Condition, Refused
from dragoman.core.hooks import Routed
from dragoman.core.model import Event, Exchange, Failure, Presence, Signal, Talk
from dragoman.core.session import Session
from dragoman.formats.xml import Element, serialise
from dragoman.protocols.xmpp.absence import Absence
from dragoman.protocols.xmpp.errors import STREAM_CONDITIONS
from dragoman.protocols.xmpp.ext import client_state
from dragoman.protocols.xmpp.namespaces import CLIENT
from dragoman.protocols.xmpp.stream_management import REQUEST, Ledger, resumed

if TYPE_CHECKING:
    from dragoman.protocols.xmpp.accept import XmppCaller
    from dragoman.protocols.xmpp.server import Server

PROTOCOL = "xmpp"


class Client:
    """A session's client. ``caller`` is its connection, None while it is away and may come back."""

    __slots__ = (
        "_comeback",
        "_expiry",
        "absence",
        "caller",
        "ended",
        "held",
        "language",
        "ledger",
        "parting",
        "pushes",
        "server",
        "session",
        "unfinished",
        "wants_blocks",
    )

    def __init__(self, server: "Server", address: Address, language: str) -> None:
        self.server = server
        self.session = Session(address, PROTOCOL, self.deliver, self.close)
        self.language = language
        self.caller: XmppCaller | None = None
        self.ledger: Ledger | None = None
        self.absence: Absence | None = None  # once it was away
        self.held: client_state.Held | None = None
        self.parting: Presence | None = None
        self.pushes = 0
        self.wants_blocks = False
        self.ended = False
        self.unfinished = 0  # stanzas of the client's that are not wholly dealt with yet
        self._comeback: Callable[[], None] | None = None
        self._expiry: Timer | None = None

    @property
    def address(self) -> Address:
        return self.session.address

    # -- the way out ----------------------------------------------------------------------------------------------------

    def deliver(self, event: Event) -> None:
        """The session's way in: see :class:`dragoman.core.session.Session`."""
        if self.held is not None and self.held.keeps(event, self.deliver_now):
            return
        self.deliver_now(event)

    def deliver_now(self, event: Event) -> None:
        """Write an event down for the client."""
        for stanza in self.server.renderer.render(event, self.session.address):
            self._put(stanza, event)

    def send(self, stanza: bytes) -> None:
        """Send a stanza that is an answer, or only of this moment: it need not be told again in another session."""
        self._put(stanza, None)

    def send_element(self, stanza: Element) -> None:
        """The same for an element."""
        self._put(serialise(stanza, CLIENT).encode(), None)

    def next_push_id(self) -> str:
        """An id for a question that the server asks."""
        self.pushes += 1
        return f"push{self.pushes}"

    def _put(self, stanza: bytes, event: Event | None) -> None:
        if self.ended:
            return
        ledger = self.ledger
        if ledger is not None:
            if not ledger.put(stanza, event):
                self.close(Condition.RESOURCE_CONSTRAINT, "too much waits for an acknowledgement")
                return
            if ledger.asked_at is None and self.caller is not None:
                # One question at a time: the answer to it makes room for the next.
                ledger.asked_at = self.server.services.clock.monotonic()
                stanza += REQUEST
        if self.caller is not None:
            self.caller.wire.write(stanza)
        elif self.absence is not None:
            self.absence.keep((event,))

    # -- connections come and go ----------------------------------------------------------------------------------------

    def detach(self) -> None:
        """The connection is lost: wait for the client to come back, or end."""
        self.caller = None
        if self.ended:
            return
        seconds = self.server.settings.resume_seconds
        if self.ledger is not None and self.ledger.token and seconds:
            self.ledger.asked_at = None
            self.absence = self.absence or Absence(self)
            self.absence.keep(self.ledger.events())
            self._expiry = self.server.services.clock.call_later(seconds, self._expire)
        else:
            self.server.services.clock.start(self.end())

    def check_answer(self, since: float) -> None:
        """Cut the connection where an acknowledgement has been due ``since`` a moment or longer: nobody is there."""
        due = self.ledger.asked_at if self.ledger is not None else None
        if due is not None and due <= since and self.caller is not None:
            self.caller.wire.abort()

    def come_back(self, attach: Callable[[], None]) -> None:
        """The client wants to go on with another connection: at once, or when all that it said was dealt with, since only then
        it is known how much of it counts, and the client need not say it twice."""
        if self.unfinished:
            self._comeback = attach
        else:
            attach()

    def handled(self) -> None:
        """A stanza of the client's was dealt with."""
        self.unfinished -= 1
        if self.ledger is not None:
            self.ledger.took()
        attach = self._comeback
        if attach is not None and not self.unfinished:
            self._comeback = None
            attach()

    def attach(self, caller: "XmppCaller", ledger: Ledger) -> None:
        """The client is back on another connection (XEP-0198 §5). An older one that is still there is cut off first, so that
        nothing can be told on both."""
        if self._expiry is not None:
            self._expiry.cancel()
            self._expiry = None
        if self.caller is not None:
            self.caller.supersede()
        self.caller = caller
        self.acknowledged()
        caller.wire.write(resumed(ledger))
        for stanza in ledger.unacknowledged():
            caller.wire.write(stanza)
        if len(ledger):
            ledger.asked_at = self.server.services.clock.monotonic()
            caller.wire.write(REQUEST)
        client_state.activate(self)

    def acknowledged(self) -> None:
        """The client has more of what it was told than before."""
        if self.absence is not None and self.ledger is not None:
            self.absence.release(self.ledger.events())

    def close(self, condition: Condition, text: str) -> None:
        """The server ends the session: the client is told why, and cannot come back."""
        if self.ended:
            return
        self.ended = True
        if self.caller is not None:
            self.caller.break_off(STREAM_CONDITIONS.get(condition, "undefined-condition"), text)
        self.server.services.clock.start(self.end())

    async def end(self) -> None:
        """The session is over; what the client never had finds another way to its account. Does nothing the second time."""
        if self.server.clients.pop(self.session, None) is None:
            return
        self.ended = True
        if self._expiry is not None:
            self._expiry.cancel()
        unheard: list[Event] = []
        if self.ledger is not None:
            self.server.forget(self.ledger)
            unheard = self._abandoned()
        services = self.server.services
        await services.sessions.close(self.session, self.parting)
        if unheard and await services.accounts.exists(self.session.account):
            for event in unheard:
                await self._hand_over(event)

    async def keep_unheard(self) -> None:
        """The server stops: what the client has not acknowledged waits for its next login, on whatever protocol."""
        for event in self._abandoned():
            if isinstance(event, Talk) and event.recipient.bare == self.session.account:
                try:
                    await self.server.services.hooks.undelivered.run(Routed(event, None))
                except Refused:
                    pass  # a question: who asked is being told good-bye, too

    def _abandoned(self) -> list[Event]:
        """What the client never acknowledged, but for what waits in the store already."""
        unheard = self.ledger.abandon() if self.ledger is not None else []
        return [event for event in unheard if self.absence is None or event not in self.absence]

    def _expire(self) -> None:
        self._expiry = None
        self.server.services.clock.start(self.end())

    async def _hand_over(self, event: Event) -> None:
        """XEP-0198 §6.1: messages go to another session or wait, questions are answered, presence is old by now."""
        if not isinstance(event, Talk) or event.recipient.bare != self.session.account:
            return
        services = self.server.services
        others = services.registry.reachable(self.session.account)
        if others and not isinstance(event, Signal):
            for session in others:
                if not session.copies and event.recipient.resource:
                    session.deliver(event)
            return
        try:
            await services.hooks.undelivered.run(Routed(event, None))
        except Refused as refused:
            if isinstance(event, Signal) and event.exchange is Exchange.REQUEST:
                await self._answer_for(event, refused)

    async def _answer_for(self, event: Signal, refused: Refused) -> None:
        failure = Failure(
            sender=event.recipient,
            recipient=event.sender,
            id=event.id,
            condition=refused.condition,
            remedy=refused.remedy,
            exchange=Exchange.ANSWER,
        )
        try:
            await self.server.services.router.route(failure)
        except Refused:
            pass  # who asked has gone, too
