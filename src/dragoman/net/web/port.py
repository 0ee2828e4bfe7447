"""The port of the web: aiohttp over sockets of its own."""

import asyncio
from collections.abc import Collection, Sequence
from pathlib import Path

from aiohttp import web

from dragoman.net.settings import Settings as ConnectionSettings
from dragoman.net.web.api import Api
from dragoman.net.web.files import Files
from dragoman.net.web.guard import Guard
from dragoman.net.web.handlers import Handlers
from dragoman.net.web.pages import Pages
from dragoman.net.web.settings import Settings
from dragoman.net.web.strangers import Strangers
from dragoman.net.web.tls import WebTls

_KEEP_SECONDS = 30.0
_STOP_SECONDS = 5.0
_USUAL = ConnectionSettings()


class WebPort:
    """Serves ``api`` and the client's files. ``names`` are those of the server; without ``tls`` it speaks in the
    clear; ``limits`` are those for strangers."""

    def __init__(
        self,
        api: Api,
        settings: Settings,
        *,
        names: Collection[str],
        client: Path,
        tls: WebTls | None = None,
        limits: ConnectionSettings = _USUAL,
    ) -> None:
        guard = Guard(api, settings, names)
        self._handlers = Handlers(api, guard)
        self._tls = tls
        self._limits = limits
        self._servers: list[asyncio.Server] = []
        application = web.Application(middlewares=[guard.middleware], client_max_size=api.max_request_bytes)
        application.add_routes(self._handlers.routes())
        application.add_routes(Files(api.uploads, guard, api.max_upload_bytes, api.account_id).routes())
        application.add_routes([web.get("/{path:.*}", Pages(client).serve)])
        self._runner = web.AppRunner(
            application, access_log=None, keepalive_timeout=_KEEP_SECONDS, shutdown_timeout=_STOP_SECONDS
        )

    async def open(self, addresses: Sequence[str], port: int) -> int:
        """Listen; gives the port, which the system chose where ``port`` is 0. Raises OSError where it is taken."""
        await self._runner.setup()
        assert self._runner.server is not None
        strangers = Strangers(self._runner.server, self._limits)
        context = self._tls.context if self._tls is not None else None
        loop = asyncio.get_running_loop()
        for address in addresses:
            try:
                server = await loop.create_server(strangers, address, port, ssl=context)
            except OSError:
                if ":" in address and self._servers:
                    continue  # a machine without IPv6
                await self.close()
                raise
            self._servers.append(server)
            port = server.sockets[0].getsockname()[1]
        return port

    async def close(self, reason: str = "the server is stopping") -> None:
        """Take nobody new, tell everybody, and stop."""
        for server in self._servers:
            server.close()
        self._handlers.drain(reason)
        await self._runner.cleanup()
