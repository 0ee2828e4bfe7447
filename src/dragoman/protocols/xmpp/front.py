"""Where the application joins XMPP to the rest of the server."""

from dragoman.core.endpoint import Wire
from dragoman.features.services import Services
from dragoman.protocols.xmpp.accept import XmppCaller
from dragoman.protocols.xmpp.extensions import build
from dragoman.protocols.xmpp.settings import Settings


class Front:
    """One for all listeners."""

    def __init__(self, services: Services, settings: Settings) -> None:
        self.server = build(services, settings)

    def greet(self, wire: Wire) -> XmppCaller:
        """Take a new connection."""
        return XmppCaller(self.server, wire)

    async def close(self) -> None:
        """All connections have ended, and the stores are still open: nothing that a client waits for may be forgotten."""
        for client in list(self.server.clients.values()):
            await client.keep_unheard()
