"""Who was here: what WHOWAS remembers, for a while."""

from collections import deque
from collections.abc import Iterator

from msgspec import Struct

from dragoman.protocols.irc.casemapping import fold

REMEMBERED = 1000


class Past(Struct, frozen=True):
    """Somebody as they were when they left, at ``moment`` seconds since 1970."""

    nick: str
    user: str
    host: str
    realname: str
    account: str
    moment: float


class Whowas:
    """The last who left; the newest first when asked."""

    def __init__(self) -> None:
        self._past: deque[Past] = deque(maxlen=REMEMBERED)

    def add(self, past: Past) -> None:
        """Somebody left, or has another nick now."""
        self._past.append(past)

    def of(self, nick: str) -> Iterator[Past]:
        """Those who had a nick."""
        wanted = fold(nick)
        return (past for past in reversed(self._past) if fold(past.nick) == wanted)
