"""Health and figures for machines: ``/healthz``, ``/readyz`` and ``/metrics`` on a loopback port.

Just enough of HTTP/1.1 (RFC 9112) for three resources that are read: one request a connection, and nothing of it but its
first line is looked at.
"""

import asyncio
import re
from collections.abc import Callable
from http import HTTPStatus

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

Ready = Callable[[], str]
"""Says why the server cannot serve yet, or no longer; empty where it can."""

MAX_REQUEST = 8192
"""Octets of a request's head."""
PATIENCE = 10.0
"""Seconds for one connection, from its first octet to its last."""

_REQUEST = re.compile(rb"([A-Z]+) (/[!-~]*) HTTP/1\.[01]\r\n")
_TEXT = "text/plain; charset=utf-8"

Answer = tuple[HTTPStatus, str, bytes]
"""The status, the type of the content, the content."""


class HealthPort:
    """The HTTP port. ``/healthz`` answers while the event loop turns; ``/readyz`` while ``ready`` has no objection."""

    def __init__(self, registry: CollectorRegistry, ready: Ready) -> None:
        self._registry = registry
        self._ready = ready
        self._resources = {b"/healthz": self._health, b"/readyz": self._readiness, b"/metrics": self._metrics}
        self._server: asyncio.Server | None = None

    async def open(self, address: str, port: int) -> int:
        """Listen; gives the port, which the system chose where ``port`` is 0. Raises OSError where it is taken."""
        self._server = await asyncio.start_server(self._serve, address, port, limit=MAX_REQUEST)
        chosen: int = self._server.sockets[0].getsockname()[1]
        return chosen

    async def close(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(self._response(head))
                await writer.drain()
        except asyncio.LimitOverrunError:
            writer.write(_written(_plain(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)))
        except (asyncio.IncompleteReadError, ConnectionError, TimeoutError):
            pass  # gone, or not worth waiting for
        finally:
            writer.close()

    def _response(self, head: bytes) -> bytes:
        request = _REQUEST.match(head)
        if request is None:
            return _written(_plain(HTTPStatus.BAD_REQUEST))
        method, target = request.groups()
        resource = self._resources.get(target.partition(b"?")[0])
        if resource is None:
            return _written(_plain(HTTPStatus.NOT_FOUND))
        if method not in (b"GET", b"HEAD"):
            return _written(_plain(HTTPStatus.METHOD_NOT_ALLOWED), "Allow: GET, HEAD\r\n")
        return _written(resource(), bodiless=method == b"HEAD")

    def _health(self) -> Answer:
        return _plain(HTTPStatus.OK, "ok")

    def _readiness(self) -> Answer:
        objection = self._ready()
        return _plain(HTTPStatus.SERVICE_UNAVAILABLE, objection) if objection else _plain(HTTPStatus.OK, "ready")

    def _metrics(self) -> Answer:
        return HTTPStatus.OK, CONTENT_TYPE_LATEST, generate_latest(self._registry)


def _plain(status: HTTPStatus, text: str = "") -> Answer:
    return status, _TEXT, f"{text or status.phrase}\n".encode()


def _written(answer: Answer, fields: str = "", *, bodiless: bool = False) -> bytes:
    status, kind, body = answer
    head = (
        f"HTTP/1.1 {status} {status.phrase}\r\n{fields}Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
        "Cache-Control: no-store\r\nConnection: close\r\n\r\n"
    )
    return head.encode() if bodiless else head.encode() + body
