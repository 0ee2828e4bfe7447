"""WeeChat in a terminal, spoken to by its fifo; what it shows is read from its logs."""

from dataclasses import dataclass
from pathlib import Path

from tests.clients.conversation import until
from tests.clients.programs.terminal import Terminal
from tests.stage.process import PASSWORD, Process


@dataclass
class Weechat:
    terminal: Terminal
    protocol: str = "irc"

    @classmethod
    async def start(cls, server: Process, home: Path, name: str = "alice") -> "Weechat":
        logs = home / "logs"
        logs.mkdir(parents=True)
        settings = {
            "fifo.file.path": str(home / "fifo"),
            "fifo.file.enabled": "on",
            "logger.file.path": str(logs),
            "logger.file.flush_delay": "0",
            "weechat.network.gnutls_ca_user": str(server.authority),
            "typing.look.enabled_self": "on",
            "typing.look.enabled_nicks": "on",
            "irc.look.typing_status_self": "on",
            "irc.look.typing_status_nicks": "on",
            "irc.server_default.capabilities": "*",
        }
        commands = [f"/set {option} {value}" for option, value in settings.items()]
        commands += [
            f"/server add house localhost/{server.port('ircs')} -ssl -sasl_mechanism=plain "
            f"-sasl_username={name} -nicks={name} -username={name}",
            f"/set irc.server.house.sasl_password {PASSWORD}",
            "/connect house",
        ]
        runs = [part for command in commands for part in ("-r", command)]
        program = cls(Terminal(home))
        await program.terminal.open(["weechat", "--dir", str(home / "weechat"), *runs])
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
        """In the buffer of whom was last spoken with."""
        await self.terminal.press("Let me see")
        return True

    def shown(self) -> str:
        logs = self.terminal.home / "logs"
        return "\n".join(file.read_text(errors="replace") for file in sorted(logs.rglob("*.weechatlog")))

    async def stop(self) -> None:
        await self.terminal.close()

    def _tell(self, line: str) -> None:
        with (self.terminal.home / "fifo").open("w") as fifo:
            fifo.write(f"{line}\n")
