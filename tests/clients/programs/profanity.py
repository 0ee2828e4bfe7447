"""profanity in a terminal; what it shows is read from the screens it had and from its chat logs."""

from dataclasses import dataclass
from pathlib import Path

from tests.clients.programs.terminal import Terminal
from tests.stage.process import PASSWORD, Process

_ACCOUNT = """
[{name}@{domain}]
enabled=true
jid={name}@{domain}
resource=here
server=127.0.0.1
port={port}
password={password}
tls.policy=force
muc.service=rooms.{domain}
muc.nick={name}
"""
_SETTINGS = """
[logging]
chlog=true
grlog=true
[notifications]
typing=false
[chatstates]
enabled=true
outtype=true
"""


@dataclass
class Profanity:
    terminal: Terminal
    domain: str
    protocol: str = "xmpp"

    @classmethod
    async def start(cls, server: Process, home: Path, name: str = "alice") -> "Profanity":
        data, settings = home / ".local/share/profanity", home / ".config/profanity"
        data.mkdir(parents=True)
        settings.mkdir(parents=True)
        account = _ACCOUNT.format(name=name, domain=server.domain, port=server.port("xmpp"), password=PASSWORD)
        (data / "accounts").write_text(account)
        (settings / "profrc").write_text(_SETTINGS)
        program = cls(Terminal(home), server.domain)
        await program.terminal.open(
            ["profanity", "-l", "DEBUG", "-f", str(home / "debug.log")], SSL_CERT_FILE=str(server.authority)
        )
        await program.terminal.type(f"/connect {name}@{server.domain}")
        await program.terminal.until("logged in")
        return program

    async def say(self, name: str, text: str) -> None:
        await self.terminal.type(f"/msg {name}@{self.domain} {text}")

    async def join(self, room: str) -> None:
        await self.terminal.type(f"/join {room}@rooms.{self.domain}")

    async def say_in(self, room: str, text: str) -> None:
        await self.terminal.type(text)

    async def away(self, text: str) -> None:
        await self.terminal.type(f'/status set away "{text}"')

    async def typing(self, name: str) -> bool:
        """In the window of whom was last spoken with; profanity tells it to those whose messages have a chat state."""
        await self.terminal.press("Let me see")
        return True

    def shown(self) -> str:
        chats = self.terminal.home / ".local/share/profanity/chatlogs"
        return "\n".join(file.read_text(errors="replace") for file in sorted(chats.rglob("*.log")))

    async def stop(self) -> None:
        await self.terminal.close()
