"""Knowing what the other side has handled (XEP-0198): counters, what is not acknowledged yet, and its limit."""

from collections import deque

from dragoman.core.errors import ProtocolError
from dragoman.core.model import Event
from dragoman.formats.xml import Element, element, serialise
from dragoman.protocols.xmpp.namespaces import STANZA_ERRORS, STREAM_MANAGEMENT

#: XEP-0198 §4: counters are unsigned and 32 bits wide.
_MODULUS = 1 << 32
REQUEST = f"<r xmlns='{STREAM_MANAGEMENT}'/>".encode()


class Ledger:
    """Both directions of one session since ``<enable/>``; only stanzas count, never ``<r/>`` and ``<a/>``."""

    __slots__ = ("_acknowledged", "_octets", "_queue", "asked_at", "handled", "max_octets", "max_stanzas", "token")

    def __init__(self, token: str = "", *, max_stanzas: int = 5_000, max_octets: int = 4_194_304) -> None:
        self.token = token  # empty where the session cannot be resumed
        self.handled = 0  # of the client's stanzas, by the server
        self.asked_at: float | None = None  # since when an answer to <r/> is due
        self.max_stanzas = max_stanzas
        self.max_octets = max_octets
        self._acknowledged = 0  # of the server's stanzas, by the client
        self._octets = 0
        self._queue: deque[tuple[bytes, Event | None]] = deque()

    def __len__(self) -> int:
        return len(self._queue)

    def took(self) -> None:
        """A stanza of the client's was handled."""
        self.handled = (self.handled + 1) % _MODULUS

    def put(self, stanza: bytes, event: Event | None) -> bool:
        """Remember a stanza until the client has it; False where too many wait already."""
        self._queue.append((stanza, event))
        self._octets += len(stanza)
        return len(self._queue) <= self.max_stanzas and self._octets <= self.max_octets

    def acknowledge(self, handled: int) -> bool:
        """The client has handled so many in all; False where that is more than it was sent (§4)."""
        count = (handled - self._acknowledged) % _MODULUS
        if handled >= _MODULUS or count > len(self._queue):
            return False
        for _ in range(count):
            self._octets -= len(self._queue.popleft()[0])
        self._acknowledged = handled
        self.asked_at = None
        return True

    def unacknowledged(self) -> list[bytes]:
        """What has to be sent again to the client that came back, in order (§5)."""
        return [stanza for stanza, _ in self._queue]

    def events(self) -> list[Event | None]:
        """What is not acknowledged, in order; None for what was an answer, or only of its moment."""
        return [event for _, event in self._queue]

    def abandon(self) -> list[Event]:
        """The client does not come back: what it never had."""
        events = [event for _, event in self._queue if event is not None]
        self._queue.clear()
        self._octets = 0
        return events

    def answer(self) -> bytes:
        """How much the server has handled."""
        return f"<a xmlns='{STREAM_MANAGEMENT}' h='{self.handled}'/>".encode()

    @property
    def sent(self) -> int:
        """How many stanzas the client was sent."""
        return (self._acknowledged + len(self._queue)) % _MODULUS


def enabled(token: str, *, seconds: int) -> bytes:
    """``<enabled/>`` (§3); without a token the session cannot be resumed."""
    if not token:
        return serialise(element("enabled", STREAM_MANAGEMENT)).encode()
    return serialise(element("enabled", STREAM_MANAGEMENT, id=token, resume="true", max=str(seconds))).encode()


def resumed(ledger: Ledger) -> bytes:
    """``<resumed/>`` (§5)."""
    return serialise(element("resumed", STREAM_MANAGEMENT, previd=ledger.token, h=str(ledger.handled))).encode()


def failed(condition: str, handled: int | None = None) -> bytes:
    """``<failed/>`` (§3, §5): with how much had been handled, where that is still known."""
    h = str(handled) if handled is not None else None
    return serialise(element("failed", STREAM_MANAGEMENT, element(condition, STANZA_ERRORS), h=h)).encode()


def read_count(answer: Element) -> int:
    """The ``h`` of an ``<a/>``; ``ProtocolError`` where it is no number."""
    text = answer.get("h")
    if not (text.isascii() and text.isdigit()):
        raise ProtocolError("invalid-xml", "h has to be a number")
    return int(text[:11])


def too_high(handled: int, sent: int) -> Element:
    """Why the stream ends of a client that acknowledged what it was never sent (§4)."""
    return Element("handled-count-too-high", STREAM_MANAGEMENT, {"h": str(handled), "send-count": str(sent)})
