"""One connected client: how the network reaches it, and what every command has to hand.

The commands themselves are functions in :mod:`dragoman.protocols.irc.commands`; this is only what they share.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from msgspec.structs import replace

from dragoman.core.address import Address
from dragoman.core.authenticator import Success
from dragoman.core.endpoint import Wire
from dragoman.core.errors import Condition, Refused
from dragoman.core.model import Event
from dragoman.core.session import Session
from dragoman.protocols.irc import capabilities as cap
from dragoman.protocols.irc import numerics as n
from dragoman.protocols.irc.connection import Connection
from dragoman.protocols.irc.labels import LabelledResponse
from dragoman.protocols.irc.line import Line
from dragoman.protocols.irc.shows import capabilities_of
from dragoman.protocols.irc.timestamps import write_moment
from dragoman.protocols.irc.wire import MAX_LINE, cut, one_line, serialise, word

if TYPE_CHECKING:
    from dragoman.protocols.irc.network import Network

#: Tags that only those see who asked for the capability.
_TAGS = {"time": cap.SERVER_TIME, "account": cap.ACCOUNT_TAG, "label": cap.LABELED_RESPONSE, "batch": cap.BATCH}


class Client:
    """``answer`` is for what a command asked for, ``tell`` for what happened besides; a label holds the two apart."""

    __slots__ = (
        "_said",
        "authenticated",
        "away",
        "connection",
        "domain",
        "ended",
        "heard_at",
        "kind",
        "leaving",
        "marking",
        "modes",
        "monitored",
        "network",
        "proved",
        "read_up_to",
        "response",
        "sending",
        "session",
        "spoke_at",
        "wire",
    )

    def __init__(self, wire: Wire, network: "Network", offered: Mapping[str, str]) -> None:
        self.wire = wire
        self.network = network
        self.connection = Connection(network.name, offered)
        self.session: Session | None = None
        self.kind = ("", 0)  # what decides how a message looks: the domain, and some of the capabilities
        self.domain = network.domain_of(wire.channel.server_name)
        self.response: LabelledResponse | None = None
        self.authenticated: Success | None = None
        self.proved: Success | None = None  # while the client has yet to answer the server's last words
        self.sending = ""  # the id of the message that this client is saying now
        self._said = 0
        self.away: dict[str, str] = {}  # by nick: who this client was told is away, and why
        self.modes: set[str] = set()
        self.monitored: dict[str, str] = {}  # folded -> as it was asked for
        self.ended = False
        self.leaving: Address | None = None  # the room that a command of this client goes out of
        self.marking: Address | None = None  # the conversation whose marker this client moves
        self.read_up_to: float | None = None  # in the room that is entered now
        self.heard_at = network.services.clock.monotonic()  # for signs of life
        self.spoke_at = self.heard_at  # for WHOIS

    @property
    def account(self) -> Address:
        """Who this is, on a registered connection."""
        return self.opened.account

    @property
    def opened(self) -> Session:
        """The session of a registered connection."""
        if self.session is None:
            raise RuntimeError("no session before registration")
        return self.session

    @property
    def nick(self) -> str:
        return self.connection.nick

    @property
    def labels(self) -> bool:
        """Whether its commands may have labels: an answer of several lines needs batches."""
        both = cap.LABELED_RESPONSE | cap.BATCH
        return self.connection.negotiation.enabled & both == both

    def has(self, capability: int) -> bool:
        return self.connection.negotiation.enabled & capability != 0

    def next_id(self) -> str:
        """An id for what this client says next; no other session can have it."""
        self._said += 1
        return f"{self.opened.address.resource}-{self._said}"

    def deliver(self, event: Event) -> None:
        """The session's way in: see :class:`dragoman.core.session.Session`."""
        if self.ended:
            return
        rendered = self.network.rendered
        if rendered.event is event and self.response is None and not self.sending:
            data = rendered.data.get(self.kind)
            if data:  # made for another occupant of the same kind
                self.wire.write(data)
                return
        self.network.deliver(self, event)

    def settle(self) -> None:
        """The domain or the capabilities are other than before."""
        self.kind = (self.domain, self.connection.negotiation.enabled & cap.SHOWN)
        if self.session is not None:
            self.session.capabilities = capabilities_of(self.connection.negotiation.enabled)

    def answer(self, line: Line) -> None:
        """Part of the answer to the command that runs now."""
        if self.response is not None:
            self.response.lines.append(line)
        else:
            self.write(line)

    def tell(self, line: Line) -> None:
        """Something that no command of this client asked for."""
        if self.response is not None:
            self.response.held.append(line)
        else:
            self.write(line)

    def write(self, line: Line) -> None:
        """Put a line on the wire, with the tags that this client is to see."""
        data = self.serialised(line)
        if data:
            self.wire.write(data)

    def serialised(self, line: Line) -> bytes:
        """The bytes of a line for this client; none where it would read as anything else than this one line.

        Names and texts are made safe where they are put into a line. Should one be missed, then its line is lost, and
        not the client's trust in all others, nor the delivery to those who come after it in a room.
        """
        try:
            return serialise(self.tagged(line))
        except ValueError:
            return b""

    def tagged(self, line: Line) -> Line:
        """A line with the tags that this client is to see, and the time if it wants that."""
        if line.tags or self.has(cap.SERVER_TIME):
            return replace(line, tags=self._visible(line.tags))
        return line

    def _visible(self, tags: Mapping[str, str]) -> dict[str, str]:
        enabled = self.connection.negotiation.enabled
        visible = {key: value for key, value in tags.items() if enabled & _TAGS.get(key, cap.MESSAGE_TAGS)}
        if enabled & cap.SERVER_TIME and "time" not in visible:
            visible["time"] = write_moment(self.network.services.clock.now())
        return visible

    def numeric(self, code: str, *params: str) -> None:
        """Answer with a numeric; the words that always stand behind it are added."""
        text = n.TEXTS.get(code)
        self.numeric_said(code, *params, *([text] if text is not None else []))

    def numeric_said(self, code: str, *params: str) -> None:
        """Answer with a numeric whose last parameter is made for the occasion, and cut where the line would be too long.

        Whatever the others hold, they are words in the middle of a line when they go out.
        """
        words = [self.connection.name, *params]
        self.answer(self._line(code, words[:-1], words[-1]))

    def refuse(self, code: str, target: str, refused: Refused) -> None:
        """Answer with a numeric for what was refused; where none fits, in the core's words."""
        if code == n.ERR_UNKNOWNERROR:
            self.numeric_said(code, target, refused.text or refused.condition.value)
        else:
            self.numeric(code, target)

    def fail(self, command: str, code: str, *context: str) -> None:
        """Answer with FAIL; the last of ``context`` is for people (IRCv3 standard-replies)."""
        words = [command, code, *context]
        self.answer(self._line("FAIL", words[:-1], words[-1]))

    def _line(self, command: str, middle: Iterable[str], last: str) -> Line:
        words = [word(text) for text in middle]
        room = MAX_LINE - 2 - len(" ".join([f":{self.network.name}", command, *words, ":"]).encode())
        return Line(command, (*words, cut(one_line(last), room)), self.network.name)

    def note(self, text: str) -> None:
        """Tell something in the server's own name."""
        self.tell(Line("NOTICE", (self.connection.name, text), self.network.name))

    def begin(self, label: str) -> None:
        """From here on answers are gathered under a label."""
        self.response = LabelledResponse(label)

    def finish(self) -> None:
        """The labelled command is over: its answer goes out as one, then what waited behind it."""
        response, self.response = self.response, None
        if response is None or self.ended:
            return
        for line in response.finished(self.network.name, self.network.next_batch()):
            self.write(line)
        for line in response.held:
            self.write(line)

    def close(self, condition: Condition, text: str) -> None:
        """The session's way to end: see :class:`dragoman.core.session.Session`."""
        self.end(text or condition.value)

    def end(self, reason: str) -> None:
        """Say ERROR and close; nothing is told to this client after that."""
        if self.ended:
            return
        self.finish()
        self.ended = True
        text = f"Closing link: {reason}"
        self.wire.write(serialise(Line("ERROR", (text[: MAX_LINE // 4],))))
        self.wire.close()
