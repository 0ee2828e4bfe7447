"""What a client asks of the one who serves its connection (RFC 6120 §4 to §7)."""

from msgspec import Struct

from dragoman.protocols.xmpp.stanza import Stanza


class Greeting(Struct, frozen=True):
    """A stream header: answer it, then offer features."""

    to: str
    sender: str
    language: str


class TlsAsked(Struct, frozen=True):
    """The client wants TLS."""


class AuthAsked(Struct, frozen=True):
    """A login begins; ``response`` is None where the client waits for the server's words first."""

    mechanism: str
    response: bytes | None


class Responded(Struct, frozen=True):
    """The client's next words in a login."""

    data: bytes | None


class AuthAborted(Struct, frozen=True):
    """The client gives its login up."""


class BindAsked(Struct, frozen=True):
    """The client wants a session; ``resource`` is empty where the server is to choose its name."""

    id: str
    resource: str


class ResumeAsked(Struct, frozen=True):
    """The client wants an earlier session back (XEP-0198 §5)."""

    previous: str
    handled: int


class Ended(Struct, frozen=True):
    """The client closed its stream."""


Request = Greeting | TlsAsked | AuthAsked | Responded | AuthAborted | BindAsked | ResumeAsked | Ended | Stanza
