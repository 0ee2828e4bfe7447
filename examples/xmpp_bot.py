"""A bot that rolls dice in a room, over XMPP.

    BOT_PASSWORD=... python examples/xmpp_bot.py bot@localhost team@rooms.localhost \
        --host 127.0.0.1 --port 5222 --ca data/certificates/authority.pem
"""

import argparse
import os

import slixmpp
from dice import answer


class Bot(slixmpp.ClientXMPP):
    """Enters one room and answers what is said there."""

    def __init__(self, address: str, password: str, room: str) -> None:
        super().__init__(address, password)
        self.room = room
        self.register_plugin("xep_0045")  # Multi-User Chat
        self.register_plugin("xep_0199")  # Ping
        self.add_event_handler("session_start", self.start)
        self.add_event_handler("groupchat_message", self.hear)

    async def start(self, event: object) -> None:
        """Logged in: say so, and go into the room without hearing what was said before."""
        self.send_presence()
        await self.plugin["xep_0045"].join_muc_wait(self.room, self.boundjid.user, maxstanzas=0)
        print("ready", flush=True)

    def hear(self, message: slixmpp.Message) -> None:
        """Answer a roll, never oneself."""
        said = answer(message["body"])
        if said and message["mucnick"] != self.boundjid.user:
            self.send_message(mto=self.room, mbody=f"{message['mucnick']}: {said}", mtype="groupchat")


def main() -> None:
    """Read the command line, connect, stay."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address")
    parser.add_argument("room")
    parser.add_argument("--host")
    parser.add_argument("--port", type=int, default=5222)
    parser.add_argument("--ca", help="the authority that signed the server's certificate")
    given = parser.parse_args()
    bot = Bot(given.address, os.environ["BOT_PASSWORD"], given.room)
    bot.ca_certs = given.ca
    bot.enable_direct_tls = False
    bot.connect(given.host, given.port)
    bot.loop.run_until_complete(bot.disconnected)


if __name__ == "__main__":
    main()
