"""The relay for calls: a process that is started with the server, started again when it dies, and ended with the server."""

import asyncio
import contextlib
import sys
from asyncio.subprocess import PIPE, Process

import msgspec
import structlog
from msgspec import Struct

from dragoman import config
from dragoman.auth.keys import Keys
from dragoman.core.clock import Clock
from dragoman.features.call_relays import RelayPoint
from dragoman.media.service import Opened, Order
from dragoman.media.settings import Settings
from dragoman.net.certificates import PemPair

_READY_SECONDS = 20.0
_PAUSES = (1.0, 2.0, 5.0, 15.0, 60.0)
log = structlog.get_logger()


class RelayFailed(Exception):
    """The relay cannot start. The text says why, and what to do."""


class _Said(Struct):
    port: int = 0
    tls_port: int = 0
    error: str = ""


class RelayProcess:
    """One relay beside the server. It ends by itself when its standard input does, however the server ended."""

    def __init__(self, order: Order, clock: Clock) -> None:
        self._order = order
        self._clock = clock
        self._process: Process
        self._closing = asyncio.Event()

    @property
    def pid(self) -> int:
        """The process that runs now, or ran last."""
        return self._process.pid

    async def open(self) -> Opened:
        """Start it. Raises ``RelayFailed`` where its ports are taken."""
        opened = await self._start()
        self._clock.start(self._watch())
        return opened

    def reload(self) -> None:
        """Have it read its certificate again."""
        if self._process.returncode is None and self._process.stdin is not None:
            self._process.stdin.write(b"\n")

    async def close(self) -> None:
        """End it, and wait until it has ended."""
        self._closing.set()
        await _end(self._process)

    async def _start(self) -> Opened:
        self._process = process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "dragoman.media", stdin=PIPE, stdout=PIPE
        )
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(msgspec.json.encode(self._order) + b"\n")
        try:
            line = await asyncio.wait_for(process.stdout.readline(), _READY_SECONDS)
            said = msgspec.json.decode(line or b'{"error": "it ended at once"}', type=_Said)
        except TimeoutError:
            said = _Said(error="it does not answer")
        if said.error:
            await _end(process)
            raise RelayFailed(f"the relay for calls cannot start: {said.error}")
        return Opened(said.port, said.tls_port)

    async def _watch(self) -> None:
        """Start it again whenever it ends, soon at first, then less often."""
        failures = 0
        while True:
            code = await self._process.wait()
            if self._closing.is_set():
                return
            pause = _PAUSES[min(failures, len(_PAUSES) - 1)]
            log.error("the relay for calls has ended", code=code, again_in_seconds=pause)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), pause)
                return
            try:
                await self._start()
                failures = 0
            except RelayFailed as failed:
                failures += 1
                log.error(str(failed))


async def open_relay(
    settings: config.Settings, keys: Keys, pair: PemPair, clock: Clock
) -> tuple[RelayProcess | None, RelayPoint | None]:
    """The relay of the settings, where they want one, and how clients reach it: an own process, or another server."""
    media = config.media(settings)
    if not media.enabled:
        return None, None
    if media.secret:
        secret = media.secret.text.encode()
        ports = Opened(settings.media.port, settings.media.tls_port)  # of another machine: no offset moves them
        return None, _point(media, secret, ports)
    secret = keys.derive("relay")
    order = Order(
        rules=media.relay,
        realm=config.server_name(settings),
        secret=secret.hex(),
        addresses=media.addresses,
        port=media.port,
        tls_port=media.tls_port,
        certificate=str(pair.certificate) if media.tls_port else "",
        key=str(pair.key) if media.tls_port else "",
    )
    process = RelayProcess(order, clock)
    return process, _point(media, secret, await process.open())


def _point(media: Settings, secret: bytes, ports: Opened) -> RelayPoint:
    return RelayPoint(secret, ports.port, ports.tls_port, media.external, media.credential_seconds)


async def _end(process: Process) -> None:
    if process.stdin is not None:
        process.stdin.close()
    try:
        await asyncio.wait_for(process.wait(), 5)
    except TimeoutError:
        process.kill()
        await process.wait()
