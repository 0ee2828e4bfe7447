"""IRC: the server that IRC clients connect to (RFC 1459, RFC 2812, modern IRC, IRCv3)."""

from dragoman.protocols.irc.accept import Front
from dragoman.protocols.irc.settings import Operator, Settings

__all__ = ["Front", "Operator", "Settings"]
