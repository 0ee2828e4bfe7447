"""TURN over TCP and TLS (RFC 8656 §3.1): frames cut out of a stream, and a writer that drops what a slow client cannot take."""

import asyncio
from collections.abc import Callable
from typing import Final, cast

from dragoman.formats.stun import HEADER_OCTETS
from dragoman.media.allocation import Client, is_channel_data

#: What may wait for a client; media that is late is worthless.
MAX_WAITING: Final = 256 * 1024
#: How long a client that has no allocation may stay.
IDLE_SECONDS: Final = 30.0

Received = Callable[[bytes, Client], None]
Lost = Callable[[Client], None]


class Broken(ValueError):
    """A stream carries something else than STUN and ChannelData."""


class Frames:
    """Cuts a stream of octets into STUN messages and ChannelData, with its padding (RFC 8656 §12.5)."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, data: bytes) -> list[bytes]:
        """All frames that are whole now. ``Broken``: nothing more can be read."""
        held, frames, at = self._held + data, [], 0
        while len(held) - at >= 4:
            first, length = held[at], int.from_bytes(held[at + 2 : at + 4], "big")
            if first < 4:
                size = HEADER_OCTETS + length
            elif is_channel_data(held[at : at + 1]):
                size = 4 + length + -length % 4
            else:
                raise Broken("neither STUN nor ChannelData")
            if len(held) - at < size:
                break
            frames.append(held[at : at + size])
            at += size
        self._held = held[at:]
        return frames


class StreamClient(asyncio.Protocol):
    """One client's connection."""

    def __init__(self, number: int, received: Received, lost: Lost, opened: dict[Client, "StreamClient"]) -> None:
        self._number = number
        self._received = received
        self._lost = lost
        self._opened = opened
        self._frames = Frames()
        self._transport: asyncio.Transport
        self.client: Client

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is there."""
        self._transport = cast("asyncio.Transport", transport)
        self.client = Client(transport.get_extra_info("peername")[:2], self._number, is_stream=True)
        self._opened[self.client] = self

    def data_received(self, data: bytes) -> None:
        """More of the stream."""
        try:
            frames = self._frames.feed(data)
        except Broken:
            self._transport.abort()
            return
        for frame in frames:
            self._received(frame, self.client)

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        self._opened.pop(self.client, None)
        self._lost(self.client)

    def send(self, data: bytes) -> None:
        """Write, or drop where too much waits already."""
        if self._transport.get_write_buffer_size() < MAX_WAITING:
            self._transport.write(data)

    def abort(self) -> None:
        """End the connection at once."""
        self._transport.abort()
