"""An authenticator over stores in memory, a clock that the test moves, and ways to log in at it."""

from dataclasses import dataclass, replace

from msgspec.structs import replace as changed
from tests.world import FakeClock

from dragoman.auth.certificates import Issuers
from dragoman.auth.internal import InternalAccounts
from dragoman.auth.keys import Keys
from dragoman.auth.passwords import Passwords
from dragoman.auth.sasl import InternalAuthenticator
from dragoman.auth.settings import Settings
from dragoman.auth.throttle import Throttle
from dragoman.core.address import Address
from dragoman.core.authenticator import AuthenticationFailed, Challenge, SaslExchange, Success
from dragoman.core.clock import Randomness, SystemRandomness
from dragoman.core.endpoint import Channel
from dragoman.core.policy import Domain, Domains, Policy
from dragoman.core.stores import AccountStore
from dragoman.formats.scram import ClientExchange
from dragoman.storage.memory import MemoryStores

ALICE = Address("alice", "example.org")
NOBODY = Address("nobody", "example.org")
PASSWORD = "correct horse"
TLS = Channel(remote="192.0.2.1", secure=True, bindings={"tls-exporter": b"e" * 32, "tls-server-end-point": b"s" * 32})
OLD_TLS = replace(TLS, bindings={})
LOOPBACK = Channel(remote="127.0.0.1", trusted=True)
OPEN = Channel(remote="192.0.2.1")


@dataclass
class House:
    """One server's logins; ``alice`` has an account."""

    clock: FakeClock
    store: AccountStore
    accounts: InternalAccounts
    authenticator: InternalAuthenticator

    def begin(self, mechanism: str, channel: Channel = TLS, *, protocol: str = "xmpp") -> SaslExchange:
        return self.authenticator.begin(mechanism, protocol, "example.org", channel)

    async def suspend(self, account: Address) -> None:
        credentials = await self.store.get(account)
        assert credentials is not None
        await self.store.replace(account, changed(credentials, enabled=False))


async def make_house(
    settings: Settings | None = None, *, issuers: Issuers | None = None, randomness: Randomness | None = None
) -> House:
    settings = settings or Settings()
    clock, randomness = FakeClock(), randomness or SystemRandomness()
    store = MemoryStores(clock).accounts
    passwords = Passwords(Keys(b"k" * 32, randomness), randomness, clock, settings.passwords)
    accounts = InternalAccounts(store, passwords, Throttle(clock, settings.throttle))
    domains = Domains(
        (
            Domain("example.org", "rooms.example.org", Policy(guests=True)),
            Domain("example.net", "rooms.example.net"),
        )
    )
    await store.create(ALICE, await passwords.credentials(PASSWORD))
    authenticator = InternalAuthenticator(
        accounts,
        domains,
        randomness,
        issuers or Issuers((), clock),
        settings,
        everywhere=frozenset({"irc"}),
    )
    return House(clock, store, accounts, authenticator)


async def log_in(exchange: SaslExchange, *responses: bytes | None) -> Challenge | Success:
    """Say all responses; what the server answers to the last one."""
    outcome: Challenge | Success = Challenge(b"")
    for response in responses:
        outcome = await exchange.step(response)
    return outcome


async def scram(exchange: SaslExchange, client: ClientExchange) -> Success:
    """One SCRAM exchange, in which the client verifies the server too."""
    challenge = await exchange.step(client.first())
    assert isinstance(challenge, Challenge)
    success = await exchange.step(client.answer(challenge.data))
    assert isinstance(success, Success)
    client.verify(success.data or b"")
    return success


async def failure(exchange: SaslExchange, *responses: bytes | None) -> str:
    """The condition with which an exchange ends."""
    try:
        outcome = await log_in(exchange, *responses)
    except AuthenticationFailed as failed:
        return failed.condition
    raise AssertionError(f"it did not fail: {outcome}")
