"""The port of the web: aiohttp over sockets of its own."""

from collections.abc import Collection, Sequence
from pathlib import Path

from aiohttp import web

from dragoman.net.web.api import Api
from dragoman.net.web.files import Files
from dragoman.net.web.guard import Guard
from dragoman.net.web.handlers import Handlers
from dragoman.net.web.pages import Pages
from dragoman.net.web.settings import Settings
from dragoman.net.web.tls import WebTls

_KEEP_SECONDS = 30.0
_STOP_SECONDS = 5.0


class WebPort:
    """Serves ``api`` and the client's files. ``names`` are those of the server; without ``tls`` it speaks in the
    clear."""

    def __init__(
        self, api: Api, settings: Settings, *, names: Collection[str], client: Path, tls: WebTls | None = None
    ) -> None:
        guard = Guard(api, settings, names)
        self._handlers = Handlers(api, guard)
        self._tls = tls
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
        context = self._tls.context if self._tls is not None else None
        for address in addresses:
            site = web.TCPSite(self._runner, address, port, ssl_context=context)
            try:
                await site.start()
            except OSError:
                if ":" in address and self._runner.addresses:
                    continue  # a machine without IPv6
                await self._runner.cleanup()
                raise
            port = self._runner.addresses[0][1]
        return port

    async def close(self, reason: str = "the server is stopping") -> None:
        """Tell everybody, and stop."""
        self._handlers.drain(reason)
        await self._runner.cleanup()
