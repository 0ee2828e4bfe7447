"""A connection over TCP, with or without TLS: what the network gives a protocol (:class:`dragoman.core.endpoint.Wire`)."""

import asyncio
from collections.abc import Callable, Mapping
from enum import Enum, auto
from types import MappingProxyType
from typing import cast

import structlog

from dragoman.core.endpoint import Caller, Channel
from dragoman.core.errors import Condition
from dragoman.net.hub import Door, Hub
from dragoman.net.limits import Visit
from dragoman.net.strand import Overrun, Strand
from dragoman.net.tls import TlsFailed, TlsSession

log = structlog.get_logger()

UNREAD_BYTES = 256 << 10
"""A peer that has left this much unread counts as slow, until it has read a quarter of it."""

_NO_BINDINGS: Mapping[str, bytes] = MappingProxyType({})


class _State(Enum):
    OPEN = auto()
    CLOSING = auto()  # the last bytes are on their way; what comes in is thrown away
    GONE = auto()


class StreamWire(asyncio.Protocol):
    """One connection: below it a transport of the loop, above it the protocol's caller.

    Its states go one way: open, closing (our last bytes leave, the peer's are thrown away), gone. ``lost`` is told once, in
    a turn of its own, and never while a handler of this client runs.
    """

    __slots__ = (
        "_caller",
        "_door",
        "_farewell",
        "_hub",
        "_outbox",
        "_quiet",
        "_reason",
        "_slow",
        "_state",
        "_strand",
        "_surplus",
        "_tls",
        "_transport",
        "_unsent",
        "_visit",
        "channel",
    )

    channel: Channel
    _transport: asyncio.Transport
    _strand: Strand

    def __init__(self, hub: Hub, door: Door) -> None:
        self._hub = hub
        self._door = door
        self._caller: Caller | None = None
        self._tls: TlsSession | None = None
        self._state = _State.OPEN
        self._visit: Visit | None = None  # until it has logged in
        self._outbox: list[bytes] = []
        self._unsent = 0  # bytes in the outbox
        self._surplus = 0  # bytes sent to a slow reader since it became one; how far a closed one has come
        self._slow = False
        self._quiet = 0  # sweeps since the last byte
        self._reason = ""
        self._farewell = ""  # what a draining server tells the caller when its handler is done

    # -- what the protocol calls ---------------------------------------------------------------------------------------

    def write(self, data: bytes) -> None:
        if self._state is not _State.OPEN:
            return
        if not self._outbox:
            self._hub.flush_later(self)
        self._outbox.append(data)
        self._unsent += len(data)
        if self._unsent > self._hub.limits.burst_bytes > 0:
            self._cut_slow_reader()

    def authenticated(self) -> None:
        self._door.traffic.logins += 1
        self._end_visit()

    def start_tls(self) -> None:
        if self._state is not _State.OPEN or self._tls is not None or self._door.tls is None:
            return
        self.flush()
        self._strand.clear()  # what was sent in the clear after the switch is not to be believed
        self._begin_tls()

    def close(self) -> None:
        self._end("closed")

    def abort(self) -> None:
        self._cut("aborted")

    def pending(self) -> int:
        if self._state is _State.GONE:
            return 0
        return self._unsent + self._transport.get_write_buffer_size()

    # -- what the loop calls -------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        peer = transport.get_extra_info("peername") or ("", 0)
        remote, port = (peer[0], peer[1]) if isinstance(peer, tuple) else ("", 0)
        door = self._door
        upgradable = door.tls is not None and not door.direct
        self.channel = Channel(remote, port, trusted=_is_loopback(remote), upgradable=upgradable, bindings=_NO_BINDINGS)
        hub, traffic = self._hub, self._door.traffic
        if not self._door.outgoing:
            self._visit = hub.gate.enter(remote)
            if self._visit is None:
                traffic.refused += 1
                self._state = _State.GONE
                self._transport.abort()
                return
            hub.strangers.add(self)
        traffic.accepted += 1
        traffic.open += 1
        hub.connections[self] = None
        self._transport.set_write_buffer_limits(high=UNREAD_BYTES)
        is_direct = self._door.direct and self._door.tls is not None
        if self._door.outgoing or not is_direct:
            self._greet()
        if is_direct:
            self._begin_tls()

    def data_received(self, data: bytes) -> None:
        self._door.traffic.bytes_received += len(data)
        self._quiet = 0
        if self._state is not _State.OPEN:
            return
        if self._visit is not None and not self._visit.spend(len(data)):
            self.overdue("too much was sent before logging in")
            return
        tls = self._tls
        if tls is None:
            self._strand.feed(data)
            return
        if plain := self._deciphered(tls, data):
            self._strand.feed(plain)
        if tls.finished:
            self.eof_received()

    def eof_received(self) -> bool:
        if self._state is _State.OPEN and self._caller is not None and self._strand.busy:
            self._reason = "closed by the peer"  # and release() closes, after what came before
        elif self._state is _State.OPEN:
            self._end("closed by the peer")
        if self._state is _State.CLOSING:
            self._transport.close()
        return True  # the transport is closed here, not by the loop

    def connection_lost(self, exc: Exception | None) -> None:
        if self not in self._hub.connections:
            return
        self._state = _State.GONE
        self._reason = self._reason or (f"connection lost: {exc}" if exc else "closed by the peer")
        self._hub.forget(self)
        self._end_visit()
        self._door.traffic.open -= 1
        self._outbox.clear()
        self._unsent = 0
        self._tls = None
        self._tell_lost()

    def pause_writing(self) -> None:
        self._slow = True
        self._surplus = 0

    def resume_writing(self) -> None:
        self._slow = False

    # -- what the strand calls -----------------------------------------------------------------------------------------

    def hold(self) -> None:
        if self._state is not _State.GONE:
            self._transport.pause_reading()

    def release(self) -> None:
        if self._state is not _State.OPEN:
            self._tell_lost()
        elif self._reason:
            self._end(self._reason)
            self._transport.close()
        elif self._farewell:
            self.drain(self._farewell)
        else:
            self._transport.resume_reading()

    def broke(self, error: BaseException) -> None:
        if isinstance(error, Overrun):
            self._cut("the transport did not stop reading")
            return
        self._door.traffic.faults += 1
        log.error("a handler raised", listener=self._door.name, remote=self.channel.remote, exc_info=error)
        self._give_up(Condition.INTERNAL_SERVER_ERROR, "")

    # -- what the hub and the server call ------------------------------------------------------------------------------

    def flush(self) -> None:
        if self._outbox and self._state is not _State.GONE and not self._is_shaking_hands():
            data = self._outbox[0] if len(self._outbox) == 1 else b"".join(self._outbox)
            self._outbox.clear()
            self._unsent = 0
            if self._slow and self._is_too_slow_for(len(data)):
                self._cut_slow_reader()
                return
            self._send(data if self._tls is None else self._tls.encrypt(data))

    def overdue(self, text: str) -> None:
        self._door.traffic.late += 1
        self._give_up(Condition.POLICY_VIOLATION, text)

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
        if self._state is not _State.OPEN:
            return
        if self._caller is None:
            self._cut(reason)
        elif self._strand.busy:
            self._farewell = reason
        else:
            self._reason = reason
            self._say(lambda caller: caller.drain(reason))
            self._end(reason)

    # -- inside --------------------------------------------------------------------------------------------------------

    def _end_visit(self) -> None:
        if self._visit is not None:
            self._visit.end()
            self._visit = None
            self._hub.strangers.discard(self)

    def _greet(self) -> None:
        self._caller = self._door.greeter(self)
        self._strand = Strand(self._caller.received, self, self._hub.suspended)

    def _begin_tls(self) -> None:
        assert self._door.tls is not None
        self._tls = self._door.tls()
        self._hub.handshakes.add(self)
        self._send(self._tls.begin())

    def _is_shaking_hands(self) -> bool:
        return self._tls is not None and not self.channel.secure

    def _deciphered(self, tls: TlsSession, data: bytes) -> bytes:
        try:
            plain, answer = tls.receive(data)
        except TlsFailed as failed:
            self._door.traffic.handshakes_failed += not tls.established
            self._send(failed.alert)
            self._cut(f"TLS failed: {failed}")
            return b""
        self._send(answer)
        if tls.established and not self.channel.secure:
            self._secured(tls)
        return plain if self._state is _State.OPEN else b""

    def _secured(self, tls: TlsSession) -> None:
        self._hub.handshakes.discard(self)
        self.channel = tls.describe(self.channel)
        if self._caller is None:
            self._greet()
        self._say(lambda caller: caller.secured(self.channel))
        self.flush()

    def _send(self, data: bytes) -> None:
        if data:
            self._door.traffic.bytes_sent += len(data)
            self._transport.write(data)

    def _is_too_slow_for(self, size: int) -> bool:
        self._surplus += size
        return self._surplus > self._hub.limits.outbox_bytes > 0

    def _cut_slow_reader(self) -> None:
        self._door.traffic.slow_readers += 1
        self._cut("slow reader")

    def _say(self, word: Callable[[Caller], None]) -> None:
        if self._caller is None:
            return
        try:
            word(self._caller)
        except Exception as error:
            self._door.traffic.faults += 1
            log.error("a caller raised", listener=self._door.name, remote=self.channel.remote, exc_info=error)
            self._cut("internal error")

    def _give_up(self, condition: Condition, text: str) -> None:
        if self._caller is None or self._is_shaking_hands():
            self._cut(text)
        elif self._state is _State.OPEN:
            self._reason = text or condition
            self._say(lambda caller: caller.failed(condition, text))
            self._end(self._reason)

    def _end(self, reason: str) -> None:
        """Let the last bytes leave, then close our side. What the peer still sends is read and thrown away until it closes
        too: a socket closed with unread bytes is reset, and the peer might never see our last words."""
        if self._state is not _State.OPEN:
            return
        self.flush()
        if self._transport.is_closing():
            return  # cut by flush, or broken already: connection_lost is on its way
        self._state = _State.CLOSING
        self._reason = self._reason or reason
        self._forget_input()
        if self._tls is not None:
            self._send(self._tls.close())
        self._transport.write_eof()
        self._transport.resume_reading()
        self._surplus = self._transport.get_write_buffer_size() + 1
        self._hub.lingering.add(self)
        self._hub.loop.call_soon(self._tell_lost)

    def _cut(self, reason: str) -> None:
        if self._state is not _State.GONE:
            self._state = _State.GONE
            self._reason = self._reason or reason
            self._forget_input()
            self._transport.abort()

    def _forget_input(self) -> None:
        if self._caller is not None:
            self._strand.clear()

    def _tell_lost(self) -> None:
        if self._caller is not None and not self._strand.busy:
            self._say(lambda caller: caller.lost(self._reason))
            self._caller = None


def _is_loopback(remote: str) -> bool:
    return remote.startswith("127.") or remote in ("::1", "")
