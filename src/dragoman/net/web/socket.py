"""A WebSocket as a wire that keeps messages apart (RFC 6455)."""

import asyncio
from collections import deque

import structlog
from aiohttp import WSMsgType, web

from dragoman.core.endpoint import Caller, Channel
from dragoman.core.errors import Condition

log = structlog.get_logger()

#: What may wait for a client that reads, and what for one that has read nothing for a while.
MOST_BYTES, SLOW_BYTES = 16 << 20, 1 << 20
SLOW_SECONDS = 20.0
_LINGER_SECONDS = 2.0
TOO_SLOW, UNSUPPORTED, NORMAL = 4008, 1003, 1000


class SocketWire:
    """Implements :class:`dragoman.core.endpoint.MessageWire`. ``run`` reads and writes until the connection ends."""

    def __init__(
        self, socket: web.WebSocketResponse, channel: Channel, transport: asyncio.BaseTransport | None
    ) -> None:
        self.channel = channel
        self._socket = socket
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._queue: deque[bytes] = deque()
        self._waiting = 0
        self._sent_at = 0.0
        self._news = asyncio.Event()
        self._ending: tuple[int, str] | None = None

    def write(self, data: bytes) -> None:
        if self._ending is not None:
            return
        if not self._queue:
            self._sent_at = self._loop.time()
        self._queue.append(data)
        self._waiting += len(data)
        slow = self._loop.time() - self._sent_at > SLOW_SECONDS
        if self._waiting > (SLOW_BYTES if slow else MOST_BYTES) and len(self._queue) > 1:
            self._queue.clear()
            self._waiting = 0
            self.finish(TOO_SLOW, "too slow")
        self._news.set()

    def finish(self, code: int, reason: str) -> None:
        if self._ending is None:
            self._ending = code, reason[:100]
            self._news.set()

    def close(self) -> None:
        self.finish(NORMAL, "")

    def abort(self) -> None:
        self._queue.clear()
        self.close()

    def authenticated(self) -> None:
        """It was, before it was opened."""

    def start_tls(self) -> None:
        """It is inside TLS from its first byte, or never."""

    def pending(self) -> int:
        return self._waiting

    async def run(self, caller: Caller) -> None:
        """Serve the connection to its end."""
        writer = self._loop.create_task(self._write())
        reason = "connection lost"
        try:
            reason = await self._read(caller)
        except Exception:
            log.exception("a frame could not be handled")
            caller.failed(Condition.INTERNAL_SERVER_ERROR, "internal error")
        finally:
            self.close()
            await asyncio.wait([writer], timeout=_LINGER_SECONDS)
            if not writer.done():
                self._cut()  # it reads nothing: what waits for it would wait for ever
            writer.cancel()
            caller.lost(reason)

    def _cut(self) -> None:
        if isinstance(self._transport, asyncio.WriteTransport):
            self._transport.abort()

    async def _read(self, caller: Caller) -> str:
        async for message in self._socket:
            if message.type is not WSMsgType.TEXT:
                self.finish(UNSUPPORTED, "text only")
                return "binary frame"
            pending = caller.received(message.data.encode())
            if pending is not None:
                await pending
            if self._ending is not None:
                return self._ending[1]
        return "closed"

    async def _write(self) -> None:
        try:
            while True:
                await self._news.wait()
                self._news.clear()
                while self._queue:
                    data = self._queue.popleft()
                    await self._socket.send_str(data.decode())
                    self._waiting -= len(data)
                    self._sent_at = self._loop.time()
                if self._ending is not None:
                    code, reason = self._ending
                    await self._socket.close(code=code, message=reason.encode()[:120])
                    return
        except (ConnectionError, RuntimeError):
            return  # the reader notices, too
