"""irc-framework, the library under The Lounge and KiwiIRC, in Node."""

import asyncio
import json
import os
from dataclasses import dataclass
from pathlib import Path

from tests.clients.conversation import until
from tests.stage.process import PASSWORD, Process

MODULES = Path(__file__).parents[3] / ".cache" / "npm" / "node_modules"


@dataclass
class Framework:
    process: asyncio.subprocess.Process
    output: Path
    protocol: str = "irc"

    @classmethod
    async def start(cls, server: Process, home: Path) -> "Framework":
        output = home / "output"
        script = Path(__file__).with_name("irc_framework.js")
        process = await asyncio.create_subprocess_exec(
            *("node", str(script), str(server.port("ircs")), PASSWORD),
            stdin=asyncio.subprocess.PIPE,
            stdout=output.open("wb"),
            stderr=asyncio.subprocess.STDOUT,
            env={
                **os.environ,
                "HOME": str(home),
                "NODE_PATH": str(MODULES),
                "NODE_EXTRA_CA_CERTS": str(server.authority),
            },
        )
        program = cls(process, output)
        await until(lambda: '"what":"registered"' in program.shown(), "irc-framework registers")
        return program

    async def say(self, name: str, text: str) -> None:
        await self._do("say", name, text)

    async def join(self, room: str) -> None:
        await self._do("join", f"#{room}")

    async def say_in(self, room: str, text: str) -> None:
        await self._do("say", f"#{room}", text)

    async def away(self, text: str) -> None:
        await self._do("away", "", text)

    async def typing(self, name: str) -> bool:
        await self._do("typing", name)
        return True

    def shown(self) -> str:
        return self.output.read_text(errors="replace")

    async def stop(self) -> None:
        self.process.terminate()
        await self.process.wait()

    async def _do(self, command: str, to: str, text: str = "") -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"command": command, "to": to, "text": text}).encode() + b"\n")
        await self.process.stdin.drain()
