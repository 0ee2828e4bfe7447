"""What has to be right on this machine, each with the exact remedy where it is not."""

import errno
import os
import resource
import shutil
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from dragoman import config
from dragoman.app.place import Place
from dragoman.config import Settings

#: Below this, a warning: SQLite's log and a vacuum need room.
ENOUGH_BYTES = 512 << 20
ENOUGH_FILES = 4096
RESOLVER_SECONDS = 3.0
#: Bytes of a Unix socket's name (unix(7): sun_path without its NUL).
LONGEST_SOCKET = 107


class State(StrEnum):
    OK = "ok"
    ATTENTION = "attention"  # it runs, but not as it could
    FAILED = "failed"  # it cannot run


class Check(Struct, frozen=True):
    """The result of one look; ``remedy`` is what to do, empty where all is well."""

    name: str
    state: State
    text: str
    remedy: str = ""


def machine(settings: Settings) -> list[Check]:
    """Everything that can be looked at before anything is opened."""
    data = Path(settings.server.data)
    names = [domain.name for domain in config.domains(settings)]
    return [directory(data), disk(data), ports(settings), files(), *map(name, names)]


def directory(data: Path) -> Check:
    """The data directory is there, or can be made, and is nobody else's to read."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        remedy = f"sudo install -d -o {os.getuid()} -m 700 {data}, or name another one with --data"
        return Check("data", State.FAILED, f"{data} cannot be made: {error.strerror}", remedy)
    if len(os.fsencode(Place(data.resolve()).control)) > LONGEST_SOCKET:
        remedy = "name a directory with a shorter path: the control socket's name has at most 107 bytes (unix(7))"
        return Check("data", State.FAILED, f"{data} has too long a path", remedy)
    if not os.access(data, os.R_OK | os.W_OK | os.X_OK):
        return Check("data", State.FAILED, f"{data} is not yours to write", f"sudo chown -R {os.getuid()} {data}")
    if data.stat().st_mode & 0o077:
        return Check("data", State.ATTENTION, f"{data} can be read by others", f"chmod 700 {data}")
    return Check("data", State.OK, str(data))


def disk(data: Path) -> Check:
    """There is room on the disk."""
    place = next(path for path in (data, *data.parents) if path.exists())
    free = shutil.disk_usage(place).free
    text = f"{free / (1 << 30):.1f} GiB free"
    if free < ENOUGH_BYTES:
        return Check("disk", State.ATTENTION, text, f"make room on the disk of {data}")
    return Check("disk", State.OK, text)


def files() -> Check:
    """As many open files as clients are to come; raises the soft limit as far as the hard one allows."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if hard != resource.RLIM_INFINITY and hard < ENOUGH_FILES:
        return Check("files", State.ATTENTION, f"at most {hard} connections", "ulimit -Hn 65536, or LimitNOFILE=65536")
    return Check("files", State.OK, f"up to {hard} open files")


def ports(settings: Settings) -> Check:
    """Every port can be bound now."""
    wanted = list(_sockets(settings))
    for address, port in wanted:
        problem = _cannot_bind(address, port)
        if problem is not None:
            return _port_failure(address, port, problem)
    told = sorted({port for _, port in wanted})
    return Check("ports", State.OK, f"{' '.join(map(str, told))} free")


def name(domain: str) -> Check:
    """A domain leads to this machine, so that clients find it."""
    if domain == "localhost" or domain.endswith(".localhost"):
        return Check("name", State.OK, f"{domain}, for this machine only")
    addresses = _resolved(domain)
    if not addresses:
        remedy = f"add an A or AAAA record for {domain} to its DNS zone; until then, clients need the address typed in"
        return Check("name", State.ATTENTION, f"{domain} is not in the DNS", remedy)
    return Check("name", State.OK, f"{domain} is {', '.join(addresses)}")


def _sockets(settings: Settings) -> Iterator[tuple[str, int]]:
    for listener in config.listeners(settings).values():
        for address in listener.addresses:
            if listener.port:
                yield address, listener.port
    web = config.web(settings)
    if web.enabled and web.port:
        for address in web.addresses:
            yield address, web.port
    http = config.http(settings)
    if http.enabled and http.port:
        yield http.address, http.port


def _cannot_bind(address: str, port: int) -> OSError | None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                trial.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            trial.bind((address, port))
            trial.listen(1)
    except OSError as error:
        # A machine without IPv6 has no IPv6 addresses to listen on: the listener goes on without them.
        missing = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
        return None if family == socket.AF_INET6 and error.errno in missing else error
    return None


def _port_failure(address: str, port: int, problem: OSError) -> Check:
    remedies = {
        errno.EADDRINUSE: f"see who has it: ss -ltnp 'sport = :{port}'; or move every port: --port-offset 1000",
        errno.EACCES: "ports below 1024 are root's: --port-offset 1000",
        errno.EADDRNOTAVAIL: f"{address} is no address of this machine; name another one with --listen",
    }
    remedy = remedies.get(problem.errno or 0, "name other addresses with --listen")
    return Check("ports", State.FAILED, f"{address} port {port}: {problem.strerror}", remedy)


def _resolved(domain: str) -> list[str]:
    pool = ThreadPoolExecutor(max_workers=1)
    try:
        found = pool.submit(socket.getaddrinfo, domain, None, type=socket.SOCK_STREAM).result(RESOLVER_SECONDS)
    except (OSError, UnicodeError, TookTooLong):
        return []
    finally:
        pool.shutdown(wait=False)
    return sorted({str(entry[4][0]) for entry in found})
