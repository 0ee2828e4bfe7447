"""A server on a machine: its files, its sockets, its signals, from start to orderly end."""

import asyncio
import gc
import signal
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog
from prometheus_client import CollectorRegistry

from dragoman import config
from dragoman.admin.command import perform
from dragoman.admin.commands import COMMANDS
from dragoman.app import opening
from dragoman.app.build import Parts, Server, build
from dragoman.app.metrics import PeopleCollector
from dragoman.app.place import Place
from dragoman.app.relay import RelayFailed, RelayProcess, open_relay
from dragoman.app.upkeep import Upkeep
from dragoman.auth.background import Background
from dragoman.auth.certificates import Issuers, read_authorities
from dragoman.auth.keys import open_keys
from dragoman.core.clock import SystemRandomness
from dragoman.core.stores import Stores
from dragoman.net import server as net
from dragoman.net.authority import Site
from dragoman.net.certificates import CertificateError, Certificates, PemPair
from dragoman.net.clock import LoopClock
from dragoman.net.control import ControlServer, Occupied
from dragoman.net.http import HealthPort
from dragoman.net.hub import Door, Hub
from dragoman.net.metrics import TrafficCollector
from dragoman.net.server import Drained, Listening
from dragoman.net.tls import TlsServer
from dragoman.storage import Settings as StorageSettings
from dragoman.storage import open_stores
from dragoman.storage.contents import DiskContents

log = structlog.get_logger()

#: What starting a server may raise; each of them says in its text what is wrong.
FAILURES: tuple[type[Exception], ...] = (*opening.FAILURES, CertificateError, RelayFailed, Occupied)

_REMEDIES = {
    CertificateError: "name other files in [tls] (none: a certificate is made) or as client_authorities_file in [auth]",
    Occupied: "stop it, or name another --data",
    RelayFailed: "set other ports in [media], or enabled = false there",
}

#: What each protocol is called in ALPN (RFC 7301 §6, XEP-0368).
ALPN = {"xmpp": ("xmpp-client",), "irc": ("irc",)}


@dataclass(slots=True)
class Running:
    """A server that accepts connections, until :meth:`stop`. ``http_port`` is 0 where health is not
    served, ``web_port`` where the web is not."""

    place: Place
    server: Server
    stores: Stores
    network: net.Server
    certificates: Certificates
    upkeep: Upkeep
    closers: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    draining: bool = False
    http_port: int = 0
    web_port: int = 0

    @property
    def listening(self) -> list[Listening]:
        """Every open port."""
        return self.network.listening

    def objection(self) -> str:
        """Why new clients are not welcome; empty where they are."""
        return "the server is stopping" if self.draining else ""

    def reload(self) -> None:
        """Read certificates again, as on SIGHUP."""
        self.certificates.reload()

    async def stop(self, reason: str = "the server is stopping") -> Drained:
        """Take nobody new, tell everybody, flush, and close the stores last: nothing that was acknowledged is lost."""
        self.draining = True
        self.upkeep.stop()
        self.certificates.stop()
        drained = await self.network.drain(reason, self.server.settings.server.drain_seconds)
        for close in reversed(self.closers):
            await close()
        log.info("stopped", closed=drained.closed, cut=drained.cut)
        return drained


async def start(settings: config.Settings) -> Running:
    """Open everything. Raises one of ``FAILURES``."""
    loop = asyncio.get_running_loop()
    place = Place(Path(settings.server.data))
    place.make()
    clock, randomness = LoopClock(loop), SystemRandomness()
    keys, background = open_keys(place.key, randomness), Background()
    storage = StorageSettings(str(place.database), settings.storage.synchronous)
    stores = await open_stores(storage, clock)
    relay: RelayProcess | None = None
    try:
        certificates, issuers = _certificates(settings, place, clock), _issuers(settings, clock)
        relay, point = await open_relay(settings, keys, certificates.pairs[0], clock)
        parts = Parts(
            clock=clock,
            randomness=randomness,
            stores=stores,
            keys=keys,
            run=background,
            contents=DiskContents(place.files),
            issuers=issuers,
            relay=point,
        )
        server = await build(settings, parts)
        network = net.Server(Hub(loop, settings.connections))
        running = Running(place, server, stores, network, certificates, Upkeep(server.services))
        # Closed in reverse, so that what the last connections left to do still finds the stores open.
        running.closers += [stores.close, *server.endings, clock.settle]
        if relay is not None:
            running.closers.append(relay.close)
            certificates.reloaded = relay.reload
        server.office.draining = lambda: running.draining
        await _listen(running)
        await _serve_web(running)
        await _serve_owner(running)
    except BaseException:
        if relay is not None:
            await relay.close()
        await stores.close()
        raise
    running.upkeep.start()
    certificates.watch()
    return running


def remedy_of(failure: Exception) -> str:
    """What a person may do about one of ``FAILURES``."""
    return _REMEDIES.get(type(failure)) or opening.remedy_of(failure)


async def serve(settings: config.Settings, on_ready: Callable[[Running], None]) -> Drained:
    """Run until SIGTERM or SIGINT; SIGHUP reads certificates again."""
    running = await start(settings)
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGHUP, running.reload)
    _calm_collector()
    on_ready(running)
    await stop.wait()
    return await running.stop()


def _calm_collector() -> None:
    """Look for reference cycles less often: messages make none, sessions that end small ones, and a busy archive is a fifth
    faster.

    What the start has made lives as long as the server, so it is taken out of every search.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 50)


def _certificates(settings: config.Settings, place: Place, clock: LoopClock) -> Certificates:
    local = config.server_name(settings) == "localhost" or not settings.domains
    sites = [Site(domain.name, (domain.rooms,), local) for domain in config.domains(settings)]
    files = settings.tls
    pairs = [PemPair(Path(files.certificate_file), Path(files.key_file))] if files.certificate_file else []
    certificates = Certificates(place.certificates, sites, clock, pairs)
    certificates.load()
    return certificates


def _issuers(settings: config.Settings, clock: LoopClock) -> Issuers:
    file = settings.auth.client_authorities_file
    try:
        return Issuers(read_authorities(Path(file).read_bytes()) if file else (), clock)
    except (OSError, ValueError) as error:
        raise CertificateError(f"{file} cannot be read as authorities of client certificates: {error}") from error


async def _listen(running: Running) -> None:
    settings = running.server.settings
    for name, listener in config.listeners(settings).items():
        secure = listener.tls != "none"
        greeter = running.server.greeters.get(listener.protocol)
        if greeter is None:
            continue
        tls = TlsServer(running.certificates, ALPN[listener.protocol]) if secure else None
        door = Door(name, greeter, tls, direct=listener.tls == "direct")
        await running.network.open(door, listener.addresses, listener.port)


async def _serve_web(running: Running) -> None:
    """The web client and the API."""
    wanted = config.web(running.server.settings)
    if not wanted.enabled:
        return
    from dragoman.app.web import make_port  # aiohttp takes a while to import: not without need

    port = make_port(running.server, running.certificates)
    if port is not None:
        running.web_port = await port.open(wanted.addresses, wanted.port)
        running.server.services.uploads.base = config.web_url(running.server.settings, running.web_port)
        running.closers.append(port.close)


async def _serve_owner(running: Running) -> None:
    """The ways in for the owner: commands by the control socket, health and figures by HTTP."""

    async def command(name: str, arguments: Mapping[str, Any]) -> Any:
        return await perform(COMMANDS, running.server.office, name, arguments)

    control = ControlServer(command)
    await control.open(running.place.control)
    running.closers.append(control.close)
    wanted = config.http(running.server.settings)
    if wanted.enabled:
        figures = CollectorRegistry()
        figures.register(TrafficCollector(running.network.traffic))
        figures.register(PeopleCollector(running.server.services))
        http = HealthPort(figures, running.objection)
        running.http_port = await http.open(wanted.address, wanted.port)
        running.closers.append(http.close)
