"""One connection's own state: what it has negotiated, and how far its registration has come. Pure: lines in, lines out.

Registration (modern IRC §Connection Registration) waits for NICK and USER, for CAP END where CAP was begun, and for a
login that is under way. Users, channels and storage are none of its business.
"""

from collections.abc import Mapping, Sequence

from dragoman.core.authenticator import SaslExchange
from dragoman.protocols.irc import capabilities as cap
from dragoman.protocols.irc import numerics as n
from dragoman.protocols.irc.line import Line
from dragoman.protocols.irc.sasl import Response
from dragoman.protocols.irc.wire import MAX_LINE, LineBuffer, word

#: What CAP REQ names is told back as it was; a line has room for it beside the server's name and the command.
_MAX_CAP_TEXT = 400


class Connection:
    """``nick``, ``user``, ``realname`` and ``password`` are what the client asked for; ``registered`` that it is in."""

    __slots__ = (
        "buffer",
        "exchange",
        "negotiation",
        "nick",
        "password",
        "realname",
        "registered",
        "response",
        "server",
        "user",
    )

    def __init__(self, server: str, offered: Mapping[str, str]) -> None:
        self.server = server
        self.buffer = LineBuffer()
        self.negotiation = cap.Negotiation(offered)
        self.nick = ""
        self.user = ""
        self.realname = ""
        self.password: str | None = None
        self.registered = False
        self.exchange: SaslExchange | None = None
        self.response: Response | None = None  # while a login is under way

    def end_exchange(self) -> None:
        """The login is over, or given up."""
        self.exchange = None
        self.response = None

    def has(self, capability: int) -> bool:
        """Whether a capability is enabled."""
        return self.negotiation.enabled & capability != 0

    @property
    def is_ready(self) -> bool:
        """Whether all is known that registration needs."""
        return bool(self.nick and self.user) and not self.negotiation.suspended and not self.registered

    def negotiate(self, params: Sequence[str]) -> list[Line]:
        """Answer a CAP command; ``params`` has at least the subcommand."""
        negotiation = self.negotiation
        argument = params[1] if len(params) > 1 else ""
        match params[0].upper():
            case "LS":
                self._suspend()
                return self._listing("LS", negotiation.offers(int(argument) if _is_version(argument) else 301))
            case "LIST":
                return self._listing("LIST", negotiation.active())
            case "REQ":
                self._suspend()
                granted = negotiation.request(argument.split())
                return [self._cap("ACK" if granted else "NAK", argument)]
            case "END":
                negotiation.suspended = False
                return []
            case other:
                params = (self.name, word(other), n.TEXTS[n.ERR_INVALIDCAPCMD])
                return [Line(n.ERR_INVALIDCAPCMD, params, self.server)]

    def offer(self, values: Mapping[str, str]) -> list[Line]:
        """The server offers other capabilities from now on: CAP NEW and CAP DEL for those who want to know."""
        new, gone = self.negotiation.offer(values)
        if not self.has(cap.CAP_NOTIFY):
            return []
        lines = [self._cap("DEL", text) for text in cap.lines_of(gone, _MAX_CAP_TEXT) if text]
        return lines + [
            self._cap("NEW", text) for text in cap.lines_of(self.negotiation.written(new), _MAX_CAP_TEXT) if text
        ]

    @property
    def name(self) -> str:
        """What the server calls the client: its nick, or a star while it has none."""
        return self.nick or "*"

    def _suspend(self) -> None:
        if not self.registered:
            self.negotiation.suspended = True

    def _listing(self, subcommand: str, names: list[str]) -> list[Line]:
        texts = cap.lines_of(names, MAX_LINE - 2 - len(f":{self.server} CAP {self.name} {subcommand} * :"))
        if self.negotiation.version < cap.VERSION_WITH_VALUES:
            # Only version 302 knows more than one line (capability-negotiation §Multiline replies).
            return [self._cap(subcommand, text) for text in texts]
        return [self._cap(subcommand, "*", text) for text in texts[:-1]] + [self._cap(subcommand, texts[-1])]

    def _cap(self, *params: str) -> Line:
        return Line("CAP", (self.name, *params), self.server)


def _is_version(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 6
