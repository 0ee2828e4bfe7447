"""A whole server from settings and from what the outside gives: nothing here opens a file or a socket.

The running server, the tests and the simulation all build it with this, and differ only in the parts that they give.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from msgspec import Struct

from dragoman import __version__, config
from dragoman.admin.office import Office
from dragoman.auth.certificates import Issuers
from dragoman.auth.internal import InternalAccounts
from dragoman.auth.keys import Keys
from dragoman.auth.passwords import Passwords, Run, at_once
from dragoman.auth.sasl import InternalAuthenticator
from dragoman.auth.throttle import Throttle
from dragoman.core.clock import Clock, Ids, Randomness
from dragoman.core.endpoint import Greeter
from dragoman.core.stores import Stores
from dragoman.core.uploads import Contents
from dragoman.features.call_relays import RelayPoint
from dragoman.features.services import Given, Services, join

if TYPE_CHECKING:
    from dragoman.protocols.jmap.front import Front as JmapFront

#: What is served, in the order in which people are told.
PROTOCOLS = ("xmpp", "irc", "jmap")
#: Protocols whose clients do not say which domain they mean before they have logged in.
EVERYWHERE = frozenset({"irc"})


class Parts(Struct, frozen=True, kw_only=True):
    """What the outside gives: time, chance, storage (open already), the server's key, where slow arithmetic is done, and whose
    client certificates name accounts."""

    clock: Clock
    randomness: Randomness
    stores: Stores
    keys: Keys
    run: Run = at_once
    issuers: Issuers | None = None
    relay: RelayPoint | None = None
    contents: Contents | None = None


@dataclass(slots=True)
class Server:
    """Everything, joined. ``greeters`` are what listeners call for each connection, by protocol, and ``jmap`` is what the web
    is given; ``endings`` are run when all connections have ended, and before the stores are closed."""

    settings: config.Settings
    services: Services
    accounts: InternalAccounts
    office: Office
    greeters: Mapping[str, Greeter] = field(default_factory=dict)
    jmap: "JmapFront | None" = None
    endings: tuple[Callable[[], Awaitable[None]], ...] = ()


async def build(settings: config.Settings, parts: Parts) -> Server:
    """A server that can be given connections. Raises ``StorageFailed`` where the store cannot be read."""
    from dragoman.protocols.irc.accept import Front as IrcFront  # commands on a stopped server's data need no protocol
    from dragoman.protocols.jmap.front import Front as JmapFront
    from dragoman.protocols.xmpp.front import Front as XmppFront

    server = await build_rules(settings, parts)
    xmpp_front = XmppFront(server.services, settings.xmpp)
    server.greeters = {"xmpp": xmpp_front.greet, "irc": IrcFront(server.services, settings.irc).greet}
    server.jmap = jmap_front = JmapFront(server.services, settings.jmap)
    server.endings = (xmpp_front.close, jmap_front.close)
    return server


async def build_rules(settings: config.Settings, parts: Parts) -> Server:
    """The same without protocols: it can be administered. Raises ``StorageFailed`` where the store cannot be read."""
    domains = config.domains(settings)
    clock, randomness, stores = parts.clock, parts.randomness, parts.stores
    passwords = Passwords(parts.keys, randomness, clock, settings.auth.passwords, parts.run)
    accounts = InternalAccounts(stores.accounts, passwords, Throttle(clock, settings.auth.throttle))
    issuers = parts.issuers or Issuers((), clock)
    authenticator = InternalAuthenticator(accounts, domains, randomness, issuers, settings.auth, everywhere=EVERYWHERE)
    given = Given(
        domains=domains,
        clock=clock,
        randomness=randomness,
        ids=Ids(clock, await stores.archive.last_id()),
        stores=stores,
        secret=parts.keys.derive("occupants"),
        limits=settings.limits,
        relay=parts.relay,
        contents=parts.contents if settings.web.enabled else None,
        uploads=settings.files,
    )
    services = join(given, authenticator)
    await services.preferences.load()
    office = Office(services, passwords, __version__, PROTOCOLS, clock.now())
    return Server(settings, services, accounts, office)
