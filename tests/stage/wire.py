"""The ways from a client of the tests to the server: through memory, and over a socket."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable
from functools import cache
from typing import Protocol, cast

import aiohttp

from dragoman.core.endpoint import Caller, Channel, Greeter

Heard = Callable[[bytes], None]


@cache
def _trusting_everybody() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class Way(Protocol):
    """How a client reaches the server: bytes go out by ``send``; what comes in is told to the client at once."""

    closed: bool

    async def send(self, data: bytes) -> None: ...

    async def drop(self) -> None:
        """Break the connection without a word."""
        ...


class MemoryWire:
    """A connection without a network: both the server's wire and the client's way. TLS is only said to be there."""

    def __init__(self, greeter: Greeter, heard: Heard, channel: Channel | None = None) -> None:
        self.channel = channel or Channel(remote="127.0.0.1", port=50_000, secure=True, trusted=True)
        self.closed = False
        self.logged_in = False
        self._heard = heard
        self._turn = asyncio.Lock()
        self._caller: Caller | None = greeter(self)
        if self.channel.secure:
            self._caller.secured(self.channel)

    # -- the client's side ---------------------------------------------------------------------------------------------

    async def send(self, data: bytes) -> None:
        async with self._turn:
            pending = self._caller.received(data) if self._caller is not None and not self.closed else None
            if pending is not None:
                await pending

    async def drop(self) -> None:
        self.closed = True
        async with self._turn:
            self._tell_lost("dropped")

    def drain(self) -> None:
        """The server is stopping."""
        if self._caller is not None:
            self._caller.drain("the server is stopping")

    # -- the server's side ---------------------------------------------------------------------------------------------

    def write(self, data: bytes) -> None:
        if not self.closed:
            self._heard(data)

    def authenticated(self) -> None:
        self.logged_in = True

    def start_tls(self) -> None:
        self.channel = Channel(remote=self.channel.remote, port=self.channel.port, secure=True, trusted=True)
        if self._caller is not None:
            self._caller.secured(self.channel)

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            self._heard(b"")
            asyncio.get_running_loop().call_soon(self._tell_lost, "closed")

    def finish(self, code: int, reason: str) -> None:
        self.close()

    def abort(self) -> None:
        self.close()

    def pending(self) -> int:
        return 0

    def _tell_lost(self, reason: str) -> None:
        if self._caller is not None:
            caller, self._caller = self._caller, None
            caller.lost(reason)


class FrameWay:
    """A WebSocket, by a client that others wrote."""

    def __init__(self, heard: Heard) -> None:
        self.closed = False
        self._heard = heard
        self._session: aiohttp.ClientSession
        self._socket: aiohttp.ClientWebSocketResponse
        self._reader: asyncio.Task[None]

    @classmethod
    async def open(cls, port: int, heard: Heard, token: str) -> "FrameWay":
        way = cls(heard)
        way._session = aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"})
        way._socket = await way._session.ws_connect(f"http://127.0.0.1:{port}/jmap/ws", protocols=("jmap",))
        way._reader = asyncio.create_task(way._read())
        return way

    async def send(self, data: bytes) -> None:
        with contextlib.suppress(ConnectionError):
            await self._socket.send_str(data.decode())

    async def drop(self) -> None:
        self._reader.cancel()
        await self._session.close()
        self.closed = True

    async def _read(self) -> None:
        async for message in self._socket:
            self._heard(message.data.encode())
        self.closed = True
        self._heard(b"")


class SocketWay:
    """A TCP connection, inside TLS from its first byte where ``tls`` says so."""

    def __init__(self, heard: Heard) -> None:
        self.closed = False
        self._heard = heard
        self._reader: asyncio.Task[None] | None = None
        self._writer: asyncio.StreamWriter

    @classmethod
    async def open(
        cls, port: int, heard: Heard, *, tls: bool, host: str = "127.0.0.1", window: int | None = None
    ) -> "SocketWay":
        """Connect from the same address to ``host``; with ``window``, the kernel keeps about so many unread bytes."""
        way = cls(heard)
        connection = socket.socket()
        if window is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        connection.setblocking(False)
        await asyncio.get_running_loop().sock_connect(connection, (host, port))
        context = _trusting_everybody() if tls else None
        reader, way._writer = await asyncio.open_connection(
            sock=connection, ssl=context, server_hostname="localhost" if tls else None
        )
        way._reader = asyncio.create_task(way._read(reader))
        return way

    async def send(self, data: bytes) -> None:
        with contextlib.suppress(ConnectionError):
            self._writer.write(data)
            await self._writer.drain()

    async def drop(self) -> None:
        self._writer.transport.abort()
        self.closed = True
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.wait([self._reader])

    def stop_reading(self) -> None:
        """Leave what comes to the kernel."""
        cast(asyncio.Transport, self._writer.transport).pause_reading()

    def read_on(self) -> None:
        cast(asyncio.Transport, self._writer.transport).resume_reading()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            while data := await reader.read(65536):
                self._heard(data)
        self.closed = True
        self._heard(b"")
