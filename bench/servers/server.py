"""What the bench knows of a server."""

import base64
import hashlib
import hmac
import socket
import subprocess
import time
from pathlib import Path

from msgspec import Struct

from bench import machine

DOMAIN = "bench.localhost"
PASSWORD = "correct horse battery staple"
ITERATIONS = 4096  # RFC 5802 §5.1: the least that is allowed, so what ejabberd uses; the same for all
_SALT = b"sixteen octets !"


class Server(Struct, frozen=True, kw_only=True):
    """One configuration of one server. ``name`` is as in the tables, ``project`` what it is compared as.

    ``rooms`` is what follows a room's name (``@rooms.example``) or, for IRC, comes before it; ``password`` is empty where
    clients need none.
    """

    name: str
    project: str
    dialect: str
    port: int
    command: tuple[str, ...]
    directory: Path
    rooms: str = ""
    password: str = PASSWORD
    environment: dict[str, str] = {}
    archive: str = ""
    logins_at_once: int = 64  # as many as its queue of new connections takes
    puts_off: float = 0.0  # for how many seconds it may put off work, such as an index

    def room(self, name: str) -> str:
        """A room's address."""
        return f"#{name}" if self.dialect == "irc" else f"{name}@{self.rooms}"


class Running(Struct):
    """A server that was started."""

    server: Server
    process: subprocess.Popen[bytes]

    @property
    def pid(self) -> int:
        return self.process.pid

    def cpu(self) -> float:
        return machine.cpu_seconds(self.pid)

    def settle(self) -> None:
        machine.settle(self.pid, least=self.server.puts_off)

    def stop(self) -> None:
        machine.stop(self.process)


def launch(server: Server, *, patience: float = 60.0) -> Running:
    """Start a server; returns when it accepts connections and has come to rest."""
    log = server.directory / "bench.log"
    process = machine.start(list(server.command), core=machine.SERVER_CORE, environment=server.environment, log=log)
    deadline = time.monotonic() + patience
    while not _accepts(server.port):
        if process.poll() is not None or time.monotonic() > deadline:
            machine.stop(process)
            raise machine.NotFit(f"{server.name} does not start:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.1)
    machine.settle(process.pid, patience=20)
    return Running(server, process)


def _accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def account(number: int) -> str:
    """The name of an account or a nickname."""
    return f"b{number:05}"


class Verifier(Struct, frozen=True):
    """What a server keeps of the one password that all accounts have (RFC 5802 §3, SHA-1); one salt, so that the load
    generator has to derive its keys only once."""

    salt: bytes
    stored_key: bytes
    server_key: bytes


def verifier() -> Verifier:
    salted = hashlib.pbkdf2_hmac("sha1", PASSWORD.encode(), _SALT, ITERATIONS)
    client_key = hmac.digest(salted, b"Client Key", "sha1")
    return Verifier(_SALT, hashlib.sha1(client_key).digest(), hmac.digest(salted, b"Server Key", "sha1"))


def base64_text(data: bytes) -> str:
    return base64.b64encode(data).decode()
