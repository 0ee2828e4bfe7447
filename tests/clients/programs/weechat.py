"""WeeChat without a terminal, spoken to by its fifo; what it shows is read from its logs."""

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path

from tests.clients.conversation import until
from tests.stage.process import PASSWORD, Process


@dataclass
class Weechat:
    home: Path
    process: asyncio.subprocess.Process
    protocol: str = "irc"

    @classmethod
    async def start(cls, server: Process, home: Path) -> "Weechat":
        settings = {
            "fifo.file.path": str(home / "fifo"),
            "fifo.file.enabled": "on",
            "logger.file.path": str(home / "logs"),
            "logger.file.flush_delay": "0",
            "weechat.network.gnutls_ca_user": str(server.authority),
            "typing.look.enabled_self": "on",
            "irc.server_default.capabilities": "*",
        }
        commands = [f"/set {name} {value}" for name, value in settings.items()]
        commands += [
            f"/server add house localhost/{server.port('ircs')} -ssl -sasl_mechanism=plain "
            f"-sasl_username=alice -nicks=alice -username=alice",
            f"/set irc.server.house.sasl_password {PASSWORD}",
            "/connect house",
        ]
        runs = [part for command in commands for part in ("-r", command)]
        process = await asyncio.create_subprocess_exec(
            *("weechat-headless", "--dir", str(home), "--stdout", *runs),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=(home / "stdout").open("wb"),
            stderr=asyncio.subprocess.STDOUT,
            env={**os.environ, "HOME": str(home), "LANG": "C.UTF-8"},
        )
        program = cls(home, process)
        await until(lambda: "There is no message of the day" in program.shown(), "WeeChat logs in")
        return program

    async def say(self, name: str, text: str) -> None:
        self._tell(f"irc.server.house */query -server house {name} {text}")

    async def join(self, room: str) -> None:
        self._tell(f"irc.server.house */join #{room}")

    async def say_in(self, room: str, text: str) -> None:
        self._tell(f"irc.house.#{room} *{text}")

    async def away(self, text: str) -> None:
        self._tell(f"irc.server.house */away {text}")

    async def typing(self, name: str) -> bool:
        return False  # WeeChat tells of typing only for what a keyboard types

    def shown(self) -> str:
        return "\n".join(
            file.read_text(errors="replace") for file in sorted((self.home / "logs").rglob("*.weechatlog"))
        )

    async def stop(self) -> None:
        self.process.terminate()
        await self.process.wait()

    def _tell(self, line: str) -> None:
        with (self.home / "fifo").open("w") as fifo:
            fifo.write(f"{line}\n")
