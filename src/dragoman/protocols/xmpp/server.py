"""What the XMPP clients of one server share."""

from collections.abc import Awaitable, Callable, Mapping
from enum import Enum
from typing import TYPE_CHECKING

from msgspec import Struct

from dragoman.core.address import Address
from dragoman.core.errors import Condition
from dragoman.core.session import Session
from dragoman.features.services import Services
from dragoman.formats.xml import Element
from dragoman.protocols.xmpp import stream
from dragoman.protocols.xmpp.ext.capabilities import server_capabilities
from dragoman.protocols.xmpp.settings import Settings
from dragoman.protocols.xmpp.stanza import Stanza
from dragoman.protocols.xmpp.stream_management import Ledger
from dragoman.protocols.xmpp.translate.render import Renderer

if TYPE_CHECKING:
    from dragoman.protocols.xmpp.client import Client

#: For how many ended sessions the server still knows how much it had handled (XEP-0198 §5).
MAX_FORGOTTEN = 10_000


class Target(Enum):
    """Whom a question is for."""

    SERVER = "server"  # a domain of accounts
    ACCOUNT = "account"  # the asker's own account
    CONTACT = "contact"  # another account
    ROOMS = "rooms"  # a domain of rooms
    ROOM = "room"
    OCCUPANT = "occupant"
    ELSEWHERE = "elsewhere"  # a session, or another server


class NotForServer(Exception):
    """A question that the server does not answer after all: it goes on to whom it names."""


class Query(Struct, frozen=True):
    """An iq that the server answers itself: who is asked, and for what."""

    stanza: Stanza
    kind: str  # get or set
    payload: Element
    to: Address
    target: Target


Handler = Callable[["Client", Query], Awaitable[Element | None]]
"""Answers a query with the result's payload, None for an empty result; raises ``Refused``."""

Handlers = Mapping[tuple[Target, str, str, str], Handler]
"""By target, kind (get or set), and the payload's namespace and name."""

Features = Mapping[Target, tuple[str, ...]]
"""What disco#info lists for each target."""


class Server:
    """One for all listeners."""

    def __init__(self, services: Services, settings: Settings, handlers: Handlers, features: Features) -> None:
        self.services = services
        self.settings = settings
        self.handlers = handlers
        self.features = features
        self.offered_after_login = stream.after_login(server_capabilities(features[Target.SERVER]))
        self.renderer = Renderer()
        self.clients: dict[Session, Client] = {}
        self._resumable: dict[str, Client] = {}
        self._forgotten: dict[str, int] = {}
        if settings.answer_seconds:
            self._watch_later()

    def is_ours(self, domain: str) -> bool:
        """Whether a domain is one of this server's, for accounts or for rooms."""
        domains = self.services.domains
        return domains.of_accounts(domain) is not None or domains.of_rooms(domain) is not None

    def clients_of(self, account: Address) -> list["Client"]:
        """The XMPP clients of an account."""
        sessions = self.services.registry.sessions(account)
        return [self.clients[session] for session in sessions if session in self.clients]

    async def replace(self, address: Address) -> None:
        """RFC 6120 §7.7.2.2: a newer session takes a name; the older one is told, and what it never had is handed on."""
        older = self.services.registry.session(address)
        if older is not None and older in self.clients:
            older.close(Condition.CONFLICT, "replaced by a newer session")
            await self.clients[older].end()

    def is_there(self, account: Address) -> bool:
        """Whether an account has a session for its messages whose client is connected."""
        for session in self.services.registry.reachable(account):
            client = self.clients.get(session)
            if client is None or client.caller is not None:
                return True
        return False

    def target(self, to: Address, account: Address) -> Target:
        """What an address is to somebody who asks it."""
        domains = self.services.domains
        if domains.of_rooms(to.domain) is not None:
            if not to.local:
                return Target.ROOMS
            return Target.OCCUPANT if to.resource else Target.ROOM
        if domains.of_accounts(to.domain) is None or (to.resource and to.local):
            return Target.ELSEWHERE
        if not to.local:
            return Target.SERVER
        return Target.ACCOUNT if to == account else Target.CONTACT

    def room_of(self, to: str) -> str | None:
        """The room that answers for an address, where it is one of a room or of an occupant."""
        bare = to.partition("/")[0]
        return bare if self.services.domains.of_rooms(bare.rpartition("@")[2]) is not None else None

    def _watch_later(self) -> None:
        """One timer for all clients: a timer for each acknowledgement would cost more than the acknowledgement."""
        self.services.clock.call_later(self.settings.answer_seconds / 2, self._watch)

    def _watch(self) -> None:
        since = self.services.clock.monotonic() - self.settings.answer_seconds
        for client in list(self.clients.values()):
            client.check_answer(since)
        self._watch_later()

    # -- sessions that may be resumed (XEP-0198 §5) ---------------------------------------------------------------------

    def remember(self, token: str, client: "Client") -> None:
        """A client may come back with a token."""
        self._resumable[token] = client

    def resumable(self, token: str, account: Address) -> "Client | None":
        """The client of a token, for nobody but the account that it belongs to."""
        client = self._resumable.get(token)
        return client if client is not None and client.session.account == account and not client.ended else None

    def handled(self, token: str) -> int | None:
        """How much of an ended session's stanzas had been handled, where that is still known."""
        return self._forgotten.get(token)

    def forget(self, ledger: Ledger) -> None:
        """A session cannot be resumed any more."""
        if self._resumable.pop(ledger.token, None) is None:
            return
        self._forgotten[ledger.token] = ledger.handled
        if len(self._forgotten) > MAX_FORGOTTEN:
            del self._forgotten[next(iter(self._forgotten))]
