"""XMPP: the server that XMPP clients connect to (RFC 6120, RFC 6121, and the extensions in :data:`~.specs.SPECS`)."""

from dragoman.protocols.xmpp.front import Front
from dragoman.protocols.xmpp.settings import Settings

__all__ = ["Front", "Settings"]
