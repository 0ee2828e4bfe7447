"""A connection over TCP, with or without TLS: what the network gives a protocol (:class:`dragoman.core.endpoint.Wire`)."""

import asyncio
from collections.abc import Callable
from typing import Final, cast

import structlog

from dragoman.core.endpoint import Caller, Channel
from dragoman.core.errors import Condition
from dragoman.net.hub import Door, Hub
from dragoman.net.layer import Pipe, TlsLayer
from dragoman.net.limits import SLOW_BYTES, Visit, is_loopback
from dragoman.net.strand import Strand
from dragoman.net.tls import TlsSession

log = structlog.get_logger()


class _State:
    """Numbers, since every chunk asks for them."""

    OPEN: Final = 0
    CLOSING: Final = 1  # the last bytes are on their way; what comes in is thrown away
    GONE: Final = 2


class StreamWire:
    """One connection. Its states go one way: open, closing, gone. ``lost`` is told once, and never while a handler runs.

    To the loop it is an ``asyncio.Protocol``, see :func:`on_loop`; as a subclass it could not be compiled.
    """

    __slots__ = (
        "_caller", "_door", "_farewell", "_held", "_hub", "_outbox", "_quiet", "_reason", "_slow", "_state", "_strand",
        "_surplus", "_traffic", "_transport", "_unsent", "_visit", "channel"
    )  # fmt: skip

    channel: Channel
    _transport: Pipe

    def __init__(self, hub: Hub, door: Door) -> None:
        self._hub = hub
        self._door = door
        self._traffic = door.traffic
        self._caller: Caller | None = None
        self._strand: Strand | None = None  # of the caller
        self._state = _State.OPEN
        self._visit: Visit | None = None  # until it has logged in
        self._outbox: list[bytes] = []
        self._unsent = 0  # bytes in the outbox
        self._surplus = 0  # bytes sent to a slow reader since it became one; how far a closed one has come
        self._slow = False
        self._held = False  # reading is paused
        self._quiet = 0  # sweeps since the last byte
        self._reason = ""
        self._farewell = ""  # what a draining server tells the caller when its handler is done

    # -- what the protocol calls ---------------------------------------------------------------------------------------

    def write(self, data: bytes) -> None:
        if self._state != _State.OPEN:
            return
        if not self._outbox:
            self._hub.flush_later(self)
        self._outbox.append(data)
        self._unsent += len(data)
        if self._unsent > self._hub.burst_bytes:
            self._cut_slow_reader()

    def authenticated(self) -> None:
        self._traffic.logins += 1
        self._end_visit()

    def start_tls(self) -> None:
        if self._state == _State.OPEN and not isinstance(self._transport, TlsLayer):
            self.flush()
            self._clear()  # what was sent in the clear after the switch is not to be believed
            self._begin_tls()

    def close(self) -> None:
        self._end("closed")

    def abort(self) -> None:
        self._cut("aborted")

    def pending(self) -> int:
        return 0 if self._state == _State.GONE else self._unsent + self._transport.get_write_buffer_size()

    # -- what the loop calls -------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        plain = cast(asyncio.Transport, transport)  # uvloop's are, and do not inherit from it
        self._transport = plain
        peer = plain.get_extra_info("peername") or ("", 0)
        upgradable = self._door.tls is not None and not self._door.direct
        self.channel = Channel(peer[0], peer[1], trusted=is_loopback(peer[0]), upgradable=upgradable)
        hub, door = self._hub, self._door
        if not door.outgoing:
            self._visit = hub.admit(self, self.channel.remote)
            if self._visit is None:
                self._traffic.refused += 1
                self._state = _State.GONE
                plain.abort()
                return
        self._traffic.accepted += 1
        self._traffic.open += 1
        hub.connections[self] = None
        plain.set_write_buffer_limits(high=SLOW_BYTES)
        if door.outgoing or not door.direct:
            self._greet()
        if door.direct:
            self._begin_tls()

    def data_received(self, data: bytes) -> None:
        self._traffic.bytes_received += len(data)
        self._quiet = 0
        if self._state != _State.OPEN:
            return
        if self._visit is not None and not self._visit.spend(len(data)):
            self.overdue("too much was sent before logging in")
            return
        if self._strand is not None:
            self._strand.feed(data)

    def eof_received(self) -> bool:
        if self._state == _State.OPEN and self._is_busy():
            self._reason = "closed by the peer"  # and release() closes, after what came before
        elif self._state == _State.OPEN:
            self._end("closed by the peer")
        if self._state == _State.CLOSING:
            self._transport.close()
        return True  # the transport is closed here, not by the loop

    def connection_lost(self, exc: Exception | None) -> None:
        if self not in self._hub.connections:
            return
        self._state = _State.GONE
        self._reason = self._reason or (f"connection lost: {exc}" if exc else "closed by the peer")
        self._hub.forget(self)
        self._end_visit()
        self._traffic.open -= 1
        self._outbox.clear()
        self._unsent = 0
        self._tell_lost()

    def pause_writing(self) -> None:
        self._slow = True
        self._surplus = 0

    def resume_writing(self) -> None:
        self._slow = False

    def tls_established(self, session: TlsSession) -> None:
        if self._state != _State.OPEN:
            return
        self._hub.handshakes.discard(self)
        self.channel = session.describe(self.channel)
        if self._caller is None:
            self._greet()
        if self._caller is not None:
            self._say(lambda caller: caller.secured(self.channel))

    def tls_failed(self, text: str) -> None:
        self._traffic.handshakes_failed += not self.channel.secure
        self._end(f"TLS failed: {text}")

    # -- what the strand calls -----------------------------------------------------------------------------------------

    def hold(self) -> None:
        if not self._held:
            self._held = True
            self._transport.pause_reading()

    def release(self) -> None:
        if self._state != _State.OPEN:
            self._tell_lost()
        elif self._reason:
            self._end(self._reason)
            self._transport.close()
        elif self._farewell:
            self.drain(self._farewell)
        else:
            self._read_on()

    def broke(self, error: BaseException) -> None:
        self._fault("a handler raised", error)
        self._part("internal error", lambda caller: caller.failed(Condition.INTERNAL_SERVER_ERROR, ""))

    # -- what the hub and the server call ------------------------------------------------------------------------------

    def flush(self) -> None:
        if not self._outbox or self._state == _State.GONE:
            return
        data = self._outbox[0] if len(self._outbox) == 1 else b"".join(self._outbox)
        self._outbox.clear()
        self._unsent = 0
        if self._slow:
            self._surplus += len(data)
            if self._surplus > self._hub.limits.outbox_bytes > 0:
                self._cut_slow_reader()
                return
        self._traffic.bytes_sent += len(data)
        self._transport.write(data)

    def overdue(self, text: str) -> None:
        self._traffic.late += 1
        self._part(text, lambda caller: caller.failed(Condition.POLICY_VIOLATION, text))

    def lingered(self) -> None:
        unread = self._transport.get_write_buffer_size()
        if 0 < unread < self._surplus:  # it still reads
            self._surplus = unread
            self._hub.lingering.add(self)
        else:
            self._transport.abort()

    def silent(self) -> int:
        self._quiet += 1
        return self._quiet

    def drain(self, reason: str) -> None:
        """The server stops: let the handler that runs finish, then let the caller say so."""
        if self._state == _State.OPEN and self._is_busy():
            self._farewell = reason
        else:
            self._part(reason, lambda caller: caller.drain(reason))

    # -- inside --------------------------------------------------------------------------------------------------------

    def _end_visit(self) -> None:
        if self._visit is not None:
            self._hub.dismiss(self, self._visit)
            self._visit = None

    def _greet(self) -> None:
        try:
            self._caller = self._door.greeter(self)
        except Exception as error:
            self._fault("a greeter raised", error)
            self._cut("internal error")
        else:
            self._strand = Strand(self._caller.received, self, self._hub.suspended)

    def _fault(self, text: str, error: BaseException) -> None:
        """A mistake of ours."""
        self._traffic.faults += 1
        log.error(text, listener=self._door.name, remote=self.channel.remote, exc_info=error)

    def _begin_tls(self) -> None:
        if self._door.tls is None:
            raise ValueError(f"{self._door.name} has no TLS")
        self._transport = layer = TlsLayer(cast(asyncio.Transport, self._transport), self._door.tls(), self)
        self._hub.handshakes.add(self)
        layer.begin()

    def _read_on(self) -> None:
        if self._held and not self._transport.is_closing():
            self._held = False
            self._transport.resume_reading()

    def _cut_slow_reader(self) -> None:
        self._traffic.slow_readers += 1
        self._cut("slow reader")

    def _say(self, word: Callable[[Caller], None]) -> None:
        try:
            word(cast(Caller, self._caller))
        except Exception as error:
            self._fault("a caller raised", error)
            self._cut("internal error")

    def _part(self, reason: str, word: Callable[[Caller], None]) -> None:
        """Let the caller say its last words, then end."""
        if self._caller is None:
            self._cut(reason)
        elif self._state == _State.OPEN:
            self._reason = reason
            self._say(word)
            self._end(reason)

    def _end(self, reason: str) -> None:
        """Let the last bytes leave, then close our side. What the peer still sends is read and thrown away until it closes
        too: a socket closed with unread bytes is reset, and the peer might never see our last words."""
        if self._state != _State.OPEN:
            return
        self.flush()
        if self._transport.is_closing():
            return  # cut by flush, or broken already: connection_lost is on its way
        self._state = _State.CLOSING
        self._reason = self._reason or reason
        self._clear()
        self._transport.write_eof()
        self._read_on()
        self._surplus = self._transport.get_write_buffer_size() + 1
        self._hub.lingering.add(self)
        self._hub.loop.call_soon(self._tell_lost)

    def _cut(self, reason: str) -> None:
        if self._state != _State.GONE:
            self._state = _State.GONE
            self._reason = self._reason or reason
            self._clear()
            self._transport.abort()

    def _tell_lost(self) -> None:
        if self._caller is not None and not self._is_busy():
            self._say(lambda caller: caller.lost(self._reason))
            self._caller = self._strand = None  # they hold each other

    def _is_busy(self) -> bool:
        return self._strand is not None and self._strand.busy

    def _clear(self) -> None:
        """Throw away what waits behind a handler."""
        if self._strand is not None:
            self._strand.clear()


def on_loop(hub: Hub, door: Door) -> Callable[[], asyncio.Protocol]:
    """What makes a loop's connections: wires."""
    return lambda: cast(asyncio.Protocol, StreamWire(hub, door))
