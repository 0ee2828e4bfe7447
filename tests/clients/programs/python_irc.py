"""Two IRC libraries from PyPI: pydle, which knows IRCv3, and irc, which knows RFC 1459."""

import asyncio
import ssl
import threading
from dataclasses import dataclass, field
from typing import Any

import irc.client
import irc.connection
import pydle
from tests.clients.conversation import until
from tests.stage.process import PASSWORD, Process


class _Quiet(pydle.Client):  # type: ignore[misc]  # pydle makes its clients at run time
    """Keeps what it hears."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seen: list[str] = []
        self.welcomed = asyncio.Event()

    async def on_connect(self) -> None:
        await super().on_connect()
        self.welcomed.set()

    async def on_message(self, target: str, by: str, message: str) -> None:
        await super().on_message(target, by, message)
        self.seen.append(message)


@dataclass
class Pydle:
    client: _Quiet
    protocol: str = "irc"

    @classmethod
    async def start(cls, server: Process, home: object) -> "Pydle":
        client = _Quiet(
            "alice", realname="alice", sasl_username="alice", sasl_password=PASSWORD, sasl_mechanism="PLAIN"
        )
        await client.connect("localhost", server.port("ircs"), tls=True, tls_verify=False)
        await asyncio.wait_for(client.welcomed.wait(), 30)
        return cls(client)

    async def say(self, name: str, text: str) -> None:
        await self.client.message(name, text)

    async def join(self, room: str) -> None:
        await self.client.join(f"#{room}")

    async def say_in(self, room: str, text: str) -> None:
        await self.client.message(f"#{room}", text)

    async def away(self, text: str) -> None:
        await self.client.away(text)

    async def typing(self, name: str) -> bool:
        return False

    def shown(self) -> str:
        return "\n".join(self.client.seen)

    async def stop(self) -> None:
        await self.client.disconnect(expected=True)


@dataclass
class Plain:
    """No capabilities at all: the password comes with PASS, as in 1993, and TLS around it."""

    reactor: irc.client.Reactor
    connection: irc.client.ServerConnection
    seen: list[str] = field(default_factory=list)
    protocol: str = "irc"
    _running: bool = True

    @classmethod
    async def start(cls, server: Process, home: object) -> "Plain":
        context = ssl.create_default_context(cafile=str(server.authority))
        factory = irc.connection.Factory(wrapper=lambda sock: context.wrap_socket(sock, server_hostname="localhost"))
        reactor = irc.client.Reactor()
        program = cls(reactor, reactor.server())
        for kind in ("pubmsg", "privmsg", "welcome"):
            reactor.add_global_handler(kind, program._hear)
        connect = program.connection.connect
        await asyncio.to_thread(
            connect,
            "localhost",
            server.port("ircs"),
            "alice",
            password=PASSWORD,
            username="alice",
            connect_factory=factory,
        )
        threading.Thread(target=program._run, daemon=True).start()
        await until(lambda: "welcome" in program.seen, "the library is welcomed")
        return program

    async def say(self, name: str, text: str) -> None:
        self.connection.privmsg(name, text)

    async def join(self, room: str) -> None:
        self.connection.join(f"#{room}")

    async def say_in(self, room: str, text: str) -> None:
        self.connection.privmsg(f"#{room}", text)

    async def away(self, text: str) -> None:
        self.connection.send_raw(f"AWAY :{text}")

    async def typing(self, name: str) -> bool:
        return False

    def shown(self) -> str:
        return "\n".join(self.seen)

    async def stop(self) -> None:
        self._running = False
        self.connection.disconnect()

    def _hear(self, connection: object, event: irc.client.Event) -> None:
        self.seen.append("welcome" if event.type == "welcome" else event.arguments[0])

    def _run(self) -> None:
        while self._running:
            self.reactor.process_once(0.1)
