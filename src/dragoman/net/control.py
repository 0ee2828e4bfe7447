"""Commands for a running server, over a Unix socket that only its own user can open.

A request is one line of JSON, ``{"command": name, "arguments": {...}}``; the answer is one line,
``{"ok": true, "result": ...}`` or ``{"ok": false, "error": {"condition": ..., "text": ...}}``. Requests of one connection
are answered in order.
"""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import structlog
from msgspec import Struct

from dragoman.core.errors import Condition, Refused
from dragoman.net.tasks import Tasks

log = structlog.get_logger()

MAX_REQUEST = 1 << 20
"""Bytes of one line."""

Handler = Callable[[str, Mapping[str, Any]], Awaitable[Any]]
"""Runs a command; gives plain values, ready for JSON. Raises Refused."""


class Occupied(Exception):
    """Another server answers on the socket."""


class _Request(Struct, forbid_unknown_fields=True):
    command: str
    arguments: dict[str, Any] = {}


class _Error(Struct):
    condition: str
    text: str


class _Answer(Struct, omit_defaults=True):
    ok: bool
    result: Any = None
    error: _Error | None = None


class ControlServer:
    """Listens on the socket and hands each request to ``handler``."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._tasks = Tasks(asyncio.get_running_loop())
        self._server: asyncio.Server | None = None
        self._path: Path | None = None

    async def open(self, path: Path) -> None:
        """Listen. Raises Occupied where a server is there already, OSError where the path cannot be used."""
        listener = _bound(path)
        self._server = await asyncio.start_unix_server(self._accept, sock=listener, limit=MAX_REQUEST)
        self._path = path

    async def close(self) -> None:
        """Stop listening, let running commands finish, and take the socket away."""
        if self._server is None or self._path is None:
            return
        self._server.close()
        await self._tasks.settle(1.0)
        self._path.unlink(missing_ok=True)
        self._server = None

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._tasks.start(self._talk(reader, writer))

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                writer.write(msgspec.json.encode(await self._answer(line)) + b"\n")
                await writer.drain()
        except ValueError:  # readline's word for a line that is too long
            text = f"a request has at most {MAX_REQUEST} bytes"
            writer.write(msgspec.json.encode(_refusal(Condition.POLICY_VIOLATION, text)) + b"\n")
        except OSError:
            pass  # the client is gone
        finally:
            writer.close()

    async def _answer(self, line: bytes) -> _Answer:
        try:
            request = msgspec.json.decode(line, type=_Request)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return _refusal(Condition.BAD_REQUEST, str(error))
        try:
            return _Answer(True, msgspec.to_builtins(await self._handler(request.command, request.arguments)))
        except Refused as refused:
            return _refusal(refused.condition, refused.text)
        except Exception as error:
            log.error("a command raised", command=request.command, exc_info=error)
            return _refusal(Condition.INTERNAL_SERVER_ERROR, "the server's log says why")


def _refusal(condition: Condition, text: str) -> _Answer:
    return _Answer(ok=False, error=_Error(condition, text))


def _bound(path: Path) -> socket.socket:
    """A socket at a path, in the place of one that a server left behind when it was killed."""
    if path.is_socket():
        with socket.socket(socket.AF_UNIX) as probe:
            if probe.connect_ex(str(path)) == 0:
                raise Occupied(f"a server runs already: it answers at {path}")
        path.unlink()
    listener = socket.socket(socket.AF_UNIX)
    mask = os.umask(0o177)  # from its first moment, nobody else may connect
    try:
        listener.bind(str(path))
    except BaseException:
        listener.close()
        raise
    finally:
        os.umask(mask)
    listener.setblocking(False)
    return listener
