"""slixmpp as a person would use it."""

import asyncio
import ssl
from dataclasses import dataclass, field

from slixmpp import JID, ClientXMPP
from tests.stage.process import PASSWORD, Process


@dataclass
class Slix:
    client: ClientXMPP
    seen: list[str] = field(default_factory=list)
    protocol: str = "xmpp"

    @classmethod
    async def start(cls, server: Process, home: object) -> "Slix":
        client = ClientXMPP(f"alice@{server.domain}/here", PASSWORD)
        client.ssl_context = ssl.create_default_context(cafile=str(server.authority))
        for plugin in ("xep_0045", "xep_0085", "xep_0198", "xep_0280", "xep_0313"):
            client.register_plugin(plugin)
        program = cls(client)
        client.add_event_handler("message", lambda message: program.seen.append(str(message["body"])))
        client.connect("127.0.0.1", server.port("xmpp"))
        await asyncio.wait_for(client.wait_until("session_start"), 30)
        client.send_presence()
        await client.get_roster()
        return program

    async def say(self, name: str, text: str) -> None:
        self.client.send_message(JID(f"{name}@{self.client.boundjid.host}"), text, mtype="chat")

    async def join(self, room: str) -> None:
        await self.client.plugin["xep_0045"].join_muc_wait(self._room(room), "alice", maxstanzas=0)

    async def say_in(self, room: str, text: str) -> None:
        self.client.send_message(self._room(room), text, mtype="groupchat")

    async def away(self, text: str) -> None:
        self.client.send_presence(pshow="away", pstatus=text)
        self.client.send_presence(pshow="away", pstatus=text, pto=f"{self._room('team')}/alice")

    async def typing(self, name: str) -> bool:
        message = self.client.Message()
        message["to"], message["type"] = JID(f"{name}@{self.client.boundjid.host}"), "chat"
        message["chat_state"] = "composing"
        message.send()
        return True

    def shown(self) -> str:
        return "\n".join(self.seen)

    async def stop(self) -> None:
        self.client.abort()
        await asyncio.sleep(0)

    def _room(self, room: str) -> JID:
        return JID(f"{room}@rooms.{self.client.boundjid.host}")
