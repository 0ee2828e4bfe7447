"""The server's end of a client's stream, without any I/O: what may come when (RFC 6120 §4 to §7).

Octets go in, requests come out, one at a time; the one who serves them tells the connection how each ended, and that moves
it on. Whatever does not belong to the stage breaks the stream, with the condition that RFC 6120 names for it.
"""

from enum import IntEnum

from dragoman.core.authenticator import AuthenticationFailed
from dragoman.core.errors import ProtocolError
from dragoman.formats.xml import Element
from dragoman.protocols.xmpp import sasl
from dragoman.protocols.xmpp.frames import Closed, Opened
from dragoman.protocols.xmpp.namespaces import BIND, CLIENT, SASL, STREAM, STREAM_MANAGEMENT, TLS
from dragoman.protocols.xmpp.requests import (
    AuthAborted,
    AuthAsked,
    BindAsked,
    Ended,
    Greeting,
    Request,
    Responded,
    ResumeAsked,
    TlsAsked,
)
from dragoman.protocols.xmpp.stanza import Stanza
from dragoman.protocols.xmpp.wire import AFTER_LOGIN, Framer

#: RFC 6120 §6.4.5: between two and five attempts.
MAX_ATTEMPTS = 5


class Stage(IntEnum):
    """How far the negotiation has come."""

    OPENING = 0  # the first header, and the one after TLS
    SECURING = 1  # TLS, or a login where the way is safe already
    AUTHENTICATING = 2  # inside a SASL exchange
    REOPENING = 3  # the header after the login
    BINDING = 4
    BOUND = 5
    CLOSED = 6


class Connection:
    """One stream of one client."""

    __slots__ = ("_attempts", "framer", "stage")

    def __init__(self) -> None:
        self.framer = Framer()
        self.stage = Stage.OPENING
        self._attempts = 0

    def receive(self, data: bytes) -> None:
        """Take octets; what they ask for comes out of :meth:`next`."""
        if self.stage is not Stage.CLOSED:
            self.framer.feed(data)

    def next(self) -> Request | None:
        """The next request, None where more octets are needed.

        ``ProtocolError`` with a stream condition ends the stream; ``AuthenticationFailed`` only the login that was tried.
        """
        if self.stage is Stage.CLOSED:
            return None
        frame = self.framer.next()
        if self.stage is Stage.BOUND and isinstance(frame, Stanza):
            return frame
        if frame is None:
            return None
        if isinstance(frame, Opened):
            return self._greeting(frame.root)
        if isinstance(frame, Closed):
            return Ended()
        return self._negotiate(frame.element)

    # -- how a request ended --------------------------------------------------------------------------------------------

    def greeted(self) -> None:
        """The header was answered, and features were offered."""
        self.stage = Stage.BINDING if self.stage is Stage.REOPENING else Stage.SECURING

    def secured(self) -> None:
        """TLS stands; nothing that came before it counts (RFC 6120 §5.4.3.3)."""
        self.framer.discard()
        self.stage = Stage.OPENING

    def challenged(self) -> None:
        """The login goes on with the client's next words."""
        self.stage = Stage.AUTHENTICATING

    def refused(self) -> None:
        """The login failed; after some, the stream ends."""
        self.stage = Stage.SECURING
        self._attempts += 1
        if self._attempts >= MAX_ATTEMPTS:
            raise ProtocolError("policy-violation", "too many attempts to log in")

    def authenticated(self) -> None:
        """The client has proved who it is: a new stream follows on the same way (RFC 6120 §6.3.2)."""
        self.framer.restart()
        self.framer.limits = AFTER_LOGIN
        self.stage = Stage.REOPENING

    def bound(self) -> None:
        """The client has a session: from now on stanzas flow."""
        self.stage = Stage.BOUND

    def close(self) -> None:
        """Nothing more is read."""
        self.stage = Stage.CLOSED
        self.framer.discard()

    # -- what each stage allows -----------------------------------------------------------------------------------------

    def _greeting(self, root: Element) -> Greeting:
        if root.namespace != STREAM or root.name != "stream":
            raise ProtocolError("invalid-namespace" if root.namespace != STREAM else "bad-format")
        # RFC 6120 §4.7.5: no version is 0.9, which knows nothing of features.
        major = root.get("version").partition(".")[0]
        if not (major.isascii() and major.isdigit()) or int(major[:9]) < 1:
            raise ProtocolError("unsupported-version")
        return Greeting(root.get("to"), root.get("from"), root.get("xml:lang"))

    def _negotiate(self, top: Element) -> Request:
        if self.stage is Stage.BINDING:
            return _binding(top)
        if self.stage is Stage.SECURING and top.namespace == TLS and top.name == "starttls":
            return TlsAsked()
        if top.namespace == SASL:
            return self._login(top)
        # RFC 6120 §4.9.3.12: stanzas are for those who have logged in.
        known = top.namespace in (CLIENT, STREAM_MANAGEMENT)
        raise ProtocolError("not-authorized" if known else "unsupported-stanza-type")

    def _login(self, top: Element) -> Request:
        if top.name == "abort":
            return AuthAborted()
        if self.stage is Stage.SECURING and top.name == "auth":
            return AuthAsked(top.get("mechanism"), sasl.decode(top.text))
        if self.stage is Stage.AUTHENTICATING and top.name == "response":
            return Responded(sasl.decode(top.text))
        raise AuthenticationFailed("malformed-request")


def _binding(top: Element) -> Request:
    bind = top.child("bind", BIND)
    if top.namespace == CLIENT and top.name == "iq" and top.get("type") == "set" and bind is not None:
        return BindAsked(top.get("id"), bind.child_text("resource"))
    if top.namespace == STREAM_MANAGEMENT and top.name == "resume":
        handled = top.get("h")
        number = int(handled[:10]) if handled.isascii() and handled.isdigit() else -1
        return ResumeAsked(top.get("previd"), number)
    raise ProtocolError("not-authorized", "bind a resource first")
