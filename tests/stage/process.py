"""The real server as a process of its own, with its files, its sockets and its signals."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.stage.clients import Client, log_in_irc, log_in_xmpp
from tests.stage.wire import Heard, SocketWay, Way

PROGRAM = Path(sys.executable).with_name("dragoman")
PORTS = {
    "xmpp": 5222,
    "xmpps": 5223,
    "irc": 6667,
    "ircs": 6697,
    "web": 8080,
    "http": 5280,
    "turn": 3478,
    "turns": 5349,
}
PASSWORD = "correct-horse"
START_SECONDS = 120.0
_OFFSETS = range(1000 + os.getpid() % 97 * 10, 40_000, 1013)


def free_offset() -> int:
    """An offset at which all ports of a server are free."""
    for offset in _OFFSETS:
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            for port in PORTS.values():
                probe = stack.enter_context(socket.socket())
                probe.bind(("127.0.0.1", port + offset))
            return offset
    raise OSError("no free ports")


@dataclass
class Process:
    """``dragoman up`` over a directory. It can be killed and started again at the same ports."""

    data: Path
    domain: str = "localhost"
    arguments: tuple[str, ...] = ()
    listen: tuple[str, ...] = ("127.0.0.1",)
    environment: dict[str, str] = field(default_factory=dict)
    offset: int = field(default_factory=free_offset)
    _process: asyncio.subprocess.Process | None = None

    def port(self, name: str) -> int:
        return PORTS[name] + self.offset

    @property
    def authority(self) -> Path:
        """The certificate that clients have to trust."""
        return self.data / "certificates" / "authority.pem"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def start(self) -> None:
        """Until it says that it is ready."""
        command = [str(PROGRAM), "--data", str(self.data), "up", "--domain", self.domain]
        for address in self.listen:
            command += ["--listen", address]
        command += ["--port-offset", str(self.offset), *self.arguments]
        self._process = await asyncio.create_subprocess_exec(
            *command,
            stdout=asyncio.subprocess.PIPE,
            stderr=(self.data.parent / f"{self.data.name}.log").open("ab"),
            env={**os.environ, **self.environment},
        )
        assert self._process.stdout is not None
        said = b""
        async with asyncio.timeout(START_SECONDS):
            while not said.endswith(b"ready\n"):
                line = await self._process.stdout.readline()
                assert line, f"the server did not start: {said.decode()}"
                said += line

    async def command(self, *arguments: str, given: str = "") -> str:
        """``dragoman ...`` against the running server."""
        process = await asyncio.create_subprocess_exec(
            *(str(PROGRAM), "--data", str(self.data), *arguments),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate(given.encode())
        assert process.returncode == 0, output.decode()
        return output.decode()

    async def add_user(self, name: str) -> None:
        await self.command("user", "add", f"{name}@{self.domain}", "--password-stdin", given=PASSWORD)

    async def kill(self) -> None:
        """As the kernel does when memory is out: no word, no flush."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def stop(self) -> int:
        """SIGTERM; the exit code."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
        return await self._process.wait()

    def memory(self) -> int:
        """Resident octets of its own, without those of files that are only mapped."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.partition("RssAnon:")[2].split()[0]) * 1024

    async def xmpp(self, account: str, resource: str = "here", *, presence: bool = True, **how: Any) -> Client:
        """A client of the tests, over direct TLS; ``how`` is for :meth:`SocketWay.open`."""
        client, _ = await self.connect("xmpp", account, **how)
        await log_in_xmpp(client, account, resource, presence=presence, password=PASSWORD)
        return client

    async def irc(self, account: str, capabilities: str = "", **how: Any) -> Client:
        client, _ = await self.connect("irc", account, **how)
        await log_in_irc(client, account, capabilities, password=PASSWORD)
        return client

    async def connect(self, protocol: str, name: str, **how: Any) -> tuple[Client, SocketWay]:
        """A client that has said nothing yet, and its connection."""
        client, ways = Client(protocol, name, self.domain), list[SocketWay]()

        async def connect(heard: Heard) -> Way:
            ways.append(await SocketWay.open(self.port(f"{protocol}s"), heard, tls=True, **how))
            return ways[0]

        await client.connect(connect)
        return client, ways[0]
