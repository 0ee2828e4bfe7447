"""irssi in a terminal; what it was shown is read from its raw log."""

from dataclasses import dataclass
from pathlib import Path

from tests.clients.programs.terminal import Terminal
from tests.stage.process import PASSWORD, Process

_CONFIG = """
servers = ({{
  address = "localhost"; port = "{port}"; chatnet = "house"; autoconnect = "yes";
  use_tls = "yes"; tls_verify = "yes"; tls_cafile = "{authority}";
}});
chatnets = {{ house = {{
  type = "IRC"; nick = "{name}"; username = "{name}"; realname = "{name}";
  sasl_mechanism = "PLAIN"; sasl_username = "{name}"; sasl_password = "{password}";
}}; }};
settings = {{ core = {{ nick = "{name}"; }}; }};
"""


@dataclass
class Irssi:
    terminal: Terminal
    log: Path
    protocol: str = "irc"

    @classmethod
    async def start(cls, server: Process, home: Path, name: str = "alice") -> "Irssi":
        folder = home / ".irssi"
        folder.mkdir(parents=True)
        config = _CONFIG.format(name=name, port=server.port("ircs"), authority=server.authority, password=PASSWORD)
        (folder / "config").write_text(config)
        program = cls(Terminal(home), home / "raw.log")
        await program.terminal.open(["irssi", f"--home={folder}"])
        await program.terminal.until("Mode change [+i]")
        await program.terminal.type(f"/rawlog open {program.log}")
        return program

    async def say(self, name: str, text: str) -> None:
        await self.terminal.type(f"/query {name} {text}")

    async def join(self, room: str) -> None:
        await self.terminal.type(f"/join #{room}")

    async def say_in(self, room: str, text: str) -> None:
        await self.terminal.type(f"/msg #{room} {text}")

    async def away(self, text: str) -> None:
        await self.terminal.type(f"/away {text}")

    async def typing(self, name: str) -> bool:
        return False  # irssi 1.4 has no message-tags

    def shown(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    async def stop(self) -> None:
        await self.terminal.close()
