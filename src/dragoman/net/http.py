"""Health and figures for machines: ``/healthz``, ``/readyz`` and ``/metrics`` on a loopback port."""

from collections.abc import Callable

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

Ready = Callable[[], str]
"""Says why the server cannot serve yet, or no longer; empty where it can."""


class HealthPort:
    """The HTTP port. ``/healthz`` answers while the event loop turns; ``/readyz`` while ``ready`` has no objection."""

    def __init__(self, registry: CollectorRegistry, ready: Ready) -> None:
        self._registry = registry
        self._ready = ready
        self._runner: web.AppRunner | None = None

    async def open(self, address: str, port: int) -> int:
        """Listen; gives the port, which the system chose where ``port`` is 0. Raises OSError where it is taken."""
        application = web.Application()
        application.router.add_get("/healthz", self._health)
        application.router.add_get("/readyz", self._readiness)
        application.router.add_get("/metrics", self._metrics)
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, address, port).start()
        except OSError:
            await self.close()
            raise
        chosen: int = self._runner.addresses[0][1]
        return chosen

    async def close(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _health(self, request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def _readiness(self, request: web.Request) -> web.Response:
        objection = self._ready()
        return web.Response(text=f"{objection or 'ready'}\n", status=503 if objection else 200)

    async def _metrics(self, request: web.Request) -> web.Response:
        body = generate_latest(self._registry)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})
