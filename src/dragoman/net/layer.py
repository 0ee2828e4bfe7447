"""TLS between a connection and its transport: above it looks like a transport, below like a protocol."""

import asyncio
from typing import Protocol

from dragoman.net.tls import TlsFailed, TlsSession


class Pipe(Protocol):
    """What a connection needs of the thing that it stands on: a transport of the loop, or TLS over one."""

    def write(self, data: bytes) -> None: ...

    def write_eof(self) -> None: ...

    def close(self) -> None: ...

    def abort(self) -> None: ...

    def is_closing(self) -> bool: ...

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...

    def get_write_buffer_size(self) -> int: ...


class Above(Protocol):
    """What stands on TLS: a protocol in asyncio's sense, which also hears of the handshake."""

    def tls_established(self, session: TlsSession) -> None: ...

    def tls_failed(self, text: str) -> None: ...

    def data_received(self, data: bytes) -> None: ...

    def eof_received(self) -> bool: ...

    def connection_lost(self, exc: Exception | None) -> None: ...

    def pause_writing(self) -> None: ...

    def resume_writing(self) -> None: ...


class TlsLayer(asyncio.Protocol):
    """One session between a transport and a connection. What is written before the handshake is done waits for its end."""

    __slots__ = ("_above", "_early", "_ended", "_session", "_transport")

    def __init__(self, transport: asyncio.Transport, session: TlsSession, above: Above) -> None:
        self._transport = transport
        self._session = session
        self._above = above
        self._early: list[bytes] = []
        self._ended = False  # our side is closed; what the peer still sends is answered no more

    def begin(self) -> None:
        """Take the transport over."""
        self._transport.set_protocol(self)
        self._transport.write(self._session.begin())

    # -- from above ----------------------------------------------------------------------------------------------------

    def write(self, data: bytes) -> None:
        if self._session.established:
            self._transport.write(self._session.encrypt(data))
        else:
            self._early.append(data)

    def write_eof(self) -> None:
        self._transport.write(self._session.close())
        self._ended = True
        self._transport.write_eof()

    def close(self) -> None:
        self._transport.close()

    def abort(self) -> None:
        self._transport.abort()

    def is_closing(self) -> bool:
        return self._transport.is_closing()

    def pause_reading(self) -> None:
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        self._transport.resume_reading()

    def get_write_buffer_size(self) -> int:
        return self._transport.get_write_buffer_size()

    # -- from below ----------------------------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        session = self._session
        was_established = session.established
        try:
            plain, answer = session.receive(data)
        except TlsFailed as failed:
            self._answer(failed.alert)
            self._above.tls_failed(str(failed))
            return
        self._answer(answer)
        if session.established and not was_established and not self._ended:
            self._above.tls_established(session)
            early, self._early = self._early, []
            for waiting in early:
                self.write(waiting)
        if plain:
            self._above.data_received(plain)
        if session.finished:
            self._above.eof_received()

    def _answer(self, data: bytes) -> None:
        if data and not self._ended:
            self._transport.write(data)

    def eof_received(self) -> bool:
        return self._above.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        above = self._above
        del self._above, self._transport  # they hold this
        above.connection_lost(exc)

    def pause_writing(self) -> None:
        self._above.pause_writing()

    def resume_writing(self) -> None:
        self._above.resume_writing()
