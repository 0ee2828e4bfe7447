"""A whole server in memory, without any protocol: features over memory stores, a clock that the test moves, and sessions
that write down what they are told."""

import asyncio
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

from dragoman.core.address import Address
from dragoman.core.capabilities import EVERYTHING, Capabilities
from dragoman.core.clock import Ids
from dragoman.core.errors import Condition
from dragoman.core.model import Event, Message, Presence
from dragoman.core.policy import Domain, Domains, Policy
from dragoman.core.session import Session
from dragoman.core.stores import Credentials, Stores
from dragoman.core.uploads import Contents
from dragoman.features import limit_settings
from dragoman.features.call_relays import RelayPoint
from dragoman.features.rooms import Entrance
from dragoman.features.services import Given, Services, join
from dragoman.storage.memory import MemoryStores

E = TypeVar("E", bound=Event)


@dataclass
class FakeTimer:
    at: float
    call: Callable[[], None]
    cancelled: bool = False

    def cancel(self) -> None:
        self.cancelled = True


@dataclass
class FakeClock:
    """Time that stands still until the test lets it pass."""

    moment: float = 1_000_000_000.0
    timers: list[FakeTimer] = field(default_factory=list)
    running: set[asyncio.Task[None]] = field(default_factory=set)

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        self.running.add(asyncio.get_running_loop().create_task(work))

    async def settle(self) -> None:
        """Let everything finish that was started; what it raised is raised here."""
        while self.running:
            await self.running.pop()

    def now(self) -> float:
        return self.moment

    def monotonic(self) -> float:
        return self.moment

    def call_later(self, seconds: float, call: Callable[[], None]) -> FakeTimer:
        timer = FakeTimer(self.moment + seconds, call)
        self.timers.append(timer)
        return timer

    def advance(self, seconds: float) -> None:
        end = self.moment + seconds
        while due := sorted((t for t in self.timers if t.at <= end and not t.cancelled), key=lambda t: t.at):
            self.timers.remove(due[0])
            self.moment = max(self.moment, due[0].at)
            due[0].call()
        self.moment = end


class SeededRandomness:
    """The same in every run."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)

    def token(self, octets: int = 16) -> bytes:
        return self._random.randbytes(octets)

    def text(self, octets: int = 16) -> str:
        return self.token(octets).hex()


@dataclass
class Client:
    """A session of the world and everything it was told."""

    session: Session
    heard: list[Event] = field(default_factory=list)
    closed: tuple[Condition, str] | None = None

    @property
    def address(self) -> Address:
        return self.session.address

    def take(self, kind: type[E] = Event) -> list[E]:  # type: ignore[assignment]
        """What was heard since the last time, of one kind; the rest is forgotten, too."""
        heard, self.heard = self.heard, []
        return [event for event in heard if isinstance(event, kind)]


class World:
    """``example.org`` with rooms at ``rooms.example.org``."""

    def __init__(
        self,
        policy: Policy | None = None,
        stores: Stores | None = None,
        relay: RelayPoint | None = None,
        contents: Contents | None = None,
    ) -> None:
        self.clock = FakeClock()
        self.domains = Domains((Domain("example.org", "rooms.example.org", policy or Policy()),))
        self.stores = stores or MemoryStores(self.clock)
        self.randomness = SeededRandomness()
        given = Given(
            domains=self.domains,
            clock=self.clock,
            randomness=self.randomness,
            ids=Ids(self.clock),
            stores=self.stores,
            secret=b"secret",
            limits=limit_settings.Settings(),
            relay=relay,
            contents=contents,
        )
        self.services: Services = join(given, NoAuthenticator())  # type: ignore[arg-type]

    async def account(self, name: str) -> Address:
        account = Address(name, "example.org")
        if not await self.services.accounts.exists(account):
            await self.services.accounts.create(account, Credentials({}))
        return account

    async def client(
        self,
        name: str,
        resource: str = "here",
        *,
        protocol: str = "xmpp",
        priority: int | None = 0,
        capabilities: Capabilities = EVERYTHING,
        copies: bool = False,
        guest: bool = False,
    ) -> Client:
        """A session of an account, which is made if need be; available unless ``priority`` is None."""
        account = Address(name, "example.org")
        if guest:
            await self.services.accounts.enter_guest(account)
        else:
            await self.account(name)
        heard: list[Event] = []
        session = Session(account.at(resource), protocol, heard.append, lambda condition, text: None, capabilities)
        client = Client(session, heard)
        session.deliver = lambda event: client.heard.append(event)
        session.close = lambda condition, text: setattr(client, "closed", (condition, text))
        session.copies, session.guest, session.interested = copies, guest, True
        await self.services.sessions.open(session)
        if priority is not None:
            await self.announce(client, priority=priority)
            client.take()
        return client

    async def announce(self, client: Client, **fields: Any) -> None:
        presence = Presence(sender=client.address, recipient=client.session.account, **fields)
        await self.services.presence.announce(client.session, presence)

    async def say(self, client: Client, to: str, text: str, **fields: Any) -> Event:
        message = Message(sender=client.address, recipient=Address.parse(to), text=text, **fields)
        return await self.services.router.route(message, client.session)

    async def enter(self, client: Client, room: str, nick: str = "", **fields: Any) -> None:
        nick = nick or client.address.local
        presence = Presence(sender=client.address, recipient=Address.parse(room).at(nick))
        mask = f"{nick}!{client.address.local}@{client.address.domain}"
        entrance = Entrance(nick=nick, presence=presence, mask=mask, **fields)
        await self.services.rooms.enter(client.session, Address.parse(room), entrance)


class NoAuthenticator:
    """Nobody logs in here: sessions are made by hand."""
