"""libpurple, for XMPP and for IRC, in a process of its own."""

import asyncio
import json
import os
import ssl
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.clients.conversation import until
from tests.stage.process import PASSWORD, Process


@dataclass
class Purple:
    process: asyncio.subprocess.Process
    output: Path
    protocol: str
    domain: str

    @classmethod
    async def start(cls, server: Process, home: Path, protocol: str) -> "Purple":
        # libpurple asks its user about a certificate, except where it has seen it before.
        seen = home / "certificates" / "x509" / "tls_peers"
        seen.mkdir(parents=True)
        certificate = await asyncio.to_thread(ssl.get_server_certificate, ("localhost", server.port("ircs")))
        (seen / server.domain).write_text(certificate)
        if protocol == "xmpp":
            plugin, name = "prpl-jabber", f"alice@{server.domain}/here"
            options = [f"port={server.port('xmpp')}", "connect_server=localhost", "connection_security=require_tls"]
        else:
            plugin, name = "prpl-irc", f"alice@{server.domain}"
            options = [f"port={server.port('ircs')}", "ssl=true", "username=alice", "autodetect_utf8=true"]
        output = home / "output"
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, str(Path(__file__).with_name("purple_process.py")), plugin, name, PASSWORD, str(home)),
            *options,
            stdin=asyncio.subprocess.PIPE,
            stdout=output.open("wb"),
            stderr=(home / "errors").open("wb"),
            env={**os.environ, "HOME": str(home)},
        )
        program = cls(process, output, protocol, server.domain)
        await until(lambda: '"signed-on"' in program.shown() or '"error"' in program.shown(), "libpurple signs on")
        assert '"signed-on"' in program.shown(), program.shown()
        return program

    async def say(self, name: str, text: str) -> None:
        await self._do("say", self._person(name), text)

    async def join(self, room: str) -> None:
        if self.protocol == "irc":
            await self._do("join", "channel", f"#{room}")
        else:
            await self._do("join", "room", room, "server", f"rooms.{self.domain}", "handle", "alice")

    async def say_in(self, room: str, text: str) -> None:
        await self._do("say_in", f"#{room}" if self.protocol == "irc" else f"{room}@rooms.{self.domain}", text)

    async def away(self, text: str) -> None:
        await self._do("away", text)

    async def typing(self, name: str) -> bool:
        """libpurple tells it to contacts whose messages have a chat state; of IRC's ``typing`` it does not know."""
        if self.protocol == "irc":
            return False
        await self._do("typing", self._person(name))
        return True

    def shown(self) -> str:
        return self.output.read_text(errors="replace")

    async def stop(self) -> None:
        self.process.terminate()
        await self.process.wait()

    def _person(self, name: str) -> str:
        return name if self.protocol == "irc" else f"{name}@{self.domain}"

    async def _do(self, *command: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(command).encode() + b"\n")
        await self.process.stdin.drain()
